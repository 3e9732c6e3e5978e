//! The same scene and seed give the same bits: on any number of threads, with any instruction
//! set, with a window or without, however often it is looked at, today and tomorrow.

use std::fmt::Write;
use std::time::Duration;

use seethe::math::simd::{self, InstructionSet};
use seethe::model::neighbours::Neighbours;
use seethe::scene::Scene;
use seethe::sim::checkpoint::restore;
use seethe::sim::driver::{Command, replay};
use seethe::sim::simulation::worker_threads;
use seethe::sim::snapshot::{PictureRequest, Status};
use seethe::sim::{Action, Intent, Lab, Simulation};

use crate::harness::{scene, start, within};

/// Everything that a table would show, as bits: the newest row and all averaged curves.
pub fn measured(simulation: &Simulation) -> Vec<u64> {
    let row = simulation.measurements().row();
    let mut bits = vec![row.step, row.time.to_bits()];
    bits.extend(row.values.iter().map(|value| value.to_bits()));
    for trace in simulation.measurements().curves().iter() {
        let curve = &trace.curve;
        let numbers = curve.x.iter().chain(&curve.y).chain(&curve.error);
        bits.extend(numbers.map(|value| value.to_bits()));
    }
    bits
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let mut crowd = scene("mips", &[("population.count", "100000")]);
    crowd.sample_every = 60;
    let mut expected = None;
    for threads in [1, 2, 3, 4, 7] {
        let mut run = start(crowd.clone(), threads);
        let mut rebuilds = 0;
        let mut before = Vec::new();
        for _ in 0..24 {
            run.advance(5).expect("a good run");
            let now = run.world().resource::<Neighbours>().reference();
            if now.get(..64) != Some(&before) {
                before = now[..64].to_vec();
                rebuilds += 1;
            }
        }
        assert!(
            rebuilds >= 4,
            "the lists were built anew {rebuilds} times in 120 steps"
        );
        let found = (run.hash(), measured(&run));
        assert_eq!(
            &found,
            expected.get_or_insert(found.clone()),
            "{threads} threads"
        );
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    for (name, _) in GOLDEN {
        let hashes = [
            InstructionSet::Baseline,
            InstructionSet::Avx2,
            InstructionSet::Avx512,
        ]
        .map(|set| {
            // Other tests may run meanwhile: nothing but their speed changes.
            simd::limit(set);
            let mut run = start(small(name), 2);
            run.advance(60).expect("a good run");
            (run.hash(), measured(&run))
        });
        assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "{name}");
    }
}

/// A built-in scene with few particles; epidemics keep their nodes, because the network that a scene
/// asks for cannot be had from a few, and Coulomb gases their charges, which are few. Ramps begin at
/// once: a coupling that is still zero would leave the pairs out of the hash. Many swarmalators stay so
/// many that the fast sum serves them.
fn small(name: &str) -> Scene {
    let whole = scene(name, &[]);
    let mut scene = if ["epidemic", "coulomb"].contains(&whole.model.name) {
        whole
    } else {
        let count = if name == "swarmalators_many" {
            "2500"
        } else {
            "400"
        };
        scene(name, &[("population.count", count)])
    };
    for ramp in &mut scene.ramps {
        ramp.start = 0.0;
    }
    Scene {
        sample_every: 50,
        ..scene
    }
}

/// Hashes of the small built-in scenes after 300 steps.
const GOLDEN: &[(&str, u64)] = &[
    ("mips", 0xc0193904275d1fa8),
    ("active_gas", 0x365732b2334579a5),
    ("hexatic", 0x306e4bae8bb430a6),
    ("chiral", 0xfc3114151361499b),
    ("aoup", 0x45875ba58191576d),
    ("run_and_tumble", 0xaf50262e2fcccb75),
    ("passive_colloid", 0x5b067fed77fe6f72),
    ("trapped", 0x150596fb6d08db75),
    ("flock_order", 0x1e348a7f6e641f6b),
    ("vicsek_bands", 0x4bf1150021c305c7),
    ("flock_disorder", 0x6007fa605a3e2ecb),
    ("vector_noise", 0xc3b8e9006fbaa883),
    ("vision_cone", 0xb66d5fd0bc2cf199),
    ("topological_flock", 0x18eac45364022b58),
    ("mill", 0x6034017ed4d06ca3),
    ("kuramoto_onset", 0x831d89bd38a09b3b),
    ("chimera", 0x5f2a6af52ca52903),
    ("first_order", 0xc8e53b3f05712203),
    ("noisy_identical", 0x4c3f1b104775c287),
    ("moving_oscillators", 0xb94e368c6d7fdec7),
    ("sync_on_network", 0x49307528cca61129),
    ("static_sync", 0x1f4d4ee0ae6ddbe3),
    ("static_async", 0xc581f6322948e7f7),
    ("static_phase_wave", 0x1adfa4c7ca1b5d60),
    ("splintered_phase_wave", 0x4965da048974cf9b),
    ("active_phase_wave", 0x31f536b6af5f8170),
    ("swarmalator_tour", 0x84df63a1fc0a8b8f),
    ("swarmalators_many", 0xb1cae29fdd42f7cd),
    ("swarmalators_local", 0x322ae30724a012e1),
    ("swarmalators_ring", 0x9d8193fd816e94fc),
    ("travelling_wave", 0x9ce2835ffa14aab6),
    ("hop_and_spread", 0x383fe601819bf4c9),
    ("small_world_no_clustering", 0x352eb959564447a6),
    ("well_mixed_limit", 0x1fb2c8f3fa89f5cb),
    ("degree_heterogeneity", 0x9898d5a65a787f87),
    ("vaccination_ring", 0x215dcfe2975257fb),
    ("sis_endemic", 0x0e66b9db71a58d53),
    ("sirs_waves", 0xb5d7cdd14310d10e),
    ("ginibre", 0x8c9cab116ad80a31),
    ("crystal", 0x6b73d9409b77d0c0),
    ("quartic_ring", 0x8b4c453a6f5d2acc),
    ("hard_disc", 0x210bf476d365efc6),
    ("gue_line", 0xf79f4f1aca83a64e),
    ("two_component", 0x19ca9a3802d87ad5),
    ("linear_statistics", 0xcc7af1ea9406bb6b),
];

#[test]
fn trajectories_are_those_of_yesterday() {
    let mut table = String::new();
    let mut same = true;
    for (name, golden) in GOLDEN {
        let mut run = start(small(name), 2);
        run.advance(300).expect("a good run");
        same &= run.hash() == *golden;
        let _ = writeln!(table, "    (\"{name}\", 0x{:016x}),", run.hash());
    }
    assert!(
        same,
        "trajectories have changed. If this was not intended, it is a bug: find the change that \
         did it. If the physics, the noise or the order of sums was changed on purpose, put this \
         table into tests/determinism.rs and say in the commit why:\n{table}"
    );
    let known: Vec<_> = seethe::scene::gallery::SCENES
        .iter()
        .map(|(name, _)| *name)
        .collect();
    let golden: Vec<_> = GOLDEN.iter().map(|(name, _)| *name).collect();
    assert_eq!(golden, known, "every built-in scene has its hash");
}

#[test]
fn another_seed_gives_another_run() {
    let mut hashes: Vec<u64> = ["1", "2", "3"]
        .map(|seed| {
            let mut run = start(
                scene("mips", &[("population.count", "100"), ("seed", seed)]),
                1,
            );
            run.advance(10).expect("a good run");
            run.hash()
        })
        .into();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 3);
}

#[test]
fn looking_changes_nothing() {
    for name in ["mips", "aoup", "trapped", "chiral"] {
        let hash = |every: u64| {
            let mut run = start(
                Scene {
                    sample_every: every,
                    ..small(name)
                },
                2,
            );
            run.advance(210).expect("a good run");
            run.hash()
        };
        let seldom = hash(1_000_000);
        for every in [1, 7, 100] {
            assert_eq!(hash(every), seldom, "{name}: sampled every {every} steps");
        }
        // However the steps are asked for.
        let mut run = start(small(name), 2);
        for steps in [1, 0, 3, 17, 100, 89] {
            run.advance(steps).expect("a good run");
            run.apply_due();
            let _ = (run.hash(), run.measurements().curves());
        }
        assert_eq!(
            (run.clock().step, run.hash()),
            (210, seldom),
            "{name}: in pieces"
        );
    }
}

/// Waits until the window's run has come to rest.
fn rest(lab: &Lab, step: Option<u64>) {
    let rested = || {
        let snapshot = lab.snapshot();
        assert!(
            !matches!(snapshot.status, Status::Failed(_)),
            "{:?}",
            snapshot.status
        );
        snapshot.status == Status::Paused && step.is_none_or(|step| snapshot.clock.step == step)
    };
    assert!(
        within(Duration::from_secs(60), rested),
        "{:?}",
        lab.snapshot().clock
    );
}

/// The state of the run behind a window.
fn inside(lab: &Lab) -> Simulation {
    let bytes = lab.checkpoint().expect("the run answers");
    restore(&bytes, worker_threads(1).expect("a thread")).expect("its state")
}

#[test]
fn a_window_gives_the_samples_of_a_headless_run() {
    for name in ["mips", "aoup"] {
        let scene = Scene {
            speed: None,
            ..small(name)
        };
        let lab = Lab::start(scene.clone(), 2).expect("a run");
        // A hand that plays: single steps, colours, pauses, speeds, snapshots in between.
        lab.send(Command::Steps(1));
        lab.send(Command::Steps(36));
        rest(&lab, Some(37));
        lab.send(Command::Show(PictureRequest {
            colour: "speed".into(),
            ..Default::default()
        }));
        lab.send(Command::Play);
        let played = |step: u64| move |lab: &Lab| lab.snapshot().clock.step > step;
        assert!(within(Duration::from_secs(60), || played(150)(&lab)));
        lab.send(Command::Pause);
        rest(&lab, None);
        lab.send(Command::SetSpeed(1e9));
        lab.send(Command::Play);
        let before = lab.snapshot().clock.step;
        assert!(within(Duration::from_secs(60), || played(before + 40)(
            &lab
        )));
        lab.send(Command::Hold(true));
        lab.send(Command::Steps(23));
        lab.send(Command::Hold(false));
        lab.send(Command::Pause);
        rest(&lab, None);
        let seen = inside(&lab);
        let snapshot = lab.snapshot();
        assert_eq!(seen.clock(), snapshot.clock);
        let mut headless = start(scene, 3);
        headless.advance(snapshot.clock.step).expect("a good run");
        assert_eq!(headless.clock(), snapshot.clock, "{name}");
        assert_eq!(
            headless.hash(),
            seen.hash(),
            "{name} at step {}",
            snapshot.clock.step
        );
        assert_eq!(measured(&headless), measured(&seen), "{name}");
        let latest: Vec<u64> = snapshot
            .scalars
            .iter()
            .map(|one| one.latest.to_bits())
            .collect();
        let row = headless.measurements().row();
        assert_eq!(
            latest,
            row.values
                .iter()
                .map(|value| value.to_bits())
                .collect::<Vec<_>>()
        );
    }
}

#[test]
fn intents_replay_to_the_same_bits() {
    let scene = Scene {
        speed: None,
        ..small("mips")
    };
    let lab = Lab::start(scene.clone(), 2).expect("a run");
    let set = |name: &str, value: f64| Action::SetParameter {
        name: name.into(),
        value,
    };
    let actions = [
        set("peclet", 60.0),
        set("self_propulsion_speed", 12.0),
        Action::SetDt(0.0001),
        Action::ClearAverages,
        set("angular_velocity", 3.0),
    ];
    lab.send(Command::Play);
    for action in actions {
        let from = lab.snapshot().clock.step;
        assert!(within(Duration::from_secs(60), || lab
            .snapshot()
            .clock
            .step
            > from + 11));
        lab.act(action);
    }
    let from = lab.snapshot().clock.step;
    assert!(within(Duration::from_secs(60), || lab
        .snapshot()
        .clock
        .step
        > from + 60));
    lab.send(Command::Pause);
    rest(&lab, None);
    let seen = inside(&lab);
    let log = seen.log().to_vec();
    assert_eq!(log.len(), 5, "{log:?}");
    assert!(
        log.windows(2).all(|pair| pair[0].step < pair[1].step),
        "{log:?}"
    );
    let mut again = start(scene.clone(), 1);
    replay(&mut again, &log);
    again.advance(seen.clock().step).expect("a good run");
    assert_eq!(again.log(), log);
    assert_eq!(again.clock(), seen.clock());
    assert_eq!(again.hash(), seen.hash());
    assert_eq!(measured(&again), measured(&seen));
    // The same action at another step is another run.
    let mut other = start(scene, 1);
    let shifted: Vec<Intent> = log
        .iter()
        .map(|one| Intent {
            step: one.step + 1,
            ..one.clone()
        })
        .collect();
    replay(&mut other, &shifted);
    other.advance(seen.clock().step).expect("a good run");
    assert_ne!(other.hash(), seen.hash());
}
