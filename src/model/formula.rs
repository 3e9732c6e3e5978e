//! Formulas as values of parameters: a text stands behind a number.
//!
//! Values of parameters are numbers everywhere: in a scene, in undo, in a checkpoint. The number of a
//! text is made from its characters alone, so that it is the same in every process, and a table
//! gives the text back. Every text in use has been read from a scene or typed, which puts it there;
//! a formula acts by starting anew, hence a run's formulas always stand in its scene.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::parameter::ParameterType;
use crate::math::formula::{Formula, FormulaError};

static TEXTS: LazyLock<Mutex<BTreeMap<u64, Arc<str>>>> = LazyLock::new(Mutex::default);

/// A formula's text in the typed parameters of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FormulaText(f64);

/// The number that stands for a text: a hash of 52 bits (Fowler, Noll and Vo), which a float holds.
pub fn number_of(text: &str) -> f64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let number = (hash >> 12) ^ (hash & 0xfff);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    texts.entry(number).or_insert_with(|| text.into());
    number as f64
}

/// The text behind a number; `None` for a number that no text in use has.
pub fn text_of(number: f64) -> Option<Arc<str>> {
    let whole = number >= 0.0 && number.fract() == 0.0;
    let texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    whole
        .then(|| texts.get(&(number as u64)).cloned())
        .flatten()
}

impl FormulaText {
    /// The value that stands for a text.
    pub fn of(text: &str) -> Self {
        Self(number_of(text))
    }

    /// The text.
    pub fn text(self) -> Arc<str> {
        text_of(self.0).unwrap_or_else(|| "".into())
    }

    /// The formula of the text.
    pub fn formula(self, variable: &str) -> Result<Formula, FormulaError> {
        Formula::parse(&self.text(), variable)
    }
}

impl ParameterType for FormulaText {
    fn from_value(value: f64) -> Self {
        Self(value)
    }
    fn to_value(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_from_its_number() {
        for text in ["r^2/2", "cos(r)", ""] {
            assert_eq!(text_of(number_of(text)).as_deref(), Some(text));
        }
        assert_ne!(number_of("r^2"), number_of("r^3"));
        for number in [f64::NAN, -1.0, 0.5, f64::INFINITY] {
            assert_eq!(text_of(number), None);
        }
        assert_eq!(
            FormulaText::of("2*r").formula("r").map(|f| f.at(2.0)),
            Ok(4.0)
        );
    }
}
