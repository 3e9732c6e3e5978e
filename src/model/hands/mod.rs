//! Hands: what a user may do to the particles of a running model with a brush.
//!
//! A stroke is a row of [`Dab`]s, one or a few per frame of the window. Each is an intent: it acts
//! between two steps, is logged with its step, and replayed bit for bit. What a dab does depends
//! on the state, on the numbers in it, and on Philox noise keyed by the seed, the number of the
//! dab and the tag; particles are worked through in the order of their tags. Hence neither threads
//! nor the order of the slots matter.
//!
//! A chapter says in [`Hands`] what it lets hands do. One that says nothing gets what its columns
//! allow ([`Hands::COLUMNS`]): a newcomer is then a twin of the nearest particle, with a tag and a
//! heading of its own.
//!
//! Reading order: this page (the contract), `crowd` (who is added and removed), `stroke` (what a
//! dab does).

mod crowd;
mod stroke;
#[cfg(test)]
mod tests;

use bevy::ecs::resource::Resource;
use bevy::ecs::world::World;
use serde::{Deserialize, Serialize};

use super::Model;
use super::column::{Column, Heading, Position, Tag};
use super::observable::Sample;
use super::parameter::Values;
use crate::math::domain::Domain;
use crate::math::philox::Stream;

pub use crowd::resize;
pub use stroke::dab;

/// What a brush does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tool {
    /// Puts new particles where there is room.
    Add,
    /// Takes particles away; one always stays.
    Remove,
    /// Drags particles along, as far as nobody is squeezed.
    Push,
    /// Turns headings towards the way of the brush.
    Align,
    /// Turns headings at random.
    Heat,
}

impl Tool {
    /// All tools.
    pub const ALL: [Self; 5] = [Self::Add, Self::Remove, Self::Push, Self::Align, Self::Heat];
}

/// One touch of a brush.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dab {
    pub tool: Tool,
    /// Middle of the brush, in units of length from the centre of the box.
    pub at: [f64; 2],
    /// Way of the brush since the touch before, as a length.
    pub along: [f64; 2],
    /// Radius of the brush.
    pub radius: f64,
    /// From just above 0 to 1: how much of what the tool does is done.
    pub strength: f64,
}

impl Dab {
    /// Checks the numbers; the error says what is allowed.
    pub fn check(&self, domain: &Domain) -> Result<(), String> {
        let longest = domain.size[0].max(domain.size[1]);
        let finite = self
            .at
            .iter()
            .chain(&self.along)
            .all(|part| part.is_finite());
        if !finite {
            return Err("the place of a brush must be finite".into());
        }
        // A NaN is in no range.
        if !(self.radius > 0.0 && self.radius <= longest) {
            return Err(format!(
                "the radius of a brush is above 0 and at most {longest}"
            ));
        }
        if !(self.strength > 0.0 && self.strength <= 1.0) {
            return Err("the strength of a brush is above 0 and at most 1".into());
        }
        if self.along.iter().any(|way| way.abs() > longest) {
            return Err(format!(
                "a brush moves at most {longest} between two touches"
            ));
        }
        if self.at.iter().any(|part| part.abs() > 16.0 * longest) {
            return Err("the place of a brush is too far from the box".into());
        }
        Ok(())
    }
}

/// How a chapter serves one tool.
#[derive(Clone, Copy)]
pub enum Skill {
    /// With its columns alone.
    Columns,
    /// With a function of its own. For `Add` it gets the newcomers, which are twins of a particle
    /// nearby with place, tag and heading of their own, and sets what else differs; for `Remove`
    /// those who are about to go; else those under the brush, in the place of the usual effect.
    Own(fn(&mut World, &Touched)),
    /// Not at all; the reason, as a clause.
    Never(&'static str),
}

/// A picture that stands for what a tool does, for those who draw buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Syringe,
    Germ,
    Barrier,
}

/// What a chapter calls a tool to which it gives a meaning of its own.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub tool: Tool,
    /// A few words, such as `Vaccinate`.
    pub title: &'static str,
    pub sign: Sign,
}

/// The particles under a brush, in the order of their tags.
pub struct Touched<'a> {
    pub slots: &'a [usize],
    pub tags: &'a [u32],
    /// 1 in the middle of the brush, falling smoothly to 0 at its rim.
    pub weights: &'a [f32],
    pub dab: &'a Dab,
    /// Randomness of this dab: draw with the tag.
    pub stream: Stream,
}

/// A force on one particle, for the inspector.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub name: &'static str,
    pub symbol: &'static str,
    pub value: [f64; 2],
}

/// What a chapter lets hands do.
#[derive(Clone, Copy)]
pub struct Hands {
    pub add: Skill,
    pub remove: Skill,
    pub push: Skill,
    pub align: Skill,
    pub heat: Skill,
    /// Names of tools that do something else here than their usual names say.
    pub words: &'static [Word],
    /// True when the chapter keeps particles from crossing walls: by the systems of
    /// [`super::walls`], or, without forces, by
    /// [`reflect`](crate::math::walls::WallGrid::reflect) in its own step.
    pub walls: bool,
    /// How close a hand may put two centres when steps are so long; 0 when particles do not mind.
    pub closest: fn(&Values, dt: f64) -> f64,
    /// What moves a particle, term by term, with the unit of the chapter's forces.
    pub terms: Option<fn(&Sample, slot: usize) -> Vec<Term>>,
}

impl Hands {
    /// What the columns allow: the default of every chapter.
    pub const COLUMNS: Self = Self {
        add: Skill::Columns,
        remove: Skill::Columns,
        push: Skill::Columns,
        align: Skill::Columns,
        heat: Skill::Columns,
        words: &[],
        walls: false,
        closest: |_, _| 0.0,
        terms: None,
    };

    /// What the chapter calls a tool, when it does something of its own.
    pub fn word(&self, tool: Tool) -> Option<&Word> {
        self.words.iter().find(|word| word.tool == tool)
    }

    fn skill(&self, tool: Tool) -> Skill {
        match tool {
            Tool::Add => self.add,
            Tool::Remove => self.remove,
            Tool::Push => self.push,
            Tool::Align => self.align,
            Tool::Heat => self.heat,
        }
    }
}

/// Why a tool does nothing in a model, as a clause; `None` when it works.
pub fn refusal(model: &Model, tool: Tool) -> Option<&'static str> {
    let has = |name: &str| model.columns.iter().any(|column| column.name == name);
    match model.hands.skill(tool) {
        Skill::Own(_) => None,
        Skill::Never(reason) => Some(reason),
        Skill::Columns => match tool {
            // State besides the columns may be as long as the population once was.
            Tool::Add | Tool::Remove if model.keep.is_some() => {
                Some("the particles of this model belong to a fixed structure")
            }
            Tool::Add | Tool::Remove | Tool::Push if !has(Position::NAME) => {
                Some("the particles of this model have no place")
            }
            Tool::Align | Tool::Heat if !has(Heading::NAME) => {
                Some("the particles of this model have no heading")
            }
            _ => None,
        },
    }
}

/// Why there are no walls in a model, as a clause; `None` when there can be.
pub fn no_walls(model: &Model) -> Option<&'static str> {
    (!model.hands.walls).then_some("the particles of this model do not see walls")
}

/// What is counted over the whole run, so that no tag and no random number is used twice.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The tag of the next newcomer.
    pub next_tag: u32,
    /// Dabs so far: the number of the next one.
    pub dabs: u64,
}

impl Ledger {
    /// The ledger of particles that nobody has touched yet.
    pub fn of(tags: &[Tag]) -> Self {
        let last = tags.iter().map(|tag| tag.0).max();
        Self {
            next_tag: last.map_or(0, |last| last.saturating_add(1)),
            dabs: 0,
        }
    }
}

/// The values of a column as one slice to write to; empty when particles do not have it.
pub fn with_column<C: Column, R>(world: &mut World, act: impl FnOnce(&mut [C]) -> R) -> R {
    let mut query = world.query::<&mut C>();
    if let Ok(slices) = query.contiguous_iter_mut(world) {
        for mut slice in slices {
            let values = slice.bypass_change_detection();
            if !values.is_empty() {
                return act(values);
            }
        }
    }
    act(&mut [])
}
