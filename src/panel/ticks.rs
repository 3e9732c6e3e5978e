//! Scales of axes and the few ticks on them.

use super::numbers;

/// The most ticks on an axis.
pub const MOST: usize = 5;

/// A stretch of an axis, linear or logarithmic; always finite and of positive length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub low: f64,
    pub high: f64,
    pub logarithmic: bool,
}

/// Beyond this size a number is not drawn: differences of such numbers could overflow.
const HUGE: f64 = 1e300;

/// True for a number that can be drawn on the axis.
pub fn drawable(value: f64, logarithmic: bool) -> bool {
    value.is_finite() && value.abs() < HUGE && (!logarithmic || value > 1.0 / HUGE)
}

impl Span {
    /// The span of all drawable values; from 0 to 1 (1 to 10) when there is none.
    pub fn of(values: impl Iterator<Item = f64>, logarithmic: bool) -> Self {
        let [low, high] = values
            .filter(|&value| drawable(value, logarithmic))
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
                [low.min(value), high.max(value)]
            });
        Self::between(low, high, logarithmic)
    }

    /// The span between two numbers, made longer when it would be empty.
    pub fn between(low: f64, high: f64, logarithmic: bool) -> Self {
        let sound = low <= high && drawable(low, logarithmic) && drawable(high, logarithmic);
        let [low, high] = match (sound, logarithmic) {
            (false, false) => [0.0, 1.0],
            (false, true) => [1.0, 10.0],
            (true, true) if high / low < 1.0 + 1e-9 => [low / 2.0, high * 2.0],
            (true, false) if high - low <= 1e-9 * high.abs().max(low.abs()) => {
                let size = high.abs().max(low.abs());
                // A tenth of next to nothing would be nothing.
                let pad = if size < 1e-290 { 1.0 } else { 0.1 * size };
                [low - pad, high + pad]
            }
            (true, _) => [low, high],
        };
        Self {
            low,
            high,
            logarithmic,
        }
    }

    /// A little longer at both ends.
    pub fn padded(self, share: f64) -> Self {
        if self.logarithmic {
            let factor = (self.high / self.low).powf(share);
            Self {
                low: self.low / factor,
                high: self.high * factor,
                ..self
            }
        } else {
            let pad = (self.high - self.low) * share;
            Self {
                low: self.low - pad,
                high: self.high + pad,
                ..self
            }
        }
    }

    /// Place of a value along the span, 0 at the low end and 1 at the high end; `None` when it
    /// cannot be drawn. Far values are brought near, so that no coordinate is wild.
    pub fn share(&self, value: f64) -> Option<f32> {
        if !drawable(value, self.logarithmic) {
            return None;
        }
        let share = if self.logarithmic {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        share
            .is_finite()
            .then_some(share.clamp(-100.0, 101.0) as f32)
    }

    /// The value at a place along the span: the inverse of [`Span::share`].
    pub fn at(&self, share: f64) -> f64 {
        if self.logarithmic {
            self.low * (self.high / self.low).powf(share)
        } else {
            self.low + (self.high - self.low) * share
        }
    }

    /// The span that is seen after growing by a factor while the place at `share` stays where it
    /// is; `None` where numbers end.
    pub fn zoomed(&self, factor: f64, share: f64) -> Option<[f64; 2]> {
        let scale = factor.clamp(0.1, 10.0).recip();
        self.sound(share - share * scale, share + (1.0 - share) * scale)
    }

    /// The span that is seen after moving along by a share of its length.
    pub fn shifted(&self, share: f64) -> Option<[f64; 2]> {
        self.sound(-share, 1.0 - share)
    }

    fn sound(&self, from: f64, to: f64) -> Option<[f64; 2]> {
        let [low, high] = [self.at(from), self.at(to)];
        let size = low.abs().max(high.abs());
        // What is written into a scene must be readable again, and not collapse to a point.
        let readable = size < 1e30 && (!self.logarithmic || low > 1e-30);
        let wide = if self.logarithmic {
            high / low > 1.0 + 1e-6
        } else {
            high - low > 1e-9 * size && high - low > 1e-30
        };
        (low < high && readable && wide).then_some([low, high])
    }

    /// At most [`MOST`] round values on the span, with their labels.
    pub fn ticks(&self, wanted: usize) -> Vec<(f64, String)> {
        let wanted = wanted.clamp(2, MOST);
        let decades = if self.logarithmic {
            (self.high / self.low).log10()
        } else {
            0.0
        };
        if self.logarithmic && decades >= 1.0 {
            self.powers(wanted)
        } else {
            self.steps(wanted)
        }
    }

    /// Powers of ten, every second or third of them where there are many.
    fn powers(&self, wanted: usize) -> Vec<(f64, String)> {
        let first = (self.low.log10() - 1e-9).ceil() as i32;
        let last = (self.high.log10() + 1e-9).floor() as i32;
        let stride = ((last - first) as usize / wanted + 1) as i32;
        (first..=last)
            .filter(|power| power.rem_euclid(stride) == 0)
            .take(MOST)
            .map(|power| (10f64.powi(power), power_label(power)))
            .collect()
    }

    /// Multiples of 1, 2 or 5 times a power of ten.
    fn steps(&self, wanted: usize) -> Vec<(f64, String)> {
        let raw = (self.high - self.low) / wanted as f64;
        let power = 10f64.powf(raw.log10().floor());
        let Some(step) = [1.0, 2.0, 5.0, 10.0, 20.0]
            .into_iter()
            .map(|factor| factor * power)
            .find(|step| step.is_normal() && count(self.low, self.high, *step) <= wanted)
        else {
            return Vec::new();
        };
        let first = (self.low / step - 1e-9).ceil();
        (0..count(self.low, self.high, step))
            .map(|index| (first + index as f64) * step)
            .map(|value| {
                (
                    value,
                    label(value, step, self.low.abs().max(self.high.abs())),
                )
            })
            .collect()
    }
}

fn count(low: f64, high: f64, step: f64) -> usize {
    let count = (high / step + 1e-9).floor() - (low / step - 1e-9).ceil() + 1.0;
    if count >= 0.0 { count as usize } else { 0 }
}

fn power_label(power: i32) -> String {
    match power {
        -2..=3 => numbers::plain(10f64.powi(power), 3),
        _ => format!("10{}", numbers::superscript(power)),
    }
}

/// A tick's label with as many decimals as its step needs.
fn label(value: f64, step: f64, largest: f64) -> String {
    let value = if value.abs() < 1e-9 * step {
        0.0
    } else {
        value
    };
    if largest >= 1e5 || step < 1e-4 {
        return numbers::plain(value, 3);
    }
    let decimals = (-(step.log10() + 1e-9).floor()).max(0.0) as usize;
    format!("{value:.decimals$}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, logarithmic: bool) -> Vec<String> {
        Span::between(low, high, logarithmic)
            .ticks(5)
            .into_iter()
            .map(|tick| tick.1)
            .collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(labels(0.0, 1.0, false), ["0.0", "0.5", "1.0"]);
        assert_eq!(
            labels(-0.4, 0.4, false),
            ["−0.4", "−0.2", "0.0", "0.2", "0.4"]
        );
        assert_eq!(labels(0.01, 100.0, true), ["0.01", "0.1", "1", "10", "100"]);
        assert_eq!(
            labels(1e-6, 1e6, true),
            ["10⁻⁶", "10⁻³", "1", "1000", "10⁶"]
        );
    }

    #[test]
    fn zooming_and_moving_are_undone_by_their_opposites() {
        for logarithmic in [false, true] {
            let span = Span::between(0.5, 32.0, logarithmic);
            for share in [0.0, 0.25, 1.0] {
                let [low, high] = span.zoomed(2.0, share).unwrap();
                let near = Span::between(low, high, logarithmic);
                let fixed = span.at(share);
                assert!((near.at(share) / fixed - 1.0).abs() < 1e-12, "{share}");
                let [low, high] = near.zoomed(0.5, share).unwrap();
                assert!((low / 0.5 - 1.0).abs() < 1e-9 && (high / 32.0 - 1.0).abs() < 1e-9);
            }
            let [low, high] = span.shifted(0.1).unwrap();
            let moved = Span::between(low, high, logarithmic);
            assert!((moved.share(0.5).unwrap() - 0.1).abs() < 1e-6);
            // The end of numbers is no panic and no collapse.
            let mut narrow = span;
            while let Some([low, high]) = narrow.zoomed(10.0, 0.5) {
                narrow = Span::between(low, high, logarithmic);
            }
            let mut wide = span;
            while let Some([low, high]) = wide.zoomed(0.1, 0.5) {
                wide = Span::between(low, high, logarithmic);
            }
            assert!(narrow.low < narrow.high && wide.high.is_finite());
        }
    }

    #[test]
    fn no_span_is_wild() {
        let wild = [
            0.0,
            -0.0,
            1.0,
            1e-300,
            1e300,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            -3.0,
            1.0 + f64::EPSILON,
        ];
        for low in wild {
            for high in wild {
                for logarithmic in [false, true] {
                    let span = Span::of([low, high].into_iter(), logarithmic).padded(0.05);
                    assert!(span.low < span.high, "{low:e} {high:e} {span:?}");
                    let ticks = span.ticks(5);
                    assert!(ticks.len() <= MOST, "{low:e} {high:e} {ticks:?}");
                    for value in wild {
                        assert!(span.share(value).is_none_or(f32::is_finite));
                    }
                }
            }
        }
    }
}
