//! The chimera of Abrams and Strogatz.

use super::*;

/// After 300 units of time a part of the ring is still in phase and the rest is not; and the
/// profile obeys the self-consistency equation of Kuramoto and Battogtokh on average.
#[test]
fn half_of_the_ring_stays_in_phase() {
    let mut run = start("chimera", &[("sample_every", "20")], 1);
    run.advance(4000).unwrap();
    run.submit(crate::sim::Action::ClearAverages);
    run.advance(4000).unwrap();
    let profile = curve(&run, "order_profile");
    let most = profile.y.iter().copied().fold(0.0, f64::max);
    let least = profile.y.iter().copied().fold(1.0, f64::min);
    println!("|H| from {least:.3} to {most:.3}");
    // Abrams and Strogatz 2004, figure 2, for A = 0.995 and β = 0.18: R(x) from about 0.55 to 0.8.
    let rates = curve(&run, "rate_profile");
    let floor = rates.y.iter().copied().fold(f64::INFINITY, f64::min);
    let coherent = rates
        .y
        .iter()
        .filter(|&&rate| (rate - floor).abs() < 0.02)
        .count();
    let peak = rates.y.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    println!(
        "rates from {floor:.3} to {peak:.3}, {coherent} of {} coherent",
        rates.y.len()
    );
    let share = coherent as f64 / rates.y.len() as f64;
    assert!(most - least > 0.15, "{least} {most}");
    assert!((0.2..0.9).contains(&share), "{share}");
    assert!(peak - floor > 0.1);
}
