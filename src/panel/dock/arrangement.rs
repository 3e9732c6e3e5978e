//! Where the panes stand, as plain data: what is saved, checked and tidied.

use serde::{Deserialize, Serialize};

use super::super::actions::ActionId;

/// One of the panes of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pane {
    Picture,
    Parameters,
    Story,
    Plots,
    Inspector,
    Performance,
}

impl Pane {
    /// All panes, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Picture,
        Self::Parameters,
        Self::Story,
        Self::Plots,
        Self::Inspector,
        Self::Performance,
    ];

    /// What stands on its tab.
    pub fn title(self) -> &'static str {
        match self {
            Self::Picture => "Picture",
            Self::Parameters => "Parameters",
            Self::Story => "Story",
            Self::Plots => "Plots",
            Self::Inspector => "Inspector",
            Self::Performance => "Performance",
        }
    }

    /// The action that opens and closes it; the picture is always there.
    pub fn action(self) -> Option<ActionId> {
        Some(match self {
            Self::Picture => return None,
            Self::Parameters => ActionId::Parameters,
            Self::Story => ActionId::Story,
            Self::Plots => ActionId::Plots,
            Self::Inspector => ActionId::Inspector,
            Self::Performance => ActionId::Performance,
        })
    }
}

/// A pane, or several that share a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Pane(Pane),
    /// One behind the other, and which is in front.
    Tabs(usize, Vec<Place>),
    /// Side by side. A size is in points where the picture takes what is left, else a share.
    Row(Vec<(f32, Place)>),
    /// One above the other, with sizes as in a row.
    Column(Vec<(f32, Place)>),
}

/// The whole layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrangement {
    pub place: Place,
    /// The panes that are open, besides the picture.
    pub open: Vec<Pane>,
}

impl Default for Arrangement {
    /// Parameters over the story at the left, the picture, and what is measured at the right.
    fn default() -> Self {
        let tabs = |panes: &[Pane]| {
            let places = panes.iter().map(|&pane| Place::Pane(pane)).collect();
            Place::Tabs(0, places)
        };
        let left = Place::Column(vec![
            (0.64, tabs(&[Pane::Parameters])),
            (0.36, tabs(&[Pane::Story])),
        ]);
        let right = tabs(&[Pane::Plots, Pane::Inspector, Pane::Performance]);
        Self {
            place: Place::Row(vec![
                (272.0, left),
                (0.0, Place::Pane(Pane::Picture)),
                (312.0, right),
            ]),
            open: Pane::ALL[1..].to_vec(),
        }
    }
}

/// How deep places may lie in each other; hands make three or four levels.
const DEEPEST: usize = 12;

impl Arrangement {
    /// Whether it can be shown: every pane once, every size a number that is not absurd.
    pub fn is_sound(&self) -> bool {
        let mut panes = Vec::new();
        let sound = self.place.collect(0, &mut panes);
        panes.sort_unstable();
        let mut open = self.open.clone();
        open.sort_unstable();
        open.dedup();
        sound && panes == Pane::ALL && open.len() == self.open.len()
    }
}

impl Place {
    /// Collects the panes; false where something is too deep or a size is no size.
    fn collect(&self, depth: usize, panes: &mut Vec<Pane>) -> bool {
        if depth > DEEPEST || panes.len() > Pane::ALL.len() {
            return false;
        }
        match self {
            Self::Pane(pane) => {
                panes.push(*pane);
                true
            }
            Self::Tabs(active, places) => {
                *active < places.len().max(1)
                    && places.iter().all(|place| place.collect(depth + 1, panes))
            }
            Self::Row(parts) | Self::Column(parts) => parts.iter().all(|(size, place)| {
                (0.0..=16_384.0).contains(size) && place.collect(depth + 1, panes)
            }),
        }
    }

    /// Whether the pane is somewhere in it.
    pub fn holds(&self, pane: Pane) -> bool {
        match self {
            Self::Pane(one) => *one == pane,
            Self::Tabs(_, places) => places.iter().any(|place| place.holds(pane)),
            Self::Row(parts) | Self::Column(parts) => {
                parts.iter().any(|(_, place)| place.holds(pane))
            }
        }
    }

    /// The same panes in good order: the picture stands free, every other pane has a tab, and
    /// nothing is nested without need. `moved` is the pane that was dropped last, if one was.
    pub fn tidied(self, moved: Option<Pane>) -> Option<Self> {
        Some(match self.merged(moved)? {
            Self::Pane(pane) if pane != Pane::Picture => Self::Tabs(0, vec![Self::Pane(pane)]),
            place => place,
        })
    }

    fn merged(self, moved: Option<Pane>) -> Option<Self> {
        match self {
            Self::Pane(_) => Some(self),
            Self::Tabs(active, places) => merged_tabs(active, places, moved),
            Self::Row(parts) => merged_line(parts, moved, true),
            Self::Column(parts) => merged_line(parts, moved, false),
        }
    }
}

/// A row or a column without empty or nested parts.
fn merged_line(parts: Vec<(f32, Place)>, moved: Option<Pane>, row: bool) -> Option<Place> {
    let mut flat = Vec::new();
    for (size, place) in parts {
        match (place.tidied(moved), row) {
            (None, _) => {}
            (Some(Place::Row(inner)), true) | (Some(Place::Column(inner)), false) => {
                flat.extend(inner);
            }
            (Some(place), _) => flat.push((size, place)),
        }
    }
    match (flat.len(), row) {
        (0 | 1, _) => flat.pop().map(|(_, place)| place),
        (_, true) => Some(Place::Row(flat)),
        (_, false) => Some(Place::Column(flat)),
    }
}

/// Tabs that hold panes only. A row or column that was dropped into them takes their place, and
/// the other tabs stay with the part that was there before.
fn merged_tabs(active: usize, places: Vec<Place>, moved: Option<Pane>) -> Option<Place> {
    let (mut panes, mut front, mut picture, mut split) = (Vec::new(), 0, false, None);
    for (index, place) in places.into_iter().enumerate() {
        let at = panes.len();
        match place.merged(moved) {
            None => continue,
            Some(Place::Pane(Pane::Picture)) => picture = true,
            Some(Place::Pane(pane)) => panes.push(Place::Pane(pane)),
            Some(Place::Tabs(_, inner)) => panes.extend(inner),
            Some(line) => split = Some(line),
        }
        if index == active && panes.len() > at {
            front = at;
        }
    }
    let tabs = (!panes.is_empty()).then_some(Place::Tabs(front, panes));
    let rest = match (split, tabs) {
        (Some(mut line), Some(tabs)) => {
            join(&mut line, tabs, moved);
            Some(line)
        }
        (split, tabs) => split.or(tabs),
    };
    if !picture {
        return rest;
    }
    let picture = (0.0, Place::Pane(Pane::Picture));
    Some(match rest {
        None => picture.1,
        Some(rest) => Place::Row(vec![picture, (0.0, rest)]),
    })
}

/// Puts tabs behind those of the part of a row or column that was there before `moved` came.
fn join(line: &mut Place, tabs: Place, moved: Option<Pane>) {
    let (Place::Row(parts) | Place::Column(parts)) = line else {
        return;
    };
    let host = parts.iter_mut().find_map(|(_, place)| match place {
        Place::Tabs(_, panes) => {
            let came = moved.is_some_and(|moved| panes.iter().any(|one| one.holds(moved)));
            (!came).then_some(panes)
        }
        _ => None,
    });
    match (host, tabs) {
        (Some(host), Place::Tabs(_, more)) => host.extend(more),
        (_, tabs) => parts.push((0.0, tabs)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Pane::{Inspector, Parameters, Performance, Picture, Plots, Story};

    fn pane(pane: Pane) -> Place {
        Place::Pane(pane)
    }

    fn tabs(panes: &[Pane]) -> Place {
        Place::Tabs(0, panes.iter().map(|&one| pane(one)).collect())
    }

    #[test]
    fn the_default_is_sound_and_tidy_and_survives_json() {
        let arrangement = Arrangement::default();
        assert!(arrangement.is_sound());
        assert_eq!(
            arrangement.place.clone().tidied(None),
            Some(arrangement.place.clone())
        );
        let text = serde_json::to_string(&arrangement).expect("text");
        let back: Arrangement = serde_json::from_str(&text).expect("an arrangement");
        assert_eq!(back, arrangement);
    }

    #[test]
    fn nonsense_is_refused() {
        let with = |place: Place| Arrangement {
            place,
            ..Arrangement::default()
        };
        let all: Vec<Place> = Pane::ALL.into_iter().map(pane).collect();
        assert!(with(Place::Tabs(0, all.clone())).is_sound());
        assert!(!with(Place::Tabs(6, all.clone())).is_sound());
        assert!(!with(Place::Tabs(0, all[1..].to_vec())).is_sound());
        let twice = [all.clone(), vec![pane(Plots)]].concat();
        assert!(!with(Place::Tabs(0, twice)).is_sound());
        for size in [f32::NAN, -1.0, f32::INFINITY, 1e9] {
            let parts = all.iter().map(|place| (size, place.clone())).collect();
            assert!(!with(Place::Row(parts)).is_sound(), "{size}");
        }
        let mut deep = Place::Tabs(0, all);
        for _ in 0..100 {
            deep = Place::Row(vec![(1.0, deep)]);
        }
        assert!(!with(deep).is_sound());
        let open = vec![Plots, Plots];
        assert!(
            !Arrangement {
                open,
                ..Arrangement::default()
            }
            .is_sound()
        );
    }

    #[test]
    fn a_pane_dropped_on_half_of_another_splits_its_tabs() {
        // The story was dropped on the lower half of the plots, which have two tabs beside them.
        let split = Place::Column(vec![(0.0, pane(Plots)), (0.0, pane(Story))]);
        let dropped = Place::Row(vec![
            (1.0, tabs(&[Parameters])),
            (1.0, pane(Picture)),
            (
                312.0,
                Place::Tabs(0, vec![split, pane(Inspector), pane(Performance)]),
            ),
        ]);
        let column = Place::Column(vec![
            (0.0, tabs(&[Plots, Inspector, Performance])),
            (0.0, tabs(&[Story])),
        ]);
        let tidy = Place::Row(vec![
            (1.0, tabs(&[Parameters])),
            (1.0, pane(Picture)),
            (312.0, column),
        ]);
        assert_eq!(dropped.tidied(Some(Story)), Some(tidy));
    }

    #[test]
    fn the_picture_never_hides_behind_a_tab() {
        let dropped = Place::Tabs(1, vec![pane(Picture), pane(Story), pane(Plots)]);
        let tidy = Place::Row(vec![(0.0, pane(Picture)), (0.0, tabs(&[Story, Plots]))]);
        assert_eq!(dropped.tidied(Some(Story)), Some(tidy));
        assert_eq!(
            Place::Tabs(0, vec![pane(Picture)]).tidied(None),
            Some(pane(Picture))
        );
    }

    #[test]
    fn needless_nesting_and_empty_places_go() {
        let nested = Place::Row(vec![
            (
                1.0,
                Place::Row(vec![(2.0, pane(Story)), (3.0, pane(Picture))]),
            ),
            (1.0, Place::Column(vec![(1.0, pane(Plots))])),
            (1.0, Place::Tabs(0, Vec::new())),
        ]);
        let tidy = Place::Row(vec![
            (2.0, tabs(&[Story])),
            (3.0, pane(Picture)),
            (1.0, tabs(&[Plots])),
        ]);
        assert_eq!(nested.tidied(None), Some(tidy));
        assert_eq!(Place::Row(Vec::new()).tidied(None), None);
    }
}
