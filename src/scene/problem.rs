//! What is wrong with a scene: where, what was written, what is allowed, and what to do.

use std::fmt;
use std::ops::Range;

/// One fault of a scene file or of a `--set`.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The file, or `--set #2` for the second override.
    pub file: String,
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// The bytes of the text that are at fault.
    pub span: Range<usize>,
    /// The field as a path, such as `parameters.peclet`.
    pub field: String,
    /// The value as it is written; empty when something is missing.
    pub value: String,
    /// What is wrong, a clause that follows the field's name.
    pub fault: String,
    /// What would be allowed.
    pub allowed: String,
    /// What to do.
    pub remedy: String,
    /// A stable name of this kind of fault.
    pub code: &'static str,
}

impl fmt::Display for Problem {
    /// The compact form, one line: `file:line:column: field: fault; allowed ...; remedy`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.field.is_empty() {
            write!(formatter, "{}: ", self.field)?;
        }
        formatter.write_str(&self.fault)?;
        if !self.allowed.is_empty() {
            write!(formatter, "; allowed: {}", self.allowed)?;
        }
        if !self.remedy.is_empty() {
            write!(formatter, "; {}", self.remedy)?;
        }
        write!(formatter, " [{}]", self.code)
    }
}
