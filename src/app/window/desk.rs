//! What is on the desk: the interface, the camera, the film that is being made; drawn every frame.

use bevy::prelude::*;
use bevy::window::{FileDragAndDrop, Monitor, PrimaryWindow, WindowCloseRequested, WindowMode};
use bevy_egui::{EguiContexts, EguiTextureHandle, egui};
use std::path::Path;
use std::time::{Duration, Instant};

use super::Opening;
use super::devices::Devices;
use super::eye::Eye;
use super::files::Asking;
use super::filming::Filming;
use super::gallery::Gallery;
use super::leaving::{self, Leaving};
use super::reports::Reports;
use super::requests;
use super::settings::{Keeper, Settings, Wall};
use crate::panel::{self, Interface, Machine, Recent, Request, Surroundings, Weight};
use crate::record::memory;
use crate::scene::{News, Scene, Watched};
use crate::sim::driver::Command;
use crate::sim::{Lab, Snapshot};
use crate::view::{self, AdapterInfo, Canvas, PictureStyle};

/// How often a scene file is looked at.
const LOOK: Duration = Duration::from_millis(300);

/// Everything that the window remembers. It stays on the main thread, like the window.
pub struct Desk {
    pub interface: Interface,
    pub eye: Eye,
    pub gallery: Gallery,
    pub filming: Filming,
    pub asking: Asking,
    /// Runs that are being written.
    pub writing: Reports,
    pub watched: Option<Watched>,
    /// What is still to be kept before the program ends.
    pub leaving: Option<Leaving>,
    pub keeper: Keeper,
    /// Names of scenes and paths of files that were open, the latest first, and what is said of them.
    places: Vec<String>,
    recent: Vec<Recent>,
    machine: Machine,
    drawn: Instant,
    weighed: Option<Instant>,
    window: [u32; 2],
    looked: Instant,
    adapter: AdapterInfo,
    pub devices: Devices,
    texture: Option<egui::TextureId>,
    generation: u64,
}

impl Desk {
    /// A desk as the last visit has left it.
    pub fn new(opening: Opening, keeper: Keeper, settings: &Settings) -> Self {
        let mut interface = Interface::default();
        interface.dark = settings.dark;
        interface.scale = settings.scale;
        interface.arrange(&settings.layout);
        interface.wall.search.clone_from(&settings.gallery.search);
        interface.wall.tag.clone_from(&settings.gallery.tag);
        interface.wall.scroll = settings.gallery.scroll;
        if opening.place.is_none() {
            interface.show_scenes();
        }
        for said in opening.said {
            interface.tell(Weight::Fault, said);
        }
        let now = Instant::now();
        let mut desk = Self {
            interface,
            eye: Eye::default(),
            gallery: Gallery::new(),
            filming: Filming::default(),
            asking: Asking::default(),
            writing: Reports::default(),
            watched: opening.watched,
            leaving: None,
            keeper,
            places: settings.recent.clone(),
            recent: Vec::new(),
            machine: Machine {
                threads: opening.threads,
                ..Machine::default()
            },
            drawn: now,
            weighed: None,
            window: settings.window,
            looked: now,
            adapter: opening.adapter,
            devices: Devices::new(settings.adapter.clone()),
            texture: None,
            generation: 0,
        };
        match &opening.place {
            Some(place) => desk.visit(place),
            None => desk.list_recent(),
        }
        desk
    }

    /// The scene of a run as it is seen now.
    pub fn looks(&self, snapshot: &Snapshot) -> Scene {
        let mut view = self.interface.view.clone();
        (view.centre, view.height) = self.eye.framing();
        self.interface.dressed(&snapshot.scene, view)
    }

    /// Takes note that a scene has been opened.
    pub fn visit(&mut self, place: &str) {
        Settings::visited(&mut self.places, place);
        self.list_recent();
    }

    /// The name or path of a recent scene.
    pub fn recent_place(&self, index: usize) -> Option<&str> {
        self.places.get(index).map(String::as_str)
    }

    fn list_recent(&mut self) {
        let entries = self.gallery.entries();
        self.recent = self
            .places
            .iter()
            .map(|place| match self.gallery.index(place) {
                Some(index) => Recent {
                    title: entries[index].title.clone(),
                    place: "from the gallery".into(),
                },
                None => {
                    let name = Path::new(place).file_name();
                    let title =
                        name.map_or_else(|| place.clone(), |name| name.display().to_string());
                    Recent {
                        title,
                        place: place.clone(),
                    }
                }
            })
            .collect();
    }

    /// What is to be remembered of this visit.
    fn settings(&self) -> Settings {
        let wall = &self.interface.wall;
        Settings {
            dark: self.interface.dark,
            scale: self.interface.scale,
            window: self.window,
            layout: self.interface.arrangement(),
            gallery: Wall {
                search: wall.search.clone(),
                tag: wall.tag.clone(),
                scroll: wall.scroll,
            },
            recent: self.places.clone(),
            adapter: self.devices.wanted().into(),
        }
    }

    /// Remembers what has changed, and looks at the memory that is taken, twice a second.
    fn housekeeping(&mut self, windows: &Query<&mut Window, With<PrimaryWindow>>) {
        if self
            .weighed
            .is_some_and(|last| last.elapsed() < Duration::from_millis(500))
        {
            return;
        }
        self.weighed = Some(Instant::now());
        self.machine.resident = memory::resident();
        self.devices.attend();
        if let Ok(window) = windows.single()
            && window.mode == WindowMode::Windowed
        {
            let size = [window.physical_width(), window.physical_height()];
            if !size.contains(&0) {
                self.window = size;
            }
        }
        if let Some(fault) = self.keeper.keep(self.settings()) {
            self.interface.tell(Weight::Fault, fault);
        }
    }

    /// Keeps the camera right when the scene or the size of the picture has changed; true while it
    /// moves by itself.
    fn keep_camera(&mut self, snapshot: &Snapshot, now: f64) -> bool {
        if self.generation != snapshot.generation {
            self.generation = snapshot.generation;
            self.eye.open();
        }
        let (view, domain) = (&snapshot.scene.view, &snapshot.picture.domain);
        self.eye.follow(self.interface.followed(snapshot));
        self.eye
            .tick(now, view, domain, self.interface.picture_pixels)
    }
}

/// Draws the interface over the newest snapshot and carries out what the user wants.
#[expect(
    clippy::too_many_arguments,
    reason = "a system's parameters are what it touches"
)]
pub fn draw(
    mut contexts: EguiContexts,
    mut images: ResMut<Assets<Image>>,
    lab: Res<Lab>,
    mut desk: NonSendMut<Desk>,
    mut canvas: ResMut<Canvas>,
    mut picture: ResMut<view::Picture>,
    mut style: ResMut<PictureStyle>,
    mut windows: Query<&mut Window, With<PrimaryWindow>>,
    mut exit: MessageWriter<AppExit>,
) -> Result {
    let desk = &mut *desk;
    if desk.texture.is_none() {
        desk.gallery.load_pictures(&mut images, &mut contexts);
    }
    let texture = *desk
        .texture
        .get_or_insert_with(|| contexts.add_image(EguiTextureHandle::Strong(canvas.image.clone())));
    let context = contexts.ctx_mut()?.clone();
    let snapshot = lab.snapshot();
    if desk.keep_camera(&snapshot, context.input(|input| input.time)) {
        context.request_repaint();
    }
    let wanted = view::Picture(snapshot.picture.clone());
    if picture.0.revision != wanted.0.revision {
        *picture = wanted;
    }
    let mut wanted = PictureStyle::of(&desk.interface.view, &snapshot.picture.legend);
    wanted.camera = desk.eye.camera();
    style.set_if_neq(wanted);
    if canvas.size != desk.interface.picture_pixels {
        canvas.size = desk.interface.picture_pixels;
    }
    if let Some(message) = desk.filming.attend(&lab, &snapshot, &style, canvas.size) {
        if message.0 == Weight::Fault {
            // Who wanted to keep the film must be told that it is not kept.
            desk.leaving = None;
        }
        desk.interface.tell(message.0, message.1);
    }
    if let Some((weight, said)) = desk.writing.attend() {
        desk.interface.tell(weight, said);
    }
    let shown = view::Picture(snapshot.picture.clone());
    let layer_colours = style.layer_colours(&shown);
    desk.housekeeping(&windows);
    let passed = std::mem::replace(&mut desk.drawn, Instant::now()).elapsed();
    let smooth = |old: f64, new: f64| {
        if old > 0.0 {
            old + 0.1 * (new - old)
        } else {
            new
        }
    };
    let frames = &mut desk.machine.frame_seconds;
    *frames = smooth(*frames, passed.as_secs_f64());
    let surroundings = Surroundings {
        picture: Some(texture),
        colours: &style.colours.texels,
        layer_colours: &layer_colours,
        centre: desk.eye.camera().centre,
        points_per_length: desk.eye.camera().scale / f64::from(context.pixels_per_point()),
        scenes: desk.gallery.entries(),
        adapter: &desk.adapter.name,
        software: desk.adapter.software,
        adapters: desk.devices.entries(),
        chosen_adapter: desk.devices.chosen(),
        film: desk.filming.state(),
        looks_at: desk.eye.looks_at(),
        recent: &desk.recent,
        machine: desk.machine,
    };
    let frame = panel::Frame {
        snapshot: &snapshot,
        surroundings: &surroundings,
    };
    let room = egui::UiBuilder::new()
        .layer_id(egui::LayerId::background())
        .max_rect(context.viewport_rect());
    let mut ui = egui::Ui::new(context.clone(), "window".into(), room);
    let started = Instant::now();
    let mut wishes: Vec<Request> = panel::interface(&mut ui, &mut desk.interface, &frame)
        .into_iter()
        .collect();
    let spent = &mut desk.machine.interface_seconds;
    *spent = smooth(*spent, started.elapsed().as_secs_f64());
    if leaving::attend(desk) {
        wishes.push(Request::Quit);
    }
    if let Some(answer) = desk.asking.show(&context) {
        requests::answer(answer, desk, &lab, &snapshot);
    }
    for wish in wishes.drain(..) {
        requests::carry_out(
            wish,
            desk,
            &lab,
            &snapshot,
            &context,
            &mut windows,
            &mut exit,
        );
    }
    Ok(())
}

/// Reads the scene file again when it has changed; a broken one leaves the run as it is.
pub fn follow_file(mut desk: NonSendMut<Desk>, lab: Res<Lab>) {
    if desk.looked.elapsed() < LOOK {
        return;
    }
    let desk = &mut *desk;
    desk.looked = Instant::now();
    match desk.watched.as_mut().map_or(News::Nothing, Watched::poll) {
        News::Nothing => {}
        News::Changed(scene) => {
            let play = lab.snapshot().status == crate::sim::snapshot::Status::Running;
            lab.send(Command::Load { scene, play });
            desk.interface
                .tell(Weight::Note, "The scene file has changed: started anew.");
        }
        News::Broken(problems) => {
            let text =
                format!("The scene file is wrong now; the last good one goes on.\n{problems}");
            desk.interface.tell(Weight::Fault, text);
        }
    }
}

/// The window's button for closing takes the same way as the action: unsaved work is asked for.
pub fn ask_before_closing(
    mut closing: MessageReader<WindowCloseRequested>,
    mut desk: NonSendMut<Desk>,
) {
    if closing.read().count() > 0 {
        desk.interface.wants_to_leave = true;
    }
}

/// A window from an earlier visit may be larger than the monitor of this one.
pub fn fit_monitor(
    monitors: Query<&Monitor>,
    mut windows: Query<&mut Window, With<PrimaryWindow>>,
    mut done: Local<bool>,
) {
    let largest = monitors
        .iter()
        .map(|monitor| [monitor.physical_width, monitor.physical_height])
        .filter(|size| !size.contains(&0))
        .reduce(|one, other| [one[0].max(other[0]), one[1].max(other[1])]);
    let Some(room) = largest.filter(|_| !*done) else {
        return;
    };
    *done = true;
    for mut window in &mut windows {
        let size = [window.physical_width(), window.physical_height()];
        if size[0] > room[0] || size[1] > room[1] {
            let [width, height] = [0, 1].map(|axis| size[axis].min(room[axis]));
            window.resolution.set_physical_resolution(width, height);
        }
    }
}

/// Opens scene files, stills and films that are dropped onto the window.
pub fn take_dropped_files(
    mut dropped: MessageReader<FileDragAndDrop>,
    mut desk: NonSendMut<Desk>,
    lab: Res<Lab>,
) {
    for message in dropped.read() {
        if let FileDragAndDrop::DroppedFile { path_buf, .. } = message {
            requests::open_file(path_buf, &mut desk, &lab);
        }
    }
}
