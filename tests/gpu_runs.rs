//! Runs on a device against the same runs on the processor: many steps, live changes, a device that goes away.

use seethe::sim::engine::Engine;
use seethe::sim::{Action, Simulation};

use crate::gpu::{device, farthest, on, start, start_of};
use crate::gpu_parity::engine;

#[test]
fn coulomb_gases_move_alike_for_fifty_steps_and_what_has_no_shader_is_refused() {
    for (trap, count) in [("harmonic", 300), ("quartic", 130), ("power", 64)] {
        let changes = [
            ("parameters.trap", trap),
            ("parameters.summation", "direct"),
            ("box.size", "(60, 60)"),
            ("dt", "0.002"),
        ];
        let mut cpu = start_of("coulomb", count, &changes);
        let Some(device) = device() else { return };
        let mut gpu = start_of("coulomb", count, &changes);
        cpu.advance(250).expect("steps");
        gpu.advance(200).expect("steps");
        let mut gpu = on(device, gpu);
        gpu.advance(50).expect("steps");
        assert!(gpu.engine().is_some(), "{:?}", gpu.take_news());
        let off = farthest(&cpu, &gpu, "position");
        assert!(off < 1e-3, "{trap}: {off:e}");
        // A sampler that no shader has takes the run back.
        gpu.submit(Action::SetParameter {
            name: "dynamics".into(),
            value: 1.0,
        });
        gpu.advance(3).expect("the processor goes on");
        assert_eq!((gpu.clock().step, gpu.engine()), (253, None));
        let news = gpu.take_news().join("\n");
        assert!(news.contains("only langevin"), "{news}");
    }
}

/// A run here and the same on the device, both done so far.
fn both(count: usize, changes: &[(&str, &str)], steps: u64) -> Option<[Simulation; 2]> {
    let mut cpu = start(count, changes);
    let mut gpu = on(device()?, start(count, changes));
    for run in [&mut cpu, &mut gpu] {
        run.advance(steps).expect("steps");
    }
    assert!(gpu.engine().is_some(), "{:?}", gpu.take_news());
    Some([cpu, gpu])
}

#[test]
fn live_parameters_and_another_step_reach_the_device_between_two_steps() {
    let free = [("parameters.interaction", "none")];
    let Some([mut cpu, mut gpu]) = both(500, &free, 37) else {
        return;
    };
    let set = |name: &str, value| Action::SetParameter {
        name: name.into(),
        value,
    };
    for (actions, steps) in [
        (vec![set("self_propulsion_speed", 5.0)], 23),
        (vec![Action::SetDt(3e-5), set("peclet", 20.0)], 40),
        (vec![set("dynamics", 2.0), set("trap_stiffness", 3.0)], 50),
    ] {
        for run in [&mut cpu, &mut gpu] {
            let before = run.hash();
            actions.iter().for_each(|action| run.submit(action.clone()));
            run.advance(steps).expect("steps");
            assert_ne!(run.hash(), before);
        }
        assert!(gpu.engine().is_some(), "{:?}", gpu.take_news());
        assert_eq!(cpu.clock(), gpu.clock());
        assert_eq!(cpu.scene().values, gpu.scene().values);
        assert_eq!(cpu.log(), gpu.log());
        let off = farthest(&cpu, &gpu, "position");
        assert!(off < 1e-4, "{off:e}");
    }
}

#[test]
fn ramps_take_the_device_along() {
    let ramp = "[(parameter: \"self_propulsion_speed\", to: 1.0, start: 0.0005, duration: 0.002)]";
    let changes = [
        ("parameters.interaction", "none"),
        ("sample_every", "20"),
        ("ramps", ramp),
    ];
    let Some([cpu, gpu]) = both(500, &changes, 400) else {
        return;
    };
    let speed = |run: &Simulation| {
        let index = run.scene().model.parameter("self_propulsion_speed");
        run.scene().values.get(index.expect("the speed"))
    };
    assert_eq!((speed(&cpu), speed(&gpu)), (1.0, 1.0));
    assert_eq!(gpu.measurements().row().step, 400);
    let off = farthest(&cpu, &gpu, "position");
    assert!(off < 1e-4, "{off:e}");
    // Without the ramp they would be a diameter apart.
    let plain = both(500, &changes[..2], 400).expect("a device");
    assert!(farthest(&plain[1], &gpu, "position") > 0.1);
}

#[test]
fn a_device_that_goes_away_in_the_middle_of_its_steps_costs_none_of_the_run() {
    let Some(device) = device() else { return };
    let destroy = device.destroyer();
    // Sixteen steps of so many take longer than the moment after which the device is gone.
    let mut simulation = on(device, start(50_000, &[]));
    simulation.advance(5).expect("steps");
    let mut alone = start(50_000, &[]);
    alone.advance(60).expect("steps");
    let killer = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(60));
        destroy();
    });
    simulation.advance(55).expect("the processor goes on");
    killer.join().expect("the device is gone");
    // Where it was too fast it misses the device in the next step.
    simulation.advance(1).expect("the processor goes on");
    alone.advance(1).expect("a step");
    assert_eq!(simulation.clock().step, 61);
    assert!(simulation.engine().is_none());
    let news = simulation.take_news().join("\n");
    assert!(news.contains("on the processor"), "{news}");
    let off = farthest(&simulation, &alone, "position");
    assert!(off < 1e-3, "{off:e}");
}

#[test]
fn what_is_measured_of_long_runs_on_the_device_is_what_is_measured_here() {
    // Discs that are stirred well: runs of independent seeds here and there.
    let runs: u32 = if std::env::var_os("SEETHE_FULL").is_some() {
        40
    } else {
        12
    };
    let names = [
        "effective_speed",
        "energy_per_particle",
        "pressure",
        "psi6_local",
    ];
    let Some(made) = engine("active") else { return };
    let mut engine: Option<Box<dyn Engine>> = Some(Box::new(made));
    // Mean over the second half of a run, of each observable.
    let mut measure = |seed: u32, gpu: bool| -> Vec<f64> {
        let seed = seed.to_string();
        let changes = [
            ("seed", &*seed),
            ("sample_every", "50"),
            ("dt", "4e-5"),
            ("parameters.self_propulsion_speed", "20"),
            ("parameters.peclet", "20"),
            ("population.packing_fraction", "0.4"),
        ];
        let mut run = start(300, &changes);
        if gpu {
            run.engage(engine.take().expect("an engine"))
                .expect("a hand-over");
        }
        run.advance(2000).expect("steps");
        let mut sums = vec![0.0; names.len()];
        for _ in 0..40 {
            run.advance(50).expect("steps");
            let row = run.measurements().row();
            let scalars = run.scene().model.scalars();
            for (name, value) in scalars.map(|one| one.name).zip(&row.values) {
                if let Some(place) = names.iter().position(|other| *other == name) {
                    sums[place] += value / 40.0;
                }
            }
        }
        if gpu {
            engine = run.disengage();
            assert!(engine.is_some(), "{:?}", run.take_news());
        }
        sums
    };
    let mut all = |first: u32, gpu: bool| -> Vec<Vec<f64>> {
        (first..first + runs)
            .map(|seed| measure(seed, gpu))
            .collect()
    };
    let (here, there) = (all(1, false), all(1001, true));
    for (place, name) in names.iter().enumerate() {
        let statistics = |runs: &[Vec<f64>]| {
            let n = runs.len() as f64;
            let mean = runs.iter().map(|run| run[place]).sum::<f64>() / n;
            let spread = runs
                .iter()
                .map(|run| (run[place] - mean).powi(2))
                .sum::<f64>();
            (mean, spread / (n - 1.0) / n)
        };
        let ((a, var_a), (b, var_b)) = (statistics(&here), statistics(&there));
        let error = (var_a + var_b).sqrt();
        println!("{name}: {a} here, {b} there, standard error {error}");
        // Four standard errors: by chance one test of four observables fails in 200 at 14 degrees of
        // freedom, and the seeds are fixed.
        assert!(
            error > 0.0 && (a - b).abs() < 4.0 * error,
            "{name}: {a} {b} {error}"
        );
    }
}
