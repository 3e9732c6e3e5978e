//! What nodes will do once they are infectious, drawn for many of them at once: when the state
//! ends, and which neighbours they reach before.
//!
//! The noise of a node does not depend on what happens to others, and hence a node whose turn is
//! near can draw before it has come. Whoever asks for what was drawn gets it for the very node,
//! draw and time alone; anything else is drawn on the spot, with the same bits.

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
    /// Where its contacts stand.
    first: u32,
    count: u32,
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
    /// That of the plan.
    least: u32,
}

/// Plans and what they need.
#[derive(Clone, Debug, Default)]
pub(super) struct Contacts {
    plans: Vec<Plan>,
    /// Plans that were asked for, and those that were drawn.
    asked: usize,
    drawn: usize,
    units: Vec<Unit>,
    /// Random words of each unit.
    noise: Vec<[u32; LANES]>,
    /// Whom a contact reaches, and after which time in units of the mean; as many as are in use.
    others: Vec<u32>,
    waits: Vec<f32>,
    used: usize,
}

impl Contacts {
    /// Forgets all plans; the memory stays.
    pub(super) fn clear(&mut self) {
        (self.asked, self.drawn, self.used) = (0, 0, 0);
    }

    /// Asks for the plan of a node that becomes infectious at a time, if it counts; gives its number
    /// from 1 on, or 0.
    #[inline(always)]
    pub(super) fn ask(&mut self, node: u32, draw: u32, begin: f64, counts: bool) -> u32 {
        if self.asked == self.plans.len() {
            self.plans.resize(2 * self.asked + 16, Plan::default());
        }
        let plan = &mut self.plans[self.asked];
        (plan.node, plan.draw, plan.begin) = (node, draw, begin);
        self.asked += usize::from(counts);
        self.asked as u32 * u32::from(counts)
    }

    /// Draws what was asked for.
    pub(super) fn draw(&mut self, graph: &Graph, rates: &Rates, seed: u64) {
        self.cut(graph);
        dispatch(Draw {
            contacts: self,
            graph,
            rates,
            key: [seed as u32, (seed >> 32) as u32],
        });
    }

    /// Cuts the rows of the plans that were not drawn yet into units.
    #[inline(always)]
    fn cut(&mut self, graph: &Graph) {
        self.units.clear();
        for plan in self.drawn..self.asked {
            let Plan { node, draw, .. } = self.plans[plan];
            let mut entry = graph.offset(node) as u32;
            let (plan, mut left, mut part) = (plan as u32, graph.degree(node) as u32, 0);
            loop {
                let count = left.min(CONTACTS);
                self.units.push(Unit {
                    plan,
                    node,
                    draw,
                    part,
                    entry,
                    count,
                    least: 0,
                });
                if left == count {
                    break;
                }
                (left, entry, part) = (left - count, entry + count, part + 1);
            }
        }
        self.drawn = self.asked;
    }

    /// The number of the plan, when it is the plan of this node, draw and time.
    #[inline(always)]
    pub(super) fn find(&self, number: u32, node: u32, draw: u32, begin: f64) -> Option<usize> {
        let index = number.wrapping_sub(1) as usize;
        let plan = self.plans[..self.asked].get(index)?;
        (plan.node == node && plan.draw == draw && plan.begin == begin).then_some(index)
    }

    /// When the state ends by a plan.
    #[inline(always)]
    pub(super) fn leave(&self, plan: usize) -> f64 {
        self.plans[plan].leave
    }

    /// Whom a plan reaches, and after which times in units of the mean. Some of these may come
    /// after the end by a rounding error.
    #[inline(always)]
    pub(super) fn of(&self, plan: usize) -> (&[u32], &[f32]) {
        let plan = &self.plans[plan];
        let range = plan.first as usize..(plan.first + plan.count) as usize;
        (&self.others[range.clone()], &self.waits[range])
    }

    /// Whom all plans reach.
    pub(super) fn reached(&self) -> &[u32] {
        &self.others[..self.used]
    }
}

/// Half the number of words, less more than rounding may do.
const BELOW: f32 = 2_147_483_648.0 * (1.0 - 1e-5);

/// Draws the units that were not drawn yet.
struct Draw<'a> {
    contacts: &'a mut Contacts,
    graph: &'a Graph,
    rates: &'a Rates,
    key: [u32; 2],
}

impl Kernel for Draw<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            contacts,
            graph,
            rates,
            key,
        } = self;
        let Contacts {
            plans,
            units,
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
        let room = (*used + (units.len() + 1) * LANES).max(others.len());
        others.resize(room, 0);
        waits.resize(room, 0.0);
        noise.resize(units.len().next_multiple_of(4), [0; LANES]);
        // First all the noise, then what follows from it: each is a short loop of which a
        // processor does several rounds at once.
        for (four, noise) in units.chunks(4).zip(noise.chunks_exact_mut(4)) {
            let mut of = [Unit::default(); 4];
            of[..four.len()].copy_from_slice(four);
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
        // The ends of sixteen plans at once, and the least words whose contacts come before.
        let mean = 1.0 / rates.leaving();
        for (sixteen, noise) in units.chunks_mut(LANES).zip(noise.chunks(LANES)) {
            let mut words = [0; LANES];
            for (word, noise) in words.iter_mut().zip(noise) {
                *word = noise[END];
            }
            let end = exponential(simd, u32x16::load_array(simd, words));
            let before = exp(simd, end * -ratio) * BELOW;
            let least = before.to_int::<i32x16<S>>().bitcast::<u32x16<S>>() << 1;
            let (end, least) = (end.to_array(), least.to_array());
            for (k, unit) in sixteen.iter_mut().enumerate() {
                let plan = &mut plans[unit.plan as usize];
                if unit.part == 0 {
                    plan.leave = plan.begin + f64::from(end[k]) * mean;
                    plan.least = least[k];
                }
                unit.least = plan.least;
            }
        }
        let first = *used;
        for (unit, noise) in units.iter().zip(noise) {
            let plan = &mut plans[unit.plan as usize];
            if unit.part == 0 {
                (plan.first, plan.count) = (*used as u32, 0);
            }
            let words = u32x16::load_array(simd, *noise);
            let entries = u32x16::load_array(simd, graph.sixteen(unit.entry as usize));
            let in_time = words.simd_ge(u32x16::splat(simd, unit.least));
            let hits = in_time.to_bitmask() as u32 & ((1 << unit.count) - 1);
            let mask = mask32x16::from_bitmask(simd, u64::from(hits));
            let at = *used..*used + LANES;
            entries.compress(mask).store_slice(&mut others[at.clone()]);
            let words = f32x16::from_bits(words.compress(mask));
            // For now the words themselves.
            words.store_slice(&mut waits[at]);
            plan.count += hits.count_ones();
            *used += hits.count_ones() as usize;
        }
        // Logarithms of those that are in time alone.
        let end = first + (*used - first).next_multiple_of(LANES);
        for some in waits[first..end].chunks_exact_mut(LANES) {
            let words: u32x16<S> = f32x16::from_slice(simd, some).to_bits();
            exponential(simd, words).store_slice(some);
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
    fn plans(graph: &Graph, level: Level, together: bool) -> Vec<(u64, Vec<u32>, Vec<u32>)> {
        let rates = Rates {
            transmission: 0.7,
            recovery: 1.3,
            ..Rates::default()
        };
        let mut contacts = Contacts::default();
        let mut numbers = Vec::new();
        for node in 0..40 {
            numbers.push(contacts.ask(node, node % 3, f64::from(node), true));
            if !together || node == 39 {
                let contacts = &mut contacts;
                contacts.cut(graph);
                let (key, rates) = ([5, 9], &rates);
                dispatch_at(
                    level,
                    Draw {
                        contacts,
                        graph,
                        rates,
                        key,
                    },
                );
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
            let (others, waits) = contacts.of(plan);
            let waits = waits.iter().map(|wait| wait.to_bits()).collect();
            list.push((contacts.leave(plan).to_bits(), others.to_vec(), waits));
        }
        list
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
