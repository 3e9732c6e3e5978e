//! The five states by their order parameters, and the ring.

use super::*;
use crate::sim::Action;

/// Averages over the second half of a run of 300: S, R, γ, speed and radii.
struct State {
    rainbow: f64,
    phase: f64,
    cycled: f64,
    speed: f64,
    radii: [f64; 2],
}

fn state(attraction: &str, coupling: &str, time: u64, seed: &str) -> State {
    let mut run = start(
        "swarmalators",
        &[
            ("parameters.attraction", attraction),
            ("parameters.coupling", coupling),
            ("population.count", "300"),
            ("seed", seed),
            ("sample_every", "5"),
        ],
        1,
    );
    run.advance(5 * time).unwrap();
    run.submit(Action::ClearAverages);
    let mut sums = [0.0; 5];
    for _ in 0..50 {
        run.advance(time / 10).unwrap();
        let names = [
            "rainbow_order",
            "phase_order",
            "rms_speed",
            "inner_radius",
            "outer_radius",
        ];
        for (sum, name) in sums.iter_mut().zip(names) {
            *sum += scalar(&run, name) / 50.0;
        }
    }
    let [rainbow, phase, speed, inner, outer] = sums;
    let state = State {
        rainbow,
        phase,
        cycled: curve(&run, "cycled_fraction").y.last().copied().unwrap(),
        speed,
        radii: [inner, outer],
    };
    println!(
        "J {attraction}, K {coupling}, seed {seed}: S {rainbow:.4} R {phase:.5} γ {:.3} v {speed:.5} r {inner:.3}-{outer:.3}",
        state.cycled
    );
    state
}

#[track_caller]
fn close(what: &str, measured: f64, expected: f64, tolerance: f64) {
    assert!(
        (measured - expected).abs() < tolerance,
        "{what}: {measured}, expected {expected}"
    );
}

#[test]
fn static_synchrony() {
    let s = state("0.1", "1", 400, "1");
    assert!(s.rainbow < 0.01 && s.phase > 0.999 && s.cycled == 0.0 && s.speed < 2e-3);
    close("outer radius", s.radii[1], 1.00, 0.04);
    assert!(s.radii[0] < 0.1);
}

#[test]
fn static_asynchrony() {
    let s = state("0.1", "-1", 400, "1");
    assert!(s.rainbow < 0.01 && s.phase < 1e-3 && s.cycled == 0.0 && s.speed < 2e-3);
    close("outer radius", s.radii[1], 1.10, 0.04);
    assert!(s.radii[0] < 0.1);
}

#[test]
fn static_phase_wave() {
    let s = state("1", "0", 400, "1");
    close("S", s.rainbow, 0.999, 0.02);
    assert!(s.cycled == 0.0 && s.speed < 1e-3);
    // Without coupling the phases stay what chance has made them, of which R² is 1/N in the mean
    // and beyond 4.3/N in one start of seventy.
    assert!(s.phase < (4.3f64 / 300.0).sqrt());
    // Such phases leave the ring uneven, and the centre of mass off its middle by R times the mean
    // radius.
    close("inner radius", s.radii[0], 0.73, 0.04 + 1.1 * s.phase);
    close("outer radius", s.radii[1], 1.48, 0.04 + 1.1 * s.phase);
}

#[test]
fn splintered_phase_wave() {
    let s = state("1", "-0.1", 1500, "1");
    close("S", s.rainbow, 0.989, 0.02);
    assert!(s.phase < 0.02 && s.cycled < 0.02);
    close("speed", s.speed, 0.018, 0.01);
    close("inner radius", s.radii[0], 0.72, 0.04);
    close("outer radius", s.radii[1], 1.44, 0.04);
}

#[test]
fn active_phase_wave() {
    let s = state("1", "-0.75", 1500, "1");
    close("S", s.rainbow, 0.781, 0.02);
    assert!(s.phase < 0.03 && s.cycled > 0.98);
    close("speed", s.speed, 0.181, 0.01);
    close("inner radius", s.radii[0], 0.40, 0.04);
    close("outer radius", s.radii[1], 1.305, 0.04);
}

/// J = K: x ± θ are two Kuramoto models. The frequencies of x + θ are sums dealt out at random, whose
/// scatter for 20,000 moves r by about 1/√N over the slope of the transition: 0.02 is three of it.
#[test]
fn a_ring_with_equal_couplings_is_two_kuramoto_models() {
    let mut all = vec![
        ("population.count", "20000"),
        ("parameters.attraction", "2"),
        ("parameters.coupling", "2"),
        ("parameters.frequencies", "lorentzian"),
        ("parameters.frequency_width", "0.2"),
        ("parameters.velocity_width", "0.3"),
        ("dt", "0.025"),
        ("sample_every", "1000000"),
    ];
    all.extend(RING);
    let mut run = start("swarmalators", &all, 2);
    run.advance(2400).unwrap();
    let mut sums = [0.0; 2];
    for _ in 0..40 {
        run.advance(20).unwrap();
        sums[0] += scalar(&run, "order_plus") / 40.0;
        sums[1] += scalar(&run, "order_minus") / 40.0;
    }
    println!("S± = {sums:?}");
    for order in sums {
        close("S±", order, 0.5f64.sqrt(), 0.02);
    }
}
