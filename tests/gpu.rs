//! Steps on a graphics device against those of the processor, on whatever adapter there is; says so
//! when there is none, which is an error where `SEETHE_CI` is set.

use seethe::gpu::check::{Question, ask};
use seethe::gpu::{Choice, Device, GpuEngine, GpuError};
use seethe::math::philox::{Purpose, Stream, philox4x32};
use seethe::model::column::{Heading, Position};
use seethe::model::twin::Twin;
use seethe::scene;
use seethe::sim::Simulation;
use seethe::sim::engine::Trouble;
use seethe::sim::simulation::worker_threads;

pub fn device() -> Option<Device> {
    match Device::open(&Choice::default()) {
        Ok(device) => Some(device),
        Err(GpuError::NoAdapter) if std::env::var_os("SEETHE_CI").is_none() => {
            eprintln!("nothing is tested on a device: {}", GpuError::NoAdapter);
            None
        }
        Err(error) => panic!("{error}"),
    }
}

pub fn start(count: usize, changes: &[(&str, &str)]) -> Simulation {
    start_of("active", count, changes)
}

pub fn start_of(model: &str, count: usize, changes: &[(&str, &str)]) -> Simulation {
    let mut overrides = vec![("population.count".to_string(), count.to_string())];
    overrides.extend(changes.iter().map(|(k, v)| (k.to_string(), v.to_string())));
    let model = seethe::models::find(model).expect("the chapter");
    let scene = scene::parse("bench.ron", model.bench_scene, &overrides)
        .unwrap_or_else(|problems| panic!("{}", problems.for_terminal()));
    Simulation::new(scene, worker_threads(2).expect("threads")).expect("a start")
}

pub fn twin(simulation: &Simulation) -> Twin {
    simulation.scene().model.twin.expect("a twin of the law")
}

pub fn on(device: Device, mut simulation: Simulation) -> Simulation {
    let engine = GpuEngine::new(device, twin(&simulation)).expect("an engine");
    simulation.engage(Box::new(engine)).expect("a hand-over");
    simulation
}

/// Real values of two columns in the order of the tags.
fn by_tag(simulation: &Simulation, name: &str) -> Vec<[f64; 2]> {
    let world = simulation.world();
    let columns = simulation.columns();
    let find = |name: &str| columns.iter().find(|c| c.declaration().name == name);
    let tags = find("tag").expect("tags");
    let values = find(name).expect("the column");
    let domain = simulation.scene().domain;
    let mut all: Vec<_> = (0..simulation.count())
        .map(|slot| {
            let part = |part| values.number(world, slot, part, &domain);
            (
                tags.number(world, slot, 0, &domain) as u32,
                [part(0), part(1)],
            )
        })
        .collect();
    all.sort_by_key(|(tag, _)| *tag);
    all.into_iter().map(|(_, value)| value).collect()
}

/// The greatest difference of any component, in the periodic box for positions.
pub fn farthest(a: &Simulation, b: &Simulation, name: &str) -> f64 {
    let size = a.scene().domain.size;
    let pairs = by_tag(a, name).into_iter().zip(by_tag(b, name));
    pairs
        .flat_map(|(a, b)| [0, 1].map(|axis| (axis, a[axis] - b[axis])))
        .map(|(axis, d)| {
            let turns = if name == "position" {
                (d / size[axis]).round()
            } else {
                0.0
            };
            (d - turns * size[axis]).abs()
        })
        .fold(0.0, f64::max)
}

#[test]
fn random_words_are_the_same_and_polynomials_agree() {
    let Some(device) = device() else { return };
    let questions: Vec<_> = (0..20_000u32)
        .map(|k| {
            let x = (k as f32 + 0.5) / 20_000.0;
            Question::new([k, k.wrapping_mul(77_777), 3, k << 16], [k ^ 5, !k], x)
        })
        .collect();
    for (question, answer) in questions
        .iter()
        .zip(ask(&device, &questions).expect("answers"))
    {
        assert_eq!(answer.words, philox4x32(question.counter, question.key));
        let x = f64::from(f32::from_bits(question.argument));
        let turn = std::f64::consts::TAU * x;
        // The bounds of `math::polynomial`, relative for ln and e^x, doubled for fused products.
        for (value, exact, scale) in [
            (answer.ln, x.ln(), x.ln().abs().max(1e-3)),
            (answer.exp, x.exp(), x.exp()),
            (answer.circle[0], turn.cos(), 1.0),
            (answer.circle[1], turn.sin(), 1.0),
            (answer.softplus, x.exp().ln_1p(), x.exp().ln_1p().max(1.0)),
        ] {
            assert!(
                (f64::from(value) - exact).abs() < 4e-7 * scale,
                "{x}: {value} {exact}"
            );
        }
    }
    let one = Stream::new(9, 1 << 40, Purpose::Translation).words(5, 0);
    assert_eq!(one, philox4x32([5, 0, 1 << 8, 0], [9, 0]));
}

#[test]
fn force_free_particles_of_every_dynamics_move_alike_for_a_thousand_steps() {
    for dynamics in [
        "passive",
        "brownian",
        "ornstein_uhlenbeck",
        "run_and_tumble",
    ] {
        let Some(device) = device() else { return };
        let changes = [
            ("parameters.interaction", "none"),
            ("parameters.dynamics", dynamics),
        ];
        let mut cpu = start(1000, &changes);
        let mut gpu = on(device, start(1000, &changes));
        for run in [&mut cpu, &mut gpu] {
            run.advance(1000).expect("steps");
        }
        assert!(gpu.engine().is_some(), "{:?}", gpu.take_news());
        assert_eq!(cpu.clock(), gpu.clock());
        for column in ["position", "heading"] {
            let off = farthest(&cpu, &gpu, column);
            assert!(off < 1e-4, "{dynamics} {column}: {off:e}");
        }
    }
}

#[test]
fn trapped_particles_move_alike_between_walls_and_in_the_open() {
    // In a periodic box the force of a trap leaps at the edge, where a difference in the last bit
    // may bring a step of the leap; there is no such edge here.
    for boundary in ["reflecting", "open"] {
        let Some(device) = device() else { return };
        let changes = [
            ("box.boundary", boundary),
            ("parameters.trap_stiffness", "5"),
        ];
        let mut cpu = start(1000, &changes);
        cpu.advance(2000).expect("steps");
        let mut gpu = start(1000, &changes);
        gpu.advance(2000).expect("steps");
        let mut gpu = on(device, gpu);
        for run in [&mut cpu, &mut gpu] {
            run.advance(50).expect("steps");
        }
        assert!(gpu.engine().is_some(), "{:?}", gpu.take_news());
        let off = farthest(&cpu, &gpu, "position");
        assert!(off < 1e-3, "{boundary}: {off:e}");
    }
}

#[test]
fn interacting_particles_move_alike_and_a_hand_over_on_the_way_changes_nothing() {
    for interaction in ["wca", "harmonic", "softplus"] {
        for polydispersity in ["0.0", "0.1"] {
            let Some(device) = device() else { return };
            let changes = [
                ("parameters.interaction", interaction),
                ("parameters.polydispersity", polydispersity),
            ];
            let mut cpu = start(2000, &changes);
            let mut gpu = start(2000, &changes);
            // Long enough for the lattice to melt, and for many contacts.
            cpu.advance(3050).expect("steps");
            gpu.advance(3020).expect("steps");
            let mut gpu = on(device, gpu);
            gpu.advance(20).expect("steps");
            assert!(gpu.engine().is_some(), "{:?}", gpu.take_news());
            gpu.disengage();
            gpu.advance(10).expect("steps");
            let off = farthest(&cpu, &gpu, "position");
            assert!(off < 1e-3, "{interaction} {polydispersity}: {off:e}");
        }
    }
}

#[test]
fn a_hand_over_to_and_fro_keeps_every_bit() {
    let Some(device) = device() else { return };
    let mut simulation = start(3000, &[]);
    simulation.advance(30).expect("steps");
    // What a hand-over counts up into images is counted before.
    seethe::model::neighbours::settle(simulation.world_mut());
    let before = simulation.hash();
    let mut simulation = on(device, simulation);
    assert_eq!(simulation.hash(), before);
    simulation.advance(0).expect("no step");
    simulation.disengage();
    assert_eq!(simulation.hash(), before);
}

#[test]
fn two_runs_on_one_device_have_the_same_bits() {
    let run = || {
        let mut simulation = on(device()?, start(3000, &[]));
        simulation.advance(200).expect("steps");
        assert!(simulation.engine().is_some());
        Some(simulation.hash())
    };
    assert_eq!(run(), run());
}

#[test]
fn phases_are_measured_when_somebody_asks_and_the_steps_stay_the_same() {
    let run = |asks: bool| {
        let mut simulation = on(device()?, start(3000, &[]));
        let clock = simulation.engine_cost().has_clock;
        if asks {
            simulation.measure_phases();
            assert_eq!(simulation.engine_cost().measures, clock);
        }
        simulation.advance(300).expect("steps");
        let cost = simulation.engine_cost();
        if !asks || !clock {
            assert_eq!(cost.phases, [], "nobody has asked");
            return Some(simulation.hash());
        }
        let names: Vec<_> = cost.phases.iter().map(|one| one.0).collect();
        assert_eq!(names, ["count", "sort", "forces", "integrate"]);
        assert!(cost.phases.iter().all(|one| one.1 > 0.0), "{cost:?}");
        // After some hundreds of steps it measures no more.
        simulation.advance(1000).expect("steps");
        assert!(!simulation.engine_cost().measures);
        simulation.advance(1).expect("a step");
        let later = simulation.engine_cost();
        simulation.advance(100).expect("steps");
        assert_eq!(simulation.engine_cost(), later);
        let mut again = on(device()?, start(3000, &[]));
        again.measure_phases();
        again.advance(300).expect("steps");
        Some(again.hash())
    };
    assert_eq!(run(true), run(false));
}

#[test]
fn a_device_that_goes_away_leaves_the_run_to_the_processor() {
    let Some(device) = device() else { return };
    let destroy = device.destroyer();
    let mut simulation = on(device, start(1000, &[]));
    simulation.advance(40).expect("steps");
    let kept = simulation.hash();
    destroy();
    simulation.advance(60).expect("the processor goes on");
    assert_eq!(simulation.clock().step, 100);
    assert!(simulation.engine().is_none());
    let news = simulation.take_news().join("\n");
    assert!(news.contains("step 40 on the processor"), "{news}");
    assert_ne!(simulation.hash(), kept);
}

#[test]
fn what_does_not_fit_is_refused_with_numbers() {
    if device().is_none() {
        return;
    }
    let choice = Choice {
        adapter: None,
        most_bytes: Some(1 << 20),
        ..Choice::default()
    };
    let device = Device::open(&choice).expect("a small device");
    let mut simulation = start(100_000, &[("parameters.interaction", "none")]);
    let engine = GpuEngine::new(device, twin(&simulation)).expect("an engine");
    let before = simulation.hash();
    let Err(Trouble::Refused(text)) = simulation.engage(Box::new(engine)) else {
        panic!("it does not fit");
    };
    for part in ["N = 100000", "1600000", "1048576", "N = 65536 or less"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(simulation.engine().is_none());
    assert_eq!(simulation.hash(), before);
}

#[test]
fn what_is_not_finite_is_named_by_the_processor_and_rolled_back() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let Some(device) = device() else { return };
        let mut simulation = on(device, start(1000, &[]));
        simulation.advance(20).expect("steps");
        let world = simulation.world_mut();
        let mut query = world.query::<&mut Heading>();
        let mut third = query.iter_mut(world).nth(3).expect("a particle");
        third.0 = [bad, 0.0];
        let poked: Vec<u64> = bits(&simulation);
        let failure = simulation.advance(100).expect_err("not finite");
        assert!(failure.to_string().contains("heading"), "{failure}");
        assert!(failure.to_string().contains("step 20"), "{failure}");
        assert_eq!(simulation.clock().step, 20);
        assert_eq!(bits(&simulation), poked);
    }
}

/// Bits of positions and headings.
fn bits(simulation: &Simulation) -> Vec<u64> {
    let (columns, world) = (simulation.columns(), simulation.world());
    let positions = columns.slice::<Position>(world).iter().map(|p| p.0);
    let headings = columns.slice::<Heading>(world).iter();
    let headings = headings.map(|h| h.0.map(f32::to_bits));
    let word = |[a, b]: [u32; 2]| u64::from(a) << 32 | u64::from(b);
    positions.chain(headings).map(word).collect()
}

#[test]
fn forces_are_those_of_a_sum_over_all_pairs_in_double_precision() {
    // One step from positions that are known: the force column is that of the beginning.
    let mut errors = Vec::new();
    for seed in ["1", "2", "3", "4", "5"] {
        let Some(device) = device() else { return };
        // Long enough for the lattice to melt: on it forces cancel.
        let mut simulation = start(200, &[("seed", seed)]);
        simulation.advance(3000).expect("steps");
        let mut simulation = on(device, simulation);
        // Particles swim 0.6 diameters, twice as far as the skin: the device sorts on the way, and
        // what it sums over at the end is not what it was given.
        simulation.advance(600).expect("steps");
        assert!(
            simulation.engine().is_some(),
            "{:?}",
            simulation.take_news()
        );
        let before = by_tag(&simulation, "position");
        simulation.advance(1).expect("a step");
        let found = by_tag(&simulation, "force");
        let size = simulation.scene().domain.size;
        for (i, own) in before.iter().enumerate() {
            let mut exact = [0.0; 2];
            for (j, other) in before.iter().enumerate() {
                let d = [0, 1].map(|a| {
                    let d = own[a] - other[a];
                    d - size[a] * (d / size[a]).round()
                });
                let r2 = d[0] * d[0] + d[1] * d[1];
                if i != j && r2 < 2f64.powf(1.0 / 3.0) {
                    let s6 = r2.powi(-3);
                    let over_r = 24.0 * s6 * (2.0 * s6 - 1.0) / r2;
                    exact = [exact[0] + over_r * d[0], exact[1] + over_r * d[1]];
                }
            }
            let length = exact[0].hypot(exact[1]);
            if length > 0.0 {
                let off = (found[i][0] - exact[0]).hypot(found[i][1] - exact[1]);
                errors.push(off / length);
            } else {
                assert_eq!(found[i], [0.0; 2]);
            }
        }
    }
    errors.sort_by(f64::total_cmp);
    let (median, worst) = (errors[errors.len() / 2], errors[errors.len() - 1]);
    println!(
        "{} forces: median {median:e}, worst {worst:e}",
        errors.len()
    );
    assert!(median <= 1e-6 && worst <= 1e-4, "{median:e} {worst:e}");
}
