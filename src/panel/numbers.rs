//! Numbers as people read them: significant digits, errors in parentheses, thin spaces, powers.

/// A dash for what is not a number.
pub const NONE: &str = "–";

/// The exponent in superscript figures.
pub fn superscript(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let sign = if exponent < 0 { "⁻" } else { "" };
    let digits = exponent.unsigned_abs().to_string();
    let digits = digits
        .bytes()
        .map(|byte| DIGITS[usize::from(byte.saturating_sub(b'0')) % 10]);
    sign.chars().chain(digits).collect()
}

/// The decimal exponent of a finite, nonzero number.
fn exponent(value: f64) -> i32 {
    // The exponential format does the logarithm exactly, also at powers of ten.
    format!("{value:e}")
        .rsplit_once('e')
        .and_then(|(_, text)| text.parse().ok())
        .unwrap_or(0)
}

/// A minus sign in place of the hyphen, so that it is as wide as a plus.
fn typeset(text: String) -> String {
    text.replace('-', "−")
}

/// Takes away zeros that follow a decimal point.
fn trimmed(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A number with so many significant digits: `24`, `0.0123`, `1.2×10⁻⁵`, `∞`.
pub fn plain(value: f64, digits: usize) -> String {
    let digits = digits.clamp(1, 17);
    if value.is_nan() {
        return NONE.into();
    }
    if value.is_infinite() {
        return if value > 0.0 {
            "∞".into()
        } else {
            "−∞".into()
        };
    }
    if value == 0.0 {
        return "0".into();
    }
    // Rounding first: 9.9996 with four digits is 10, not 10.000. The text is taken apart rather
    // than the number, because the largest one rounds up to infinity.
    let rounded = format!("{value:.*e}", digits - 1);
    let (mantissa, power) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    if (-4..6).contains(&power) {
        let decimals = (digits as i32 - 1 - power).max(0) as usize;
        let value: f64 = rounded.parse().unwrap_or(value);
        typeset(trimmed(format!("{value:.decimals$}")))
    } else {
        let mantissa = trimmed(mantissa.to_owned());
        typeset(format!("{mantissa}×10{}", superscript(power)))
    }
}

/// A number that a field shows and reads back: no powers, no typeset signs.
pub fn typed(value: f64) -> String {
    if !value.is_finite() {
        return NONE.into();
    }
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    let size = rounded.abs();
    if size != 0.0 && !(1e-4..1e7).contains(&size) {
        let text = format!("{rounded:e}");
        return text;
    }
    format!("{rounded}")
}

/// Reads what a person typed: `1e-5`, `2,5`, `−3`, `1 000`, `1.5×10^3`.
pub fn parse(text: &str) -> Option<f64> {
    let mut plain = String::with_capacity(text.len());
    for letter in text.trim().chars() {
        match letter {
            '−' | '–' => plain.push('-'),
            ' ' | '\u{2009}' | '\u{202f}' | '_' | '\'' => {}
            _ => plain.push(letter),
        }
    }
    for power in ["×10^", "*10^", "x10^"] {
        plain = plain.replace(power, "e");
    }
    // One comma and no point is a decimal comma.
    if !plain.contains('.') && plain.matches(',').count() == 1 {
        plain = plain.replace(',', ".");
    }
    plain.parse::<f64>().ok()
}

/// A number and its standard error in the compact form: `0.612(4)`, `1234(56)`, `1.23(4)×10⁻⁵`.
///
/// The error keeps one digit, or two when the first is a 1.
pub fn with_error(value: f64, error: f64) -> String {
    if !value.is_finite() || !error.is_finite() || error <= 0.0 {
        return plain(value, 4);
    }
    if error < 1e-9 * value.abs() {
        // What is exact but for rounding needs no dozen of decimals to say so.
        return plain(value, 8);
    }
    let larger = value.abs().max(error);
    let power = exponent(larger);
    if !(-4..6).contains(&power) || error >= 100.0 {
        let unit = 10f64.powi(power);
        if unit.is_normal() {
            return format!(
                "{}×10{}",
                fixed_with_error(value / unit, error / unit),
                superscript(power)
            );
        }
        return plain(value, 4);
    }
    fixed_with_error(value, error)
}

fn fixed_with_error(value: f64, error: f64) -> String {
    let mut first = exponent(error);
    // Two digits when the error begins with a 1; an error such as 0.0996 rounds up to 0.10.
    let leading = error / 10f64.powi(first);
    if leading >= 9.5 {
        first += 1;
    }
    let digits = if !(1.95..9.5).contains(&leading) {
        2
    } else {
        1
    };
    let decimals = (digits - 1 - first).clamp(0, 12);
    let shown = (error * 10f64.powi(decimals)).round();
    typeset(format!("{value:.*}({shown})", decimals as usize))
}

/// A count with thin spaces between the thousands: `12 400`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}

/// A name from a file as people read it: `self_propulsion_speed` is `Self propulsion speed`.
pub fn humanised(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => spaced,
    }
}

/// The name of an alternative: as [`humanised`], with abbreviations in capitals (`wca` is `WCA`).
pub fn alternative(name: &str) -> String {
    if name.len() <= 3 {
        name.to_uppercase()
    } else {
        humanised(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_significant_digits() {
        for (value, digits, text) in [
            (24.0, 4, "24"),
            (0.012345, 3, "0.0123"),
            (9.9996, 4, "10"),
            (1.2e-5, 3, "1.2×10⁻⁵"),
            (-3.5e12, 3, "−3.5×10¹²"),
            (999_999.0, 3, "1×10⁶"),
            (0.0, 3, "0"),
            (f64::NAN, 3, "–"),
            (f64::NEG_INFINITY, 3, "−∞"),
            (f64::MAX, 3, "1.8×10³⁰⁸"),
            (5e-324, 3, "4.94×10⁻³²⁴"),
        ] {
            assert_eq!(plain(value, digits), text, "{value:e}");
        }
    }

    #[test]
    fn an_error_stands_in_parentheses_behind_the_digits_that_it_touches() {
        for (value, error, text) in [
            (0.6123, 0.0042, "0.612(4)"),
            (0.61234, 0.0012, "0.6123(12)"),
            (0.61234, 0.00996, "0.612(10)"),
            (1234.4, 56.2, "1234(56)"),
            (-0.5, 0.03, "−0.50(3)"),
            (1.234e-5, 4e-7, "1.23(4)×10⁻⁵"),
            (1_234_567.0, 4_000.0, "1.235(4)×10⁶"),
            (0.5, f64::NAN, "0.5"),
            (f64::NAN, 0.1, "–"),
            (0.5, 0.0, "0.5"),
            (-2.5, 1e-16, "−2.5"),
        ] {
            assert_eq!(with_error(value, error), text, "{value:e} {error:e}");
        }
    }

    #[test]
    fn what_is_shown_is_read_back() {
        for value in [0.0, 24.0, -0.125, 1e-5, 3.25e9, 123456.0, 1e-300] {
            assert_eq!(parse(&typed(value)), Some(value));
        }
        assert_eq!(parse(" 1\u{2009}000 "), Some(1000.0));
        assert_eq!(parse("2,5"), Some(2.5));
        assert_eq!(parse("−3×10^2"), Some(-300.0));
        assert_eq!(parse("abc"), None);
        assert_eq!(parse(""), None);
        assert_eq!(grouped(1_234_567), "1\u{2009}234\u{2009}567");
        assert_eq!(grouped(0), "0");
    }
}
