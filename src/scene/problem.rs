//! What is wrong with a scene: where, what was written, what is allowed, and what to do.

use codespan_reporting::diagnostic::{Diagnostic, Label};
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term::{Config, Styles, StylesWriter, emit_to_write_style, termcolor};
use std::fmt;
use std::io::{IsTerminal, Write};
use std::ops::Range;

use super::fault::{Fault, Span, shorten};

/// How many problems are listed; of any more only the number is told.
const LISTED: usize = 100;
/// A line longer than this is not shown beside its problem.
const SHOWN_LINE: usize = 300;

/// One fault of a scene file or of a `--set`.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The file, or `--set #2` for the second override.
    pub file: String,
    /// Line from 1; 0 when the fault is of the file as a whole.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// The bytes of the text that are at fault.
    pub span: Range<usize>,
    /// The field as a path, such as `parameters.peclet`; empty when no field is meant.
    pub field: String,
    /// The value as it is written; empty when something is missing.
    pub value: String,
    /// What is wrong, in words.
    pub fault: String,
    /// What would be allowed; empty when that is obvious.
    pub allowed: String,
    /// What to do.
    pub remedy: String,
    /// A stable name of this kind of fault.
    pub code: &'static str,
    /// Which of the texts it is in.
    source: usize,
}

impl fmt::Display for Problem {
    /// The compact form, one line: `file:line:column: field: fault; allowed: ...; remedy [code]`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if self.line > 0 {
            write!(formatter, ":{}:{}", self.line, self.column)?;
        }
        if !self.field.is_empty() {
            write!(formatter, ": {}", self.field)?;
        }
        write!(formatter, ": {}", self.fault)?;
        if !self.allowed.is_empty() {
            write!(formatter, "; allowed: {}", self.allowed)?;
        }
        if !self.remedy.is_empty() {
            write!(formatter, "; {}", self.remedy)?;
        }
        write!(formatter, " [{}]", self.code)
    }
}

/// A text that a scene is made of: the file, or an override.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Source {
    pub name: String,
    pub text: String,
}

/// Everything that is wrong with a scene, in the order of the text; never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Problems {
    list: Vec<Problem>,
    sources: Vec<Source>,
    omitted: usize,
}

impl Problems {
    /// Works out lines and columns.
    pub(super) fn new(sources: Vec<Source>, mut faults: Vec<Fault>) -> Self {
        faults.sort_by_key(|fault| fault.span);
        let omitted = faults.len().saturating_sub(LISTED);
        faults.truncate(LISTED);
        let mut places = Places::default();
        let list = faults
            .into_iter()
            .filter_map(|fault| {
                let source = sources.get(fault.span.source)?;
                let (line, column) = places.find(fault.span, &source.text);
                let value = if fault.quotes_value {
                    shorten(
                        source
                            .text
                            .get(fault.span.start..fault.span.end)
                            .unwrap_or(""),
                    )
                } else {
                    String::new()
                };
                Some(Problem {
                    file: source.name.clone(),
                    line,
                    column,
                    span: fault.span.start..fault.span.end,
                    field: fault.field,
                    value,
                    fault: fault.fault,
                    allowed: fault.allowed,
                    remedy: fault.remedy,
                    code: fault.code,
                    source: fault.span.source,
                })
            })
            .collect();
        Self {
            list,
            sources,
            omitted,
        }
    }

    /// One fault of a file that could not be read at all.
    pub(super) fn of_file(name: &str, code: &'static str, fault: String, remedy: &str) -> Self {
        let problem = Problem {
            file: shorten(name),
            line: 0,
            column: 0,
            span: 0..0,
            field: String::new(),
            value: String::new(),
            fault,
            allowed: String::new(),
            remedy: remedy.into(),
            code,
            source: 0,
        };
        Self {
            list: vec![problem],
            sources: Vec::new(),
            omitted: 0,
        }
    }

    /// The problems, in the order of the text; those of the overrides come last.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }

    /// How many problems there are, those included that are not listed.
    pub fn count(&self) -> usize {
        self.list.len() + self.omitted
    }

    /// The report for a person, with the lines of the text; `colour` adds terminal colours.
    pub fn render(&self, colour: bool) -> String {
        let mut files = SimpleFiles::new();
        for source in &self.sources {
            files.add(source.name.as_str(), printable(&source.text));
        }
        let mut buffer = if colour {
            termcolor::Buffer::ansi()
        } else {
            termcolor::Buffer::no_color()
        };
        let styles = Styles::default();
        let config = Config::default();
        for problem in &self.list {
            let mut notes = Vec::new();
            if !problem.allowed.is_empty() {
                notes.push(format!("allowed: {}", problem.allowed));
            }
            if !problem.remedy.is_empty() {
                notes.push(problem.remedy.clone());
            }
            let message = if problem.field.is_empty() {
                problem.fault.clone()
            } else {
                format!("{}: {}", problem.field, problem.fault)
            };
            let mut diagnostic = Diagnostic::error()
                .with_code(problem.code)
                .with_message(message)
                .with_notes(notes);
            if self.can_be_shown(problem) {
                diagnostic =
                    diagnostic.with_label(Label::primary(problem.source, problem.span.clone()));
            }
            let shown = problem.line > 0 && self.can_be_shown(problem);
            let mut writer = StylesWriter::new(&mut buffer, &styles);
            let written =
                shown && emit_to_write_style(&mut writer, &config, &files, &diagnostic).is_ok();
            if !written {
                // Writing into memory cannot fail, and a lost line would not be worth a panic.
                let _ = writeln!(buffer, "error: {problem}\n");
            }
        }
        if self.omitted > 0 {
            let _ = writeln!(buffer, "and {} more problems", self.omitted);
        }
        String::from_utf8_lossy(buffer.as_slice()).into_owned()
    }

    /// The report as it suits standard error: in colour when that is a terminal and colours are
    /// not switched off by `NO_COLOR`.
    pub fn for_terminal(&self) -> String {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        self.render(!plain && std::io::stderr().is_terminal())
    }

    /// A very long line would bury the report, so that only its place is told.
    fn can_be_shown(&self, problem: &Problem) -> bool {
        let Some(source) = self.sources.get(problem.source) else {
            return false;
        };
        let bytes = source.text.as_bytes();
        let lines = problem.span.start..problem.span.end.max(problem.span.start);
        let before = bytes.get(..lines.start).unwrap_or(&[]);
        let after = bytes.get(lines.start..).unwrap_or(&[]);
        let head = before
            .iter()
            .rev()
            .take_while(|&&byte| byte != b'\n')
            .take(SHOWN_LINE)
            .count();
        let tail = after
            .iter()
            .take_while(|&&byte| byte != b'\n')
            .take(SHOWN_LINE)
            .count();
        head + tail < SHOWN_LINE && lines.len() < SHOWN_LINE
    }
}

impl fmt::Display for Problems {
    /// The compact form, one line a problem.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{problem}")?;
        }
        if self.omitted > 0 {
            write!(formatter, "\nand {} more problems", self.omitted)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Control characters could command the terminal; each byte becomes a question mark, so that all
/// places stay what they are.
fn printable(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && !matches!(c, '\n' | '\t' | '\r') {
            result.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            result.push(c);
        }
    }
    result
}

/// Lines and columns of ascending places, counted in one pass over each text.
#[derive(Default)]
struct Places {
    source: usize,
    at: usize,
    line: usize,
    column: usize,
}

impl Places {
    fn find(&mut self, span: Span, text: &str) -> (usize, usize) {
        if span.source != self.source || span.start < self.at || self.line == 0 {
            *self = Self {
                source: span.source,
                at: 0,
                line: 1,
                column: 1,
            };
        }
        for c in text.get(self.at..span.start).unwrap_or("").chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.at = span.start;
        (self.line, self.column)
    }
}
