//! The window: a run on its own thread, the view, the interface, and what holds them together.
//!
//! Reading order: here the app is built; [`desk`] draws the interface every frame and shows the
//! picture; [`eye`] moves its camera; [`requests`] carries out what the user wants; [`filming`]
//! takes films and stills beside the window; [`files`] asks for file names; [`gallery`] lists the
//! scenes, [`devices`] the adapters that compute; [`keyboard`] keeps keys in their order; [`settings`]
//! remembers what the next visit starts from; [`leaving`] keeps what would be lost at the end.

mod desk;
mod devices;
mod eye;
mod files;
mod filming;
mod gallery;
mod keyboard;
mod leaving;
mod requests;
mod settings;

use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::error_handler::{RenderErrorHandler, RenderErrorPolicy};
use bevy::render::renderer::{RenderAdapterInfo, RenderDevice, RenderQueue};
use bevy::render::settings::{InstanceFlags, WgpuSettings};
use bevy::window::{PresentMode, WindowResolution};
use bevy::winit::{UpdateMode, WinitSettings};
use bevy_egui::{EguiGlobalSettings, EguiPlugin, EguiPrimaryContextPass, PrimaryEguiContext};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use desk::Desk;
use settings::Keeper;

use super::Failure;
use crate::gpu;
use crate::scene::{Scene, Watched};
use crate::sim::Lab;
use crate::sim::driver::Command;
use crate::view::{AdapterInfo, ViewPlugin, draws_on_device, probe_adapter};

/// The scene that opens behind the gallery when none is named.
const FIRST_SCENE: &str = "mips";

/// The window is drawn at most this often; the run goes on meanwhile on its own thread.
const FRAME: Duration = Duration::from_millis(16);

/// Opens the window on a scene, or on the gallery.
pub fn open(scene: Option<&str>, threads: usize) -> Result<(), Failure> {
    let picture = scene
        .map(Path::new)
        .filter(|path| requests::is_picture(path));
    let (loaded, watched) = match picture {
        Some(path) => requests::read(path).map_err(Failure::BadInput)?,
        None => {
            let loaded = super::load(scene.unwrap_or(FIRST_SCENE), &[])?;
            let watched = scene.and_then(|name| watch(name, &loaded));
            (loaded, watched)
        }
    };
    display()?;
    let adapter = probe_adapter().map_err(|reason| {
        Failure::NoDisplay(format!(
            "{reason}; `seethe run` and `seethe record` need no graphics adapter"
        ))
    })?;
    let lab = Lab::start(loaded, threads).map_err(|error| Failure::BadInput(error.to_string()))?;
    lab.send(Command::Play);
    let file = settings::file();
    let (settings, said) = settings::load(file.as_deref());
    let opening = Opening {
        adapter,
        watched,
        place: scene.map(whole_place),
        said,
        threads: match threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        },
    };
    let keeper = Keeper::new(file, settings.clone());
    let desk = Desk::new(opening, keeper, &settings);
    let mut app = without_panic(|| build(lab, desk, settings.window))?;
    match app.run() {
        AppExit::Success => Ok(()),
        AppExit::Error(_) => Err(Failure::NoDisplay(
            "the graphics device failed; start Seethe again".into(),
        )),
    }
}

/// What a window starts with.
pub struct Opening {
    adapter: AdapterInfo,
    watched: Option<Watched>,
    /// The scene that was named; without one the gallery opens.
    place: Option<String>,
    /// What was wrong with the settings.
    said: Option<String>,
    threads: usize,
}

/// The name of a scene of the gallery, or the whole path of a file.
fn whole_place(name: &str) -> String {
    let path = Path::new(name);
    let whole = path
        .is_file()
        .then(|| std::path::absolute(path).ok())
        .flatten();
    whole.map_or_else(|| name.into(), |path| path.display().to_string())
}

/// A scene that comes from a file is read again whenever the file changes.
fn watch(name: &str, scene: &Scene) -> Option<Watched> {
    let path = Path::new(name);
    path.is_file()
        .then(|| Watched::new(path, &[], scene.clone()))
}

/// Says that there is no display before a window library insists on one.
fn display() -> Result<(), Failure> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let unix = cfg!(all(unix, not(target_os = "macos")));
    if unix && !set("DISPLAY") && !set("WAYLAND_DISPLAY") && !set("WAYLAND_SOCKET") {
        return Err(Failure::NoDisplay(
            "there is no display: DISPLAY and WAYLAND_DISPLAY are not set; \
             use `seethe run` and `seethe record`, which need none"
                .into(),
        ));
    }
    Ok(())
}

/// The window library insists on a display that answers: what it says is turned into our error.
fn without_panic(build: impl FnOnce() -> App) -> Result<App, Failure> {
    let said = Arc::new(Mutex::new(String::new()));
    let heard = said.clone();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if let Ok(mut said) = heard.lock() {
            *said = panic.payload_as_str().unwrap_or("no reason given").into();
        }
    }));
    let built = std::panic::catch_unwind(AssertUnwindSafe(build));
    std::panic::set_hook(before);
    built.map_err(|_| {
        let reason = said.lock().map(|said| said.clone()).unwrap_or_default();
        Failure::NoDisplay(format!(
            "no window can be opened on this display ({reason}); \
             use `seethe run` and `seethe record`, which need none"
        ))
    })
}

fn build(lab: Lab, desk: Desk, size: [u32; 2]) -> App {
    let window = Window {
        title: "Seethe".into(),
        name: Some("seethe".into()),
        resolution: WindowResolution::new(size[0], size[1]),
        present_mode: PresentMode::AutoVsync,
        resize_constraints: bevy::window::WindowResizeConstraints {
            min_width: 480.0,
            min_height: 320.0,
            ..default()
        },
        ..default()
    };
    let log = bevy::log::LogPlugin {
        filter: "warn,wgpu=error,naga=error,bevy_render=error,bevy_winit=error".into(),
        ..default()
    };
    let mut app = App::new();
    app.add_plugins(
        DefaultPlugins
            .set(WindowPlugin {
                primary_window: Some(window),
                // Closing takes the same way as the action, which asks for unsaved work.
                close_when_requested: false,
                ..default()
            })
            .set(log)
            .set(RenderPlugin {
                render_creation: WgpuSettings {
                    instance_flags: flags(),
                    ..default()
                }
                .into(),
                ..default()
            }),
    )
    .add_plugins((EguiPlugin::default(), ViewPlugin, keyboard::plugin))
    .insert_resource(WinitSettings {
        focused_mode: UpdateMode::reactive(FRAME),
        unfocused_mode: UpdateMode::reactive(FRAME * 2),
    })
    .insert_resource(ClearColor(Color::srgb_u8(0x0A, 0x0D, 0x12)))
    .insert_resource(lab)
    .add_systems(Startup, set_up)
    .add_systems(
        Update,
        (
            desk::follow_file,
            desk::take_dropped_files,
            desk::ask_before_closing,
            desk::fit_monitor,
        ),
    )
    .add_systems(EguiPrimaryContextPass, desk::draw);
    // A fault of the renderer ends the pictures, not the run: the interface cannot go on without
    // them, so the window says why and closes, and the run can be continued without it.
    app.insert_resource(RenderErrorHandler(|error, world, _| {
        eprintln!(
            "the graphics device failed ({:?}): {}",
            error.ty, error.description
        );
        world.write_message(AppExit::error());
        RenderErrorPolicy::StopRendering
    }));
    app.insert_non_send(desk);
    app
}

/// Dispatches that shaders count are checked by a dispatch of their own for each, which steps on the
/// window's device do without; Direct3D needs what is done on that occasion.
fn flags() -> InstanceFlags {
    let flags = InstanceFlags::default();
    if cfg!(windows) {
        return flags.with_env();
    }
    flags
        .difference(InstanceFlags::VALIDATION_INDIRECT_CALL)
        .with_env()
}

fn set_up(
    mut commands: Commands,
    mut settings: ResMut<EguiGlobalSettings>,
    mut desk: NonSendMut<Desk>,
    lab: Res<Lab>,
    renderer: Option<(Res<RenderDevice>, Res<RenderQueue>, Res<RenderAdapterInfo>)>,
) {
    settings.auto_create_primary_context = false;
    commands.spawn((Camera2d, PrimaryEguiContext, keyboard::settings()));
    let window =
        renderer
            .filter(|(_, _, info)| draws_on_device(info))
            .map(|(device, queue, info)| gpu::Window {
                device: device.wgpu_device().clone(),
                queue: (****queue).clone(),
                info: (***info).clone(),
            });
    desk.devices.open(window, &lab);
}
