//! What a particle's colour can show: a colouring that the model declares, or a column as it is.
//!
//! Every part of every column is offered without a word from the chapter, and of a column with
//! the parts x and y its length and its direction, too.

use std::sync::{Mutex, PoisonError};

use super::column::ColumnDeclaration;
use super::observable::{Category, Colouring, Sample};

/// What of a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aspect {
    /// One part by its index.
    Part(usize),
    /// The length of a vector.
    Magnitude,
    /// The direction of a vector, in radians.
    Angle,
}

/// A column, or a part of it, as a colour.
#[derive(Debug, PartialEq)]
pub struct ColumnShade {
    /// Name in scenes, such as `force_x`, `force_magnitude`, `force_angle` or `tag`.
    pub name: String,
    pub title: String,
    pub symbol: String,
    pub unit: &'static str,
    pub doc: &'static str,
    column: &'static str,
    aspect: Aspect,
}

/// Something by which the picture can be coloured.
#[derive(Clone, Copy)]
pub enum Shade {
    /// A colouring of the model.
    Declared(&'static Colouring),
    /// A column of the particles.
    Column(&'static ColumnShade),
}

impl Shade {
    /// Name in scenes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Declared(colouring) => colouring.name,
            Self::Column(column) => &column.name,
        }
    }

    pub fn title(&self) -> &'static str {
        match self {
            Self::Declared(colouring) => colouring.title,
            Self::Column(column) => &column.title,
        }
    }

    pub fn symbol(&self) -> &'static str {
        match self {
            Self::Declared(colouring) => colouring.symbol,
            Self::Column(column) => &column.symbol,
        }
    }

    pub fn unit(&self) -> &'static str {
        match self {
            Self::Declared(colouring) => colouring.unit,
            Self::Column(column) => column.unit,
        }
    }

    /// What it is, a sentence.
    pub fn doc(&self) -> &'static str {
        match self {
            Self::Declared(colouring) => colouring.doc,
            Self::Column(column) => column.doc,
        }
    }

    /// True for an angle in radians.
    pub fn cyclic(&self) -> bool {
        match self {
            Self::Declared(colouring) => colouring.cyclic,
            Self::Column(column) => column.aspect == Aspect::Angle,
        }
    }

    /// The fixed range that was declared.
    pub fn range(&self) -> Option<[f64; 2]> {
        match self {
            Self::Declared(colouring) => colouring.range,
            Self::Column(_) => None,
        }
    }

    /// Names and colours of the values 0, 1, 2 ... of kinds; empty for a magnitude.
    pub fn categories(&self) -> &'static [Category] {
        match self {
            Self::Declared(colouring) => colouring.categories,
            Self::Column(_) => &[],
        }
    }

    /// Writes one value per slot; none when the particles do not have the column.
    pub fn values(&self, sample: &Sample, out: &mut Vec<f32>) {
        match self {
            Self::Declared(colouring) => (colouring.values)(sample, out),
            Self::Column(column) => column.values(sample, out),
        }
    }
}

impl ColumnShade {
    fn values(&self, sample: &Sample, out: &mut Vec<f32>) {
        let part = |part: usize| {
            let mut numbers = Vec::new();
            let mut columns = sample.columns.iter();
            if let Some(column) = columns.find(|one| one.declaration().name == self.column) {
                column.numbers(sample.world, part, &sample.domain, &mut numbers);
            }
            numbers
        };
        if let Aspect::Part(index) = self.aspect {
            out.extend(part(index).iter().map(|&number| number as f32));
            return;
        }
        let vectors = part(0).into_iter().zip(part(1));
        if self.aspect == Aspect::Magnitude {
            out.extend(vectors.map(|(x, y)| x.hypot(y) as f32));
        } else {
            out.extend(vectors.map(|(x, y)| y.atan2(x) as f32));
        }
    }
}

/// The names of a set of columns, where it stands in memory, and what was made of it.
type Known = (usize, usize, &'static [ColumnShade]);

/// The shades of a model's columns. They are made once for each set of declarations and kept as
/// long as the program lives, because the declarations themselves are.
pub fn of_columns(columns: &'static [ColumnDeclaration]) -> &'static [ColumnShade] {
    static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let place = (columns.as_ptr() as usize, columns.len());
    if let Some((_, _, shades)) = known.iter().find(|one| (one.0, one.1) == place) {
        return shades;
    }
    let shades: &'static [ColumnShade] = columns.iter().flat_map(shades).collect::<Vec<_>>().leak();
    known.push((place.0, place.1, shades));
    shades
}

fn shades(column: &ColumnDeclaration) -> Vec<ColumnShade> {
    let shade = |aspect, suffix: &str, title: String, symbol: String, unit| ColumnShade {
        name: format!("{}{suffix}", column.name),
        title,
        symbol,
        unit,
        doc: column.doc,
        column: column.name,
        aspect,
    };
    let name = capitalised(column.name);
    let mut shades: Vec<_> = column
        .parts
        .iter()
        .enumerate()
        .map(|(index, part)| {
            if part.is_empty() {
                let symbol = column.symbol.to_owned();
                return shade(Aspect::Part(index), "", name.clone(), symbol, column.unit);
            }
            shade(
                Aspect::Part(index),
                &format!("_{part}"),
                format!("{name}, {part}"),
                format!("{}_{part}", column.symbol),
                column.unit,
            )
        })
        .collect();
    if column.parts == ["x", "y"] {
        let symbol = column.symbol;
        let magnitude = format!("{name}, magnitude");
        let angle = format!("{name}, angle");
        shades.push(shade(
            Aspect::Magnitude,
            "_magnitude",
            magnitude,
            format!("|{symbol}|"),
            column.unit,
        ));
        shades.push(shade(
            Aspect::Angle,
            "_angle",
            angle,
            format!("arg {symbol}"),
            "rad",
        ));
    }
    shades
}

/// A name of files as a title: `lattice_site` as "Lattice site".
fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect::<String>().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::domain::{Boundary, Domain};
    use crate::model::Model;
    use crate::model::column::{Columns, Force, Position, Tag};
    use crate::model::phase::Clock;
    use bevy::ecs::world::World;

    static COLUMNS: &[ColumnDeclaration] = &[
        ColumnDeclaration::of::<Position>(),
        ColumnDeclaration::of::<Force>(),
        ColumnDeclaration::of::<Tag>(),
    ];

    #[test]
    fn every_part_of_every_column_is_a_colour() {
        let names: Vec<&str> = of_columns(COLUMNS).iter().map(|one| &*one.name).collect();
        let expected = [
            "position_x",
            "position_y",
            "position_magnitude",
            "position_angle",
            "force_x",
            "force_y",
            "force_magnitude",
            "force_angle",
            "tag",
        ];
        assert_eq!(names, expected);
        assert!(
            std::ptr::eq(of_columns(COLUMNS), of_columns(COLUMNS)),
            "made once"
        );
    }

    #[test]
    fn what_the_model_declares_goes_before_a_column_of_that_name() {
        let model = Model {
            columns: COLUMNS,
            colourings: &[Colouring {
                name: "tag",
                title: "Identity",
                ..Colouring::PLAIN
            }],
            ..Model::BARE
        };
        let tags: Vec<_> = model
            .shades()
            .filter(|shade| shade.name() == "tag")
            .collect();
        assert_eq!(tags.len(), 1);
        assert_eq!(tags[0].title(), "Identity");
    }

    #[test]
    fn values_are_those_of_the_column() {
        let domain = Domain::new([10.0, 10.0], Boundary::Open);
        let mut world = World::new();
        for (tag, force) in [[3.0, 4.0], [0.0, -2.0]].into_iter().enumerate() {
            let place = Position(domain.fixed([tag as f64, -1.0]));
            world.spawn((place, Force(force), Tag(tag as u32)));
        }
        let columns = Columns::attach(&mut world, COLUMNS);
        let clock = Clock {
            step: 0,
            time: 0.0,
            dt: 1.0,
            seed: 1,
        };
        let sample = Sample {
            world: &world,
            columns: &columns,
            domain,
            clock,
        };
        let values = |name: &str| {
            let mut out = Vec::new();
            let shade = of_columns(COLUMNS).iter().find(|one| one.name == name);
            Shade::Column(shade.expect("a shade")).values(&sample, &mut out);
            out
        };
        assert_eq!(values("force_magnitude"), [5.0, 2.0]);
        assert_eq!(values("force_y"), [4.0, -2.0]);
        assert_eq!(values("tag"), [0.0, 1.0]);
        let down = -std::f32::consts::FRAC_PI_2;
        assert_eq!(values("force_angle"), [4f64.atan2(3.0) as f32, down]);
        // An open span is 1024 boxes wide, so that a quantum is 10240 / 2³² = 2.4e-6.
        let x = values("position_x");
        assert!(x[0].abs() < 3e-6 && (x[1] - 1.0).abs() < 3e-6, "{x:?}");
    }
}
