//! The panes around the picture: dragged to other places, resized, closed and opened again.
//!
//! [`arrangement`] says where they stand, as plain data; here that becomes a tree of tiles, whose
//! sizes are kept in points while the window changes, so that the picture takes what is left.

mod arrangement;
mod behaviour;

use std::collections::{BTreeMap, BTreeSet};

use bevy_egui::egui;
use egui::{Context, Ui, Vec2};
use egui_tiles::{Container, LinearDir, Tile, TileId, Tiles, Tree};

pub use arrangement::{Arrangement, Pane, Place};

use super::state::Interface;
use super::{Frame, Requests};
use behaviour::{Group, Hands};

/// The line between two panes, in points.
const GAP: f32 = 1.0;
/// The least share of the room that is left to the picture.
const LEAST_PICTURE: f32 = 0.3;
/// Width and height of a pane that was put beside the picture and has none yet, in points.
const USUAL: [f32; 2] = [280.0, 220.0];

/// The panes and where they stand.
pub struct Dock {
    tree: Tree<Pane>,
    open: BTreeSet<Pane>,
    /// Sizes in points of what stands beside the picture, however narrow the window is now.
    wanted: BTreeMap<u64, f32>,
}

impl Default for Dock {
    fn default() -> Self {
        Self::of(&Arrangement::default())
    }
}

impl Dock {
    fn of(arrangement: &Arrangement) -> Self {
        let (mut tiles, mut wanted) = (Tiles::default(), BTreeMap::new());
        let root = build(&arrangement.place, &mut tiles, &mut wanted);
        Self {
            tree: Tree::new("dock", root, tiles),
            open: arrangement.open.iter().copied().collect(),
            wanted,
        }
    }

    /// The layout as it is now.
    pub fn arrangement(&self) -> Arrangement {
        let place = self.tree.root().and_then(|root| self.read(root));
        let open = self.open.iter().copied().collect();
        match place.and_then(|place| place.tidied(None)) {
            Some(place) => Arrangement { place, open },
            None => Arrangement::default(),
        }
    }

    /// Takes a layout; one that cannot be shown is refused, and the present one stays.
    pub fn arrange(&mut self, arrangement: &Arrangement) -> bool {
        let sound = arrangement.is_sound();
        if sound {
            *self = Self::of(arrangement);
        }
        sound
    }

    /// Whether a pane is open, be it behind another one.
    pub fn is_open(&self, pane: Pane) -> bool {
        pane == Pane::Picture || self.open.contains(&pane)
    }

    /// Opens a pane and brings it to the front.
    pub fn reveal(&mut self, pane: Pane) {
        self.open.insert(pane);
        self.tree.tiles.set_visible(id_of(pane), true);
        let id = id_of(pane);
        self.tree.make_active(|tile, _| tile == id);
    }

    /// Closes a pane; it comes back to the same place.
    pub fn close(&mut self, pane: Pane) {
        self.open.remove(&pane);
    }

    /// Opens a pane, brings it to the front, or closes it when it is there already.
    pub fn toggle(&mut self, pane: Pane) {
        if self.is_open(pane) && self.in_front(pane) {
            self.close(pane);
        } else {
            self.reveal(pane);
        }
    }

    fn in_front(&self, pane: Pane) -> bool {
        let id = id_of(pane);
        let parent = self.tree.tiles.parent_of(id);
        match parent.and_then(|parent| self.tree.tiles.get_container(parent)) {
            Some(Container::Tabs(tabs)) => tabs.next_active(&self.tree.tiles) == Some(id),
            _ => true,
        }
    }

    /// Draws the panes that are open and that `room` lets be shown.
    pub fn show(
        ui: &mut Ui,
        interface: &mut Interface,
        frame: &Frame,
        requests: &mut Requests,
        room: impl Fn(Pane) -> bool,
    ) {
        // The panes draw with the whole interface in hand, so that the dock leaves it meanwhile;
        // what they reveal is collected in a hollow one, which costs nothing.
        let mut dock = std::mem::replace(&mut interface.dock, Self::hollow());
        for pane in Pane::ALL {
            let shown = dock.is_open(pane) && room(pane);
            dock.tree.tiles.set_visible(id_of(pane), shown);
        }
        let rect = ui.available_rect_before_wrap();
        if let Some(root) = dock.tree.root() {
            dock.fit(root, rect.size());
        }
        let dragged = dock.dragged(ui.ctx());
        let groups = Pane::ALL.map(|pane| dock.group_of(pane));
        let mut hands = Hands::new(interface, frame, requests, groups);
        dock.tree.ui(&mut hands, ui);
        let (closed, resized, dropped) = (hands.closed, hands.resized, hands.dropped);
        if let Some(pane) = closed {
            dock.close(pane);
        }
        if resized && let Some(root) = dock.tree.root() {
            dock.remember(root);
        }
        if dropped {
            dock.tidy(dragged);
        }
        let asked = std::mem::replace(&mut interface.dock, dock).open;
        for pane in asked {
            interface.dock.reveal(pane);
        }
    }

    fn hollow() -> Self {
        Self {
            tree: Tree::empty("dock"),
            open: BTreeSet::new(),
            wanted: BTreeMap::new(),
        }
    }

    /// The tabs that a pane is among, as wide as they were in the last frame.
    fn group_of(&self, pane: Pane) -> Group {
        let tiles = &self.tree.tiles;
        let parent = tiles.parent_of(id_of(pane));
        let Some(Container::Tabs(tabs)) = parent.and_then(|parent| tiles.get_container(parent))
        else {
            return Group::default();
        };
        let shown = tabs.children.iter().filter(|&&tile| tiles.is_visible(tile));
        let panes = shown.filter_map(|tile| tiles.get_pane(tile));
        Group {
            panes: panes.fold(0, |bits, &pane| bits | 1 << pane as u8),
            width: parent
                .and_then(|parent| tiles.rect(parent))
                .map_or(f32::INFINITY, |rect| rect.width()),
        }
    }

    /// The pane whose tab is being dragged.
    fn dragged(&self, ctx: &Context) -> Option<Pane> {
        let tile = self.tree.dragged_id(ctx)?;
        self.tree.tiles.get_pane(&tile).copied()
    }

    /// After a drop: the tree is made anew from a tidy arrangement, under the same ids.
    fn tidy(&mut self, moved: Option<Pane>) {
        let place = self.tree.root().and_then(|root| self.read(root));
        if let Some(place) = place.and_then(|place| place.tidied(moved)) {
            let open = self.open.iter().copied().collect();
            self.arrange(&Arrangement { place, open });
            if let Some(moved) = moved {
                self.reveal(moved);
            }
        }
    }

    fn holds_picture(&self, tile: TileId) -> bool {
        match self.tree.tiles.get(tile) {
            Some(Tile::Pane(pane)) => *pane == Pane::Picture,
            Some(Tile::Container(container)) => {
                container.children().any(|&child| self.holds_picture(child))
            }
            None => false,
        }
    }

    /// Gives what stands beside the picture its size in points, and the rest to the picture.
    fn fit(&mut self, tile: TileId, size: Vec2) {
        let Some(Container::Linear(linear)) = self.tree.tiles.get_container(tile) else {
            return;
        };
        let axis = usize::from(linear.dir == LinearDir::Vertical);
        let shown: Vec<TileId> = linear
            .children
            .iter()
            .copied()
            .filter(|&child| self.tree.tiles.is_visible_in_layout(child))
            .collect();
        let Some(&picture) = shown.iter().find(|&&child| self.holds_picture(child)) else {
            return;
        };
        let whole = (size[axis] - GAP * (shown.len() - 1) as f32).max(1.0);
        let beside: Vec<(TileId, f32)> = shown
            .iter()
            .filter(|&&child| child != picture)
            .map(|&child| {
                (
                    child,
                    self.wanted.get(&child.0).copied().unwrap_or(USUAL[axis]),
                )
            })
            .collect();
        let sum: f32 = beside.iter().map(|(_, wanted)| wanted).sum();
        let squeeze = ((1.0 - LEAST_PICTURE) * whole / sum.max(1.0)).min(1.0);
        let left = whole - squeeze * sum;
        if let Some(Tile::Container(Container::Linear(linear))) = self.tree.tiles.get_mut(tile) {
            for (child, wanted) in beside {
                linear.shares.set_share(child, squeeze * wanted);
            }
            linear.shares.set_share(picture, left);
        }
        let mut inner = size;
        inner[axis] = left;
        self.fit(picture, inner);
    }

    /// Remembers the sizes beside the picture after a hand has changed them.
    fn remember(&mut self, tile: TileId) {
        let Some(Container::Linear(linear)) = self.tree.tiles.get_container(tile) else {
            return;
        };
        let mut picture = None;
        let mut sizes = Vec::new();
        for &child in &linear.children {
            if self.holds_picture(child) {
                picture = Some(child);
            } else if self.tree.tiles.is_visible_in_layout(child) {
                sizes.push((child.0, linear.shares[child]));
            }
        }
        let Some(picture) = picture else { return };
        self.wanted.extend(sizes);
        self.remember(picture);
    }

    /// The place of a tile; none for what is empty.
    fn read(&self, tile: TileId) -> Option<Place> {
        let container = match self.tree.tiles.get(tile)? {
            Tile::Pane(pane) => return Some(Place::Pane(*pane)),
            Tile::Container(container) => container,
        };
        let children: Vec<TileId> = container.children_vec();
        let places = |dock: &Self| {
            children
                .iter()
                .filter_map(|&child| Some((child, dock.read(child)?)))
                .collect::<Vec<_>>()
        };
        let Container::Linear(linear) = container else {
            let places = places(self);
            let front = match container {
                Container::Tabs(tabs) => tabs.active,
                _ => None,
            };
            let active = places.iter().position(|(child, _)| Some(*child) == front);
            let places = places.into_iter().map(|(_, place)| place).collect();
            return Some(Place::Tabs(active.unwrap_or(0), places));
        };
        let beside = self.holds_picture(tile);
        let usual = USUAL[usize::from(linear.dir == LinearDir::Vertical)];
        let parts = places(self).into_iter().map(|(child, place)| {
            let size = match beside {
                true if place.holds(Pane::Picture) => 0.0,
                true => self.wanted.get(&child.0).copied().unwrap_or(usual),
                false => linear.shares[child],
            };
            (size.clamp(0.0, 16_384.0), place)
        });
        let parts = parts.collect();
        Some(match linear.dir {
            LinearDir::Horizontal => Place::Row(parts),
            LinearDir::Vertical => Place::Column(parts),
        })
    }
}

/// Panes keep their ids, so that what they remember survives a change of the layout.
fn id_of(pane: Pane) -> TileId {
    TileId::from_u64(1 + pane as u64)
}

fn build(place: &Place, tiles: &mut Tiles<Pane>, wanted: &mut BTreeMap<u64, f32>) -> TileId {
    let (row, parts) = match place {
        Place::Pane(pane) => {
            tiles.insert(id_of(*pane), Tile::Pane(*pane));
            return id_of(*pane);
        }
        Place::Tabs(active, places) => {
            let children: Vec<TileId> = places
                .iter()
                .map(|place| build(place, tiles, wanted))
                .collect();
            let front = children.get(*active).copied();
            let mut tabs = egui_tiles::Tabs::new(children);
            if let Some(front) = front {
                tabs.set_active(front);
            }
            return insert(tiles, tabs.into());
        }
        Place::Row(parts) => (true, parts),
        Place::Column(parts) => (false, parts),
    };
    let children: Vec<TileId> = parts
        .iter()
        .map(|(_, place)| build(place, tiles, wanted))
        .collect();
    let dir = if row {
        LinearDir::Horizontal
    } else {
        LinearDir::Vertical
    };
    let beside = place.holds(Pane::Picture);
    let mut linear = egui_tiles::Linear::new(dir, children.clone());
    for ((size, place), child) in parts.iter().zip(children) {
        if beside && !place.holds(Pane::Picture) && *size >= 1.0 {
            wanted.insert(child.0, *size);
        }
        let share = if *size > 0.0 { *size } else { 1.0 };
        linear.shares.set_share(child, share);
    }
    insert(tiles, linear.into())
}

/// Inserts a container under an id behind those of the panes.
fn insert(tiles: &mut Tiles<Pane>, container: Container) -> TileId {
    let mut id = TileId::from_u64(100);
    while tiles.get(id).is_some() {
        id.0 += 1;
    }
    tiles.insert(id, Tile::Container(container));
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_survives_the_tree() {
        let mut dock = Dock::default();
        assert_eq!(dock.arrangement(), Arrangement::default());
        let mut other = Arrangement::default();
        other.open.retain(|&pane| pane != Pane::Story);
        other.place = Place::Column(vec![
            (
                0.0,
                Place::Row(vec![
                    (0.0, Place::Pane(Pane::Picture)),
                    (
                        333.0,
                        Place::Tabs(
                            1,
                            vec![Place::Pane(Pane::Plots), Place::Pane(Pane::Inspector)],
                        ),
                    ),
                ]),
            ),
            (
                120.0,
                Place::Tabs(
                    2,
                    [Pane::Story, Pane::Performance, Pane::Parameters]
                        .map(Place::Pane)
                        .to_vec(),
                ),
            ),
        ]);
        assert!(dock.arrange(&other));
        assert_eq!(dock.arrangement(), other);
        assert!(!dock.is_open(Pane::Story) && dock.is_open(Pane::Plots));
        other.place = Place::Pane(Pane::Picture);
        assert!(!dock.arrange(&other), "panes are missing");
    }

    #[test]
    fn a_pane_is_brought_to_the_front_before_it_is_closed() {
        let mut dock = Dock::default();
        dock.toggle(Pane::Performance);
        assert!(dock.is_open(Pane::Performance) && dock.in_front(Pane::Performance));
        dock.toggle(Pane::Performance);
        assert!(!dock.is_open(Pane::Performance));
        dock.toggle(Pane::Performance);
        assert!(dock.is_open(Pane::Performance) && dock.in_front(Pane::Performance));
    }

    #[test]
    fn panes_keep_their_size_and_the_picture_takes_the_rest() {
        let mut dock = Dock::default();
        let share = |dock: &Dock, index: usize| {
            let root = dock.tree.root().expect("a root");
            match dock.tree.tiles.get_container(root) {
                Some(Container::Linear(linear)) => linear.shares[linear.children[index]],
                _ => 0.0,
            }
        };
        for width in [1440.0, 3840.0, 1024.0, 1440.0] {
            let root = dock.tree.root().expect("a root");
            dock.fit(root, egui::vec2(width, 800.0));
            assert_eq!(share(&dock, 0), 272.0, "{width}");
            assert_eq!(share(&dock, 2), 312.0, "{width}");
            assert_eq!(share(&dock, 1), width - 272.0 - 312.0 - 2.0 * GAP);
        }
        // Where there is too little room all shrink, and nothing is forgotten.
        let root = dock.tree.root().expect("a root");
        dock.fit(root, egui::vec2(602.0, 800.0));
        assert!((share(&dock, 1) - 180.0).abs() < 1e-3);
        assert_eq!(dock.arrangement(), Arrangement::default());
    }
}
