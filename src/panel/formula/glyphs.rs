//! What small letters, letters with marks and marks alone stand for.

use super::tree::Mark;

const SMALL_BELOW: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ";
const BELOW: &str = "0123456789+−=()aehijklmnoprstuvx";
const SMALL_ABOVE: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᵈᵉᵏᵐᵖʳˢᵗˣʸ";
const ABOVE: &str = "0123456789+−=()niabdekmprstxy";
const DOTTED: &str = "ḃċḋėḟġḣṁṅṗṙṡṫẇẋẏż";
const UNDOTTED: &str = "bcdefghmnprstwxyz";

fn meaning(letter: char, small: &str, plain: &str) -> Option<char> {
    // Most letters are plain ASCII, and no small or marked one is.
    if letter.is_ascii() {
        return None;
    }
    let place = small.chars().position(|one| one == letter)?;
    plain.chars().nth(place)
}

/// The letter that an index below stands for.
pub fn lowered(letter: char) -> Option<char> {
    meaning(letter, SMALL_BELOW, BELOW)
}

/// The letter that an index above stands for.
pub fn raised(letter: char) -> Option<char> {
    meaning(letter, SMALL_ABOVE, ABOVE)
}

/// The letter and the mark of a letter with a mark that means something in mathematics.
pub fn composed(letter: char) -> Option<(char, Mark)> {
    if let Some(plain) = meaning(letter, DOTTED, UNDOTTED) {
        return Some((plain, Mark::Dot));
    }
    let (plain, mark) = match letter {
        'ẍ' => ('x', Mark::Dots),
        'ÿ' => ('y', Mark::Dots),
        'ê' => ('e', Mark::Hat),
        'ŷ' => ('y', Mark::Hat),
        'ẑ' => ('z', Mark::Hat),
        'ñ' => ('n', Mark::Tilde),
        'ū' => ('u', Mark::Bar),
        _ => return None,
    };
    Some((plain, mark))
}

/// The mark of a character that stands above the one before it.
pub fn combining(letter: char) -> Option<Mark> {
    Some(match letter {
        '\u{307}' => Mark::Dot,
        '\u{308}' => Mark::Dots,
        '\u{20d7}' => Mark::Arrow,
        '\u{302}' => Mark::Hat,
        '\u{304}' | '\u{305}' => Mark::Bar,
        '\u{303}' => Mark::Tilde,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_small_letter_has_a_meaning() {
        for (small, plain) in [
            (SMALL_BELOW, BELOW),
            (SMALL_ABOVE, ABOVE),
            (DOTTED, UNDOTTED),
        ] {
            assert_eq!(small.chars().count(), plain.chars().count(), "{small}");
        }
        assert_eq!(lowered('ⱼ'), Some('j'));
        assert_eq!(raised('²'), Some('2'));
        assert_eq!(composed('ṙ'), Some(('r', Mark::Dot)));
        assert_eq!(
            (lowered('j'), raised('2'), composed('r')),
            (None, None, None)
        );
    }
}
