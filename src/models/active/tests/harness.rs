//! A world and a schedule for the tests of the chapter, without the driver of whole runs.

use bevy::ecs::schedule::{
    IntoScheduleConfigs, LogLevel, Schedule, ScheduleBuildSettings, SingleThreadedExecutor,
};
use bevy::ecs::system::ResMut;
use bevy::ecs::world::World;

use crate::math::domain::{Boundary, Domain};
use crate::model::Start;
use crate::model::column::Columns;
use crate::model::neighbours::Neighbours;
use crate::model::observable::{Curve, Estimator, Sample};
use crate::model::parameter::{Kind, Values};
use crate::model::phase::{Box, Clock, Fault, Phase, Step};
use crate::models::active::MODEL;

/// A running population.
pub struct Run {
    pub world: World,
    pub values: Values,
    schedule: Schedule,
    domain: Domain,
}

/// Values of the model with some parameters set, written as in a scene.
pub fn values(settings: &[(&str, &str)]) -> Values {
    let parameters = (MODEL.parameters)();
    let mut values = Values::defaults(parameters);
    for (name, written) in settings {
        let index = MODEL
            .parameter(name)
            .unwrap_or_else(|| panic!("no parameter {name}"));
        let value = match parameters[index].kind {
            Kind::Choice(alternatives) => alternatives
                .iter()
                .position(|one| one.name == *written)
                .unwrap_or_else(|| panic!("no alternative {written}"))
                as f64,
            _ => written.parse().unwrap(),
        };
        parameters[index].check(value).unwrap();
        values.set(index, value);
    }
    values
}

/// A periodic box of the given packing fraction of unit discs and ratio of sides.
pub fn packed(count: usize, packing: f64, aspect: f64) -> Domain {
    let area = count as f64 * std::f64::consts::FRAC_PI_4 / packing;
    let height = (area / aspect).sqrt();
    Domain::new([area / height, height], Boundary::Periodic)
}

fn count_step(mut clock: ResMut<Clock>) {
    clock.step += 1;
    clock.time += clock.dt;
}

impl Run {
    pub fn new(
        settings: &[(&str, &str)],
        count: usize,
        domain: Domain,
        initial: &str,
        seed: u64,
        dt: f64,
    ) -> Self {
        let values = values(settings);
        let mut world = World::new();
        world.insert_resource(Clock {
            step: 0,
            time: 0.0,
            dt,
            seed,
        });
        world.insert_resource(Box(domain));
        world.init_resource::<Fault>();
        world.init_resource::<Neighbours>();
        (MODEL.adopt)(&values, &mut world);
        (MODEL.spawn)(
            &mut world,
            &Start {
                count,
                domain,
                seed,
                initial,
                values: &values,
            },
        )
        .unwrap();
        let columns = Columns::attach(&mut world, MODEL.columns);
        world.insert_resource(columns);
        let mut schedule = Schedule::new(Step);
        schedule.set_executor(SingleThreadedExecutor::new());
        schedule.set_build_settings(ScheduleBuildSettings {
            ambiguity_detection: LogLevel::Error,
            ..Default::default()
        });
        schedule.configure_sets(
            (
                Phase::Neighbors,
                Phase::Forces,
                Phase::Integrate,
                Phase::Wrap,
                Phase::Measure,
            )
                .chain(),
        );
        (MODEL.install)(&mut schedule);
        schedule.add_systems(count_step.in_set(Phase::Measure));
        Self {
            world,
            values,
            schedule,
            domain,
        }
    }

    pub fn advance(&mut self, steps: u64) {
        for _ in 0..steps {
            self.schedule.run(&mut self.world);
            assert_eq!(self.world.resource::<Fault>().0, None);
        }
    }

    /// Sets a parameter while the run goes on.
    pub fn set(&mut self, settings: &[(&str, &str)]) {
        self.values = values(settings);
        (MODEL.adopt)(&self.values, &mut self.world);
        self.world.resource_mut::<Neighbours>().invalidate();
    }

    pub fn sample(&self) -> Sample<'_> {
        Sample {
            world: &self.world,
            columns: self.world.resource::<Columns>(),
            domain: self.domain,
            clock: *self.world.resource::<Clock>(),
        }
    }

    /// The present value of a scalar observable.
    pub fn scalar(&self, name: &str) -> f64 {
        let Estimator::Scalar { estimate, .. } = MODEL.observable(name).unwrap().estimator else {
            panic!("{name} is no scalar");
        };
        estimate(&self.sample())
    }

    /// What theory says of a scalar observable.
    pub fn theory(&self, name: &str) -> Option<f64> {
        let Estimator::Scalar { theory, .. } = MODEL.observable(name).unwrap().estimator else {
            panic!("{name} is no scalar");
        };
        theory.and_then(|theory| theory(&self.sample()))
    }

    /// The present value of a distribution.
    pub fn curve(&self, name: &str) -> Curve {
        let Estimator::Distribution { estimate, .. } = MODEL.observable(name).unwrap().estimator
        else {
            panic!("{name} is no distribution");
        };
        estimate(&self.sample())
    }

    /// Mean and standard error of a scalar observable over samples every `steps` steps; the error
    /// from the scatter of sixteen blocks.
    pub fn average(&mut self, name: &str, samples: usize, steps: u64) -> (f64, f64) {
        let mut taken = Vec::with_capacity(samples);
        for _ in 0..samples {
            self.advance(steps);
            taken.push(self.scalar(name));
        }
        mean_and_error(&taken)
    }
}

/// Mean and standard error from sixteen block averages.
pub fn mean_and_error(samples: &[f64]) -> (f64, f64) {
    let blocks: Vec<f64> = samples
        .chunks(samples.len().div_ceil(16))
        .map(|block| block.iter().sum::<f64>() / block.len() as f64)
        .collect();
    let count = blocks.len() as f64;
    let mean = samples.iter().sum::<f64>() / samples.len() as f64;
    let variance = blocks
        .iter()
        .map(|block| (block - mean).powi(2))
        .sum::<f64>()
        / (count - 1.0);
    (mean, (variance / count).sqrt())
}

/// Fails unless a measured value is within a relative tolerance of the expected one, and prints
/// both for the record.
#[track_caller]
pub fn close(what: &str, measured: f64, expected: f64, relative: f64) {
    println!("{what}: {measured:.5} (expected {expected:.5}, tolerance {relative})");
    assert!(
        (measured - expected).abs() <= relative * expected.abs(),
        "{what}: measured {measured}, expected {expected} within {relative} of it"
    );
}
