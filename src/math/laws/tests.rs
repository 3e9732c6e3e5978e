use super::*;
use crate::math::domain::{Boundary, Domain};
use crate::math::integrate::{Columns, Forces, advance};
use crate::math::pair::add_trap;

/// Independent particles in a box so wide that nobody meets its edge.
struct Gas {
    domain: Domain,
    tags: Vec<u32>,
    positions: Vec<[u32; 2]>,
    reference: Vec<[u32; 2]>,
    state: Vec<[f32; 2]>,
    forces: Vec<[f32; 2]>,
    step: u64,
}

impl Gas {
    fn new(n: usize, size: f64, state: impl Fn(usize) -> [f32; 2]) -> Self {
        let domain = Domain::new([size, size], Boundary::Periodic);
        let start = vec![domain.fixed([0.0, 0.0]); n];
        Self {
            domain,
            tags: (0..n as u32).collect(),
            positions: start.clone(),
            reference: start,
            state: (0..n).map(state).collect(),
            forces: vec![[0.0; 2]; n],
            step: 0,
        }
    }

    fn advance<L: Law>(&mut self, trap: f32, law: impl Fn(u64) -> L) {
        self.forces.fill([0.0; 2]);
        add_trap(trap, &self.domain, &self.positions, &mut self.forces);
        let columns = Columns {
            tags: &self.tags,
            positions: &mut self.positions,
            reference: &self.reference,
            state: &mut self.state,
            forces: Forces::Slots(&self.forces),
        };
        advance(law(self.step), &self.domain, columns).unwrap();
        self.step += 1;
    }

    /// Mean over particles of a function of the position.
    fn mean(&self, f: impl Fn([f64; 2]) -> f64) -> f64 {
        let sum: f64 = self.positions.iter().map(|&p| f(self.domain.real(p))).sum();
        sum / self.positions.len() as f64
    }

    /// Mean square of a component.
    fn variance(&self) -> f64 {
        0.5 * self.mean(|[x, y]| x * x + y * y)
    }
}

fn draws(step: u64) -> Draws {
    Draws::new(Noise::Gaussian, 42, step)
}

fn direction(i: usize) -> [f32; 2] {
    let angle = i as f32 * 2.399_963;
    [angle.cos(), angle.sin()]
}

/// Averages `f` over `samples` states `every` steps apart, after `warm` steps.
fn average<L: Law>(
    gas: &mut Gas,
    trap: f32,
    law: impl Fn(u64) -> L,
    [warm, samples, every]: [usize; 3],
    f: impl Fn(&Gas) -> f64,
) -> f64 {
    (0..warm).for_each(|_| gas.advance(trap, &law));
    let mut sum = 0.0;
    for _ in 0..samples {
        (0..every).for_each(|_| gas.advance(trap, &law));
        sum += f(gas);
    }
    sum / samples as f64
}

// A variance from M independent Gaussian components has the relative standard error √(2/M). Below,
// 20,000 particles with two components and 40 samples apart by several relaxation times give
// √(2/1.6e6) = 1.1e-3; the tolerance is four of them.
const SAMPLING: [usize; 3] = [60, 40, 20];
const TOLERANCE: f64 = 4.5e-3;

#[test]
fn euler_maruyama_has_its_exact_bias_in_a_trap() {
    // ⟨x²⟩ = (D/k)/(1 − k dt/2) for x ← x(1 − k dt) + √(2D dt) g.
    for noise in [Noise::Gaussian, Noise::IrwinHall] {
        let mut gas = Gas::new(20_000, 64.0, |_| [0.0; 2]);
        let law = |s| Brownian::new(Draws::new(noise, 42, s), 1.0, 1.0, 0.2);
        let variance = average(&mut gas, 1.0, law, SAMPLING, Gas::variance);
        assert!(
            (variance / (1.0 / 0.9) - 1.0).abs() < TOLERANCE,
            "{variance}"
        );
    }
}

#[test]
fn leimkuhler_matthews_is_exact_in_a_trap() {
    let mut gas = Gas::new(20_000, 64.0, |_| [0.0; 2]);
    let law = |s| LeimkuhlerMatthews::new([draws(s), draws(s + 1)], 1.0, 1.0, 0.2);
    let variance = average(&mut gas, 1.0, law, SAMPLING, Gas::variance);
    assert!((variance - 1.0).abs() < TOLERANCE, "{variance}");
}

#[test]
fn baoab_has_its_exact_moments_in_a_trap() {
    // ω dt = 1: ⟨x²⟩ = kT/k, and ⟨v²⟩ = (kT/m)(1 − ω²dt²/4) at the end of a step.
    let mut gas = Gas::new(20_000, 64.0, |_| [0.0; 2]);
    let law = |s| Langevin::new(draws(s), 2.0, 1.0, 1.5, 1.0);
    let variance = average(&mut gas, 2.0, law, SAMPLING, Gas::variance);
    assert!((variance / 0.75 - 1.0).abs() < TOLERANCE, "{variance}");
    let squared = |gas: &Gas| {
        // The closing half kick uses the force at the new positions.
        let mut forces = vec![[0.0; 2]; gas.positions.len()];
        add_trap(2.0, &gas.domain, &gas.positions, &mut forces);
        let half = law(0).half_kick();
        let sum: f64 = (gas.state.iter().zip(&forces))
            .map(|(v, f)| {
                f64::from(v[0] + half * f[0]).powi(2) + f64::from(v[1] + half * f[1]).powi(2)
            })
            .sum();
        0.5 * sum / gas.state.len() as f64
    };
    let speed2 = average(&mut gas, 2.0, law, [0, 40, 20], squared);
    assert!((speed2 / (0.75 * 0.75) - 1.0).abs() < TOLERANCE, "{speed2}");
}

#[test]
fn free_diffusion_and_drift_follow_einstein() {
    // 100,000 particles, 50 steps: the variance has a standard error of 0.32 %, ×4.
    let mut gas = Gas::new(100_000, 100.0, |_| [0.0; 2]);
    (0..50).for_each(|_| gas.advance(0.0, |s| Brownian::new(draws(s), 1.0, 0.3, 0.01)));
    let expected = 2.0 * 0.3 * 0.5;
    assert!(
        (gas.variance() / expected - 1.0).abs() < 0.013,
        "{}",
        gas.variance()
    );
    assert!(gas.mean(|[x, _]| x).abs() < 4.0 * (expected / 1e5f64).sqrt());
    assert!(
        gas.mean(|[x, y]| x * y).abs() < 4.0 * expected / 1e5f64.sqrt(),
        "axes independent"
    );
}

#[test]
fn free_active_brownian_particles_have_their_mean_square_displacement() {
    // MSD = (4D_t + 2v₀²/D_r) t + (2v₀²/D_r²)(e^{−D_r t} − 1): 1.13576 at t = 1, 22.0001 at 10.
    let mut gas = Gas::new(20_000, 400.0, direction);
    let law = |s| ActiveBrownian::new(draws(s), 1.0, 1.0, [0.1, 1.0], 0.0, 0.01);
    for (steps, expected) in [(100, 1.13576), (900, 22.0001)] {
        (0..steps).for_each(|_| gas.advance(0.0, law));
        let msd = gas.mean(|[x, y]| x * x + y * y);
        // r² is nearly exponential: standard error 0.7 %; the Euler bias at dt = 0.01 is 0.5 %.
        assert!((msd / expected - 1.0).abs() < 0.025, "{msd} {expected}");
    }
    assert!(
        gas.state
            .iter()
            .all(|e| (e[0].hypot(e[1]) - 1.0).abs() < 1e-6),
        "unit headings"
    );
}

#[test]
fn chiral_particles_go_in_circles() {
    // Without noise: a circle of radius v₀/ω, back after one period.
    let mut gas = Gas::new(33, 10.0, direction);
    let dt = std::f64::consts::TAU / 1000.0;
    let law = |s| ActiveBrownian::new(draws(s), 1.0, 1.0, [0.0, 0.0], 1.0, dt);
    (0..500).for_each(|_| gas.advance(0.0, law));
    assert!(
        (gas.mean(|[x, y]| x.hypot(y)) - 2.0).abs() < 1e-3,
        "half way: the diameter"
    );
    (0..500).for_each(|_| gas.advance(0.0, law));
    assert!(gas.mean(|[x, y]| x.hypot(y)) < 1e-4);
}

#[test]
fn active_particles_in_a_trap_have_their_stationary_spread() {
    // k = 1, D_r = 2, v₀ = 3, D_t = 1/2: ⟨r²⟩ = 2D_t/k + v₀²/[k(k + D_r)] = 4. Run-and-tumble
    // particles with α = D_r have the same two-time correlation of the heading, hence the same
    // spread; coloured noise has ⟨x²⟩ = D_t/k + v₀²/[k(k + γ)] per component.
    let dt = 0.01;
    let sampling = [600, 30, 200];
    let r2 = |gas: &Gas| gas.mean(|[x, y]| x * x + y * y);
    let mut gas = Gas::new(5_000, 64.0, direction);
    let abp = |s| ActiveBrownian::new(draws(s), 1.0, 3.0, [0.5, 2.0], 0.0, dt);
    let value = average(&mut gas, 1.0, abp, sampling, r2);
    // 150,000 nearly independent samples of relative spread 0.8 give 0.2 %; Euler's bias is of
    // the order k dt = 1 %.
    assert!((value / 4.0 - 1.0).abs() < 0.018, "ABP {value}");
    let mut gas = Gas::new(5_000, 64.0, direction);
    let rtp = |s| RunAndTumble::new(draws(s), 1.0, 3.0, 0.5, [2.0, 0.0], dt);
    let value = average(&mut gas, 1.0, rtp, sampling, r2);
    assert!((value / 4.0 - 1.0).abs() < 0.018, "RTP {value}");
    let mut gas = Gas::new(5_000, 64.0, |_| [0.0; 2]);
    let aoup = |s| ActiveOrnsteinUhlenbeck::new(draws(s), 1.0, 3.0, 0.5, 2.0, dt);
    let value = average(&mut gas, 1.0, aoup, sampling, Gas::variance);
    assert!((value / 3.5 - 1.0).abs() < 0.018, "AOUP {value}");
}

#[test]
fn tumbles_come_at_their_rate_and_forget_the_heading() {
    let mut gas = Gas::new(100_000, 100.0, |_| [1.0, 0.0]);
    let law = |s| RunAndTumble::new(draws(s), 1.0, 0.0, 0.0, [1.5, 0.0], 0.1);
    gas.advance(0.0, law);
    let kept = gas.state.iter().filter(|e| **e == [1.0, 0.0]).count() as f64 / 1e5;
    let expected = (-0.15f64).exp();
    // Binomial: standard error √(p(1 − p)/N) = 1.1e-3.
    assert!((kept - expected).abs() < 4.4e-3, "{kept} {expected}");
    let mean = gas.state.iter().map(|e| f64::from(e[0])).sum::<f64>() / 1e5;
    assert!((mean - expected).abs() < 4.4e-3, "{mean}");
    (0..300).for_each(|_| gas.advance(0.0, law));
    let mean = gas.state.iter().map(|e| f64::from(e[0])).sum::<f64>() / 1e5;
    assert!(mean.abs() < 4.0 * (0.5f64 / 1e5).sqrt(), "{mean}");
}
