//! State of health of a node, as its column holds it.

/// Can be infected.
pub const SUSCEPTIBLE: u8 = 0;
/// Infected but not yet infectious.
pub const EXPOSED: u8 = 1;
/// Infectious.
pub const INFECTIOUS: u8 = 2;
/// Recovered and immune, for a while or for good.
pub const REMOVED: u8 = 3;
/// Immune from the start or by ring vaccination.
pub const VACCINATED: u8 = 4;
/// Infected, found and isolated: infects nobody.
pub const ISOLATED: u8 = 5;
/// How many there are.
pub const COUNT: usize = 6;
