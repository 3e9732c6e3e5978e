//! RON text becomes a tree in which every value knows its place.
//!
//! A deserialiser stops at the first fault, and a decoded value has forgotten where it was written.
//! A scene must report all its faults with their places, so that the structure is read here, in one
//! pass of bounded depth, and the numbers and strings are then decoded by `ron` from their slices.

use super::fault::{Fault, Span};

/// How deeply values may be nested. A scene needs four levels.
const DEPTH: usize = 32;
/// How many values a text may hold: it bounds the memory that a hostile file can claim.
const VALUES: usize = 100_000;
/// How many missing commas are worth reporting before the text is given up.
const COMMAS: usize = 20;

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node {
    pub span: Span,
    pub shape: Shape,
}

/// What kind of value it is.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A number, not yet decoded.
    Number,
    /// A string in quotes, not yet decoded.
    Text,
    /// A bare identifier.
    Name,
    /// `(name: value, ...)`.
    Group(Vec<Field>),
    /// `(value, ...)`.
    Tuple(Vec<Node>),
    /// `[value, ...]`.
    List(Vec<Node>),
    /// `{key: value, ...}`, which no scene contains.
    Map,
}

/// A named value.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub name_span: Span,
    pub value: Node,
}

/// Reads one text from the byte `start`; `source` is its number in the spans. The tree is `None`
/// when it cannot be read to the end; a tree can come with faults, when the reader could go on.
pub fn read(source: usize, text: &str, start: usize) -> (Option<Node>, Vec<Fault>) {
    let mut reader = Reader {
        source,
        text,
        at: start,
        values: 0,
        faults: Vec::new(),
    };
    let tree = reader.document();
    match tree {
        Ok(tree) => (Some(tree), reader.faults),
        Err(fault) => {
            reader.faults.push(*fault);
            (None, reader.faults)
        }
    }
}

struct Reader<'a> {
    source: usize,
    text: &'a str,
    at: usize,
    values: usize,
    faults: Vec<Fault>,
}

/// A fault is boxed, since it is large and rare.
type Read<T> = Result<T, Box<Fault>>;

/// The white space of RON, except the control characters that a scene must not contain.
fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\n' | '\r' | '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
    )
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn skip_while(&mut self, condition: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !condition(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or("")
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            source: self.source,
            start,
            end,
        }
    }

    fn syntax(&self, start: usize, end: usize, fault: String, remedy: &str) -> Box<Fault> {
        let place = self.span(start, end);
        Box::new(Fault::new("syntax", place).fault(fault).remedy(remedy))
    }

    /// The fault of whatever stands here instead of what should.
    fn unexpected(&self, wanted: &str) -> Box<Fault> {
        let start = self.at;
        match self.peek() {
            None => self.syntax(
                start,
                start,
                format!("the text ends where {wanted} should be"),
                "complete it, the file may have been cut off",
            ),
            Some(c) => self.syntax(
                start,
                start + c.len_utf8(),
                format!("found `{}` where {wanted} should be", c.escape_debug()),
                match c {
                    '\'' => "write strings in double quotes",
                    '#' => "remove attributes, a scene needs no extensions",
                    ')' | ']' | '}' => {
                        "check that brackets are closed in the order in which they were opened"
                    }
                    _ => "remove it, or complete what stands before it",
                },
            ),
        }
    }

    fn document(&mut self) -> Read<Node> {
        self.skip('\u{feff}');
        self.space()?;
        let tree = self.value(0)?;
        self.space()?;
        if self.peek().is_some() {
            return Err(self.unexpected("the end of the text"));
        }
        Ok(tree)
    }

    /// Skips white space and comments; block comments nest.
    fn space(&mut self) -> Read<()> {
        loop {
            self.skip_while(is_space);
            if self.rest().starts_with("//") {
                self.skip_while(|c| c != '\n');
            } else if self.rest().starts_with("/*") {
                let start = self.at;
                let mut depth = 0_usize;
                loop {
                    self.skip_while(|c| c != '/' && c != '*');
                    let rest = self.rest();
                    if rest.starts_with("/*") {
                        depth += 1;
                        self.at += 2;
                    } else if rest.starts_with("*/") {
                        depth -= 1;
                        self.at += 2;
                        if depth == 0 {
                            break;
                        }
                    } else if rest.is_empty() {
                        let fault = "this comment is never closed".into();
                        return Err(self.syntax(start, start + 2, fault, "close it with */"));
                    } else {
                        self.at += 1;
                    }
                }
            } else {
                return Ok(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Read<Node> {
        let start = self.at;
        self.values += 1;
        if depth > DEPTH || self.values > VALUES {
            let fault = if depth > DEPTH {
                format!("values are nested deeper than {DEPTH} levels")
            } else {
                format!("the text holds more than {VALUES} values")
            };
            let remedy = "simplify it, a scene needs four levels and a few dozen values";
            let place = self.span(start, start + 1);
            return Err(Box::new(
                Fault::new("too_large", place).fault(fault).remedy(remedy),
            ));
        }
        let Some(first) = self.peek() else {
            return Err(self.unexpected("a value"));
        };
        let rest = self.rest();
        let raw = rest
            .trim_start_matches('r')
            .trim_start_matches('#')
            .starts_with('"')
            && (rest.starts_with("r\"") || rest.starts_with("r#"));
        let shape = match first {
            '(' => self.parentheses(depth)?,
            '[' => Shape::List(self.sequence(depth, ']')?),
            '{' => self.map(depth)?,
            '"' => self.string()?,
            'r' if raw => self.raw_string()?,
            '0'..='9' | '+' | '-' | '.' => {
                self.skip_while(|c| {
                    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_')
                });
                Shape::Number
            }
            _ if starts_name(first) => return self.named(start, depth),
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node {
            span: self.span(start, self.at),
            shape,
        })
    }

    /// A bare identifier, or one before parentheses: `Some(value)` is the value, and `Scene(...)`
    /// may be written around the whole.
    fn named(&mut self, start: usize, depth: usize) -> Read<Node> {
        let name = self.skip_while(continues_name);
        let end = self.at;
        self.space()?;
        if self.peek() != Some('(') {
            self.at = end;
            return Ok(Node {
                span: self.span(start, end),
                shape: Shape::Name,
            });
        }
        let open = self.at;
        let shape = self.parentheses(depth)?;
        match (name, shape) {
            ("Some", Shape::Tuple(mut values)) if values.len() == 1 => {
                values.pop().ok_or_else(|| self.unexpected("a value"))
            }
            ("Scene", shape @ Shape::Group(_)) if depth == 0 => Ok(Node {
                span: self.span(open, self.at),
                shape,
            }),
            _ => Err(self.syntax(
                start,
                end,
                format!("`{name}(` has no meaning here"),
                "remove the name",
            )),
        }
    }

    fn string(&mut self) -> Read<Shape> {
        let start = self.at;
        self.at += 1;
        loop {
            self.skip_while(|c| c != '"' && c != '\\');
            if self.skip('"') {
                return Ok(Shape::Text);
            } else if self.skip('\\') {
                self.at += self.peek().map_or(0, char::len_utf8);
            } else {
                let fault = "this string is never closed".into();
                return Err(self.syntax(start, start + 1, fault, "close it with a double quote"));
            }
        }
    }

    fn raw_string(&mut self) -> Read<Shape> {
        let start = self.at;
        self.at += 1;
        let hashes = self.skip_while(|c| c == '#').len();
        self.at += 1;
        loop {
            self.skip_while(|c| c != '"');
            if !self.skip('"') {
                let fault = "this raw string is never closed".into();
                return Err(self.syntax(
                    start,
                    start + 1,
                    fault,
                    "close it with a quote and as many #",
                ));
            }
            let closing = self
                .rest()
                .bytes()
                .take(hashes)
                .take_while(|&byte| byte == b'#')
                .count();
            self.at += closing;
            if closing == hashes {
                return Ok(Shape::Text);
            }
        }
    }

    /// What stands in parentheses has names when the first item has one.
    fn parentheses(&mut self, depth: usize) -> Read<Shape> {
        let open = self.at;
        self.at += 1;
        self.space()?;
        let first = self.at;
        let name = self.skip_while(continues_name);
        self.space()?;
        let has_names = name.starts_with(starts_name) && self.peek() == Some(':');
        if !has_names {
            self.at = open;
            return Ok(Shape::Tuple(self.sequence(depth, ')')?));
        }
        self.at = first;
        let mut fields = Vec::new();
        while !self.closed(open, ')')? {
            let start = self.at;
            let name = self.skip_while(continues_name);
            let name_span = self.span(start, self.at);
            if !name.starts_with(starts_name) {
                self.at = start;
                return Err(self.unexpected("the name of a field"));
            }
            self.space()?;
            if !self.skip(':') {
                return Err(
                    self.unexpected(&format!("a colon after `{}`", super::fault::shorten(name)))
                );
            }
            self.space()?;
            let value = self.value(depth + 1)?;
            fields.push(Field {
                name: name.into(),
                name_span,
                value,
            });
            self.comma(')')?;
        }
        Ok(Shape::Group(fields))
    }

    fn sequence(&mut self, depth: usize, close: char) -> Read<Vec<Node>> {
        let open = self.at;
        self.at += 1;
        let mut values = Vec::new();
        while !self.closed(open, close)? {
            values.push(self.value(depth + 1)?);
            self.comma(close)?;
        }
        Ok(values)
    }

    fn map(&mut self, depth: usize) -> Read<Shape> {
        let open = self.at;
        self.at += 1;
        while !self.closed(open, '}')? {
            self.value(depth + 1)?;
            self.space()?;
            if !self.skip(':') {
                return Err(self.unexpected("a colon"));
            }
            self.space()?;
            self.value(depth + 1)?;
            self.comma('}')?;
        }
        Ok(Shape::Map)
    }

    /// True when the bracket closes here.
    fn closed(&mut self, open: usize, close: char) -> Read<bool> {
        self.space()?;
        if self.peek().is_none() {
            let bracket = self.text.get(open..open + 1).unwrap_or("(");
            let fault = format!("this `{bracket}` is never closed");
            return Err(self.syntax(
                open,
                open + 1,
                fault,
                &format!("close it with `{close}`, the file may have been cut off"),
            ));
        }
        Ok(self.skip(close))
    }

    /// The comma after an item; a missing one is reported, and reading goes on.
    fn comma(&mut self, close: char) -> Read<()> {
        let end = self.at;
        self.space()?;
        match self.peek() {
            Some(',') => self.at += 1,
            Some(c) if c != close => {
                let starts_item =
                    starts_name(c) || c.is_ascii_digit() || matches!(c, '"' | '(' | '[');
                if !starts_item || self.faults.len() >= COMMAS {
                    return Err(self.unexpected(&format!("a comma or `{close}`")));
                }
                let fault = "a comma is missing here".into();
                let fault = self.syntax(end, end, fault, "write a comma between values");
                self.faults.push(*fault);
            }
            _ => {}
        }
        Ok(())
    }
}
