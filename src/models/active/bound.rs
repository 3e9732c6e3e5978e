//! The largest time step at which active matter can be trusted, and why.
//!
//! Every fast process gets a bound of its own, and the smallest decides:
//!
//! - **Repulsion.** Two particles that push against each other with v₀ and collide with a thermal
//!   energy kT = D_t come as close as r\*, where F(r\*) = mv₀ + F(r_T) and U(r_T) = kT. There a
//!   pair relaxes at the rate 2κ, κ = −F′(r\*), and a step may use up a fifth of its time:
//!   dt ≤ 0.2/2κ. For WCA discs with ε = 1 this is 2.2·10⁻⁴ for kT = 1 at rest, 1.7·10⁻⁴ at v₀ = 24
//!   and Pe = 100, and 4.6·10⁻⁵ at v₀ = 100 and kT = 1, where the energy per particle is right
//!   within 2 % up to 5·10⁻⁵ and runs break at 10⁻⁴.
//! - **Noise.** Between interacting particles a step of the relative distance, √(4D_t dt), stays
//!   below a fifth of a diameter; between others the displacement per step below one diameter.
//! - **Heading.** Its rate of change D_r, α, γ or |ω| times dt is at most 0.1.
//! - **Trap.** k dt ≤ 0.1, where Euler's ⟨r²⟩ is 5 % too large.

use super::law::{Motion, Repulsion};
use super::parameters::Active;
use crate::model::StepBound;
use crate::model::parameter::{Parameters, Values};

/// The bound for these values.
pub fn step_bound(values: &Values) -> StepBound {
    of(&Active::from_values(values))
}

/// The bound for typed parameters.
pub fn of(active: &Active) -> StepBound {
    let motion = active.motion();
    let repulsion = active.repulsion();
    let turning = motion.decay_rate().max(motion.angular_velocity.abs());
    let push = motion.speed * motion.mean_square_propulsion;
    let heat = motion.translational_diffusion;
    let mut bounds = vec![
        (
            0.1 / turning,
            format!("headings change at the rate {turning:.4}, of which a step may use 0.1"),
        ),
        (
            0.1 / active.trap_stiffness,
            format!(
                "the trap relaxes at the rate {:.4}, of which a step may use 0.1",
                active.trap_stiffness
            ),
        ),
    ];
    if repulsion == Repulsion::None {
        bounds.push((
            1.0 / push,
            "a step of self-propulsion may be one diameter at most".into(),
        ));
        bounds.push((
            0.5 / heat,
            "a step of diffusion may be one diameter at most".into(),
        ));
    } else {
        let stiffness = contact_stiffness(&motion, &repulsion);
        bounds.push((
            0.1 / stiffness,
            format!(
                "colliding particles relax at the rate 2κ = {:.4}, of which a step may use 0.2; a weaker self-propulsion, a lower temperature or a softer repulsion allows more",
                2.0 * stiffness
            ),
        ));
        bounds.push((
            0.01 / heat,
            "a step of diffusion between two particles may be 0.2 diameters at most".into(),
        ));
        bounds.push((
            0.1 / push,
            "a step of self-propulsion may be 0.1 diameters at most".into(),
        ));
    }
    let (dt, reason) = bounds
        .into_iter()
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap_or((1.0, String::new()));
    if dt < 1.0 {
        StepBound { dt, reason }
    } else {
        StepBound {
            dt: 1.0,
            reason: "a step of one unit of time is the coarsest offered".into(),
        }
    }
}

/// The greatest stiffness κ that two particles meet: that of the closest approach r\* for WCA; soft
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
            let push = motion.speed * motion.mean_square_propulsion;
            repulsion.stiffness(repulsion.distance_of_force(push + thermal), 1.0)
        }
    }
}
