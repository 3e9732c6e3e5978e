//! Formulas of one variable that a user types: checked with the place of an error, with exact
//! derivatives, fast to evaluate.
//!
//! The grammar is that of school: `+ − * / ^`, parentheses, functions such as `exp(r)`, the constants
//! `pi` and `e`; `^` binds tightest and to the right, so that `-r^2` is −(r²). A parser checks the
//! text and writes it with every parenthesis, which `exmex` then compiles and differentiates.

use exmex::Differentiate;
use exmex::prelude::*;
use std::fmt::Write;
use std::sync::Arc;

/// The longest formula, in characters.
pub const LONGEST: usize = 200;
/// Parentheses and signs within each other.
const DEEPEST: usize = 24;

/// Functions that may stand in a formula: they all have derivatives in closed form.
pub const FUNCTIONS: &[&str] = &[
    "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "ln", "sqrt",
];

/// What is wrong with a text, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}; {remedy}")]
pub struct FormulaError {
    /// Character of the text, counted from 0; the length of the text for its end.
    pub at: usize,
    pub fault: String,
    pub remedy: String,
}

impl FormulaError {
    /// The text with a mark under the character, on two lines.
    pub fn under(&self, text: &str) -> String {
        format!("{text}\n{}^", " ".repeat(self.at))
    }
}

/// A formula with its first two derivatives.
#[derive(Clone)]
pub struct Formula(Arc<Compiled>);

struct Compiled {
    text: String,
    variable: String,
    /// The function and its derivatives.
    orders: [FlatEx<f64>; 3],
}

impl PartialEq for Formula {
    fn eq(&self, other: &Self) -> bool {
        (&self.0.text, &self.0.variable) == (&other.0.text, &other.0.variable)
    }
}

impl std::fmt::Debug for Formula {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Formula({:?} of {})",
            self.0.text, self.0.variable
        )
    }
}

impl Formula {
    /// Reads a formula of the named variable.
    pub fn parse(text: &str, variable: &str) -> Result<Self, FormulaError> {
        let whole = checked(text, variable)?;
        // What passed the check is in the grammar of the library, so that these errors are not
        // expected; they are told all the same.
        let failed = |error: exmex::ExError| FormulaError {
            at: 0,
            fault: format!("the formula cannot be used: {}", error.msg()),
            remedy: "write it in another way".into(),
        };
        // The vanishing term makes the variable known also to a constant.
        let value = FlatEx::<f64>::parse(&format!("({whole})+0*{variable}")).map_err(failed)?;
        let slope = value.clone().partial(0).map_err(failed)?;
        let curvature = slope.clone().partial(0).map_err(failed)?;
        Ok(Self(Arc::new(Compiled {
            text: text.into(),
            variable: variable.into(),
            orders: [value, slope, curvature],
        })))
    }

    /// The text as it was typed.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    fn order(&self, order: usize, x: f64) -> f64 {
        self.0.orders[order].eval(&[x]).unwrap_or(f64::NAN)
    }

    /// The value; NaN where it is not defined.
    pub fn at(&self, x: f64) -> f64 {
        self.order(0, x)
    }

    /// The first derivative.
    pub fn slope(&self, x: f64) -> f64 {
        self.order(1, x)
    }

    /// The value with its first two derivatives.
    pub fn jet(&self, x: f64) -> [f64; 3] {
        [0, 1, 2].map(|order| self.order(order, x))
    }
}

/// The text with all its parentheses, or its first error.
fn checked(text: &str, variable: &str) -> Result<String, FormulaError> {
    let characters: Vec<char> = text.chars().collect();
    let mut parser = Parser {
        text: &characters,
        at: 0,
        variable,
    };
    if characters.len() > LONGEST {
        return Err(parser.error(
            LONGEST,
            format!("the formula is longer than {LONGEST} characters"),
            "shorten it".into(),
        ));
    }
    let whole = parser.sum(0)?;
    match parser.peek() {
        None => Ok(whole),
        Some(')') => Err(parser.here("there is no ( for this )", "remove it, or open one before")),
        Some(found) => Err(parser.here(
            &format!("`{found}` cannot follow here"),
            "put an operator between, such as *",
        )),
    }
}

struct Parser<'a> {
    text: &'a [char],
    at: usize,
    variable: &'a str,
}

impl Parser<'_> {
    fn error(&self, at: usize, fault: String, remedy: String) -> FormulaError {
        FormulaError { at, fault, remedy }
    }

    fn here(&self, fault: &str, remedy: &str) -> FormulaError {
        self.error(self.at, fault.into(), remedy.into())
    }

    /// The next character that is not blank; it stays.
    fn peek(&mut self) -> Option<char> {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn takes(&mut self, one_of: &[char]) -> Option<char> {
        let found = self.peek().filter(|c| one_of.contains(c))?;
        self.at += 1;
        Some(if found == '−' { '-' } else { found })
    }

    fn sum(&mut self, depth: usize) -> Result<String, FormulaError> {
        if depth > DEEPEST {
            return Err(self.here("parentheses and signs are too deep", "write it flatter"));
        }
        let mut all = self.product(depth)?;
        while let Some(sign) = self.takes(&['+', '-', '−']) {
            let next = self.product(depth)?;
            all = format!("({all}{sign}{next})");
        }
        Ok(all)
    }

    fn product(&mut self, depth: usize) -> Result<String, FormulaError> {
        let mut all = self.signed(depth)?;
        while let Some(sign) = self.takes(&['*', '/', '·']) {
            let sign = if sign == '·' { '*' } else { sign };
            let next = self.signed(depth)?;
            all = format!("({all}{sign}{next})");
        }
        Ok(all)
    }

    fn signed(&mut self, depth: usize) -> Result<String, FormulaError> {
        if depth > DEEPEST {
            return Err(self.here("parentheses and signs are too deep", "write it flatter"));
        }
        match self.takes(&['+', '-', '−']) {
            Some('-') => Ok(format!("(0-{})", self.signed(depth + 1)?)),
            Some(_) => self.signed(depth + 1),
            None => self.power(depth),
        }
    }

    fn power(&mut self, depth: usize) -> Result<String, FormulaError> {
        let base = self.operand(depth)?;
        if self.takes(&['^']).is_some() {
            let exponent = self.signed(depth + 1)?;
            return Ok(format!("({base}^{exponent})"));
        }
        Ok(base)
    }

    fn operand(&mut self, depth: usize) -> Result<String, FormulaError> {
        match self.peek() {
            None => Err(self.here(
                "the formula ends where a number, a name or ( is expected",
                "complete it",
            )),
            Some('(') => {
                self.at += 1;
                let inside = self.sum(depth + 1)?;
                self.closed()?;
                Ok(inside)
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_alphabetic() || c == '_' => self.name(depth),
            Some(found) => Err(self.here(
                &format!("`{found}` stands where a number, a name or ( is expected"),
                "write one there, or remove it",
            )),
        }
    }

    fn closed(&mut self) -> Result<(), FormulaError> {
        if self.takes(&[')']).is_some() {
            return Ok(());
        }
        Err(self.here("a ) is missing", "close the parenthesis"))
    }

    fn number(&mut self) -> Result<String, FormulaError> {
        let start = self.at;
        let digits = |parser: &mut Self| {
            while parser.text.get(parser.at).is_some_and(char::is_ascii_digit) {
                parser.at += 1;
            }
        };
        digits(self);
        if self.text.get(self.at) == Some(&'.') {
            self.at += 1;
            digits(self);
        }
        let after = |by: usize| self.text.get(self.at + by).copied();
        let power = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let signed = matches!(after(1), Some('+' | '-')) && power(after(2));
        if matches!(after(0), Some('e' | 'E')) && (power(after(1)) || signed) {
            self.at += 2;
            digits(self);
        }
        let written: String = self.text[start..self.at].iter().collect();
        match written.parse::<f64>() {
            Ok(value) if value.is_finite() => {
                // Without an exponent, which the library reads otherwise.
                let mut plain = String::new();
                let _ = write!(plain, "{value}");
                Ok(plain)
            }
            _ => Err(self.error(
                start,
                format!("`{written}` is not a finite number"),
                "write a number such as 2 or 0.5".into(),
            )),
        }
    }

    fn name(&mut self, depth: usize) -> Result<String, FormulaError> {
        let start = self.at;
        let part = |c: &char| c.is_alphanumeric() || *c == '_';
        while self.text.get(self.at).is_some_and(part) {
            self.at += 1;
        }
        let name: String = self.text[start..self.at].iter().collect();
        match name.as_str() {
            found if found == self.variable => return Ok(name),
            "pi" | "π" => return Ok(format!("{}", std::f64::consts::PI)),
            "e" => return Ok(format!("{}", std::f64::consts::E)),
            _ => {}
        }
        if !FUNCTIONS.contains(&name.as_str()) {
            return Err(self.error(
                start,
                format!("`{name}` is not known"),
                format!(
                    "the variable is {}, functions are {}, constants pi and e",
                    self.variable,
                    FUNCTIONS.join(", ")
                ),
            ));
        }
        if self.takes(&['(']).is_none() {
            return Err(self.here(
                &format!("{name} needs its argument in parentheses"),
                &format!("write {name}({})", self.variable),
            ));
        }
        let inside = self.sum(depth + 1)?;
        self.closed()?;
        Ok(format!("{name}({inside})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_mean_what_they_mean_at_school() {
        let r: f64 = 1.3;
        for (text, value) in [
            ("r^2/2", r * r / 2.0),
            ("-r^2", -r * r),
            ("2^-r", 2f64.powf(-r)),
            ("2^3^2", 512.0),
            ("1 - 2 - 3", -4.0),
            ("8/4/2", 1.0),
            ("3 − -r", 3.0 + r),
            ("1e2*r + .5", 100.0 * r + 0.5),
            (
                "exp(-r)*cos(2*pi*r)",
                (-r).exp() * (std::f64::consts::TAU * r).cos(),
            ),
            ("ln(1+r^2) + e", (1.0 + r * r).ln() + std::f64::consts::E),
            ("7", 7.0),
        ] {
            let formula = Formula::parse(text, "r").expect(text);
            assert!(
                (formula.at(r) - value).abs() < 1e-12,
                "{text}: {}",
                formula.at(r)
            );
        }
    }

    #[test]
    fn derivatives_are_those_of_small_differences() {
        for text in [
            "r^4/4 - r^2",
            "sin(r)*exp(-r^2)",
            "tanh((r-1)/0.2)",
            "sqrt(1+r^2)",
            "ln(1+r)/r",
            "atan(r)*cosh(r)",
            "acos(r/3)+asin(r/4)",
            "tan(r/2)+sinh(r)",
            "r^r",
            "(1+r)^2.5",
        ] {
            let formula = Formula::parse(text, "r").expect(text);
            for x in [0.4, 1.1, 1.9] {
                let h = 1e-4;
                let [value, slope, curvature] = formula.jet(x);
                let (up, down) = (formula.at(x + h), formula.at(x - h));
                let scale = 1.0 + value.abs() + slope.abs() + curvature.abs();
                assert!(
                    ((up - down) / (2.0 * h) - slope).abs() < 1e-5 * scale,
                    "{text} at {x}"
                );
                let bend = (up - 2.0 * value + down) / (h * h);
                assert!(
                    (bend - curvature).abs() < 1e-4 * scale,
                    "{text} at {x}: {bend}"
                );
            }
        }
    }

    #[test]
    fn derivatives_hold_at_the_origin() {
        for (text, jet) in [
            ("r^2", [0.0, 0.0, 2.0]),
            ("r^4/4", [0.0, 0.0, 0.0]),
            ("cos(3*r)", [1.0, 0.0, -9.0]),
            ("1-r", [1.0, -1.0, 0.0]),
        ] {
            let found = Formula::parse(text, "r").expect(text).jet(0.0);
            assert!(
                found.iter().zip(jet).all(|(a, b)| (a - b).abs() < 1e-12),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn an_error_stands_under_its_character() {
        for (text, at) in [
            ("r^^2", 2),
            ("2*x", 2),
            ("sin r", 4),
            ("(r+1", 4),
            ("r)", 1),
            ("2 r", 2),
            ("", 0),
            ("r+", 2),
            ("r $ 2", 2),
            ("1..2", 2),
            ("foo(r)", 0),
        ] {
            let error = Formula::parse(text, "r").expect_err(text);
            assert_eq!(error.at, at, "{text}: {error}");
            assert!(error.under(text).ends_with('^'));
            assert!(!error.remedy.is_empty());
        }
        assert!(Formula::parse(&"(".repeat(180), "r").is_err());
        assert!(Formula::parse(&"-".repeat(180), "r").is_err());
        assert!(Formula::parse(&"r+".repeat(5000), "r").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[-+*/^() .0-9repisnco√π]{0,60}|\\PC{0,40}") {
            if let Ok(formula) = Formula::parse(&text, "r") {
                let _ = formula.jet(0.7);
            }
        }
    }
}
