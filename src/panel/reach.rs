//! How far a slider reaches, and what value is at which place of it.

use crate::model::parameter::Scale;

/// The values that a slider reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    pub min: f64,
    pub max: f64,
    pub scale: Scale,
    /// Whole numbers only.
    pub whole: bool,
}

/// Share of a logarithmic slider that stands for zero, when zero is allowed.
const ZERO: f64 = 0.03;
/// Decades that a logarithmic slider shows when its least value is zero.
const DECADES: i32 = 6;

impl Reach {
    fn logarithmic_floor(&self) -> f64 {
        if self.min > 0.0 {
            self.min
        } else {
            self.max * 10f64.powi(-DECADES)
        }
    }

    fn is_logarithmic(&self) -> bool {
        self.scale == Scale::Logarithmic && self.min >= 0.0 && self.max > 0.0
    }

    /// Place of a value on the slider, 0 to 1.
    pub fn share(&self, value: f64) -> f64 {
        if !value.is_finite() || self.max <= self.min {
            return 0.0;
        }
        let share = if self.is_logarithmic() {
            let floor = self.logarithmic_floor();
            let zero = if self.min > 0.0 { 0.0 } else { ZERO };
            if value < floor {
                if value > 0.0 { zero } else { 0.0 }
            } else {
                zero + (1.0 - zero) * (value / floor).ln() / (self.max / floor).ln()
            }
        } else {
            // Halves first: the width of a huge range would overflow.
            (0.5 * value - 0.5 * self.min) / (0.5 * self.max - 0.5 * self.min)
        };
        if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// Value at a place of the slider, rounded to what the eye can set, and always in the range.
    pub fn at(&self, share: f64) -> f64 {
        let share = share.clamp(0.0, 1.0);
        let value = if self.is_logarithmic() {
            let floor = self.logarithmic_floor();
            let zero = if self.min > 0.0 { 0.0 } else { ZERO };
            if zero > 0.0 && share < 0.5 * zero {
                return self.min;
            }
            let along = ((share - zero) / (1.0 - zero)).max(0.0);
            let raw = (floor.ln() + along * (self.max.ln() - floor.ln())).exp();
            format!("{raw:.2e}").parse().unwrap_or(raw)
        } else {
            let raw = self.min * (1.0 - share) + self.max * share;
            let step = 10f64.powf(((self.max - self.min) / 500.0).log10().ceil());
            if step.is_normal() {
                (raw / step).round() * step
            } else {
                raw
            }
        };
        // The product of a step has trailing digits; seven decimal places of the text do not.
        let value = if self.whole { value.round() } else { value };
        let tidy: f64 = format!("{value:.9e}").parse().unwrap_or(value);
        tidy.clamp(self.min, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slider_stays_in_its_range_and_finds_its_value_again() {
        let ranges = [
            (0.0, 1000.0, Scale::Logarithmic, false),
            (0.1, 1e4, Scale::Logarithmic, false),
            (-100.0, 100.0, Scale::Linear, false),
            (1.0, 20e6, Scale::Logarithmic, true),
            (0.0, 0.25, Scale::Linear, false),
            (-f64::MAX, f64::MAX, Scale::Linear, false),
            (5.0, 5.0, Scale::Linear, false),
        ];
        for (min, max, scale, whole) in ranges {
            let reach = Reach {
                min,
                max,
                scale,
                whole,
            };
            for step in 0..=100 {
                let value = reach.at(f64::from(step) / 100.0);
                assert!((min..=max).contains(&value), "{reach:?} {step} {value}");
                assert!(!whole || value.fract() == 0.0);
                let share = reach.share(value);
                assert!((0.0..=1.0).contains(&share), "{reach:?} {value} {share}");
            }
            assert_eq!(reach.at(0.0), min);
            assert_eq!(reach.at(1.0), max);
            for wild in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e308] {
                assert!((0.0..=1.0).contains(&reach.share(wild)));
            }
        }
        let reach = Reach {
            min: 0.1,
            max: 1e4,
            scale: Scale::Logarithmic,
            whole: false,
        };
        // Three significant digits are kept, so that the place is found again within 0.1 %.
        assert!((reach.share(reach.at(0.6)) - 0.6).abs() < 1e-3);
    }
}
