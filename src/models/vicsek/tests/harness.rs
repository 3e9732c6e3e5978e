//! A world and a schedule for the tests of the chapter, without the driver of whole runs.

use bevy::ecs::schedule::{
    IntoScheduleConfigs, LogLevel, Schedule, ScheduleBuildSettings, SingleThreadedExecutor,
};
use bevy::ecs::system::ResMut;
use bevy::ecs::world::World;

use crate::math::correlation::block_average;
use crate::math::domain::{Boundary, Domain};
use crate::model::Start;
use crate::model::column::{Columns, Heading, Position, Tag};
use crate::model::neighbours::Neighbours;
use crate::model::observable::{Curve, Estimator, Sample};
use crate::model::parameter::{Kind, Values};
use crate::model::phase::{Box, Clock, Fault, Phase, Step};
use crate::models::vicsek::MODEL;

/// A running population.
pub struct Run {
    pub world: World,
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

/// A periodic square.
pub fn square(side: f64) -> Domain {
    Domain::new([side; 2], Boundary::Periodic)
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
    ) -> Self {
        let values = values(settings);
        let mut world = World::new();
        world.insert_resource(Clock {
            step: 0,
            time: 0.0,
            dt: 1.0,
            seed,
        });
        world.insert_resource(Box(domain));
        world.init_resource::<Fault>();
        world.init_resource::<Neighbours>();
        (MODEL.adopt)(&values, &mut world);
        let start = Start {
            count,
            domain,
            seed,
            initial,
            values: &values,
        };
        (MODEL.spawn)(&mut world, &start).unwrap();
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

    pub fn sample(&self) -> Sample<'_> {
        Sample {
            world: &self.world,
            columns: self.world.resource::<Columns>(),
            domain: self.domain,
            clock: *self.world.resource::<Clock>(),
        }
    }

    /// Positions and headings in the order of the tags.
    pub fn state(&self) -> Vec<([u32; 2], [f32; 2])> {
        let sample = self.sample();
        let (places, headings) = (sample.column::<Position>(), sample.column::<Heading>());
        let mut state = vec![Default::default(); places.len()];
        for (slot, tag) in sample.column::<Tag>().iter().enumerate() {
            state[tag.0 as usize] = (places[slot].0, headings[slot].0);
        }
        state
    }

    /// The present value of a scalar observable.
    pub fn scalar(&self, name: &str) -> f64 {
        let Estimator::Scalar { estimate, .. } = MODEL.observable(name).unwrap().estimator else {
            panic!("{name} is no scalar");
        };
        estimate(&self.sample())
    }

    /// The present value of a distribution.
    pub fn curve(&self, name: &str) -> Curve {
        let Estimator::Distribution { estimate, .. } = MODEL.observable(name).unwrap().estimator
        else {
            panic!("{name} is no distribution");
        };
        estimate(&self.sample())
    }

    /// Mean polarisation over the steps from `from` to `to`, and its standard error from 16 blocks.
    pub fn polarisation(&mut self, from: u64, to: u64) -> (f64, f64) {
        self.advance(from);
        let mut taken = Vec::new();
        for _ in from..to {
            self.advance(1);
            taken.push(self.scalar("polarisation"));
        }
        block_average(&taken, 16)
    }
}
