//! The plain text of an equation becomes a tree: scripts, fractions, roots, sums, fences, accents.
//!
//! The text is the one of the declarations, which also stands in terminals: `e^(−t/τ)`, `v₀ eᵢ`,
//! `√(2D_t) ξᵢ`, `Σ_(j≠i) F(rᵢⱼ)`, `∂c/∂t`. A slash without spaces around it makes a fraction,
//! except in an index; parentheses around all of a numerator or denominator are then left out.

use super::super::symbols;
use super::glyphs::{combining, composed, lowered, raised};
use super::tree::{Face, Formula, Node};

/// How deep parts may lie in each other before the rest stays plain text.
const DEEPEST: usize = 24;

/// Reads a formula; whatever is unbalanced stays as it is written.
pub fn formula(text: &str) -> Formula {
    let (label, rest) = label_of(text);
    let letters: Vec<char> = rest.chars().collect();
    let mut parser = Parser {
        letters: &letters,
        at: 0,
        depth: 0,
        inline: false,
    };
    Formula {
        label,
        row: parser.row(letters.len()),
    }
}

/// Splits words and a colon off the beginning, where they are words and not a quantity.
fn label_of(text: &str) -> (Option<String>, &str) {
    let Some((before, after)) = text.split_once(':') else {
        return (None, text);
    };
    let words = before.chars().count() >= 3
        && before
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || matches!(letter, '_' | ' ' | '-'));
    if !words || !after.starts_with(' ') {
        return (None, text);
    }
    (Some(before.replace('_', " ")), after.trim_start())
}

struct Parser<'a> {
    letters: &'a [char],
    at: usize,
    depth: usize,
    /// True inside an index, where a slash stays a slash.
    inline: bool,
}

impl Parser<'_> {
    fn peek(&self, end: usize) -> Option<char> {
        (self.at < end)
            .then(|| self.letters.get(self.at).copied())
            .flatten()
    }

    /// The parts up to `end`.
    fn row(&mut self, end: usize) -> Vec<Node> {
        let mut row = Vec::new();
        if self.depth >= DEEPEST {
            let rest = self.letters[self.at.min(end)..end].iter().collect();
            self.at = end;
            return vec![Node::Run(rest, Face::Upright)];
        }
        self.depth += 1;
        while let Some(letter) = self.peek(end) {
            if letter.is_whitespace() {
                self.at += 1;
                if !matches!(row.last(), None | Some(Node::Space)) {
                    row.push(Node::Space);
                }
            } else if letter == '/' && !self.inline && self.fraction(&mut row, end) {
            } else {
                let part = self.part(end);
                row.push(part);
            }
        }
        while row.last() == Some(&Node::Space) {
            row.pop();
        }
        self.depth -= 1;
        row
    }

    /// Turns the factors before a slash and those behind it into a fraction, where they suit.
    fn fraction(&mut self, row: &mut Vec<Node>, end: usize) -> bool {
        let start = row
            .iter()
            .rposition(|node| !is_factor(node))
            .map_or(0, |at| at + 1);
        let next = self
            .letters
            .get(self.at + 1)
            .copied()
            .filter(|_| self.at + 1 < end);
        let suits = next.is_some_and(|next| !next.is_whitespace() && begins_factor(next));
        if start == row.len() || !suits {
            return false;
        }
        self.at += 1;
        let above = row.split_off(start);
        let mut below = Vec::new();
        while let Some(letter) = self.peek(end) {
            if letter.is_whitespace() || !begins_factor(letter) {
                break;
            }
            below.push(self.part(end));
        }
        if below.is_empty() || !below.iter().all(is_factor) {
            row.extend(above);
            row.push(Node::Run("/".into(), Face::Upright));
            row.extend(below);
        } else {
            row.push(Node::Fraction(
                Box::new(unfenced(above)),
                Box::new(unfenced(below)),
            ));
        }
        true
    }

    /// One part with its indices.
    fn part(&mut self, end: usize) -> Node {
        let base = self.atom(end);
        let (mut sub, mut sup) = (None, None);
        while let Some(letter) = self.peek(end) {
            let (slot, node) = match letter {
                '_' | '^' if self.at + 1 < end => {
                    self.at += 1;
                    let slot = if letter == '_' { &mut sub } else { &mut sup };
                    (slot, self.index(end))
                }
                '′' | '″' => {
                    self.at += 1;
                    (&mut sup, Node::Run(letter.into(), Face::Upright))
                }
                letter if lowered(letter).is_some() => (&mut sub, self.small(end, lowered)),
                letter if raised(letter).is_some() => (&mut sup, self.small(end, raised)),
                _ => break,
            };
            *slot = Some(match slot.take() {
                None => node,
                Some(Node::Row(mut row)) => {
                    row.push(node);
                    Node::Row(row)
                }
                Some(first) => Node::Row(vec![first, node]),
            });
        }
        let (sub, sup) = (sub.map(Box::new), sup.map(Box::new));
        match base {
            Node::Run(sign, Face::Operator) if is_big(&sign) => {
                Node::Big(sign.chars().next().unwrap_or('∑'), sub, sup)
            }
            base if sub.is_none() && sup.is_none() => base,
            base => Node::Script(Box::new(base), sub, sup),
        }
    }

    /// A run of small letters as the letters that they stand for.
    fn small(&mut self, end: usize, meaning: fn(char) -> Option<char>) -> Node {
        let mut text = Vec::new();
        while let Some(letter) = self.peek(end).and_then(meaning) {
            text.push(letter);
            self.at += 1;
        }
        let mut inner = Parser {
            letters: &text,
            at: 0,
            depth: self.depth,
            inline: true,
        };
        row_of(inner.row(text.len()))
    }

    /// What follows `_` or `^`: a group, or letters and digits.
    fn index(&mut self, end: usize) -> Node {
        let close = match self.peek(end) {
            Some('(') => self.closing('(', ')', end),
            Some('{') => self.closing('{', '}', end),
            _ => None,
        };
        let was = std::mem::replace(&mut self.inline, true);
        let row = match close {
            Some(close) => {
                self.at += 1;
                let row = self.row(close);
                self.at = close + 1;
                row
            }
            None => {
                let signed = matches!(self.peek(end), Some('−' | '-' | '∗' | '*' | '+'));
                let first = self.at + usize::from(signed);
                let length = self.letters[first.min(end)..end]
                    .iter()
                    .take_while(|letter| letter.is_alphanumeric() && lowered(**letter).is_none())
                    .count();
                let stop = (first + length).max(self.at + 1).min(end);
                self.row(stop)
            }
        };
        self.inline = was;
        // Several letters below are a word, such as "gas", and stand upright.
        match row.as_slice() {
            [Node::Run(word, Face::Italic)]
                if word
                    .chars()
                    .filter(|letter| letter.is_ascii_lowercase())
                    .count()
                    > 1 =>
            {
                Node::Run(word.clone(), Face::Upright)
            }
            _ => row_of(row),
        }
    }

    /// Where the fence that opens here closes.
    fn closing(&self, open: char, close: char, end: usize) -> Option<usize> {
        let mut depth = 0_i32;
        for at in self.at..end {
            let letter = self.letters[at];
            if letter == close && (open != close || at > self.at) {
                depth -= 1;
                if depth <= 0 {
                    return Some(at);
                }
            } else if letter == open {
                depth += 1;
            }
        }
        None
    }

    fn atom(&mut self, end: usize) -> Node {
        let Some(letter) = self.peek(end) else {
            return Node::Row(Vec::new());
        };
        if let Some(close) = closing_of(letter)
            && let Some(stop) = self.closing(letter, close, end)
            && stop > self.at + 1
        {
            self.at += 1;
            let inside = self.row(stop);
            self.at = stop + 1;
            return Node::Fence(letter, Box::new(row_of(inside)), close);
        }
        if letter == '√' {
            return self.root(end);
        }
        if letter.is_ascii_digit() {
            return self.number(end);
        }
        if letter.is_alphabetic() && !is_big(&letter.to_string()) {
            return self.word(end);
        }
        self.at += 1;
        let face = match letter {
            '=' | '≈' | '≠' | '≤' | '≥' | '<' | '>' | '∝' | '→' | '←' | '∼' | '~' | '∈' | '≡'
            | '≪' | '≫' | '↦' => Face::Relation,
            '+' | '−' | '-' | '·' | '×' | '±' | '∓' | '∗' | '∘' | '⊗' => {
                Face::Operator
            }
            ',' | ';' => Face::Comma,
            sign if is_big(&sign.to_string()) => Face::Operator,
            _ => Face::Upright,
        };
        self.accented(Node::Run(letter.into(), face), end)
    }

    fn root(&mut self, end: usize) -> Node {
        self.at += 1;
        let inside = match self.peek(end) {
            None => return Node::Run("√".into(), Face::Upright),
            Some('(') => match self.atom(end) {
                Node::Fence('(', inside, ')') => *inside,
                other => other,
            },
            Some(_) if self.depth < DEEPEST => {
                self.depth += 1;
                let inside = self.part(end);
                self.depth -= 1;
                inside
            }
            Some(_) => return Node::Run("√".into(), Face::Upright),
        };
        Node::Root(Box::new(inside))
    }

    fn number(&mut self, end: usize) -> Node {
        let mut text = String::new();
        while let Some(letter) = self.peek(end) {
            let point = letter == '.'
                && self.at + 1 < end
                && self
                    .letters
                    .get(self.at + 1)
                    .is_some_and(char::is_ascii_digit);
            if !letter.is_ascii_digit() && !point {
                break;
            }
            text.push(letter);
            self.at += 1;
        }
        Node::Run(text, Face::Upright)
    }

    /// A word of Latin letters, or one letter of another alphabet, with what stands above it.
    fn word(&mut self, end: usize) -> Node {
        let first = self.letters[self.at];
        self.at += 1;
        if let Some((letter, mark)) = composed(first) {
            let alone = !self
                .peek(end)
                .is_some_and(|next| next.is_ascii_alphabetic());
            if alone {
                let run = Node::Run(letter.into(), Face::Italic);
                return Node::Accent(Box::new(run), mark);
            }
        }
        let mut text = String::from(first);
        let latin = |letter: char| {
            letter.is_ascii_alphabetic()
                || ('À'..='\u{24f}').contains(&letter) && letter.is_alphabetic()
        };
        if latin(first) {
            while let Some(letter) = self.peek(end).filter(|&letter| latin(letter)) {
                // A letter under a mark begins a part of its own.
                let marked = self.letters.get(self.at + 1).copied().and_then(combining);
                if marked.is_some() && self.at + 1 < end {
                    break;
                }
                text.push(letter);
                self.at += 1;
            }
        }
        let face = match text.chars().count() {
            _ if symbols::is_function(&text) => Face::Upright,
            1 if text == "a" && !self.article(end) => Face::Italic,
            _ if symbols::is_upright(&text) => Face::Word,
            length if length > 4 => Face::Word,
            _ => Face::Italic,
        };
        self.accented(Node::Run(text, face), end)
    }

    /// Whether words of speech follow, which makes `a` one of them and no quantity.
    fn article(&self, end: usize) -> bool {
        let rest = &self.letters[self.at.min(end)..end];
        let next: String = rest
            .iter()
            .skip(1)
            .take_while(|letter| letter.is_ascii_alphabetic())
            .collect();
        rest.first() == Some(&' ') && next.len() > 1 && symbols::is_upright(&next)
    }

    fn accented(&mut self, node: Node, end: usize) -> Node {
        match self.peek(end).and_then(combining) {
            Some(mark) => {
                self.at += 1;
                Node::Accent(Box::new(node), mark)
            }
            None => node,
        }
    }
}

/// Whether a part may stand in a fraction that is written with a slash.
fn is_factor(node: &Node) -> bool {
    match node {
        Node::Space | Node::Big(..) => false,
        Node::Run(_, face) => matches!(face, Face::Italic | Face::Upright),
        _ => true,
    }
}

fn begins_factor(letter: char) -> bool {
    letter.is_alphanumeric()
        || matches!(
            letter,
            '(' | '[' | '⟨' | '|' | '√' | '∂' | '∇' | '_' | '^' | '∞'
        )
}

fn is_big(sign: &str) -> bool {
    matches!(sign, "Σ" | "∑" | "∏" | "∫" | "∮")
}

fn closing_of(letter: char) -> Option<char> {
    Some(match letter {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '⟨' => '⟩',
        '|' => '|',
        '‖' => '‖',
        _ => return None,
    })
}

/// One part, or a row of several.
fn row_of(mut row: Vec<Node>) -> Node {
    match row.pop() {
        Some(only) if row.is_empty() => only,
        Some(last) => {
            row.push(last);
            Node::Row(row)
        }
        None => Node::Row(row),
    }
}

/// The same without parentheses around all of it.
fn unfenced(row: Vec<Node>) -> Node {
    match row_of(row) {
        Node::Fence('(', inside, ')') => *inside,
        node => node,
    }
}
