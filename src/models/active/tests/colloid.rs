//! The equilibrium limit: equation of state and structure of the passive WCA fluid.

use super::harness::{Run, close, mean_and_error};
use crate::math::domain::{Boundary, Domain};

#[test]
fn passive_discs_follow_hendersons_equation() {
    let domain = Domain::new([56.0, 56.0], Boundary::Periodic);
    let settings = [("dynamics", "passive"), ("translational_diffusion", "1")];
    let mut run = Run::new(&settings, 1600, domain, "random", 11, 2e-4);
    run.advance(10_000);
    let (mut factors, mut places) = (Vec::new(), Vec::new());
    let mut mean: Vec<f64> = Vec::new();
    let samples = 160;
    for _ in 0..samples {
        run.advance(150);
        factors.push(run.scalar("compressibility_factor"));
        let curve = run.curve("radial_distribution");
        mean.resize(curve.y.len(), 0.0);
        for (sum, value) in mean.iter_mut().zip(&curve.y) {
            *sum += value / f64::from(samples);
        }
        places = curve.x;
    }
    let peak = (0..mean.len())
        .max_by(|&a, &b| mean[a].total_cmp(&mean[b]))
        .unwrap();
    let (factor, error) = mean_and_error(&factors);
    println!("Z = {factor:.4} ± {error:.4}");
    assert!(
        3.0 * error < 0.02 * factor,
        "the error {error} is too large for the test"
    );
    // φ = 0.40072, kT = ε: (1 + y²/8)/(1 − y)² at y = φd² with d = 1.01561.
    let y = 0.400_72 * 1.015_61f64.powi(2);
    let expected = (1.0 + y * y / 8.0) / (1.0 - y).powi(2);
    close(
        "theory",
        run.theory("compressibility_factor").unwrap(),
        expected,
        1e-3,
    );
    close("Z", factor, expected, 0.02);
    // Independent simulations of this state have the peak 2.05 at 1.095.
    close("height of g(r)", mean[peak], 2.05, 0.05);
    close("place of its peak", places[peak], 1.095, 0.02);
    let structure = run.curve("structure_factor");
    let compressible = structure.y[0];
    // S(0) is the isothermal compressibility, here about a tenth of an ideal gas.
    assert!(compressible > 0.01 && compressible < 0.4, "{compressible}");
}
