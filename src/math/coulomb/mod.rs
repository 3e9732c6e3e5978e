//! Coulomb and log gases in equilibrium: what is known of them exactly or for many charges.
//!
//! Lengths here are *scaled*: a charge at r stands at x = r/√N, and the trap of a charge is N w(x).
//! Between charges acts −ln r, and a configuration has the weight
//! exp(−β [Σ N w(xᵢ) − Σ_{i<j} ln rᵢⱼ]).
//!
//! Reading order: [`radial`] (functions of the distance with derivatives), [`equilibrium`] (the
//! droplet of many charges), [`limit`] (cumulants of linear statistics for many charges), [`deviation`]
//! (their large deviations), [`independent`] (everything radial at β = 2, exactly), [`matrices`]
//! (eigenvalues as samples), [`cumulants`] (how they are estimated).

pub mod cumulants;
pub mod deviation;
pub mod equilibrium;
pub mod independent;
pub mod limit;
pub mod matrices;
pub mod radial;
#[cfg(test)]
mod tests;
