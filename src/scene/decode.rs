//! Single values: numbers, texts, names and flags, decoded from their slices and checked.

use super::fault::{Fault, shorten};
use super::interpret::{Interpreter, Value, out_of_range, suggestion};
use super::reader::{Node, Shape};

impl Interpreter<'_> {
    pub(super) fn number(&mut self, node: &Node, shown: &str, words: &str) -> Option<f64> {
        let written = self.text(node.span);
        let names_no_number = matches!(
            written,
            "NaN" | "nan" | "inf" | "Inf" | "infinity" | "Infinity"
        );
        let value = match node.shape {
            Shape::Number => ron::from_str::<f64>(written).ok(),
            Shape::Name if names_no_number => Some(f64::NAN),
            _ => None,
        };
        match value {
            Some(value) if value.is_finite() => return Some(value),
            Some(_) => {
                let fault = Fault::new("not_finite", node.span)
                    .field(shown)
                    .fault(format!("value {} is not a finite number", shorten(written)))
                    .allowed(words)
                    .remedy("write a finite number");
                self.refuse(fault);
            }
            None if matches!(node.shape, Shape::Number) => {
                let fault = Fault::new("wrong_type", node.span)
                    .field(shown)
                    .fault(format!("value {} is not a number", shorten(written)))
                    .allowed(words)
                    .remedy("write it like 12, 0.5 or 1e-4");
                self.refuse(fault);
            }
            None => self.wrong_type(node, shown, words),
        }
        None
    }

    pub(super) fn number_within(
        &mut self,
        node: &Node,
        shown: &str,
        min: f64,
        max: f64,
        words: &str,
    ) -> Option<f64> {
        let value = self.number(node, shown, words)? + 0.0;
        if (min..=max).contains(&value) {
            return Some(value);
        }
        let fault = out_of_range(node.span, shown, self.text(node.span), words);
        self.refuse(fault);
        None
    }

    pub(super) fn pair(
        &mut self,
        node: &Node,
        shown: &str,
        [min, max]: [f64; 2],
        ordered: bool,
        words: &str,
    ) {
        let (Shape::Tuple(values) | Shape::List(values)) = &node.shape else {
            return self.wrong_type(node, shown, words);
        };
        let [first, second] = values.as_slice() else {
            let fault = Fault::new("wrong_type", node.span)
                .field(shown)
                .fault(format!("holds {} values", values.len()))
                .allowed(words)
                .remedy("write two numbers in parentheses");
            return self.refuse(fault);
        };
        // Both are read, so that faults of both are reported.
        let first = self.number_within(first, shown, min, max, words);
        let second = self.number_within(second, shown, min, max, words);
        let (Some(first), Some(second)) = (first, second) else {
            return;
        };
        if ordered && first >= second {
            let written = self.text(node.span).to_owned();
            let fault = out_of_range(node.span, shown, &written, words)
                .remedy("write the smaller number first, and two that differ");
            return self.refuse(fault);
        }
        self.keep(shown, node, Value::Pair([first, second]));
    }

    pub(super) fn whole(&mut self, node: &Node, shown: &str, min: u64, max: u64, words: &str) {
        let written = self.text(node.span).to_owned();
        let exact = match node.shape {
            Shape::Number => ron::from_str::<u64>(&written).ok(),
            _ => None,
        };
        let value = match exact {
            Some(value) => value,
            None => {
                let Some(number) = self.number(node, shown, words) else {
                    return;
                };
                // 1e6 is as good as 1000000, while it is exact: up to 2^53.
                if number.fract() != 0.0 || !(0.0..=9007199254740992.0).contains(&number) {
                    return self.refuse(out_of_range(node.span, shown, &written, words));
                }
                number as u64
            }
        };
        if !(min..=max).contains(&value) {
            return self.refuse(out_of_range(node.span, shown, &written, words));
        }
        self.keep(shown, node, Value::Whole(value));
    }

    pub(super) fn string(&mut self, node: &Node, shown: &str, most: usize) -> Option<String> {
        if !matches!(node.shape, Shape::Text) {
            self.wrong_type(node, shown, "text in double quotes");
            return None;
        }
        let written = self.text(node.span);
        // A file with the line ends of another system holds the same text.
        let decoded = ron::from_str::<String>(written)
            .map(|text| text.replace("\r\n", "\n").replace('\r', "\n"));
        let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        let reported = |c: char| hidden(c) && !matches!(c, '\r' | '\u{85}');
        let fault = match decoded {
            Ok(text) if text.len() > most => Fault::new("too_large", node.span)
                .fault(format!("is {} bytes long", text.len()))
                .allowed(format!("at most {most} bytes"))
                .remedy("shorten it"),
            // One that is not written as an escape is reported for the text as a whole.
            Ok(text) if text.contains(hidden) && !written.contains(reported) => {
                Fault::new("wrong_type", node.span)
                    .fault("contains a control character")
                    .allowed("printable characters and line breaks")
                    .remedy("remove it")
            }
            Ok(text) => return Some(text),
            Err(error) => Fault::new("syntax", node.span)
                .fault(format!("this string cannot be decoded: {}", error.code))
                .remedy("write a backslash as \\\\, or use r\"...\""),
        };
        self.refuse(fault.field(shown));
        None
    }

    pub(super) fn flag(&mut self, node: &Node, shown: &str) -> Option<bool> {
        match (&node.shape, self.text(node.span)) {
            (Shape::Name, "true") => Some(true),
            (Shape::Name, "false") => Some(false),
            _ => {
                self.wrong_type(node, shown, "true or false");
                None
            }
        }
    }

    /// A name, written bare or in quotes.
    pub(super) fn identifier(&mut self, node: &Node, shown: &str, words: &str) -> Option<String> {
        match node.shape {
            Shape::Name => Some(self.text(node.span).to_owned()),
            Shape::Text => self.string(node, shown, 1_000),
            _ => {
                self.wrong_type(node, shown, words);
                None
            }
        }
    }

    pub(super) fn name(&mut self, node: &Node, shown: &str, known: &[&str]) -> Option<String> {
        let words = format!("one of {}", known.join(", "));
        let name = self.identifier(node, shown, &words)?;
        if known.contains(&name.as_str()) {
            return Some(name);
        }
        let remedy = match known {
            [] => "remove it, the model has none".to_owned(),
            _ => suggestion(&name, known, "choose one of them"),
        };
        let fault = Fault::new("unknown_name", node.span)
            .field(shown)
            .fault(format!(
                "value {} is not known",
                shorten(self.text(node.span))
            ))
            .allowed(if known.is_empty() { "nothing" } else { &words })
            .remedy(remedy);
        self.refuse(fault);
        None
    }

    /// A list of texts; with `known`, of names of which the inner list tells which there are.
    pub(super) fn texts(
        &mut self,
        node: &Node,
        shown: &str,
        known: Option<Option<Vec<&'static str>>>,
    ) {
        let Shape::List(values) = &node.shape else {
            return self.wrong_type(node, shown, "a list in brackets, [..., ...]");
        };
        let mut texts: Vec<String> = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let below = format!("{shown}[{index}]");
            let text = match &known {
                None => self.string(value, &below, 100),
                Some(None) => self.identifier(value, &below, "a name"),
                Some(Some(known)) => self.name(value, &below, known),
            };
            texts.extend(text);
        }
        self.keep(shown, node, Value::Texts(texts));
    }
}
