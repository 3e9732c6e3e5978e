//! The largest time step at which active matter can be trusted, and why.
//!
//! Every fast process gets a bound of its own, and the smallest decides:
//!
//! - **Repulsion.** In a crowd of persistent particles, pairs are pressed together with c times the
//!   propulsion force v₀, c = 2 up to Pe = 100 and two more for every decade beyond; thermal
//!   collisions reach the energy kT = D_t. So contacts are as close as r\*, where
//!   F(r\*)² = (c√m v₀)² + F(r_T)², U(r_T) = kT and m = ⟨|e|²⟩; and never farther than σ, to which
//!   close packing brings them at any temperature. There a pair relaxes at the rate 2κ,
//!   κ = −F′(r\*), and a close-packed crystal up to three times as fast: a step may use a fifth of
//!   the pair's time, dt ≤ 0.2/2κ. For WCA discs with ε = 1 this is 2·10⁻⁴ for passive discs with
//!   kT = 1, 1.2·10⁻⁴ at v₀ = 24 and Pe = 100, and 3·10⁻⁵ at v₀ = 100 and kT = 1.
//! - **Noise.** A step of the relative distance of two particles, √(4D_t dt), stays below 0.0285 of a
//!   diameter for the stiff WCA discs, and below 0.2 for soft ones; the displacement per step of
//!   particles that do not see each other below one diameter.
//! - **Heading.** Its rate of change D_r, α, γ or |ω| times dt is at most 0.1.
//! - **Trap.** k dt ≤ 0.1, where Euler's ⟨r²⟩ is 5 % too large.
//!
//! Suspensions of 1500 discs up to a packing fraction of 0.85 stayed whole at these bounds over
//! 50,000 steps, and broke at 1.3 times to twice as much. Averages are right at the bound; over
//! millions of steps rare contacts under many times the mean force can still break a dense and
//! persistent run, which then stops and says so; such runs are better done at half of the bound.

use super::law::{Motion, Repulsion};
use super::parameters::Active;
use crate::model::StepBound;
use crate::model::parameter::{Parameters, Values};

/// The coarsest step, where nothing else is a limit.
const COARSEST: f64 = 1.0;

/// The bound for these values.
pub fn step_bound(values: &Values) -> StepBound {
    let active = Active::from_values(values);
    let motion = active.motion();
    let turning = motion.decay_rate().max(motion.angular_velocity.abs());
    let trap = active.trap_stiffness;
    let mut least = StepBound {
        dt: COARSEST,
        reason: "a step of one unit of time is the coarsest offered".into(),
    };
    let mut limit = |dt: f64, reason: String| {
        if dt < least.dt {
            least = StepBound { dt, reason };
        }
    };
    limit(
        0.1 / turning,
        format!("headings change at the rate {turning:.4}, of which a step may use 0.1"),
    );
    limit(
        0.1 / trap,
        format!("the trap relaxes at the rate {trap:.4}, of which a step may use 0.1"),
    );
    let push = motion.speed * motion.mean_square_propulsion.sqrt();
    let heat = motion.translational_diffusion;
    let repulsion = active.repulsion();
    let (stride, jump) = match repulsion {
        Repulsion::None => (1.0, 1.0),
        Repulsion::Wca { .. } => (0.1, 0.0285),
        Repulsion::Harmonic { .. } | Repulsion::Softplus { .. } => (0.1, 0.2),
    };
    limit(
        stride / push,
        format!("a step of self-propulsion may be {stride} diameters at most"),
    );
    limit(
        jump * jump / (4.0 * heat),
        format!("a step of diffusion between two particles may be {jump} diameters at most"),
    );
    let rate = 2.0 * contact_stiffness(&motion, &repulsion);
    limit(
        0.2 / rate,
        format!(
            "particles in contact relax at the rate {rate:.4}, of which a step may use 0.2; a weaker self-propulsion, a lower temperature or a softer repulsion allows more"
        ),
    );
    least
}

/// The greatest stiffness κ that two particles meet: that of the closest contact r\* for WCA; soft
/// discs are nowhere stiffer than k.
fn contact_stiffness(motion: &Motion, repulsion: &Repulsion) -> f64 {
    match *repulsion {
        Repulsion::None => 0.0,
        Repulsion::Harmonic { stiffness } | Repulsion::Softplus { stiffness, .. } => stiffness,
        Repulsion::Wca { .. } => {
            let heat = motion.translational_diffusion;
            let thermal = if heat > 0.0 {
                repulsion.force(repulsion.distance_of_energy(heat), 1.0)
            } else {
                0.0
            };
            // Infinite for a heading that is never lost, and 0 without propulsion.
            let peclet = if motion.speed > 0.0 {
                3.0 * motion.speed / motion.decay_rate()
            } else {
                0.0
            };
            let crowd = 2.0 + 2.0 * (peclet / 100.0).clamp(1.0, 1e4).log10();
            let push = crowd * motion.speed * motion.mean_square_propulsion.sqrt();
            let contact = repulsion.distance_of_force(push.hypot(thermal)).min(1.0);
            repulsion.stiffness(contact, 1.0)
        }
    }
}
