//! What the interface remembers between frames, and the one way in which it asks for changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use bevy_egui::egui;
use egui::{Id, Rect};

use super::dock::{Arrangement, Dock, Pane};
use super::gallery::Wall;
use super::plots::PlotCard;
use super::quantity::{Quantity, reload};
use super::toasts::{Toast, Weight};
use super::tools::Hand;
use super::undo::{Edit, Entry, Spot, UndoStack};
use super::{Frame, PictureEvent, Request, Requests};
use crate::scene::{Bookmark, Scene, ViewSettings};
use crate::sim::driver::Command;
use crate::sim::snapshot::{PictureRequest, Status};

/// How long a value that was asked for is shown before the run has taken it, in seconds.
const PATIENCE: f64 = 3.0;

/// What lies over the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    Help,
    Palette,
    Scenes,
    Menu,
}

/// Typed values in the making.
#[derive(Default)]
pub struct Fields {
    /// The field that is being typed in, and its text.
    pub editing: Option<(Id, String)>,
    /// The field whose text was refused, and why.
    pub refused: Option<(Id, String)>,
    /// The text that was handed in last: it stays where it was typed while it is refused.
    pub handed_in: Option<HandedIn>,
    /// The slider that is being dragged, and its value before.
    pub dragged: Option<(Id, f64)>,
}

/// A text that was handed in.
pub struct HandedIn {
    pub field: Id,
    pub text: String,
}

impl Fields {
    /// The text of a field that was refused and may be mended.
    pub fn to_mend(&self, field: Id) -> Option<&str> {
        self.refused.as_ref().filter(|(owner, _)| *owner == field)?;
        let handed_in = self.handed_in.as_ref().filter(|one| one.field == field)?;
        Some(&handed_in.text)
    }

    /// The value of a field was changed in another way: there is nothing to mend any more.
    pub fn forget_refusal(&mut self, field: Id) {
        self.refused.take_if(|(owner, _)| *owner == field);
    }
}

/// A value that was asked for and that the snapshots do not show yet.
struct Pending {
    quantity: Quantity,
    value: f64,
    until: f64,
}

/// What stands beside and over the particles in films and stills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dress {
    /// The open plots, beside the picture.
    pub plots: bool,
    /// Legend, scale bar, time and title, on the picture.
    pub legend: bool,
}

/// The state of the interface.
pub struct Interface {
    /// Dark or light.
    pub dark: bool,
    /// True while nothing but the picture is shown.
    pub hidden: bool,
    /// True while only the picture and large type are shown.
    pub presenting: bool,
    /// When the presentation began, in seconds of the interface.
    pub(super) presented: f64,
    /// How large the interface is, as a factor; see [`theme::SCALES`](super::theme::SCALES).
    pub scale: f32,
    /// The wall of scenes: what is searched for, and how far it is scrolled.
    pub wall: Wall,
    /// How the picture is drawn.
    pub view: ViewSettings,
    /// Size of the picture in physical pixels, for whoever draws it.
    pub picture_pixels: [u32; 2],
    /// Where the picture is, in points.
    pub picture_rect: Rect,
    /// What films and stills are dressed with.
    pub dress: Dress,
    pub(super) dock: Dock,
    /// True while a particle is looked at.
    inspected: bool,
    /// The bookmarks of the scene.
    pub(super) bookmarks: Vec<Bookmark>,
    /// The bookmark whose name is being typed, and the text.
    pub(super) renaming: Option<(usize, String)>,
    /// The scene as it was opened or saved: what differs from it is lost when the program ends.
    pub(super) kept: Option<Scene>,
    /// True while the question about unsaved work stands.
    pub(super) leaving: bool,
    /// Asks for the end of the program, as the action does.
    pub wants_to_leave: bool,
    pub(super) sheet: Option<Sheet>,
    pub(super) query: String,
    pub(super) chosen: usize,
    pub(super) search: String,
    pub(super) sources_open: bool,
    pub(super) closed_groups: BTreeSet<&'static str>,
    pub(super) fields: Fields,
    pub(super) undo: UndoStack,
    pub(super) hand: Hand,
    pub(super) plots: Vec<PlotCard>,
    pub(super) toasts: Vec<Toast>,
    /// The scene as it was opened: what a dot resets to.
    pub(super) opened: Option<Arc<Scene>>,
    pub(super) now: f64,
    pending: Vec<Pending>,
}

impl Default for Interface {
    fn default() -> Self {
        Self {
            dark: true,
            hidden: false,
            presenting: false,
            presented: 0.0,
            scale: 1.0,
            wall: Wall::default(),
            dock: Dock::default(),
            inspected: false,
            bookmarks: Vec::new(),
            renaming: None,
            kept: None,
            leaving: false,
            wants_to_leave: false,
            view: ViewSettings::default(),
            picture_pixels: [1, 1],
            picture_rect: Rect::ZERO,
            dress: Dress::default(),
            sheet: None,
            query: String::new(),
            chosen: 0,
            search: String::new(),
            sources_open: false,
            closed_groups: BTreeSet::new(),
            fields: Fields::default(),
            undo: UndoStack::default(),
            hand: Hand::default(),
            plots: Vec::new(),
            toasts: Vec::new(),
            opened: None,
            now: 0.0,
            pending: Vec::new(),
        }
    }
}

impl Interface {
    /// Shows a message for a while.
    pub fn tell(&mut self, weight: Weight, text: impl Into<String>) {
        self.toasts.push(Toast::new(weight, text.into()));
    }

    /// Lays the sheet of scenes over the window.
    pub fn show_scenes(&mut self) {
        self.sheet = Some(Sheet::Scenes);
    }

    /// Takes away whatever lies over the window.
    pub fn close_sheet(&mut self) {
        self.sheet = None;
    }

    /// A particle that begins to be looked at brings its pane to the front.
    pub(super) fn look_at(&mut self, frame: &Frame) {
        let inspected = frame.snapshot.hand.inspection.is_some();
        if inspected && !std::mem::replace(&mut self.inspected, inspected) {
            self.reveal(Pane::Inspector);
        }
        self.inspected = inspected;
    }

    /// Opens a pane and brings it to the front.
    pub fn reveal(&mut self, pane: Pane) {
        self.dock.reveal(pane);
    }

    /// Where the panes stand, to be kept until the next visit.
    pub fn arrangement(&self) -> Arrangement {
        self.dock.arrangement()
    }

    /// Takes a layout of an earlier visit; false when it cannot be shown.
    pub fn arrange(&mut self, arrangement: &Arrangement) -> bool {
        self.dock.arrange(arrangement)
    }

    /// The settings of the plots, for a scene that is saved.
    pub fn plot_settings(&self) -> Vec<crate::scene::PlotSettings> {
        self.plots
            .iter()
            .filter(|card| card.open)
            .map(|card| card.settings.clone())
            .collect()
    }

    /// The open plots, as they are printed.
    pub fn printed_plots(&self) -> Vec<super::PrintedPlot> {
        let open = self.plots.iter().filter(|card| card.open);
        open.map(PlotCard::printed).collect()
    }

    /// Takes note of a new frame: another scene brings its own picture and plots.
    pub(super) fn begin(&mut self, frame: &Frame, now: f64) {
        self.now = now;
        let scene = &frame.snapshot.scene;
        let same = self.opened.as_ref().is_some_and(|opened| {
            opened.model == scene.model
                && opened.source == scene.source
                && opened.story.title == scene.story.title
        });
        if !same {
            self.opened = Some(scene.clone());
            self.view = scene.view.clone();
            self.plots = super::plots::cards_of(scene);
            self.bookmarks = scene.bookmarks.clone();
            self.renaming = None;
            self.kept = Some((**scene).clone());
            self.undo.clear();
            self.pending.clear();
            self.fields = Fields::default();
        }
        self.pending.retain(|pending| {
            pending.until > now && pending.quantity.value(scene) != pending.value
        });
    }

    /// The value to show: the one that was asked for, or the one that holds.
    pub(super) fn value(&self, quantity: Quantity, scene: &Scene) -> f64 {
        self.pending
            .iter()
            .rev()
            .find(|pending| pending.quantity == quantity)
            .map_or_else(|| quantity.value(scene), |pending| pending.value)
    }

    /// The value with which the scene was opened.
    pub(super) fn home(&self, quantity: Quantity) -> Option<f64> {
        self.opened.as_ref().map(|scene| quantity.value(scene))
    }

    /// Shows a value at once, before anything has been asked for.
    pub(super) fn preview(&mut self, quantity: Quantity, value: f64) {
        self.pending.retain(|pending| pending.quantity != quantity);
        self.pending.push(Pending {
            quantity,
            value,
            until: self.now + PATIENCE,
        });
    }

    /// Asks for a change; an error names what is allowed.
    pub(super) fn ask(
        &mut self,
        frame: &Frame,
        quantity: Quantity,
        value: f64,
        requests: &mut Requests,
    ) -> Result<(), String> {
        let scene = &frame.snapshot.scene;
        quantity.check(scene, value)?;
        requests.push(quantity.request(scene, value, playing(frame)));
        self.preview(quantity, value);
        Ok(())
    }

    /// Asks for a change and remembers how to take it back.
    pub(super) fn change(
        &mut self,
        frame: &Frame,
        quantity: Quantity,
        [before, after]: [f64; 2],
        requests: &mut Requests,
    ) -> Result<(), String> {
        self.ask(frame, quantity, after, requests)?;
        self.undo.push(Entry::Value(Edit {
            quantity,
            before,
            after,
        }));
        Ok(())
    }

    /// Takes the last change back, or makes it again.
    pub(super) fn step_back(&mut self, frame: &Frame, forward: bool, requests: &mut Requests) {
        self.fields.refused = None;
        let entry = if forward {
            self.undo.redo()
        } else {
            self.undo.undo()
        };
        match entry {
            None => {}
            Some(Entry::Value(edit)) => {
                let value = if forward { edit.after } else { edit.before };
                self.put_back(frame, edit.quantity, value, requests);
            }
            Some(Entry::Stroke(stroke)) => {
                requests.push(Request::Run(if forward {
                    Command::RedoStroke(stroke)
                } else {
                    Command::UndoStroke(stroke)
                }));
            }
            Some(Entry::Jump(jump)) => {
                let spot = if forward { jump.after } else { jump.before };
                self.go_to(frame, spot, requests);
            }
        }
    }

    fn put_back(&mut self, frame: &Frame, quantity: Quantity, value: f64, requests: &mut Requests) {
        if let Err(allowed) = self.ask(frame, quantity, value, requests) {
            let title = quantity.title(&frame.snapshot.scene);
            let text = format!("{title} cannot go back to {value}: allowed is {allowed}");
            self.tell(Weight::Fault, text);
        }
    }

    /// Takes a picture and values as they were kept.
    pub(super) fn go_to(&mut self, frame: &Frame, spot: Spot, requests: &mut Requests) {
        for (quantity, value) in spot.values {
            if self.value(quantity, &frame.snapshot.scene) != value {
                self.put_back(frame, quantity, value, requests);
            }
        }
        requests.push(Request::Picture(PictureEvent::LookAt {
            centre: spot.view.centre,
            height: spot.view.height,
        }));
        self.set_view(spot.view, requests);
    }

    /// Starts the scene anew, with the values that hold now.
    pub(super) fn restart(&mut self, frame: &Frame, requests: &mut Requests) {
        requests.push(reload((*frame.snapshot.scene).clone(), playing(frame)));
    }

    /// The picture is to be drawn in another way.
    pub(super) fn set_view(&mut self, view: ViewSettings, requests: &mut Requests) {
        let show = PictureRequest::of(&view);
        requests.push(Request::Run(Command::Show(show)));
        requests.push(Request::View(view.clone()));
        self.view = view;
    }

    /// Opens a sheet, or closes it when it is open.
    pub(super) fn toggle(&mut self, sheet: Sheet) {
        self.sheet = (self.sheet != Some(sheet)).then_some(sheet);
        self.query.clear();
        self.chosen = 0;
    }
}

/// True when the run plays.
pub fn playing(frame: &Frame) -> bool {
    frame.snapshot.status == Status::Running
}
