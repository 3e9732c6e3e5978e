//! What has been measured of the present state, remembered for the observables that share it.

use bevy::ecs::resource::Resource;
use std::sync::Mutex;

use super::column::Heading;
use super::observable::Sample;

/// Results that belong to one state, each made on first demand: `M` has an `Option` for each of
/// them. A chapter puts a new one into the world whenever a parameter changes or a hand has acted.
#[derive(Resource)]
pub struct Survey<M: Send + 'static>(Mutex<(u64, M)>);

impl<M: Default + Send + 'static> Default for Survey<M> {
    fn default() -> Self {
        Self(Mutex::new((0, M::default())))
    }
}

impl<M: Default + Send + 'static> Survey<M> {
    /// A result for the sample's state, taken from the memo or computed and left there. `state` is a
    /// number that differs between states, see [`fingerprint`].
    pub fn once<T: Clone>(
        sample: &Sample,
        state: u64,
        entry: fn(&mut M) -> &mut Option<T>,
        compute: impl FnOnce() -> T,
    ) -> T {
        let lock = || {
            sample
                .resource::<Self>()
                .and_then(|survey| survey.0.lock().ok())
        };
        if let Some(mut memo) = lock()
            && memo.0 == state
            && let Some(known) = entry(&mut memo.1)
        {
            return known.clone();
        }
        // The lock is not held meanwhile, since the computation shares its work among threads.
        let result = compute();
        if let Some(mut memo) = lock() {
            if memo.0 != state {
                *memo = (state, M::default());
            }
            *entry(&mut memo.1) = Some(result.clone());
        }
        result
    }
}

/// A number that differs between states: a multiplicative hash over the step and what a state
/// consists of.
pub fn fingerprint(sample: &Sample, words: impl IntoIterator<Item = u64>) -> u64 {
    words.into_iter().fold(
        0xcbf2_9ce4_8422_2325 ^ sample.clock.step,
        |hash: u64, word| {
            (hash ^ word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(23)
        },
    )
}

/// The fingerprint of particles that move: all places, and some of the headings where there are any.
pub fn motion(sample: &Sample) -> u64 {
    let places = sample.positions().iter();
    let headings = sample.column::<Heading>().iter().step_by(16);
    fingerprint(
        sample,
        places
            .map(|[x, y]| u64::from(*x) << 32 | u64::from(*y))
            .chain(headings.map(|heading| u64::from(heading.0[0].to_bits()))),
    )
}
