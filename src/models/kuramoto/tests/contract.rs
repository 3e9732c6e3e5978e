//! Threads, checkpoints, ramps and bad input.

use super::*;
use crate::model::column::NaturalFrequency;
use crate::model::phase::Failure;
use crate::scene;
use crate::sim::{Action, checkpoint};

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let cases: [(&str, &[(&str, &str)]); 5] = [
        ("kuramoto", &[("population.count", "70001")]),
        (
            "kuramoto",
            &[("population.count", "20000"), ("parameters.noise", "0.5")],
        ),
        ("first_order", &[("population.count", "30000")]),
        ("moving_oscillators", &[("population.count", "9000")]),
        (
            "sync_on_network",
            &[("population.count", "5000"), ("parameters.coupling", "2")],
        ),
    ];
    for (name, overrides) in cases {
        let hashes = [1, 2, 3].map(|threads| {
            let mut run = start(name, overrides, threads);
            run.advance(60).unwrap();
            run.hash()
        });
        assert!(
            hashes.iter().all(|hash| *hash == hashes[0]),
            "{name}: {hashes:?}"
        );
    }
}

#[test]
fn a_checkpoint_goes_on_with_the_same_bits() {
    for name in [
        "kuramoto_onset",
        "first_order",
        "moving_oscillators",
        "sync_on_network",
        "chimera",
        "noisy_identical",
    ] {
        let mut whole = start(name, &[("population.count", "400")], 2);
        whole.advance(900).unwrap();
        let bytes = checkpoint::save(&whole);
        let pool = worker_threads(1).unwrap();
        let mut half = checkpoint::restore(&bytes, pool).unwrap();
        whole.advance(700).unwrap();
        half.advance(700).unwrap();
        assert_eq!(whole.hash(), half.hash(), "{name}");
        assert_eq!(whole.scene().values, half.scene().values, "{name}");
        for (a, b) in whole
            .measurements()
            .curves()
            .iter()
            .zip(half.measurements().curves().iter())
        {
            assert_eq!(a.curve, b.curve, "{name}: {}", a.observable.name);
        }
    }
}

#[test]
fn a_ramp_moves_the_coupling_until_a_hand_takes_it() {
    let mut run = start("kuramoto_onset", &[("population.count", "100")], 1);
    let index = run.scene().model.parameter("coupling").unwrap();
    let coupling = |run: &Simulation| run.scene().values.get(index);
    run.advance(700).unwrap();
    assert_eq!(coupling(&run), 0.5);
    // At t = 130, half of the ramp: in stairs of 20 steps.
    run.advance((130.0 / 0.0125) as u64 - 700 + 1).unwrap();
    assert!((coupling(&run) - 2.25).abs() < 1e-6, "{}", coupling(&run));
    let before = coupling(&run);
    run.advance(10).unwrap();
    assert_eq!(coupling(&run), before, "in stairs");
    let rising = curve(&run, "order_rising");
    assert!(rising.x.len() > 20 && rising.x.windows(2).all(|pair| pair[0] < pair[1]));
    run.submit(Action::SetParameter {
        name: "coupling".into(),
        value: 1.0,
    });
    run.advance(500).unwrap();
    assert_eq!(coupling(&run), 1.0, "the hand has taken it");
    // The order while it falls has its first points.
    assert!(!curve(&run, "order_falling").x.is_empty());
    let saved = checkpoint::save(&run);
    let mut again = checkpoint::restore(&saved, worker_threads(1).unwrap()).unwrap();
    again.advance(500).unwrap();
    assert_eq!(coupling(&again), 1.0, "and keeps it");
    let mut whole = start("kuramoto_onset", &[("population.count", "100")], 1);
    whole.advance((260.0 / 0.0125) as u64).unwrap();
    assert_eq!(coupling(&whole), 4.0);
    assert_eq!(
        scene::parse("again", &whole.scene().to_ron(), &[])
            .unwrap()
            .ramps,
        whole.scene().ramps
    );
}

#[test]
fn bad_ramps_and_steps_are_refused_by_name() {
    let base = crate::models::kuramoto::MODEL.default_scene;
    let refused = |ramp: &str| {
        let text = base.replace("    view:", &format!("    ramps: [({ramp})],\n    view:"));
        scene::parse("ramp", &text, &[]).unwrap_err().to_string()
    };
    let text = refused("parameter: \"coupling\", to: 20.0, duration: 5.0");
    assert!(
        text.contains("dt") && text.contains("where a ramp takes them"),
        "{text}"
    );
    let text = refused("parameter: \"coupling\", to: 1000.0, duration: 5.0");
    assert!(
        text.contains("ramps[0].to") && text.contains("from -10 to 30"),
        "{text}"
    );
    let text = refused("parameter: \"topology\", to: 1.0, duration: 5.0");
    assert!(text.contains("ramps[0].parameter"), "{text}");
    let text = refused("parameter: \"coupling\", to: 1.0, duration: 0.0");
    assert!(text.contains("ramps[0].duration"), "{text}");
    let text = scene::parse("dt", base, &[("dt".into(), "0.02".into())])
        .unwrap_err()
        .to_string();
    assert!(text.contains("beyond the bound"), "{text}");
}

#[test]
fn bad_input_is_told_and_never_panics() {
    // A frequency that is not a number, in both dynamics.
    for dynamics in ["first_order", "second_order"] {
        let mut run = start(
            "kuramoto",
            &[
                ("population.count", "50"),
                ("parameters.dynamics", dynamics),
            ],
            1,
        );
        let mut frequencies = run.world_mut().query::<&mut NaturalFrequency>();
        let world = run.world_mut();
        frequencies.iter_mut(world).nth(17).unwrap().0 = f32::NAN;
        let failure = (0..3)
            .find_map(|_| run.advance(1).err())
            .expect("it must stop");
        assert!(
            matches!(failure, Failure::NotFinite { tag: 17, .. }),
            "{failure}"
        );
    }
    // More neighbours than there are.
    let text = crate::scene::gallery::ALL
        .iter()
        .find(|(n, _)| *n == "sync_on_network")
        .unwrap()
        .1;
    let few = [("population.count".to_string(), "8".to_string())];
    let scene = scene::parse("few", text, &few).unwrap();
    let error = Simulation::new(scene, worker_threads(1).unwrap())
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("mean_degree"), "{error}");
    // One and two oscillators, alone within their range, on every topology that allows it.
    for topology in ["all_to_all", "range", "ring", "lattice"] {
        for count in ["1", "2", "17"] {
            let mut run = start(
                "kuramoto",
                &[
                    ("population.count", count),
                    ("parameters.topology", topology),
                    ("parameters.range", "0.01"),
                    ("population.initial", "random"),
                ],
                1,
            );
            run.advance(20).unwrap();
            assert!(scalar(&run, "order") <= 1.0 + 1e-12);
        }
    }
}
