//! Polarisations measured with an independent program, in the table of which each has a tolerance
//! that includes three standard errors.

use super::harness::{Run, square};

/// A row of the table: particles, side of the box, stride; update and kind of noise; the noise, the
/// mean polarisation and its tolerance.
type Row = (
    (usize, f64, &'static str),
    (&'static str, &'static str),
    (&'static str, f64, f64),
);

const SLOW: (usize, f64, &str) = (400, 10.0, "0.03");
const DENSE: (usize, f64, &str) = (300, 7.0, "0.03");
const FAST: (usize, f64, &str) = (2048, 32.0, "0.5");

/// Rows whose mean is known well enough after some ten thousand steps.
const QUICK: &[Row] = &[
    (DENSE, ("backward", "angular"), ("0.1", 0.9995, 0.0005)),
    (FAST, ("forward", "angular"), ("2", 0.7353, 0.005)),
    (FAST, ("forward", "vector"), ("0.3", 0.9530, 0.002)),
    (FAST, ("forward", "vector"), ("0.7", 0.0326, 0.004)),
];

/// Rows that need long runs.
const LONG: &[Row] = &[
    (DENSE, ("backward", "angular"), ("2", 0.8254, 0.006)),
    (SLOW, ("backward", "angular"), ("1", 0.9498, 0.004)),
    (SLOW, ("backward", "angular"), ("2", 0.7964, 0.01)),
    (SLOW, ("backward", "angular"), ("3", 0.5595, 0.02)),
    (SLOW, ("backward", "angular"), ("4", 0.2824, 0.02)),
    (SLOW, ("backward", "angular"), ("5", 0.0682, 0.005)),
    (SLOW, ("forward", "angular"), ("2", 0.7843, 0.006)),
    (SLOW, ("forward", "angular"), ("4", 0.2120, 0.012)),
    (FAST, ("forward", "angular"), ("3", 0.246, 0.03)),
    (FAST, ("forward", "angular"), ("3.5", 0.082, 0.008)),
    (FAST, ("forward", "vector"), ("0.6", 0.7567, 0.004)),
];

#[track_caller]
fn reproduce(rows: &[Row], from: u64, to: u64) {
    let mut faults = String::new();
    for &((count, side, speed), (update, kind), (noise, expected, tolerance)) in rows {
        let settings = [
            ("speed", speed),
            ("update", update),
            ("noise_kind", kind),
            ("noise", noise),
        ];
        let mut run = Run::new(&settings, count, square(side), "random", 17);
        let (mean, error) = run.polarisation(from, to);
        let line = format!(
            "N = {count}, L = {side}, v₀ = {speed}, {update}, {kind} η = {noise}: φ = {mean:.4} ± {error:.4}, expected {expected} within {tolerance}\n"
        );
        print!("{line}");
        if (mean - expected).abs() >= tolerance {
            faults += &line;
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn short_runs_have_the_published_polarisation() {
    reproduce(QUICK, 4000, 20_000);
}

#[test]
fn the_two_kinds_of_noise_have_unlike_transitions() {
    let order = |noise| {
        let settings = [("noise_kind", "vector"), ("noise", noise)];
        let mut run = Run::new(&settings, 2048, square(32.0), "random", 3);
        run.polarisation(5000, 8000).0
    };
    let (below, above) = (order("0.6"), order("0.65"));
    assert!(below > 0.7 && above < 0.1, "{below} and {above}");
}

/// Minutes long: with SEETHE_FULL=1.
#[test]
fn long_runs_have_the_published_polarisation() {
    if std::env::var_os("SEETHE_FULL").is_none() {
        return;
    }
    reproduce(QUICK, 15_000, 40_000);
    reproduce(LONG, 20_000, 120_000);
}
