//! The whole interface: where the panels stand, and what the actions do.

use bevy_egui::egui;
use egui::{Align, CentralPanel, Frame as Ground, Layout, Margin, Panel, Ui};

use super::actions::{self, ActionId};
use super::state::{Interface, Sheet, playing};
use super::theme::{self, BAR, PADDING, Palette, TRANSPORT};
use super::tools::{self, TOOLS};
use super::transport::{PACES, reseed};
use super::{
    FilmState, Frame, PictureEvent, Request, Requests, bar, inspector, parameters, picture, plots,
    sheets, toasts, transport,
};
use crate::sim::Action;
use crate::sim::driver::Command;
use crate::sim::inspect::Pick;

/// Narrower windows show no plots, or no parameters either.
const ROOM_FOR_PLOTS: f32 = 760.0;
const ROOM_FOR_PARAMETERS: f32 = 480.0;
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
    for id in actions::pressed(ui.ctx()) {
        perform(id, interface, frame, &mut requests);
    }
    panels(ui, interface, frame, &mut requests);
    plots::large_plots(ui, interface, frame);
    sheets::sheets(ui.ctx(), interface, frame, &mut requests);
    toasts::toasts(ui.ctx(), &mut interface.toasts);
    if playing(frame) {
        ui.ctx().request_repaint();
    }
    requests
}

fn panels(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    let screen = ui.max_rect();
    let palette = Palette::of(ui);
    let padding = PADDING as i8;
    let ground = Ground::NONE.fill(palette.panel);
    let strip = ground.inner_margin(Margin::symmetric(padding, 0));
    // The right padding of a side panel is that of its scroll area.
    let side = ground.inner_margin(Margin {
        left: padding,
        ..Margin::ZERO
    });
    let shown = !interface.hidden && screen.height() >= ROOM_FOR_BARS;
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
    let mut open = shown && interface.parameters_open && screen.width() >= ROOM_FOR_PARAMETERS;
    Panel::left("parameters")
        .resizable(true)
        .drag_to_open(false)
        .default_size(272.0)
        .size_range(220.0..=(0.4 * screen.width()).max(221.0))
        .frame(side)
        .show_collapsible(ui, &mut open, |ui| {
            parameters::parameters(ui, interface, frame, requests)
        });
    let mut open = shown && interface.plots_open && screen.width() >= ROOM_FOR_PLOTS;
    Panel::right("plots")
        .resizable(true)
        .drag_to_open(false)
        .default_size(312.0)
        .size_range(240.0..=(0.45 * screen.width()).max(241.0))
        .frame(side)
        .show_collapsible(ui, &mut open, |ui| {
            plots::plots(ui, interface, frame, requests)
        });
    let inspected = frame.snapshot.hand.inspection.is_some();
    let mut open = shown && inspected && screen.width() >= ROOM_FOR_PLOTS;
    Panel::right("inspector")
        .resizable(true)
        .drag_to_open(false)
        .default_size(264.0)
        .size_range(220.0..=(0.4 * screen.width()).max(221.0))
        .frame(side)
        .show_collapsible(ui, &mut open, |ui| {
            inspector::inspector(ui, interface, frame, requests)
        });
    CentralPanel::default()
        .frame(Ground::NONE)
        .show(ui, |ui| picture::picture(ui, interface, frame, requests));
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
            let mut scene = (*frame.snapshot.scene).clone();
            scene.view = interface.view.clone();
            scene.plots = interface.plot_settings();
            requests.push(Request::SaveScene(Box::new(scene)));
        }
        ActionId::ExportTable => requests.push(Request::ExportTable),
        ActionId::Film => requests.push(match frame.surroundings.film {
            FilmState::Idle => Request::StartFilm,
            FilmState::Recording { .. } => Request::StopFilm,
        }),
        ActionId::Still => requests.push(Request::Still),
        ActionId::HidePanels => interface.hidden = !interface.hidden,
        ActionId::Parameters => interface.parameters_open = !interface.parameters_open,
        ActionId::Plots => interface.plots_open = !interface.plots_open,
        ActionId::ChangeTheme => {
            interface.dark = !interface.dark;
            requests.push(Request::Dark(interface.dark));
        }
        ActionId::Fullscreen => requests.push(Request::Fullscreen),
        ActionId::Palette => interface.toggle(Sheet::Palette),
        ActionId::Help => interface.toggle(Sheet::Help),
        ActionId::Quit => requests.push(Request::Quit),
        tool => {
            if let Some((tool, _)) = TOOLS.iter().find(|(_, id)| *id == tool) {
                tools::choose(interface, &frame.snapshot.scene, *tool);
            }
        }
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
