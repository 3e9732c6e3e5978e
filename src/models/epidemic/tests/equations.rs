//! The equations and what follows from them, against closed forms and independent solutions.

use crate::math::convolution::Convolution;
use crate::math::network::{Kernel, Shape};
use crate::models::epidemic::theory::degrees::Degrees;
use crate::models::epidemic::theory::kernel::moments;
use crate::models::epidemic::theory::limits::{
    Early, endemic, final_size, front_speed_at, transmissibility, well_mixed_final_size,
};
use crate::models::epidemic::theory::waves::{WaveRates, Waves};

fn sir(transmission: f64, leaving: f64, excess: f64) -> Early {
    Early {
        transmission,
        leaving,
        onset: f64::INFINITY,
        excess,
    }
}

/// The slow tests run only when they are asked for.
pub fn full() -> bool {
    std::env::var_os("SEETHE_FULL").is_some_and(|value| value == "1")
}

#[test]
fn final_sizes_solve_their_fixed_points() {
    // R∞ = 1 − e^(−cTR∞) for Poisson degrees.
    for (reproduction, size) in [(1.5, 0.58281), (2.0, 0.79681), (3.0, 0.94048)] {
        let degrees = Degrees::expected(&[6.0; 10]);
        let found = final_size(&degrees, reproduction / 6.0, 0.0, 0.0);
        assert!((found - size).abs() < 1e-5, "{reproduction}: {found}");
        assert!((well_mixed_final_size(reproduction) - size).abs() < 1e-5);
    }
    // One node in ten has 22, the others 2: K = 13, and R₀ = 3.25 at T = 1/4.
    let mut kappa = vec![2.0; 90];
    kappa.extend([22.0; 10]);
    let degrees = Degrees::expected(&kappa);
    assert!((degrees.excess() - 13.0).abs() < 1e-12);
    assert!((final_size(&degrees, 0.25, 0.0, 0.0) - 0.35116).abs() < 1e-5);
    assert!(final_size(&Degrees::expected(&[6.0]), 0.9 / 6.0, 0.0, 0.0) < 1e-6);
    assert_eq!(transmissibility(0.5, 1.0), 1.0 / 3.0);
    // Immune nodes thin the network: the same as fewer edges, among those who can be infected.
    let thinned = final_size(&Degrees::expected(&[6.0]), 0.5, 0.0, 0.4);
    let fewer = 0.6 * final_size(&Degrees::expected(&[3.6]), 0.5, 0.0, 0.0);
    assert!((thinned - fewer).abs() < 1e-9, "{thinned} {fewer}");
}

#[test]
fn pulled_fronts_have_the_known_speeds() {
    let gaussian = Kernel::local(Shape::Gaussian { width: 1.0 });
    let (moment, limit) = moments(&gaussian).unwrap();
    let [speed, steepness] = sir(0.5, 1.0, 6.0).front(&moment, limit).unwrap();
    assert!((speed - 3.28921).abs() < 1e-5 && (steepness - 0.79765).abs() < 1e-5);
    assert!((front_speed_at([speed, steepness], 50.0) - 3.2516).abs() < 1e-4);
    let [speed, _] = sir(1.0, 1.0, 4.0).front(&moment, limit).unwrap();
    assert!((speed - 4.38561).abs() < 1e-5, "{speed}");
    // The Laplace kernel on a line, ½e^(−|x|).
    let laplace = |lambda: f64| 1.0 / (1.0 - lambda * lambda);
    let [speed, _] = sir(0.5, 1.0, 6.0).front(laplace, 1.0).unwrap();
    assert!((speed - 4.99529).abs() < 1e-5, "{speed}");
    assert_eq!(sir(0.19, 1.0, 6.0).front(&moment, limit), None);
    // With a fast onset the exposed state changes nothing, with a slow one it slows the front.
    let exposed = |onset: f64| Early {
        onset,
        ..sir(0.5, 1.0, 6.0)
    };
    let fast = exposed(1e7).front(&moment, limit).unwrap()[0];
    assert!((fast / 3.28921 - 1.0).abs() < 1e-4, "{fast}");
    assert!(exposed(1.0).front(&moment, limit).unwrap()[0] < 2.5);
}

#[test]
fn moments_are_those_of_the_kernels_and_missing_where_they_diverge() {
    let integral = |shape: Shape, lambda: f64| {
        // ∫f e^(λx) d²x in polar coordinates: the angle gives 2πI₀(λr).
        let angle = |x: f64| {
            let points = 400;
            let turn = std::f64::consts::TAU / f64::from(points);
            (0..points)
                .map(|k| (x * (f64::from(k) * turn).cos()).exp() * turn)
                .sum::<f64>()
        };
        let ring = |r: f64| r * shape.peak() * shape.relative(r * r) * angle(lambda * r);
        let step = 2e-3;
        (0..30_000)
            .map(|k| ring((f64::from(k) + 0.5) * step) * step)
            .sum::<f64>()
    };
    for shape in [
        Shape::Gaussian { width: 1.3 },
        Shape::Exponential { length: 0.8 },
        Shape::FiniteRange { radius: 2.0 },
    ] {
        let (moment, _) = moments(&Kernel::local(shape)).unwrap();
        for lambda in [1e-4, 0.3, 0.7] {
            let (got, want) = (moment(lambda), integral(shape, lambda));
            assert!(
                (got / want - 1.0).abs() < 3e-3,
                "{shape:?} {lambda}: {got} {want}"
            );
        }
    }
    let tail = Shape::PowerLaw {
        scale: 1.0,
        exponent: 1.5,
    };
    assert!(moments(&Kernel::local(tail)).is_none());
    assert!(moments(&Kernel::small_world(Shape::Gaussian { width: 1.0 }, 0.01)).is_none());
    assert!(moments(&Kernel::uniform()).is_none());
}

#[test]
fn the_endemic_level_of_equal_degrees_is_the_textbook_one() {
    let degrees = Degrees::expected(&[8.0]);
    assert!((endemic(&degrees, 0.25, 1.0, None, 0.0) - 0.5).abs() < 1e-9);
    assert!(endemic(&degrees, 0.1, 1.0, None, 0.0) < 1e-6);
    // sirs: (1 − 1/R₀)/(1 + γ/ω).
    let level = endemic(&degrees, 0.25, 1.0, Some(0.5), 0.0);
    assert!((level - 0.5 / 3.0).abs() < 1e-9, "{level}");
}

const RATES: WaveRates = WaveRates {
    transmission: 0.5,
    leaving: 1.0,
    onset: f64::INFINITY,
};

/// Cells of a line with a Gaussian kernel of width 1, with a band of seeds in the middle.
fn line(cells: usize, spacing: f64, degrees: Degrees, seeds: f64) -> Waves {
    let mut kernel: Vec<f64> = (0..cells)
        .map(|cell| {
            let x = spacing * cell.min(cells - cell) as f64;
            (-0.5 * x * x).exp()
        })
        .collect();
    let sum: f64 = kernel.iter().sum();
    kernel.iter_mut().for_each(|value| *value /= sum);
    let centre = 0.5 * cells as f64;
    let seed = |cell: usize| {
        let x = spacing * (cell as f64 + 0.5 - centre);
        if x.abs() < 2.0 { seeds } else { 0.0 }
    };
    let convolution = Convolution::new([cells, 1], &kernel);
    Waves::new(
        [cells, 1],
        convolution,
        degrees,
        (0..cells).map(seed).collect(),
        0.0,
    )
}

/// Where the share that has been infected falls through a fifth, to the right of the middle.
fn front(waves: &Waves, spacing: f64) -> f64 {
    let cells = waves.size()[0];
    let infected = |cell: usize| 1.0 - waves.shares(cell)[0];
    let cell = (cells / 2..cells)
        .find(|&cell| infected(cell) < 0.2)
        .unwrap();
    let (before, after) = (infected(cell - 1), infected(cell));
    let part = (before - 0.2) / (before - after);
    spacing * (cell as f64 - 0.5 + part - 0.5 * cells as f64)
}

#[test]
fn the_front_of_the_equations_runs_with_the_pulled_speed_of_its_time() {
    let (cells, spacing) = (3600, 0.1);
    let mut waves = line(cells, spacing, Degrees::expected(&[6.0]), 0.2);
    let step = 0.05 / 3.0;
    waves.advance(49.0, &RATES, step);
    let before = front(&waves, spacing);
    waves.advance(51.0, &RATES, step);
    let speed = 0.5 * (front(&waves, spacing) - before);
    let expected = front_speed_at([3.28921, 0.79765], 50.0);
    println!("speed {speed} expected {expected}");
    assert!((speed / expected - 1.0).abs() < 0.003, "{speed} {expected}");
    // Behind the front the final size of the well-mixed network is left.
    let [_, _, _, removed] = waves.shares(cells / 2 + 400);
    println!("removed {removed}");
    assert!((removed - 0.796812).abs() < 1e-4, "{removed}");
}

#[test]
fn the_method_is_of_fourth_order_also_with_an_exposed_state() {
    for onset in [f64::INFINITY, 1.5] {
        let rates = WaveRates { onset, ..RATES };
        let at = |steps: u32| {
            let mut waves = line(64, 0.25, Degrees::expected(&[2.0, 6.0, 10.0]), 0.3);
            for _ in 0..steps {
                waves.step(4.0 / f64::from(steps), &rates);
            }
            (0..64).map(|cell| waves.shares(cell)).collect::<Vec<_>>()
        };
        let distance = |a: &[[f64; 4]], b: &[[f64; 4]]| {
            let pairs = a.iter().flatten().zip(b.iter().flatten());
            pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        let exact = at(1024);
        let (coarse, fine) = (distance(&at(16), &exact), distance(&at(32), &exact));
        println!(
            "onset {onset} coarse {coarse:e} fine {fine:e} order {}",
            (coarse / fine).log2()
        );
        let order = (coarse / fine).log2();
        assert!(
            (3.6..4.6).contains(&order),
            "order {order}: {coarse:e} {fine:e}"
        );
        // The step that runs beside a simulation, 0.1/(βK + …), is about 1/60 here.
        assert!(distance(&at(240), &exact) < 1e-7);
    }
}

#[test]
fn constant_rates_make_it_the_equation_of_the_paper() {
    // ∂Θ/∂t = −βΘ + γ(1 − Θ) + βΨ′(Θ)/⟨κ⟩ in a homogeneous state, by plain small steps.
    let degrees = Degrees::expected(&[2.0, 10.0]);
    let (beta, gamma, seeds) = (0.5, 1.0, 0.01);
    let mut waves = Waves::new(
        [1, 1],
        Convolution::new([1, 1], &[1.0]),
        degrees,
        vec![seeds],
        0.0,
    );
    waves.advance(3.0, &RATES, 0.01);
    let partner = |theta: f64| {
        let term = |kappa: f64| kappa * (-kappa * (1.0 - theta)).exp();
        (1.0 - seeds) * (term(2.0) + term(10.0)) / 12.0
    };
    let slope = |theta: f64| -beta * theta + gamma * (1.0 - theta) + beta * partner(theta);
    let (mut theta, steps) = (1.0, 300_000);
    let dt = 3.0 / f64::from(steps);
    for _ in 0..steps {
        let middle = theta + 0.5 * dt * slope(theta);
        theta += dt * slope(middle);
    }
    let survive = |kappa: f64| (-kappa * (1.0 - theta)).exp();
    let susceptible = (1.0 - seeds) * 0.5 * (survive(2.0) + survive(10.0));
    let found = waves.mean()[0];
    assert!((found - susceptible).abs() < 1e-8, "{found} {susceptible}");
}

#[test]
fn changed_rates_and_whole_states_are_taken_in() {
    let mut waves = line(64, 0.25, Degrees::expected(&[6.0]), 0.3);
    waves.advance(1.0, &RATES, 0.02);
    let stopped = WaveRates {
        transmission: 0.0,
        ..RATES
    };
    let before = waves.mean();
    let state = waves.state().clone();
    waves.advance(40.0, &stopped, 0.02);
    let after = waves.mean();
    assert!(
        (after[0] - before[0]).abs() < 1e-12,
        "nobody is infected any more"
    );
    assert!(after[2] < 1e-9 && (after.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let mut other = line(64, 0.25, Degrees::expected(&[6.0]), 0.3);
    assert!(other.set_state(state));
    other.advance(40.0, &stopped, 0.02);
    assert_eq!(other.mean(), after);
    let larger = line(128, 0.25, Degrees::expected(&[6.0]), 0.3);
    assert!(!other.set_state(larger.state().clone()));
}
