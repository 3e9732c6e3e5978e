//! Symbols and equations in type: letters in italics, words of functions upright, indices small.
//!
//! Input is the plain Unicode text of the declarations: `v₀`, `D_r`, `φ_dense`, `e^(−t/τ)`,
//! `ṙ = v₀ e + μ F`. An underscore lowers what follows, a caret raises it.

use bevy_egui::egui;
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32};

use super::theme;

/// Names of functions, which stay upright.
const FUNCTIONS: &[&str] = &[
    "exp", "ln", "log", "sin", "cos", "tan", "max", "min", "Re", "Im", "arg", "sgn", "det", "tr",
    "sinh", "cosh", "tanh", "mod", "div", "erf", "sign",
];

/// Words of speech, which stay upright as well.
const WORDS: &[&str] = &[
    "for", "with", "and", "where", "if", "else", "of", "the", "is", "per", "at", "in", "on", "a",
    "to", "new", "rate", "random", "heading", "or", "it", "by", "from", "each", "when",
];

/// True for the name of a function.
pub fn is_function(word: &str) -> bool {
    FUNCTIONS.contains(&word)
}

/// True for a word that stays upright: a function or a word of speech.
pub fn is_upright(word: &str) -> bool {
    is_function(word) || WORDS.contains(&word)
}

/// Where a run of characters stands.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Base,
    Sub,
    Super,
}

/// The type of a formula: size and colour.
#[derive(Clone, Copy)]
pub struct Style {
    pub size: f32,
    pub colour: Color32,
}

/// A symbol or an equation as a job of layout.
pub fn formula(text: &str, style: Style) -> LayoutJob {
    let mut job = LayoutJob::default();
    append(&mut job, text, style);
    job
}

/// Appends a symbol or an equation to a job of layout.
pub fn append(job: &mut LayoutJob, text: &str, style: Style) {
    let letters: Vec<char> = text.chars().collect();
    let mut at = 0;
    let mut level = Level::Base;
    while at < letters.len() {
        match letters[at] {
            '_' | '^' if at + 1 < letters.len() => {
                level = if letters[at] == '_' {
                    Level::Sub
                } else {
                    Level::Super
                };
                let (run, next) = index(&letters, at + 1);
                runs(job, &run, level, style);
                at = next;
                level = Level::Base;
            }
            _ => {
                let end = letters[at + 1..]
                    .iter()
                    .position(|&letter| letter == '_' || letter == '^')
                    .map_or(letters.len(), |offset| at + 1 + offset);
                runs(job, &letters[at..end], level, style);
                at = end;
            }
        }
    }
}

/// The characters of an index that begins at `at`, and where the text goes on.
fn index(letters: &[char], at: usize) -> (Vec<char>, usize) {
    let close = match letters[at] {
        '{' => '}',
        '(' => ')',
        _ => {
            let length = letters[at..]
                .iter()
                .enumerate()
                .position(|(place, letter)| {
                    !(letter.is_alphanumeric() || (place == 0 && matches!(letter, '−' | '-' | '∗')))
                })
                .unwrap_or(letters.len() - at);
            return (letters[at..at + length].to_vec(), at + length);
        }
    };
    let mut depth = 0;
    for (place, &letter) in letters.iter().enumerate().skip(at) {
        if letter == letters[at] {
            depth += 1;
        } else if letter == close {
            depth -= 1;
            if depth == 0 {
                return (letters[at + 1..place].to_vec(), place + 1);
            }
        }
    }
    (letters[at..].to_vec(), letters.len())
}

/// Splits into words and signs, and gives each its face.
fn runs(job: &mut LayoutJob, letters: &[char], level: Level, style: Style) {
    let mut start = 0;
    while start < letters.len() {
        let word = letters[start].is_alphabetic();
        let end = letters[start..]
            .iter()
            .position(|&letter| is_part(letter, word))
            .map_or(letters.len(), |length| start + length.max(1));
        let text: String = letters[start..end].iter().collect();
        let slanted =
            word && !is_upright(&text) && !(level == Level::Sub && text.chars().count() > 1);
        push(job, &text, slanted, level, style);
        start = end;
    }
}

/// True when a letter ends a run of the given kind. A combining mark belongs to what is before it.
fn is_part(letter: char, word: bool) -> bool {
    let mark = ('\u{300}'..='\u{36f}').contains(&letter);
    !mark && letter.is_alphabetic() != word
}

fn push(job: &mut LayoutJob, text: &str, slanted: bool, level: Level, style: Style) {
    let points = if level == Level::Base {
        style.size
    } else {
        (style.size * 0.72).max(8.0)
    };
    let font_id = if slanted {
        theme::italic(points)
    } else {
        theme::body(points)
    };
    let valign = match level {
        Level::Base => Align::Max,
        Level::Sub => Align::Max,
        Level::Super => Align::Min,
    };
    let mut format = TextFormat {
        font_id,
        color: style.colour,
        valign,
        ..Default::default()
    };
    if level == Level::Sub {
        // A line lower than its letters lets an index hang below the base line.
        format.line_height = Some(points * 0.72);
    }
    job.append(text, 0.0, format);
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::epaint::text::ByteRangeExt;

    fn parts(text: &str) -> Vec<(String, bool, bool)> {
        let style = Style {
            size: 13.0,
            colour: Color32::WHITE,
        };
        let job = formula(text, style);
        job.sections
            .iter()
            .map(|section| {
                let slanted = section.format.font_id.family == theme::italic(1.0).family;
                let small = section.format.font_id.size < 13.0;
                (
                    section.byte_range.slice(&job.text).to_owned(),
                    slanted,
                    small,
                )
            })
            .collect()
    }

    #[test]
    fn letters_lean_and_words_of_functions_stand() {
        assert_eq!(
            parts("D_r"),
            [("D".into(), true, false), ("r".into(), true, true)]
        );
        assert_eq!(
            parts("φ_gas"),
            [("φ".into(), true, false), ("gas".into(), false, true)]
        );
        let exponential = parts("exp(−t/τ)");
        assert_eq!(exponential[0], ("exp(−".into(), false, false));
        assert_eq!(exponential[1], ("t".into(), true, false));
        assert_eq!(parts("x^(−2)")[1], ("−2".into(), false, true));
    }

    #[test]
    fn no_text_is_lost_or_makes_it_panic() {
        for text in [
            "",
            "_",
            "^",
            "a_",
            "_(",
            "a_{",
            "a^()",
            "__",
            "⟨|ψ₆|⟩",
            "σ̇/N",
            "η_x^y_z",
            "a_(b(c)d)e",
        ] {
            let _ = parts(text);
        }
        let text: String = parts("a_(b(c)d)e").into_iter().map(|part| part.0).collect();
        assert_eq!(text, "ab(c)de");
    }
}
