//! What a formula is made of.

/// How a run of characters is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Names of quantities.
    Italic,
    /// Numbers, functions and other signs.
    Upright,
    /// Words of speech, with spaces around them.
    Word,
    /// `=`, `≈`, `→`: wide spaces, and the best place for a new line.
    Relation,
    /// `+`, `−`, `·`: spaces when there is something on both sides.
    Operator,
    /// `,` and `;`: a space behind.
    Comma,
}

/// A mark above a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Dot,
    Dots,
    Arrow,
    Hat,
    Bar,
    Tilde,
}

/// A part of a formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Run(String, Face),
    /// A space that stands in the text.
    Space,
    Row(Vec<Node>),
    /// A base with an index below and above.
    Script(Box<Node>, Option<Box<Node>>, Option<Box<Node>>),
    Fraction(Box<Node>, Box<Node>),
    Root(Box<Node>),
    Fence(char, Box<Node>, char),
    Accent(Box<Node>, Mark),
    /// A sum, product or integral, with its limits.
    Big(char, Option<Box<Node>>, Option<Box<Node>>),
}

/// A formula: what it is for, if it says so, and its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// The words before a colon, such as the name of an alternative.
    pub label: Option<String>,
    pub row: Vec<Node>,
}
