//! Reproducible random numbers and populations for the tests of this layer.

use super::domain::Domain;

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
pub struct Random(pub u64);

impl Random {
    /// Uniform in (0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 12) as f64 + 0.5) / 4503599627370496.0
    }

    /// Normal with variance 1 (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Independent uniform positions in the box.
    pub fn positions(&mut self, domain: &Domain, count: usize) -> Vec<[u32; 2]> {
        (0..count)
            .map(|_| domain.fixed(domain.size.map(|side| (self.uniform() - 0.5) * side)))
            .collect()
    }
}

/// Positions of a triangular lattice of spacing 1 with the given columns and (even) rows, and
/// the periodic box that it fills.
pub fn triangular(columns: u32, rows: u32) -> (Domain, Vec<[u32; 2]>) {
    let height = 0.75f64.sqrt();
    let size = [f64::from(columns), f64::from(rows) * height];
    let domain = Domain::new(size, super::domain::Boundary::Periodic);
    let positions = (0..columns * rows)
        .map(|i| {
            let (column, row) = (i % columns, i / columns);
            let x = f64::from(column) + 0.5 * f64::from(row % 2) + 0.1 - size[0] / 2.0;
            domain.fixed([x, (f64::from(row) + 0.1) * height - size[1] / 2.0])
        })
        .collect();
    (domain, positions)
}

/// Asserts that a computation gives the same answer on 1, 2, 3 and 7 threads.
pub fn same_on_any_threads<T: PartialEq + std::fmt::Debug + Send>(compute: impl Fn() -> T + Sync) {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("a pool of threads").install(&compute)
    };
    let alone = on(1);
    for threads in [2, 3, 7] {
        assert_eq!(on(threads), alone, "{threads} threads");
    }
}

/// x' = a x + √(1 − a²) ξ has variance 1, ρ(t) = aᵗ and τ = ½ (1 + a)/(1 − a).
pub fn autoregressive(random: &mut Random, a: f64, count: usize) -> Vec<f64> {
    let mut x = random.normal();
    let step = |_| {
        x = a * x + (1.0 - a * a).sqrt() * random.normal();
        x
    };
    (0..count).map(step).collect()
}
