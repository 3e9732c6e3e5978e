//! The whole interface: where the panels stand, and what the actions do.

use bevy_egui::egui;
use egui::{Align, CentralPanel, Frame as Ground, Layout, Margin, Panel, Ui};

use super::actions::ActionId;
use super::dock::{Arrangement, Dock, Pane};
use super::state::{Interface, Sheet, playing};
use super::theme::{self, BAR, PADDING, Palette, TRANSPORT};
use super::toasts::Weight;
use super::tools::{self, TOOLS};
use super::transport::{PACES, reseed};
use super::{
    FilmState, Frame, PictureEvent, Request, Requests, bar, branches, computing, inspector, keys,
    leave, picture, plots, present, sheets, toasts, transport,
};
use crate::sim::Action;
use crate::sim::driver::Command;
use crate::sim::inspect::Pick;

/// Narrower windows show no plots, or no parameters either.
const ROOM_FOR_PLOTS: f32 = 760.0;
const ROOM_FOR_PARAMETERS: f32 = 480.0;
/// Lower windows show no story.
const ROOM_FOR_STORY: f32 = 420.0;
/// Lower windows show neither bar nor transport.
const ROOM_FOR_BARS: f32 = 180.0;

/// Draws everything over the whole of the `Ui`, and says what the user wants.
///
/// The fonts of [`theme::install`] are asked for in the first frame, which stays empty.
pub fn interface(ui: &mut Ui, interface: &mut Interface, frame: &Frame) -> Requests {
    let mut requests = Requests::new();
    if !theme::ready(ui.ctx()) {
        theme::install(ui.ctx(), interface.dark);
        ui.ctx().request_repaint();
        return requests;
    }
    if ui.visuals().dark_mode != interface.dark {
        theme::choose(ui.ctx(), interface.dark);
        ui.ctx().request_repaint();
    }
    let now = ui.input(|input| input.time);
    interface.begin(frame, now);
    let scale = sane_scale(interface.scale);
    interface.scale = scale;
    ui.ctx().set_zoom_factor(scale);
    if std::mem::take(&mut interface.wants_to_leave) {
        perform(ActionId::Quit, interface, frame, &mut requests);
    }
    // Nothing acts behind the question of what to do with unsaved work.
    if !interface.leaving {
        interface.look_at(frame);
        for id in keys::pressed(ui.ctx()) {
            perform(id, interface, frame, &mut requests);
        }
    }
    panels(ui, interface, frame, &mut requests);
    plots::large_plots(ui, interface, frame);
    sheets::sheets(ui.ctx(), interface, frame, &mut requests);
    leave::question(ui.ctx(), interface, frame, &mut requests);
    toasts::toasts(ui.ctx(), &mut interface.toasts);
    if playing(frame) {
        ui.ctx().request_repaint();
    }
    requests
}

fn panels(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    let screen = ui.max_rect();
    let palette = Palette::of(ui);
    let strip = Ground::NONE
        .fill(palette.panel)
        .inner_margin(Margin::symmetric(PADDING as i8, 0));
    let shown = !interface.hidden && !interface.presenting && screen.height() >= ROOM_FOR_BARS;
    let mut open = shown;
    Panel::top("bar")
        .exact_size(BAR)
        .resizable(false)
        .frame(strip)
        .show_collapsible(ui, &mut open, |ui| bar::bar(ui, interface, frame, requests));
    let mut open = shown;
    Panel::bottom("transport")
        .exact_size(TRANSPORT)
        .resizable(false)
        .frame(strip)
        .show_collapsible(ui, &mut open, |ui| {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                transport::transport(ui, interface, frame, requests);
            });
        });
    let room = |pane: Pane| match pane {
        Pane::Picture => true,
        Pane::Parameters => true,
        Pane::Story => screen.height() >= ROOM_FOR_STORY,
        Pane::Plots | Pane::Inspector | Pane::Performance => screen.width() >= ROOM_FOR_PLOTS,
    };
    CentralPanel::default().frame(Ground::NONE).show(ui, |ui| {
        if interface.presenting {
            present::presentation(ui, interface, frame, requests);
        } else if shown && screen.width() >= ROOM_FOR_PARAMETERS {
            Dock::show(ui, interface, frame, requests, room);
        } else {
            picture::picture(ui, interface, frame, requests);
        }
    });
}

/// Does what an action says.
pub(super) fn perform(
    id: ActionId,
    interface: &mut Interface,
    frame: &Frame,
    requests: &mut Requests,
) {
    match id {
        ActionId::PlayPause => {
            requests.push(Request::Run(if playing(frame) {
                Command::Pause
            } else {
                Command::Play
            }));
        }
        ActionId::Step => requests.push(Request::Run(Command::Steps(1))),
        ActionId::StepBack => {
            let step = frame.snapshot.clock.step;
            if step > frame.snapshot.span.first.step {
                requests.push(Request::Run(Command::GoTo(step - 1)));
            } else {
                interface.tell(Weight::Note, "There is no earlier step.");
            }
        }
        ActionId::LastBranch => {
            if !branches::take_up_last(frame, requests) {
                interface.tell(Weight::Note, "No branch of the run was left.");
            }
        }
        ActionId::Restart => interface.restart(frame, requests),
        ActionId::NewSeed => {
            // The next seed follows from the old one, so that a session can be told again.
            let seed = frame.snapshot.scene.seed;
            reseed(
                frame,
                seed.wrapping_mul(48_271).wrapping_add(11) % 1_000_000,
                requests,
            );
        }
        ActionId::Faster => pace(frame, 2.0, requests),
        ActionId::Slower => pace(frame, 0.5, requests),
        ActionId::FullSpeed => full_speed(frame, requests),
        ActionId::Undo => interface.step_back(frame, false, requests),
        ActionId::Redo => interface.step_back(frame, true, requests),
        ActionId::ClearAverages => {
            requests.push(Request::Run(Command::Act(Action::ClearAverages)));
            interface.tell(super::Weight::Note, "The averages start anew.");
        }
        ActionId::ComputeOn => computing::switch(frame, requests),
        ActionId::FrameAll => requests.push(Request::Picture(PictureEvent::FrameAll)),
        ActionId::ZoomIn => zoom(interface, 1.25, requests),
        ActionId::ZoomOut => zoom(interface, 0.8, requests),
        ActionId::FollowParticle => inspector::follow(interface, frame),
        ActionId::NextParticle => requests.push(Request::Run(Command::Inspect(Pick::Next))),
        ActionId::PreviousParticle => {
            requests.push(Request::Run(Command::Inspect(Pick::Previous)));
        }
        ActionId::NextColouring => next_colouring(interface, frame, requests),
        ActionId::Scenes => interface.toggle(Sheet::Scenes),
        ActionId::OpenFile => requests.push(Request::OpenFile),
        ActionId::SaveScene => {
            let scene = interface.scene_now(frame);
            requests.push(Request::SaveScene(Box::new(scene)));
        }
        ActionId::SaveRun => requests.push(Request::SaveRun),
        ActionId::ExportTable => requests.push(Request::ExportTable),
        ActionId::Film => requests.push(match frame.surroundings.film {
            FilmState::Idle => Request::StartFilm,
            FilmState::Recording { .. } => Request::StopFilm,
        }),
        ActionId::Still => requests.push(Request::Still),
        ActionId::HidePanels => interface.hidden = !interface.hidden,
        ActionId::Parameters => show(interface, Pane::Parameters),
        ActionId::Plots => show(interface, Pane::Plots),
        ActionId::Story => show(interface, Pane::Story),
        ActionId::Inspector => show(interface, Pane::Inspector),
        ActionId::Performance => show(interface, Pane::Performance),
        ActionId::ResetLayout => {
            interface.arrange(&Arrangement::default());
            interface.hidden = false;
        }
        ActionId::Present => {
            interface.presenting = !interface.presenting;
            interface.presented = interface.now;
            interface.sheet = None;
        }
        ActionId::LargerType => resize(interface, 1),
        ActionId::SmallerType => resize(interface, -1),
        ActionId::UsualType => interface.scale = 1.0,
        ActionId::ChangeTheme => {
            interface.dark = !interface.dark;
            requests.push(Request::Dark(interface.dark));
        }
        ActionId::Fullscreen => requests.push(Request::Fullscreen),
        ActionId::Palette => interface.toggle(Sheet::Palette),
        ActionId::Help => interface.toggle(Sheet::Help),
        ActionId::Menu => interface.toggle(Sheet::Menu),
        ActionId::Quit => interface.leave(frame, requests),
        ActionId::Bookmark(number) => interface.jump(number.into(), frame, requests),
        ActionId::SetBookmark(number) => interface.set_bookmark(number.into(), frame),
        tool => {
            if let Some((tool, _)) = TOOLS.iter().find(|(_, id)| *id == tool) {
                tools::choose(interface, &frame.snapshot.scene, *tool);
            }
        }
    }
}

/// Opens or closes a pane; when all panes are hidden they come back with it.
fn show(interface: &mut Interface, pane: Pane) {
    if std::mem::take(&mut interface.hidden) {
        interface.reveal(pane);
    } else {
        interface.dock.toggle(pane);
    }
}

/// The factors on the size of the interface that the keys go through.
const STEPS: [f32; 11] = [0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 4.0];

/// Makes the interface a step larger or smaller.
fn resize(interface: &mut Interface, way: i32) {
    let now = interface.scale;
    let next = if way > 0 {
        STEPS.into_iter().find(|&step| step > 1.01 * now)
    } else {
        STEPS.into_iter().rev().find(|&step| step < 0.99 * now)
    };
    interface.scale = next.unwrap_or(now);
    let text = format!("Interface at {:.0} %", 100.0 * interface.scale);
    interface.tell(super::Weight::Note, text);
}

/// A factor on the size of the interface that leaves it usable, whatever was asked for.
pub fn sane_scale(scale: f32) -> f32 {
    if scale.is_finite() {
        scale.clamp(theme::SCALES[0], theme::SCALES[1])
    } else {
        1.0
    }
}

/// Goes faster or slower by a factor, starting from what is reached when there was no limit.
fn pace(frame: &Frame, factor: f64, requests: &mut Requests) {
    let speed = frame.snapshot.speed;
    let from = if speed.target.is_finite() {
        speed.target
    } else {
        speed.reached
    };
    let from = if from.is_finite() && from > 0.0 {
        from
    } else {
        1.0
    };
    let next = (from * factor).clamp(PACES.min, PACES.max);
    requests.push(Request::Run(Command::SetSpeed(next)));
}

/// No limit; or, when there is none, the pace of the scene.
fn full_speed(frame: &Frame, requests: &mut Requests) {
    let speed = frame.snapshot.speed;
    let back = frame
        .snapshot
        .scene
        .speed
        .unwrap_or(if speed.reached > 0.0 {
            speed.reached
        } else {
            1.0
        });
    let next = if speed.target.is_finite() {
        f64::INFINITY
    } else {
        back
    };
    requests.push(Request::Run(Command::SetSpeed(next)));
}

fn zoom(interface: &Interface, factor: f32, requests: &mut Requests) {
    let at = 0.5 * interface.picture_rect.size();
    requests.push(Request::Picture(PictureEvent::Zoom { factor, at }));
}

fn next_colouring(interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    let colourings = frame.snapshot.scene.model.colourings;
    let shown = frame.snapshot.picture.legend.colouring;
    let place = colourings.iter().position(|one| Some(one.name) == shown);
    let next = place.map_or(0, |place| place + 1) % colourings.len().max(1);
    if let Some(colouring) = colourings.get(next) {
        let mut view = interface.view.clone();
        view.colour = colouring.name.into();
        view.range = None;
        view.colour_map = None;
        interface.set_view(view, requests);
    }
}
