//! A fault while it is being collected: the place in bytes, and the words.
//!
//! Lines and columns are worked out once at the end, in [`Problems`](super::Problems), because
//! counting them for every value would make the reading of a long line quadratic.

/// Bytes of one of the texts: 0 is the file, k is the k-th override.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub source: usize,
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The first byte, for faults of a whole group that should not underline all of it.
    pub fn head(self) -> Self {
        Self {
            end: self.end.min(self.start + 1),
            ..self
        }
    }
}

/// A fault without line and column.
#[derive(Clone, Debug)]
pub struct Fault {
    pub code: &'static str,
    pub span: Span,
    pub field: String,
    pub fault: String,
    pub allowed: String,
    pub remedy: String,
    /// Whether the bytes of the span are the value at fault.
    pub quotes_value: bool,
}

impl Fault {
    pub fn new(code: &'static str, span: Span) -> Self {
        Self {
            code,
            span,
            field: String::new(),
            fault: String::new(),
            allowed: String::new(),
            remedy: String::new(),
            quotes_value: true,
        }
    }

    pub fn field(self, field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            ..self
        }
    }

    pub fn fault(self, fault: impl Into<String>) -> Self {
        Self {
            fault: fault.into(),
            ..self
        }
    }

    pub fn allowed(self, allowed: impl Into<String>) -> Self {
        Self {
            allowed: allowed.into(),
            ..self
        }
    }

    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        Self {
            remedy: remedy.into(),
            ..self
        }
    }

    /// For something that is missing: the place is where it should be, not its value.
    pub fn without_value(self) -> Self {
        Self {
            quotes_value: false,
            ..self
        }
    }
}

/// A piece of the text as one short printable line.
pub fn shorten(text: &str) -> String {
    const LENGTH: usize = 60;
    let mut short: String = text
        .chars()
        .take(LENGTH + 1)
        .map(|c| {
            if c == '\n' || c == '\t' || c == '\r' {
                ' '
            } else {
                c
            }
        })
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if short.chars().count() > LENGTH {
        short = short.chars().take(LENGTH - 1).collect();
        short.push('…');
    }
    short
}

/// The name that was probably meant: the nearest by edit distance, if it is near enough.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > 64 {
        return None;
    }
    let (distance, nearest) = known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .min_by_key(|&(distance, _)| distance)?;
    (distance <= (length / 3).max(1)).then_some(nearest)
}

/// Edit distance in which swapping two neighbours counts once (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_hand_are_near_and_other_words_are_not() {
        let known = ["packing_fraction", "count", "density", "initial"];
        assert_eq!(nearest("packing_fracton", known), Some("packing_fraction"));
        assert_eq!(nearest("cuont", known), Some("count"));
        assert_eq!(nearest("temperature", known), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("ab", "ba"), 1);
    }
}
