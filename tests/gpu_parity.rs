//! How close a graphics device comes to the law in double precision: forces of a thousand scenes, of
//! active particles and of Coulomb gases.

use seethe::gpu::GpuEngine;
use seethe::math::domain::Domain;
use seethe::math::philox::philox4x32;
use seethe::model::column::{Diameter, Position, Tag};
use seethe::sim::Simulation;
use seethe::sim::engine::Engine;

use crate::gpu::{device, start, start_of};

/// Random numbers of a scene, one after the other, uniform in [0, 1).
pub struct Dice {
    scene: u32,
    thrown: u32,
}

impl Dice {
    /// Those of a scene.
    pub fn of(scene: u32) -> Self {
        Self { scene, thrown: 0 }
    }

    pub fn throw(&mut self) -> f64 {
        self.thrown += 1;
        let words = philox4x32([self.thrown, 0, 0, 0], [self.scene, 7]);
        f64::from(words[0]) / 4_294_967_296.0
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.throw()
    }
}

/// An engine for a chapter.
pub fn engine(model: &str) -> Option<GpuEngine> {
    let twin = seethe::models::find(model).and_then(|model| model.twin);
    Some(GpuEngine::new(device()?, twin.expect("a twin")).expect("an engine"))
}

/// The forces at the beginning of a step on the device, by slots.
pub fn forces_on(engine: &mut GpuEngine, run: &Simulation) -> Vec<[f64; 2]> {
    let values = run.scene().values.clone();
    let taken = run.with_sample(|sample| engine.take(&values, sample));
    taken.expect("a sample").expect("a hand-over");
    let scene = run.scene().to_ron();
    engine
        .advance(1)
        .unwrap_or_else(|trouble| panic!("{trouble}: {scene}"));
    let returned = engine.read().expect("the state");
    let forces = returned.iter().find(|(name, _)| *name == "force");
    let (_, bytes) = forces.expect("forces");
    let parts: Vec<f64> = bytes
        .chunks_exact(4)
        .map(|part| f64::from(f32::from_le_bytes(part.try_into().expect("four bytes"))))
        .collect();
    parts.chunks_exact(2).map(|one| [one[0], one[1]]).collect()
}

pub fn places(run: &Simulation) -> Vec<[u32; 2]> {
    let places = run.columns().slice::<Position>(run.world());
    places.iter().map(|one| one.0).collect()
}

/// Separation in double precision.
pub fn apart(domain: &Domain, a: [u32; 2], b: [u32; 2]) -> [f64; 2] {
    let span = domain.span();
    [0, 1].map(|axis| {
        f64::from(a[axis].wrapping_sub(b[axis]) as i32) * (span[axis] / 4_294_967_296.0)
    })
}

/// Errors of forces, each over its force, and over the larger of its force and a unit.
#[derive(Default)]
pub struct Errors {
    own: Vec<f64>,
    whole: Vec<f64>,
    /// Of whole scenes: the length of all errors together over that of all forces.
    scenes: Vec<f64>,
    /// Squares of the errors and of the forces of the present scene.
    squares: [f64; 2],
}

impl Errors {
    pub fn note(&mut self, found: [f64; 2], exact: [f64; 2], unit: f64) {
        let off = (found[0] - exact[0]).hypot(found[1] - exact[1]);
        let length = exact[0].hypot(exact[1]);
        self.squares = [
            self.squares[0] + off * off,
            self.squares[1] + length * length,
        ];
        self.own.push(off / length);
        self.whole.push(off / length.max(unit));
    }

    /// A scene has been noted.
    fn end_scene(&mut self) {
        let [off, length] = std::mem::take(&mut self.squares).map(f64::sqrt);
        if length > 0.0 {
            self.scenes.push(off / length);
        }
    }

    /// Asserts that they are as small as they must be; returns the one that a thousandth exceeds.
    #[track_caller]
    pub fn judge(mut self) -> f64 {
        self.own.sort_by(f64::total_cmp);
        self.whole.sort_by(f64::total_cmp);
        let at = |share: f64| ((self.own.len() - 1) as f64 * share) as usize;
        let [median, most, worst] = [0.5, 0.999, 1.0].map(|share| self.own[at(share)]);
        let whole = self.whole[at(1.0)];
        println!(
            "{} forces, relative errors: median {median:.1e}, 99.9 % {most:.1e}, worst {worst:.1e}; of the larger of force and unit: worst {whole:.1e}",
            self.own.len(),
        );
        self.scenes.sort_by(f64::total_cmp);
        if let Some(&greatest) = self.scenes.last() {
            let usual = self.scenes[self.scenes.len() / 2];
            println!("scenes: median {usual:.1e}, worst {greatest:.1e}");
            assert!(usual <= 1e-6, "{usual:e}");
            assert!(greatest <= 1e-4, "{greatest:e}");
        }
        // A force that is the small difference of large terms, of two particles that barely touch or
        // of many that pull all ways, is as good as its terms: the worst is told of their size.
        assert!(median <= 1e-6, "{median:e}");
        assert!(whole <= 1e-4, "{whole:e}");
        most
    }
}

/// The pair force of a scene in double precision.
#[derive(Debug)]
pub struct Law {
    pub interaction: &'static str,
    pub strength: f64,
    pub sharpness: f64,
    pub trap: f64,
}

impl Law {
    /// F(r)/r of a pair of a mean diameter, and how far it reaches.
    pub fn over_r(&self, r: f64, diameter: f64) -> f64 {
        match self.interaction {
            "wca" if r < 2f64.powf(1.0 / 6.0) * diameter => {
                let s6 = (diameter / r).powi(6);
                24.0 * self.strength * s6 * (2.0 * s6 - 1.0) / (r * r)
            }
            "harmonic" if r < diameter => self.strength * (diameter / r - 1.0),
            "softplus" if r < diameter + 12.0 / self.sharpness => {
                let x = self.sharpness * (diameter - r);
                self.strength / self.sharpness * (x.max(0.0) + (-x.abs()).exp().ln_1p()) / r
            }
            _ => 0.0,
        }
    }

    /// The force that the strength stands for: weaker ones are differences of terms like it.
    pub fn unit(&self) -> f64 {
        match self.interaction {
            "wca" => 24.0 * self.strength,
            "harmonic" => self.strength,
            _ => self.strength / self.sharpness,
        }
    }

    /// The force on every particle, and the sum of the lengths of its terms.
    pub fn forces(
        &self,
        domain: &Domain,
        at: &[[u32; 2]],
        diameters: &[f32],
    ) -> Vec<([f64; 2], f64)> {
        let size = |slot: usize| diameters.get(slot).map_or(1.0, |&one| f64::from(one));
        let force = |i: usize| {
            let place = apart(domain, at[i], [1 << 31; 2]);
            let mut total = place.map(|x| -self.trap * x);
            let mut lengths = total[0].hypot(total[1]);
            for j in (0..at.len()).filter(|&j| j != i) {
                let d = apart(domain, at[i], at[j]);
                let r = d[0].hypot(d[1]);
                let over_r = self.over_r(r, 0.5 * (size(i) + size(j)));
                total = [0, 1].map(|axis| total[axis] + over_r * d[axis]);
                lengths += over_r.abs() * r;
            }
            (total, lengths)
        };
        (0..at.len()).map(force).collect()
    }
}

/// A scene of a few particles with everything about it random, and its law.
fn random_scene(number: u32) -> (Simulation, Law) {
    let mut dice = Dice::of(number);
    let law = Law {
        interaction: ["wca", "harmonic", "softplus"][(dice.throw() * 3.0) as usize],
        strength: 10f64.powf(dice.between(-1.0, 2.0)),
        sharpness: dice.between(5.0, 30.0),
        trap: if dice.throw() < 0.25 {
            dice.between(0.1, 10.0)
        } else {
            0.0
        },
    };
    let boundary = ["periodic", "reflecting", "open"][(dice.throw() * 3.0) as usize];
    let spread = if dice.throw() < 0.5 { 0.0 } else { 0.1 };
    let text = |value: f64| format!("{value:?}");
    let changes = [
        ("parameters.interaction", law.interaction.to_string()),
        ("parameters.interaction_strength", text(law.strength)),
        ("parameters.softplus_sharpness", text(law.sharpness)),
        ("parameters.trap_stiffness", text(law.trap)),
        ("parameters.polydispersity", text(spread)),
        ("population.packing_fraction", text(dice.between(0.05, 0.6))),
        ("box.aspect", text(dice.between(0.5, 2.0))),
        ("box.boundary", boundary.to_string()),
        ("dt", "1e-9".to_string()),
        ("seed", number.to_string()),
    ];
    let changes = changes.each_ref().map(|(path, value)| (*path, &**value));
    let count = 2 + (dice.throw() * 120.0) as usize;
    let mut simulation = start(count, &changes);
    // In half of the scenes particles lie at random, in the others in clusters.
    let domain = simulation.scene().domain;
    let clusters = if dice.throw() < 0.5 {
        0
    } else {
        1 + (dice.throw() * 4.0) as usize
    };
    let hard = law.interaction == "wca";
    let mut places: Vec<[f64; 2]> = Vec::new();
    let centres: Vec<[f64; 2]> = (0..clusters)
        .map(|_| domain.size.map(|side| dice.between(-0.5, 0.5) * side))
        .collect();
    while places.len() < count {
        // Hard particles that find no room in their cluster lie ever farther out, or anywhere.
        for tries in 0.. {
            let centre = centres.get((dice.throw() * clusters as f64) as usize);
            let place = match centre.filter(|_| tries < 100) {
                Some(centre) => {
                    let far = (0.4 + 0.01 * f64::from(tries)) * (count as f64).sqrt();
                    let far = far * dice.throw().sqrt();
                    let (sin, cos) = (std::f64::consts::TAU * dice.throw()).sin_cos();
                    [centre[0] + far * cos, centre[1] + far * sin]
                }
                None => domain.size.map(|side| dice.between(-0.5, 0.5) * side),
            };
            let inside = |axis: usize| place[axis].abs() < 0.499 * domain.size[axis];
            if !(domain.is_periodic() || inside(0) && inside(1)) {
                continue;
            }
            let close = places.iter().any(|other| {
                let d = domain.separation(domain.fixed(place), domain.fixed(*other));
                d[0].hypot(d[1]) < 0.75
            });
            if !(hard && close) {
                places.push(place);
                break;
            }
        }
    }
    let world = simulation.world_mut();
    let mut query = world.query::<&mut Position>();
    for (mut position, place) in query.iter_mut(world).zip(&places) {
        position.0 = domain.fixed(*place);
    }
    (simulation, law)
}

#[test]
fn forces_of_a_thousand_scenes_are_those_of_the_law_in_double_precision() {
    let Some(mut engine) = engine("active") else {
        return;
    };
    let mut errors = Errors::default();
    let mut boundaries = [0; 3];
    for number in 0..1000 {
        let (run, law) = random_scene(number);
        let domain = run.scene().domain;
        boundaries[domain.boundary as usize] += 1;
        let diameters = run.columns().slice::<Diameter>(run.world());
        let diameters: Vec<f32> = diameters.iter().map(|one| one.0).collect();
        let found = forces_on(&mut engine, &run);
        let exact = law.forces(&domain, &places(&run), &diameters);
        for (found, (exact, lengths)) in found.into_iter().zip(exact) {
            if lengths == 0.0 {
                assert_eq!(found, [0.0; 2], "scene {number} {law:?}");
            } else {
                errors.note(found, exact, law.unit());
            }
        }
        errors.end_scene();
    }
    assert!(
        boundaries.iter().all(|&scenes| scenes > 200),
        "{boundaries:?}"
    );
    let most = errors.judge();
    assert!(most <= 1e-4, "{most:e}");
}

/// A Coulomb gas with everything about it random, and the force on each of its charges.
fn random_gas(number: u32) -> (Simulation, Vec<[f64; 2]>) {
    let mut dice = Dice {
        scene: number,
        thrown: 1000,
    };
    let trap = ["harmonic", "quartic", "power", "box"][(dice.throw() * 4.0) as usize];
    let boxed = trap == "box";
    let two = dice.throw() < 0.3;
    let line = !two && !boxed && dice.throw() < 0.3;
    let core = if two || dice.throw() < 0.3 {
        dice.between(0.05, 1.0)
    } else {
        0.0
    };
    let (hollow, exponent) = (dice.between(0.0, 3.0), 1 + (dice.throw() * 4.0) as i32);
    let count = 2 * (1 + (dice.throw() * 100.0) as usize);
    let text = |value: f64| format!("{value:?}");
    let name = |yes: bool, one: &str, other: &str| if yes { one } else { other }.to_string();
    let side = 2.0 * (count as f64).sqrt();
    let changes = [
        ("parameters.trap", trap.to_string()),
        ("parameters.hollow", text(hollow)),
        ("parameters.exponent", exponent.to_string()),
        (
            "parameters.components",
            name(two, "two_component", "one_component"),
        ),
        ("parameters.space", name(line, "line", "plane")),
        ("parameters.core", text(core)),
        ("parameters.summation", "direct".into()),
        (
            "box.size",
            format!("({side:?}, {:?})", side * dice.between(0.7, 1.5)),
        ),
        ("box.boundary", name(boxed, "reflecting", "open")),
        (
            "population.initial",
            name(dice.throw() < 0.5, "droplet", "crystal"),
        ),
        ("dt", "1e-9".into()),
        ("seed", number.to_string()),
    ];
    let changes = changes.each_ref().map(|(path, value)| (*path, &**value));
    let run = start_of("coulomb", count, &changes);
    let (at, domain) = (places(&run), run.scene().domain);
    // The smallest core is half a quantum.
    let core2 = core.powi(2).max(1e-30);
    let charge = |tag: u32| if two && tag % 2 == 1 { -1.0 } else { 1.0 };
    let tags: Vec<u32> = {
        let tags = run.columns().slice::<Tag>(run.world());
        tags.iter().map(|tag| tag.0).collect()
    };
    let force = |i: usize| {
        let place = apart(&domain, at[i], [1 << 31; 2]);
        let x2 = (place[0].powi(2) + place[1].powi(2)) / count as f64;
        let pull = match trap {
            "harmonic" => 1.0,
            "quartic" => x2 - hollow,
            "power" => x2.powi(exponent - 1),
            _ => 0.0,
        };
        let mut total = place.map(|x| -pull * x);
        for j in (0..count).filter(|&j| j != i) {
            let d = apart(&domain, at[i], at[j]);
            let over = charge(tags[i]) * charge(tags[j]) / (d[0].powi(2) + d[1].powi(2)).max(core2);
            total = [0, 1].map(|axis| total[axis] + over * d[axis]);
        }
        total
    };
    let exact = (0..count).map(force).collect();
    (run, exact)
}

#[test]
fn forces_of_coulomb_gases_are_those_of_all_pairs_in_double_precision() {
    let Some(mut engine) = engine("coulomb") else {
        return;
    };
    let mut errors = Errors::default();
    for number in 0..1000 {
        let (run, exact) = random_gas(number);
        for (found, exact) in forces_on(&mut engine, &run).into_iter().zip(exact) {
            // The repulsion of neighbours is about 1; in lattices, and on a line at the places of
            // the semicircle, that of all together is next to nothing.
            errors.note(found, exact, 1.0);
        }
        errors.end_scene();
    }
    errors.judge();
}
