//! What is on the desk: the interface, the camera, the film that is being made; drawn every frame.

use bevy::prelude::*;
use bevy::window::{FileDragAndDrop, PrimaryWindow};
use bevy_egui::{EguiContexts, EguiTextureHandle, egui};
use std::time::{Duration, Instant};

use super::eye::Eye;
use super::files::Asking;
use super::filming::Filming;
use super::gallery::Gallery;
use super::requests;
use crate::panel::{self, Interface, Request, Surroundings, Weight};
use crate::scene::{News, Watched};
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
    pub watched: Option<Watched>,
    looked: Instant,
    adapter: AdapterInfo,
    texture: Option<egui::TextureId>,
    generation: u64,
}

impl Desk {
    /// A tidy desk; `gallery` opens the sheet of scenes.
    pub fn new(adapter: AdapterInfo, watched: Option<Watched>, gallery: bool) -> Self {
        let mut interface = Interface::default();
        if gallery {
            interface.show_scenes();
        }
        Self {
            interface,
            eye: Eye::default(),
            gallery: Gallery::new(),
            filming: Filming::default(),
            asking: Asking::default(),
            watched,
            looked: Instant::now(),
            adapter,
            texture: None,
            generation: 0,
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
        desk.interface.tell(message.0, message.1);
    }
    let layers = snapshot.picture.layers.iter().map(|layer| layer.name());
    let layer_colours: Vec<_> = layers
        .map(|name| (name, style.colours_of(name).texels.as_slice()))
        .collect();
    let surroundings = Surroundings {
        picture: Some(texture),
        colours: &style.colours.texels,
        layer_colours: &layer_colours,
        centre: desk.eye.camera().centre,
        points_per_length: desk.eye.camera().scale / f64::from(context.pixels_per_point()),
        scenes: desk.gallery.entries(),
        adapter: &desk.adapter.name,
        software: desk.adapter.software,
        film: desk.filming.state(),
    };
    let frame = panel::Frame {
        snapshot: &snapshot,
        surroundings: &surroundings,
    };
    let room = egui::UiBuilder::new()
        .layer_id(egui::LayerId::background())
        .max_rect(context.viewport_rect());
    let mut ui = egui::Ui::new(context.clone(), "window".into(), room);
    let mut wishes: Vec<Request> = panel::interface(&mut ui, &mut desk.interface, &frame)
        .into_iter()
        .collect();
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

/// Opens scene files and stills that are dropped onto the window.
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
