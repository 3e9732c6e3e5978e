//! The table of samples: `step,time,` and every scalar observable; distributions beside it.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::files::{WriteError, replace};
use crate::model::Model;
use crate::model::observable::Curve;
use crate::sim::measure::Row;
use crate::sim::snapshot::ScalarTrace;

/// A table that grows by a row per sample.
pub struct Table {
    path: PathBuf,
    file: BufWriter<File>,
    line: String,
}

/// A number as the table has it: plain decimal with a dot, empty when it is not defined.
fn number(line: &mut String, value: f64) {
    use std::fmt::Write;
    if value.is_finite() {
        // Writing into a string cannot fail.
        let _ = write!(line, "{value}");
    }
}

fn header(model: &Model) -> String {
    let names: Vec<_> = model.scalars().map(|observable| observable.name).collect();
    format!("step,time,{}\n", names.join(","))
}

impl Table {
    /// Starts a table with its header.
    pub fn create(path: &Path, model: &Model) -> Result<Self, WriteError> {
        let failed = |error| WriteError::new(path, &error);
        let mut file = BufWriter::new(File::create(path).map_err(failed)?);
        file.write_all(header(model).as_bytes()).map_err(failed)?;
        file.flush().map_err(failed)?;
        Ok(Self {
            path: path.into(),
            file,
            line: String::new(),
        })
    }

    /// Goes on with a table up to the row of `step`; later rows belong to steps that are done again.
    pub fn resume(path: &Path, model: &Model, step: u64) -> Result<Self, WriteError> {
        let failed = |error| WriteError::new(path, &error);
        if !path.is_file() {
            return Self::create(path, model);
        }
        let expected = header(model);
        let mut kept = String::new();
        for (index, line) in BufReader::new(File::open(path).map_err(failed)?)
            .lines()
            .enumerate()
        {
            let line = line.map_err(failed)?;
            let done = line
                .split(',')
                .next()
                .and_then(|step| step.parse::<u64>().ok());
            if index == 0 && line != expected.trim_end() {
                return Err(WriteError {
                    path: path.display().to_string(),
                    reason: "it is a table of other columns".into(),
                    remedy: "give another name",
                });
            }
            if index == 0 || done.is_some_and(|done| done <= step) {
                kept.push_str(&line);
                kept.push('\n');
            }
        }
        replace(path, kept.as_bytes())?;
        let file = File::options().append(true).open(path).map_err(failed)?;
        Ok(Self {
            path: path.into(),
            file: BufWriter::new(file),
            line: String::new(),
        })
    }

    /// Adds a row; it is handed to the system whole.
    pub fn push(&mut self, row: &Row) -> Result<(), WriteError> {
        use std::fmt::Write as _;
        self.line.clear();
        let _ = write!(self.line, "{},", row.step);
        number(&mut self.line, row.time);
        for &value in &row.values {
            self.line.push(',');
            number(&mut self.line, value);
        }
        self.line.push('\n');
        self.file
            .write_all(self.line.as_bytes())
            .and_then(|()| self.file.flush())
            .map_err(|error| WriteError::new(&self.path, &error))
    }

    /// Makes sure that the rows are on the disk.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.file
            .flush()
            .and_then(|()| self.file.get_ref().sync_all())
            .or_else(ignore_unsyncable)
            .map_err(|error| WriteError::new(&self.path, &error))
    }
}

/// A pipe or a terminal cannot be synced, and need not be.
pub(super) fn ignore_unsyncable(error: std::io::Error) -> std::io::Result<()> {
    match error.kind() {
        std::io::ErrorKind::InvalidInput | std::io::ErrorKind::Unsupported => Ok(()),
        _ => Err(error),
    }
}

/// Writes a distribution to `FILE.<observable>.csv` beside the table `FILE`, as `step,x,y` rows.
pub fn write_distribution(
    table: &Path,
    observable: &str,
    step: u64,
    curve: &Curve,
) -> Result<(), WriteError> {
    write_curve(&distribution_path(table, observable), step, curve)
}

/// Writes a curve as `step,x,y` rows.
pub fn write_curve(path: &Path, step: u64, curve: &Curve) -> Result<(), WriteError> {
    use std::fmt::Write as _;
    let mut text = String::from("step,x,y\n");
    for (x, y) in curve.x.iter().zip(&curve.y) {
        let _ = write!(text, "{step},");
        number(&mut text, *x);
        text.push(',');
        number(&mut text, *y);
        text.push('\n');
    }
    replace(path, text.as_bytes())
}

/// Time series as a table of their points: time and the mean of every observable. The series of
/// one run share their times.
pub fn series_table(traces: &[ScalarTrace]) -> String {
    let names: Vec<_> = traces.iter().map(|trace| trace.observable.name).collect();
    let mut text = format!("time,{}\n", names.join(","));
    let longest = traces.iter().max_by_key(|trace| trace.points.len());
    for point in longest.into_iter().flat_map(|trace| trace.points.iter()) {
        number(&mut text, point.time);
        for trace in traces {
            text.push(',');
            // A series may miss samples at which its observable is not defined.
            let place = trace
                .points
                .partition_point(|other| other.time < point.time);
            if let Some(same) = trace
                .points
                .get(place)
                .filter(|same| same.time == point.time)
            {
                number(&mut text, same.mean);
            }
        }
        text.push('\n');
    }
    text
}

/// Any numbers in columns under their heads.
pub fn columns_table(heads: &[String], rows: &[Vec<f64>]) -> String {
    let mut text = format!("{}\n", heads.join(","));
    for row in rows {
        for (column, &value) in row.iter().enumerate() {
            if column > 0 {
                text.push(',');
            }
            number(&mut text, value);
        }
        text.push('\n');
    }
    text
}

/// The name of the file for a distribution: the table's own name, the observable's and `.csv`.
pub fn distribution_path(table: &Path, observable: &str) -> PathBuf {
    let mut name = table.as_os_str().to_os_string();
    name.push(format!(".{observable}.csv"));
    name.into()
}
