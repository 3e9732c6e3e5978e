//! What nodes will do once they are infectious, drawn for many of them at once: when the state
//! ends, and which neighbours they reach before.
//!
//! The noise of a node does not depend on what happens to others, and hence a node whose turn is
//! near can draw before it has come. Whoever asks for what was drawn gets it for the very node,
//! draw and time alone; anything else is drawn on the spot, with the same bits.

use prefetch_index::prefetch_index;

use super::Rates;
use crate::math::network::Graph;
use crate::math::philox::{Purpose, philox4x32_lanes};
use crate::math::polynomial::{exp, ln};
use crate::math::simd::*;

/// Neighbours that share sixteen random words with the end of the state.
const CONTACTS: u32 = 14;
/// The word of a node's first unit for the time after which the state ends.
const END: usize = 14;
/// Block and place of the word behind it, which says how the state ends.
pub(super) const HOW: [usize; 2] = [3, 3];

/// What one node will do.
#[derive(Clone, Copy, Debug, Default)]
struct Plan {
    node: u32,
    draw: u32,
    /// When it becomes infectious, and when it ceases to be.
    begin: f64,
    leave: f64,
    /// The least word whose contact comes before the end.
    least: u32,
    /// Where its contacts end among those that were chosen, and how many they are.
    end: u32,
    count: u32,
}

/// Whom a node reaches, and when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Contact {
    pub(super) time: f64,
    pub(super) other: u32,
}

/// Fourteen neighbours of a node, or less.
#[derive(Clone, Copy, Debug, Default)]
struct Unit {
    plan: u32,
    node: u32,
    draw: u32,
    /// Which part of the row it is, where it begins, and how many neighbours it has.
    part: u32,
    entry: u32,
    count: u32,
}

/// Plans and what they need.
#[derive(Clone, Debug, Default)]
pub(super) struct Contacts {
    plans: Vec<Plan>,
    /// What was not drawn yet.
    units: Vec<Unit>,
    /// Random words of each unit.
    noise: Vec<[u32; LANES]>,
    /// Of every contact that was drawn: whose plan it is of, whom it reaches, and after which time
    /// in units of the mean; as many as are in use.
    owners: Vec<u32>,
    others: Vec<u32>,
    waits: Vec<f32>,
    used: usize,
    /// Contacts that may matter, as many as are in use.
    chosen: Vec<Contact>,
    kept: usize,
}

impl Contacts {
    /// Forgets all plans; the memory stays.
    pub(super) fn clear(&mut self) {
        self.plans.clear();
        self.kept = 0;
    }

    /// Asks for the plan of a node that becomes infectious at a time; gives its number from 1 on.
    #[inline(always)]
    pub(super) fn ask(&mut self, graph: &Graph, node: u32, draw: u32, begin: f64) -> u32 {
        let plan = self.plans.len() as u32;
        let [mut entry, end] = graph.row(node);
        // The row is wanted when the noise has been drawn, sixteen entries at once.
        prefetch_index(graph.entries(), entry as usize);
        prefetch_index(graph.entries(), entry as usize + LANES - 1);
        let (mut left, mut part) = (end - entry, 0);
        loop {
            let count = left.min(CONTACTS);
            self.units.push(Unit {
                plan,
                node,
                draw,
                part,
                entry,
                count,
            });
            if left == count {
                break;
            }
            (left, entry, part) = (left - count, entry + count, part + 1);
        }
        self.plans.push(Plan {
            node,
            draw,
            begin,
            ..Plan::default()
        });
        plan + 1
    }

    /// Draws what was asked for. Only contacts that come before the time that `due` says of whom
    /// they reach are kept.
    #[inline(always)]
    pub(super) fn draw(
        &mut self,
        graph: &Graph,
        rates: &Rates,
        seed: u64,
        prefetch: impl Fn(u32),
        due: impl Fn(u32) -> f64,
    ) {
        self.used = 0;
        dispatch(Draw {
            contacts: self,
            entries: graph.entries(),
            rates,
            key: [seed as u32, (seed >> 32) as u32],
        });
        self.units.clear();
        for &other in &self.others[..self.used] {
            prefetch(other);
        }
        self.choose(1.0 / rates.transmission, due);
    }

    /// Chooses among the contacts that were drawn.
    #[inline(always)]
    fn choose(&mut self, mean: f64, due: impl Fn(u32) -> f64) {
        let room = self.kept + self.used + 1;
        if self.chosen.len() < room {
            self.chosen.resize(2 * room, Contact::default());
        }
        let drawn = self.owners.iter().zip(&self.others).zip(&self.waits);
        for ((&owner, &other), &wait) in drawn.take(self.used) {
            let plan = &mut self.plans[owner as usize];
            let time = plan.begin + f64::from(wait) * mean;
            self.chosen[self.kept] = Contact { time, other };
            // No branch, for chance decides.
            let matters = (time < plan.leave) & (time < due(other));
            self.kept += usize::from(matters);
            plan.count += u32::from(matters);
            plan.end = self.kept as u32;
        }
    }

    /// The number of the plan, when it is the plan of this node, draw and time.
    #[inline(always)]
    pub(super) fn find(&self, number: u32, node: u32, draw: u32, begin: f64) -> Option<usize> {
        let index = number.wrapping_sub(1) as usize;
        let plan = self.plans.get(index)?;
        (plan.node == node && plan.draw == draw && plan.begin == begin).then_some(index)
    }

    /// When the state ends by a plan.
    #[inline(always)]
    pub(super) fn leave(&self, plan: usize) -> f64 {
        self.plans[plan].leave
    }

    /// The contacts of a plan that may matter.
    #[inline(always)]
    pub(super) fn of(&self, plan: usize) -> &[Contact] {
        let Plan { end, count, .. } = self.plans[plan];
        &self.chosen[(end - count) as usize..end as usize]
    }
}

/// Half the number of words, less more than rounding may do.
const BELOW: f32 = 2_147_483_648.0 * (1.0 - 1e-5);

/// Draws the units that were not drawn yet.
struct Draw<'a> {
    contacts: &'a mut Contacts,
    /// The neighbours of all nodes, row by row.
    entries: &'a [u32],
    rates: &'a Rates,
    key: [u32; 2],
}

impl Kernel for Draw<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            contacts,
            entries,
            rates,
            key,
        } = self;
        let Contacts {
            plans,
            units,
            owners,
            others,
            waits,
            noise,
            used,
            ..
        } = contacts;
        let iota = u32x16::load_array(simd, IOTA);
        let quarter = iota & 3;
        let purpose = u32::from(Purpose::EpidemicClocks as u16) << 16;
        // A contact comes in time when its wait, in units of its own mean, is below that of the
        // end times this ratio.
        let ratio = (rates.transmission / rates.leaving()) as f32;
        let room = ((units.len() + 1) * LANES).max(others.len());
        owners.resize(room, 0);
        others.resize(room, 0);
        waits.resize(room, 0.0);
        let drawn = units.len();
        units.resize(drawn.next_multiple_of(4), Unit::default());
        noise.resize(units.len(), [0; LANES]);
        // First all the noise, then what follows from it: each is a short loop of which a
        // processor does several rounds at once.
        for (of, noise) in units.chunks_exact(4).zip(noise.chunks_exact_mut(4)) {
            let block =
                (quarters(simd, [of[0].part, of[1].part, of[2].part, of[3].part]) << 2) + quarter;
            // Beyond 2¹⁶ blocks, as a hub with more edges needs, the high half of the step counts on.
            let counter = [
                quarters(simd, [of[0].node, of[1].node, of[2].node, of[3].node]),
                quarters(simd, [of[0].draw, of[1].draw, of[2].draw, of[3].draw]),
                block >> 16,
                (block & 0xffff) | purpose,
            ];
            let [a, b, c, d] = philox4x32_lanes(simd, counter, key);
            let (ac, bd) = (a.interleave(c), b.interleave(d));
            let (low, high) = (ac.0.interleave(bd.0), ac.1.interleave(bd.1));
            low.0.store_array(&mut noise[0]);
            low.1.store_array(&mut noise[1]);
            high.0.store_array(&mut noise[2]);
            high.1.store_array(&mut noise[3]);
        }
        // The ends of sixteen plans at once, and the least words whose contacts come before; then
        // these contacts.
        let mean = 1.0 / rates.leaving();
        let mut at = 0;
        for (some, noise) in units[..drawn].chunks(LANES).zip(noise.chunks(LANES)) {
            let mut words = [0; LANES];
            for (word, noise) in words.iter_mut().zip(noise) {
                *word = noise[END];
            }
            let end = exponential(simd, u32x16::load_array(simd, words));
            let before = exp(simd, end * -ratio) * BELOW;
            let least = before.to_int::<i32x16<S>>().bitcast::<u32x16<S>>() << 1;
            let (end, least) = (end.to_array(), least.to_array());
            for (k, (unit, noise)) in some.iter().zip(noise).enumerate() {
                let plan = &mut plans[unit.plan as usize];
                // No branch, for chance decides.
                let first = unit.part == 0;
                let leave = plan.begin + f64::from(end[k]) * mean;
                plan.leave = if first { leave } else { plan.leave };
                plan.least = if first { least[k] } else { plan.least };
                let words = u32x16::load_array(simd, *noise);
                let reached = u32x16::load_array(simd, sixteen(entries, unit.entry as usize));
                let in_time = words.simd_ge(u32x16::splat(simd, plan.least));
                let hits = in_time.to_bitmask() as u32 & ((1 << unit.count) - 1);
                let mask = mask32x16::from_bitmask(simd, u64::from(hits));
                let place = at..at + LANES;
                u32x16::splat(simd, unit.plan).store_slice(&mut owners[place.clone()]);
                reached
                    .compress(mask)
                    .store_slice(&mut others[place.clone()]);
                // For now the words themselves.
                f32x16::from_bits(words.compress(mask)).store_slice(&mut waits[place]);
                at += hits.count_ones() as usize;
            }
        }
        *used = at;
        // Logarithms of those that are in time alone.
        for some in waits[..at.next_multiple_of(LANES)].chunks_exact_mut(LANES) {
            let words: u32x16<S> = f32x16::from_slice(simd, some).to_bits();
            exponential(simd, words).store_slice(some);
        }
    }
}

/// Sixteen neighbours from an entry on, of whatever rows they are; what is missing is 0.
#[inline(always)]
fn sixteen(entries: &[u32], entry: usize) -> [u32; LANES] {
    let rest = entries.get(entry..).unwrap_or_default();
    match rest.first_chunk() {
        Some(entries) => *entries,
        None => {
            let mut entries = [0; LANES];
            entries[..rest.len()].copy_from_slice(rest);
            entries
        }
    }
}

/// Each of four numbers in four lanes.
#[inline(always)]
fn quarters<S: Simd>(simd: S, of: [u32; 4]) -> u32x16<S> {
    let low = u32x4::splat(simd, of[0]).combine(u32x4::splat(simd, of[1]));
    let high = u32x4::splat(simd, of[2]).combine(u32x4::splat(simd, of[3]));
    low.combine(high)
}

const IOTA: [u32; LANES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Exponential deviates of mean 1 of 31 bits.
#[inline(always)]
fn exponential<S: Simd>(simd: S, words: u32x16<S>) -> f32x16<S> {
    let bits: i32x16<S> = (words >> 1).bitcast();
    let uniform = (bits.to_float::<f32x16<S>>() + 0.5) * (1.0 / 2_147_483_648.0);
    // Rounding may lead to 1, and nothing is to end when it begins.
    ln(simd, uniform.min(f32x16::splat(simd, 1.0 - f32::EPSILON))) * -1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::philox::Stream;
    use crate::math::simd::tests::levels;

    /// Plans of a graph's nodes 0 to 39, all together or one by one.
    fn plans(graph: &Graph, level: Level, together: bool) -> Vec<(u64, Vec<(u32, u64)>)> {
        let rates = Rates {
            transmission: 0.7,
            recovery: 1.3,
            ..Rates::default()
        };
        let mut contacts = Contacts::default();
        let mut numbers = Vec::new();
        for node in 0..40 {
            numbers.push(contacts.ask(graph, node, node % 3, f64::from(node)));
            if !together || node == 39 {
                let draw = Draw {
                    contacts: &mut contacts,
                    entries: graph.entries(),
                    rates: &rates,
                    key: [5, 9],
                };
                dispatch_at(level, draw);
                contacts.units.clear();
                contacts.choose(1.0 / rates.transmission, |_| f64::INFINITY);
                contacts.used = 0;
            }
        }
        let mut list = Vec::new();
        for (node, number) in (0..).zip(numbers) {
            let plan = contacts
                .find(number, node, node % 3, f64::from(node))
                .unwrap();
            let step = u64::from(node % 3);
            let stream = Stream::new(9 << 32 | 5, step, Purpose::EpidemicClocks);
            let uniform = (f64::from(stream.words(node, 3)[2]) + 0.5) / 4_294_967_296.0;
            let period = contacts.leave(plan) - f64::from(node);
            let expected = -uniform.ln() / rates.leaving();
            assert!((period - expected).abs() < 1e-6 * (1.0 + expected));
            assert!(contacts.find(number, node, 7, f64::from(node)).is_none());
            let reached = contacts.of(plan).iter();
            let reached = reached.map(|one| (one.other, one.time.to_bits()));
            list.push((contacts.leave(plan).to_bits(), reached.collect()));
        }
        list
    }

    #[test]
    fn what_is_missing_behind_the_last_row_is_zero() {
        let entries: Vec<u32> = (1..=20).collect();
        assert_eq!(sixteen(&entries, 3), std::array::from_fn(|k| k as u32 + 4));
        assert_eq!(sixteen(&entries, 18)[..3], [19, 20, 0]);
        assert_eq!(sixteen(&entries, 99), [0; LANES]);
    }

    #[test]
    fn plans_have_the_same_bits_together_or_one_by_one_on_every_instruction_set() {
        // Rows of many lengths, from 0 to beyond four units.
        let mut edges = Vec::new();
        for a in 0..40_u32 {
            let row = [0, 1, 13, 14, 15, 29, 60][a as usize % 7];
            edges.extend((0..row).map(|k| [a, 40 + (a + 3 * k) % 180]));
        }
        let graph = Graph::from_edges(220, &edges).unwrap();
        let expected = plans(&graph, levels()[0], false);
        assert!(expected.iter().any(|plan| plan.1.len() > CONTACTS as usize));
        for level in levels() {
            for together in [false, true] {
                assert_eq!(plans(&graph, level, together), expected);
            }
        }
    }
}
