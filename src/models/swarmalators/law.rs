//! What is known of swarmalators in closed form.

/// Radius of the disc in which a static swarm gathers when all attract each other alike: at every
/// point of a disc of uniform density the repulsion grows like r and balances an attraction that
/// grows a little slower, which leaves this radius (O'Keeffe, Hong and Strogatz 2017); a swarm in
/// phase attracts 1 + J times as strongly.
pub fn synchronous_radius(attraction: f64) -> f64 {
    1.10 / (1.0 + attraction)
}

/// On a ring with J = K both x ± θ are Kuramoto models with the coupling K and Lorentzian
/// frequencies of width Δ_v + Δ_ω: S± = √(1 − 2(Δ_v + Δ_ω)/K), and 0 below the transition.
pub fn ring_order(coupling: f64, widths: [f64; 2]) -> f64 {
    if coupling <= 0.0 {
        return 0.0;
    }
    (1.0 - 2.0 * (widths[0] + widths[1]) / coupling)
        .max(0.0)
        .sqrt()
}
