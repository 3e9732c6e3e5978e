//! A parameter, said once: its doc sentence, symbol, unit, range, scale and what a change does.
//!
//! The slider, the tooltip, the validation of a scene, `seethe describe`, the sweep editor and the
//! README's table all read the one list that [`parameters!`](crate::parameters) makes.

use bevy::ecs::world::World;

use super::formula::text_of;
use crate::math::formula::{FUNCTIONS, Formula};

/// How a slider spreads the values of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal steps.
    Linear,
    /// Equal ratios, for a range over two decades or more; zero stays reachable when it is allowed.
    Logarithmic,
}

/// When a change of a parameter acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// From the next step on, in the running system.
    Live,
    /// By starting the run again, because the initial state depends on it.
    Restart,
}

/// One alternative of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The name as it stands in a scene.
    pub name: &'static str,
    /// What it means, one sentence.
    pub doc: &'static str,
}

/// What values a parameter may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A real number in a closed range.
    Number { min: f64, max: f64, scale: Scale },
    /// A whole number in a closed range.
    Integer { min: i64, max: i64 },
    /// One of a few named alternatives; the value is its index.
    Choice(&'static [Alternative]),
    /// Yes or no; the value is 1 or 0.
    Flag,
    /// A formula of the named variable; the value stands for its text (see [`formula`](super::formula)),
    /// and a change of it must start anew.
    Formula(&'static str),
}

/// A number on a linear slider.
pub const fn linear(min: f64, max: f64) -> Kind {
    Kind::Number {
        min,
        max,
        scale: Scale::Linear,
    }
}

/// A number on a logarithmic slider.
pub const fn logarithmic(min: f64, max: f64) -> Kind {
    Kind::Number {
        min,
        max,
        scale: Scale::Logarithmic,
    }
}

/// A whole number.
pub const fn integer(min: i64, max: i64) -> Kind {
    Kind::Integer { min, max }
}

/// The declaration of one parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Name in scenes, on the command line and in tables.
    pub name: &'static str,
    /// The symbol of the literature, such as `v₀`.
    pub symbol: &'static str,
    /// Unit in the model's own units; empty for a pure number.
    pub unit: &'static str,
    /// What it is, in a sentence or two: the tooltip.
    pub doc: &'static str,
    /// The heading under which panels and tables list it.
    pub group: &'static str,
    /// The value when a scene does not give one.
    pub default: f64,
    /// Which values are allowed.
    pub kind: Kind,
    /// When a change acts.
    pub change: Change,
}

impl Parameter {
    /// Checks a value against the declaration; the error names the allowed range.
    pub fn check(&self, value: f64) -> Result<(), String> {
        let inside = match self.kind {
            Kind::Number { min, max, .. } => value.is_finite() && (min..=max).contains(&value),
            Kind::Integer { min, max } => {
                value.fract() == 0.0 && value >= min as f64 && value <= max as f64
            }
            Kind::Choice(alternatives) => {
                value.fract() == 0.0 && value >= 0.0 && value < alternatives.len() as f64
            }
            Kind::Flag => value == 0.0 || value == 1.0,
            Kind::Formula(variable) => {
                text_of(value).is_some_and(|text| Formula::parse(&text, variable).is_ok())
            }
        };
        if inside { Ok(()) } else { Err(self.allowed()) }
    }

    /// The allowed values in words, for errors, tooltips and tables.
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Number { min, max, .. } => format!("a finite number from {min} to {max}"),
            Kind::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Kind::Choice(alternatives) => {
                let names: Vec<_> = alternatives.iter().map(|one| one.name).collect();
                format!("one of {}", names.join(", "))
            }
            Kind::Flag => "true or false".into(),
            Kind::Formula(variable) => format!(
                "a formula of {variable} in double quotes, with + - * / ^ and {}",
                FUNCTIONS.join(", ")
            ),
        }
    }

    /// A value as it is written in a scene.
    pub fn written(&self, value: f64) -> String {
        match self.kind {
            Kind::Number { .. } | Kind::Integer { .. } => format!("{value}"),
            Kind::Choice(alternatives) => alternatives
                .get(value as usize)
                .map_or_else(|| format!("{value}"), |one| one.name.into()),
            Kind::Flag => (value != 0.0).to_string(),
            // What a formula may contain needs no escapes.
            Kind::Formula(_) => format!("\"{}\"", text_of(value).unwrap_or_default()),
        }
    }
}

/// The values of all parameters of a model, in the order of their declarations.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Values(Vec<f64>);

impl Values {
    /// Every parameter at its default.
    pub fn defaults(parameters: &[Parameter]) -> Self {
        Self(
            parameters
                .iter()
                .map(|parameter| parameter.default)
                .collect(),
        )
    }

    /// The value at a declaration's index; NaN when there is no such declaration.
    pub fn get(&self, index: usize) -> f64 {
        self.0.get(index).copied().unwrap_or(f64::NAN)
    }

    /// Sets the value at a declaration's index, which the caller has checked.
    pub fn set(&mut self, index: usize, value: f64) {
        if let Some(slot) = self.0.get_mut(index) {
            *slot = value;
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True for a model without parameters.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A type that a declared parameter may have.
pub trait ParameterType: Copy {
    /// Reads the plain value, which was checked against the declaration.
    fn from_value(value: f64) -> Self;
    /// The plain value that stands for `self`.
    fn to_value(self) -> f64;
}

impl ParameterType for f64 {
    fn from_value(value: f64) -> Self {
        value
    }
    fn to_value(self) -> f64 {
        self
    }
}

impl ParameterType for i64 {
    fn from_value(value: f64) -> Self {
        value as i64
    }
    fn to_value(self) -> f64 {
        self as f64
    }
}

impl ParameterType for bool {
    fn from_value(value: f64) -> Self {
        value != 0.0
    }
    fn to_value(self) -> f64 {
        f64::from(u8::from(self))
    }
}

/// The typed parameters of one model: a resource that its systems read.
pub trait Parameters: bevy::ecs::resource::Resource + Clone {
    /// The declarations, in order.
    fn declarations() -> &'static [Parameter];
    /// Typed copy of the values.
    fn from_values(values: &Values) -> Self;
    /// Replaces the resource in a world: the one way in which a change reaches the systems.
    fn adopt(values: &Values, world: &mut World) {
        world.insert_resource(Self::from_values(values));
    }
}

/// Declares the parameters of a model once: the typed struct and the list of declarations.
///
/// ```
/// use seethe::model::parameter::{Parameters, linear};
/// seethe::parameters! {
///     /// A walker.
///     pub struct Walk {
///         "Motion" {
///             /// Speed of a free walker.
///             speed: f64 = 1.0, "v", "σ/τ", linear(0.0, 10.0), Live;
///         }
///     }
/// }
/// assert_eq!(Walk::declarations()[0].symbol, "v");
/// ```
#[macro_export]
macro_rules! parameters {
    (
        $(#[$meta:meta])*
        pub struct $Name:ident {
            $($group:literal {
                $($(#[doc = $doc:literal])+
                $field:ident : $Type:ty = $default:expr, $symbol:literal, $unit:literal, $kind:expr, $change:ident;)+
            })+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, bevy::ecs::resource::Resource)]
        pub struct $Name {
            $($($(#[doc = $doc])+ pub $field: $Type,)+)+
        }

        impl $crate::model::parameter::Parameters for $Name {
            fn declarations() -> &'static [$crate::model::parameter::Parameter] {
                static LIST: std::sync::LazyLock<Vec<$crate::model::parameter::Parameter>> =
                    std::sync::LazyLock::new(|| vec![$($(
                        $crate::model::parameter::Parameter {
                            name: stringify!($field),
                            symbol: $symbol,
                            unit: $unit,
                            doc: concat!($($doc),+).trim_ascii(),
                            group: $group,
                            default: $crate::model::parameter::ParameterType::to_value($default as $Type),
                            kind: $kind,
                            change: $crate::model::parameter::Change::$change,
                        },
                    )+)+]);
                &LIST
            }

            fn from_values(values: &$crate::model::parameter::Values) -> Self {
                let mut index = 0..;
                let mut next = || values.get(index.next().unwrap_or(usize::MAX));
                Self {
                    $($($field: $crate::model::parameter::ParameterType::from_value(next()),)+)+
                }
            }
        }
    };
}

/// Declares a choice once: the enum, the names of its alternatives and their doc sentences.
#[macro_export]
macro_rules! choices {
    (
        $(#[$meta:meta])*
        pub enum $Name:ident {
            $($(#[doc = $doc:literal])+ $Variant:ident = $name:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Name {
            $($(#[doc = $doc])+ $Variant,)+
        }

        impl $Name {
            /// All alternatives, in the order of their values.
            pub const ALTERNATIVES: &'static [$crate::model::parameter::Alternative] = &[
                $($crate::model::parameter::Alternative {
                    name: $name,
                    doc: concat!($($doc),+).trim_ascii(),
                },)+
            ];
            const ALL: &'static [Self] = &[$(Self::$Variant,)+];
        }

        impl $crate::model::parameter::ParameterType for $Name {
            fn from_value(value: f64) -> Self {
                Self::ALL.get(value as usize).copied().unwrap_or(Self::ALL[0])
            }
            fn to_value(self) -> f64 {
                f64::from(self as u32)
            }
        }
    };
}
