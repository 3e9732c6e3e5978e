//! Columns: the dense components of the particles, and access to each as one slice.
//!
//! A particle's archetype never changes during a run, so that every column is one contiguous
//! slice. An entity is a *slot*: sorting by cell permutes the values of all columns, and a
//! particle's identity is its [`Tag`].

use bevy::ecs::component::{Component, Mutable};
use bevy::ecs::query::QueryState;
use bevy::ecs::resource::Resource;
use bevy::ecs::world::World;
use bytemuck::Pod;
use std::any::TypeId;

use crate::math::cells::reorder;
use crate::math::domain::Domain;

/// A dense component of every particle, with what tables, files and the inspector say of it.
pub trait Column: Component<Mutability = Mutable> + Pod {
    /// Name in files and tables.
    const NAME: &'static str;
    /// Symbol of the literature.
    const SYMBOL: &'static str;
    /// Unit; empty for a pure number.
    const UNIT: &'static str;
    /// What it is, one sentence.
    const DOC: &'static str;
    /// Names of the parts, such as `x` and `y`; a single empty name for a scalar.
    const PARTS: &'static [&'static str];
    /// The part as a real number in the column's unit.
    fn part(&self, part: usize, domain: &Domain) -> f64;
}

/// Declares a column: the component and its [`Column`] description.
#[macro_export]
macro_rules! column {
    (
        $(#[doc = $doc:literal])+
        $Name:ident($Inner:ty), $name:literal, $symbol:literal, $unit:literal, $parts:expr,
        |$value:ident, $part:ident, $domain:ident| $number:expr
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, Default, PartialEq, bevy::ecs::component::Component,
            bytemuck::Pod, bytemuck::Zeroable)]
        #[repr(transparent)]
        pub struct $Name(pub $Inner);

        impl $crate::model::column::Column for $Name {
            const NAME: &'static str = $name;
            const SYMBOL: &'static str = $symbol;
            const UNIT: &'static str = $unit;
            const DOC: &'static str = concat!($($doc),+).trim_ascii();
            const PARTS: &'static [&'static str] = $parts;
            fn part(&self, $part: usize, $domain: &$crate::math::domain::Domain) -> f64 {
                let $value = &self.0;
                $number
            }
        }
    };
}

column! {
    /// Position in the box, as fixed-point numbers (see [`crate::math::domain`]).
    Position([u32; 2]), "position", "r", "", &["x", "y"],
    |value, part, domain| domain.real(*value).get(part).copied().unwrap_or(f64::NAN)
}

column! {
    /// Direction of self-propulsion, as cosine and sine.
    Heading([f32; 2]), "heading", "e", "", &["x", "y"],
    |value, part, _domain| value.get(part).copied().map_or(f64::NAN, f64::from)
}

column! {
    /// Sum of the forces of the other particles and of external fields.
    Force([f32; 2]), "force", "F", "ε/σ", &["x", "y"],
    |value, part, _domain| value.get(part).copied().map_or(f64::NAN, f64::from)
}

column! {
    /// How often the particle has crossed the periodic box on each axis, up to the last refresh.
    Image([i32; 2]), "image", "n", "", &["x", "y"],
    |value, part, _domain| value.get(part).copied().map_or(f64::NAN, f64::from)
}

column! {
    /// Diameter of the particle, which differs between particles only when they are polydisperse.
    Diameter(f32), "diameter", "σᵢ", "σ", &[""],
    |value, _part, _domain| f64::from(*value)
}

column! {
    /// Phase of an oscillator in fixed point, 2³² quanta a turn: it wraps by itself.
    Phase(u32), "phase", "θ", "rad", &[""],
    |value, _part, _domain| f64::from(*value) * (std::f64::consts::TAU / 4_294_967_296.0)
}

column! {
    /// Natural frequency of an oscillator: how fast its phase turns when it is left alone.
    NaturalFrequency(f32), "natural_frequency", "ω", "rad/time", &[""],
    |value, _part, _domain| f64::from(*value)
}

column! {
    /// Identity of the particle, assigned when it is made and never changed.
    Tag(u32), "tag", "i", "", &[""],
    |value, _part, _domain| f64::from(*value)
}

/// The declaration of a column, without its type.
#[derive(Clone, Copy)]
pub struct ColumnDeclaration {
    pub name: &'static str,
    pub symbol: &'static str,
    pub unit: &'static str,
    pub doc: &'static str,
    pub parts: &'static [&'static str],
    /// Bytes of it per particle.
    pub bytes: usize,
    attach: fn(&mut World) -> Box<dyn ErasedColumn>,
}

impl ColumnDeclaration {
    /// The declaration of a column type.
    pub const fn of<C: Column>() -> Self {
        Self {
            name: C::NAME,
            symbol: C::SYMBOL,
            unit: C::UNIT,
            doc: C::DOC,
            parts: C::PARTS,
            bytes: std::mem::size_of::<C>(),
            attach: |world| Box::new(Attached::<C>::new(world)),
        }
    }
}

/// What the pipeline does with a column whose type it does not know.
pub trait ErasedColumn: Send + Sync {
    /// Name of the column.
    fn declaration(&self) -> ColumnDeclaration;
    /// Type of the component.
    fn type_id(&self) -> TypeId;
    /// All values as raw bytes, for checkpoints and hashes.
    fn bytes<'w>(&self, world: &'w World) -> &'w [u8];
    /// Overwrites all values; false when the length does not fit.
    fn restore(&mut self, world: &mut World, bytes: &[u8]) -> bool;
    /// Rearranges the values: slot `s` receives what was in slot `order[s]`. The scratch is memory
    /// that all columns share.
    fn permute(&mut self, world: &mut World, order: &[u32], scratch: &mut Vec<u64>);
    /// One part of one particle as a real number.
    fn number(&self, world: &World, slot: usize, part: usize, domain: &Domain) -> f64;
    /// One part of all particles as real numbers, appended in the order of the slots.
    fn numbers(&self, world: &World, part: usize, domain: &Domain, out: &mut Vec<f64>);
}

/// A column of one world, with the query state that reaches it without allocating.
struct Attached<C: Column> {
    query: QueryState<&'static mut C>,
}

impl<C: Column> Attached<C> {
    fn new(world: &mut World) -> Self {
        let mut query = world.query::<&mut C>();
        query.update_archetypes(world);
        Self { query }
    }

    fn slice<'w>(&self, world: &'w World) -> &'w [C] {
        let Ok(mut slices) = self.query.query_manual(world).contiguous_iter_inner() else {
            return &[];
        };
        slices.find(|slice| !slice.is_empty()).unwrap_or(&[])
    }

    fn with_slice_mut<R>(&mut self, world: &mut World, act: impl FnOnce(&mut [C]) -> R) -> R {
        if let Ok(slices) = self.query.contiguous_iter_mut(world) {
            for mut slice in slices {
                let values = slice.bypass_change_detection();
                if !values.is_empty() {
                    return act(values);
                }
            }
        }
        act(&mut [])
    }
}

impl<C: Column> ErasedColumn for Attached<C> {
    fn declaration(&self) -> ColumnDeclaration {
        ColumnDeclaration::of::<C>()
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<C>()
    }

    fn bytes<'w>(&self, world: &'w World) -> &'w [u8] {
        bytemuck::cast_slice(self.slice(world))
    }

    fn restore(&mut self, world: &mut World, bytes: &[u8]) -> bool {
        self.with_slice_mut(world, |values| {
            let target: &mut [u8] = bytemuck::cast_slice_mut(values);
            let fits = target.len() == bytes.len();
            if fits {
                target.copy_from_slice(bytes);
            }
            fits
        })
    }

    fn permute(&mut self, world: &mut World, order: &[u32], scratch: &mut Vec<u64>) {
        self.with_slice_mut(world, |values| reorder(order, values, scratch));
    }

    fn number(&self, world: &World, slot: usize, part: usize, domain: &Domain) -> f64 {
        self.slice(world)
            .get(slot)
            .map_or(f64::NAN, |value| value.part(part, domain))
    }

    fn numbers(&self, world: &World, part: usize, domain: &Domain, out: &mut Vec<f64>) {
        let values = self.slice(world).iter();
        out.extend(values.map(|value| value.part(part, domain)));
    }
}

/// All columns of the particles of one world.
#[derive(Resource, Default)]
pub struct Columns {
    list: Vec<Box<dyn ErasedColumn>>,
}

impl Columns {
    /// Attaches the declared columns that the particles of this world have.
    pub fn attach(world: &mut World, declarations: &[ColumnDeclaration]) -> Self {
        let mut list: Vec<_> = declarations
            .iter()
            .map(|declaration| (declaration.attach)(world))
            .collect();
        list.retain(|column| !column.bytes(world).is_empty());
        Self { list }
    }

    /// The columns in the order of their declarations.
    pub fn iter(&self) -> impl Iterator<Item = &dyn ErasedColumn> {
        self.list.iter().map(|column| &**column)
    }

    /// The same, to write to.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Box<dyn ErasedColumn>> {
        self.list.iter_mut()
    }

    /// Rearranges all columns: slot `s` receives what was in slot `order[s]`. The scratch is memory
    /// that they share.
    pub fn permute(&mut self, world: &mut World, order: &[u32], scratch: &mut Vec<u64>) {
        for column in &mut self.list {
            column.permute(world, order, scratch);
        }
    }

    /// The values of a column as one slice; empty when the particles do not have it.
    pub fn slice<'w, C: Column>(&self, world: &'w World) -> &'w [C] {
        self.list
            .iter()
            .find(|column| column.type_id() == TypeId::of::<C>())
            .map_or(&[], |column| bytemuck::cast_slice(column.bytes(world)))
    }
}

/// The one slice behind a query of the particles' columns, inside a system: `one(&mut query)`.
///
/// Every particle of a run has the same archetype, so the contiguous iterator has one element;
/// with no particles there is none, and the system has nothing to do.
#[macro_export]
macro_rules! slices {
    ($query:expr) => {
        match $query
            .contiguous_iter_mut()
            .ok()
            .and_then(|mut slices| slices.next())
        {
            Some(slices) => slices,
            None => return,
        }
    };
}
