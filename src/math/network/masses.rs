//! Masses of nodes, and how to pick a node in proportion to them.

/// Masses of nodes, when they differ.
#[derive(Clone, Debug)]
pub struct Masses {
    /// Mass of each slot, padded by sixteen.
    pub of: Vec<f32>,
    /// Sum of the masses before each slot, and of all.
    pub before: Vec<f64>,
    /// For equal steps of the sum, the slot that it falls into.
    guide: Vec<u32>,
}

impl Masses {
    /// The masses of consecutive slots.
    pub fn new(masses: Vec<f64>) -> Self {
        let count = masses.len();
        let mut before = Vec::with_capacity(count + 1);
        let mut sum = 0.0;
        before.push(0.0);
        for &mass in &masses {
            sum += mass;
            before.push(sum);
        }
        let mut guide = Vec::with_capacity(count + 1);
        let mut slot = 0;
        for step in 0..=count {
            let target = sum * (step as f64 / count as f64);
            while slot + 1 < count && before[slot + 1] <= target {
                slot += 1;
            }
            guide.push(slot as u32);
        }
        let mut of: Vec<f32> = masses.into_iter().map(|mass| mass as f32).collect();
        of.resize(count + 16, 0.0);
        Self { of, before, guide }
    }

    /// A slot of the range, with a probability in proportion to its mass.
    pub fn pick(&self, slots: &std::ops::Range<usize>, word: u32) -> usize {
        let (from, to) = (self.before[slots.start], self.before[slots.end]);
        let target = from + (to - from) * ((f64::from(word) + 0.5) / 4294967296.0);
        let total = self.before[self.before.len() - 1];
        let step = target / total * (self.guide.len() - 1) as f64;
        // Rounding may put the guide one slot too far, never more.
        let guess = self.guide[(step as usize).min(self.guide.len() - 1)] as usize;
        let mut slot = guess.clamp(slots.start, slots.end - 1);
        while slot > slots.start && self.before[slot] > target {
            slot -= 1;
        }
        while slot + 1 < slots.end && self.before[slot + 1] <= target {
            slot += 1;
        }
        slot
    }
}
