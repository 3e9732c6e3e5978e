//! The window: a run on its own thread, the view, the interface, and what holds them together.
//!
//! Reading order: here the app is built; [`desk`] draws the interface every frame and shows the
//! picture; [`eye`] moves its camera; [`requests`] carries out what the user wants; [`filming`]
//! takes films and stills beside the window; [`files`] asks for file names; [`gallery`] lists the
//! scenes, [`devices`] the adapters that compute; [`keyboard`] keeps keys in their order; [`settings`]
//! remembers what the next visit starts from; [`leaving`] keeps what would be lost at the end, and [`runs`]
//! runs as they stand, also when the graphics device fails; [`reports`] says what was written beside the window.

mod desk;
mod devices;
mod eye;
mod files;
mod filming;
mod gallery;
mod keyboard;
mod leaving;
mod reports;
mod requests;
mod runs;
mod settings;

use bevy::prelude::*;
use bevy::render::RenderPlugin;
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
use crate::record::checkpoint;
use crate::scene::{Scene, Watched};
use crate::sim::Lab;
use crate::sim::driver::Command;
use crate::sim::simulation::{StartError, worker_threads};
use crate::view::{AdapterInfo, ViewPlugin, draws_on_device, probe_adapter};

/// The scene that opens behind the gallery when none is named.
const FIRST_SCENE: &str = "mips";

/// The window is drawn at most this often; the run goes on meanwhile on its own thread.
const FRAME: Duration = Duration::from_millis(16);

/// Opens the window on a scene, on a run that was kept, or on the gallery.
pub fn open(scene: Option<&str>, threads: usize) -> Result<(), Failure> {
    let start = Start::of(scene, threads)?;
    display()?;
    let adapter = probe_adapter().map_err(|reason| {
        Failure::NoDisplay(format!(
            "{reason}; `seethe run` and `seethe record` need no graphics adapter"
        ))
    })?;
    let file = settings::file();
    let (settings, said) = settings::load(file.as_deref());
    let opening = Opening {
        adapter,
        watched: start.watched,
        place: scene.map(whole_place),
        said: [start.said, runs::news(), said]
            .into_iter()
            .flatten()
            .collect(),
        threads: match threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        },
    };
    let rescue = runs::Rescue::new(file.as_deref(), threads);
    let keeper = Keeper::new(file, settings.clone());
    let mut desk = Desk::new(opening, keeper, &settings);
    if start.kept {
        runs::greet(&mut desk);
    }
    let mut app = without_panic(|| {
        let mut app = build(start.lab, desk, settings.window);
        rescue.attach(&mut app);
        app
    })
    .map_err(|reason| {
        Failure::NoDisplay(format!(
            "no window can be opened on this display ({reason}); \
             use `seethe run` and `seethe record`, which need none"
        ))
    })?;
    // A broken renderer may panic while it is taken apart.
    match std::panic::catch_unwind(AssertUnwindSafe(|| app.run())) {
        Ok(AppExit::Success) => Ok(()),
        Ok(AppExit::Error(_)) | Err(_) => Err(Failure::NoDisplay(
            "the window has failed; start Seethe again".into(),
        )),
    }
}

/// The run that a window opens on.
struct Start {
    lab: Lab,
    watched: Option<Watched>,
    /// What was wrong with the file.
    said: Option<String>,
    /// A run that was kept, rather than a scene.
    kept: bool,
}

impl Start {
    /// A scene begins to play; a run that was kept waits where it was.
    fn of(scene: Option<&str>, threads: usize) -> Result<Self, Failure> {
        let bad = |error: StartError| Failure::BadInput(error.to_string());
        let path = scene.map(Path::new);
        if let Some(path) = path.filter(|path| checkpoint::is_one(path)) {
            let pool = worker_threads(threads).map_err(bad)?;
            let (run, said) = checkpoint::read(path, &pool).map_err(Failure::BadInput)?;
            let lab = Lab::go_on(run).map_err(bad)?;
            return Ok(Self {
                lab,
                watched: None,
                said,
                kept: true,
            });
        }
        let (loaded, watched) = match path.filter(|path| requests::is_picture(path)) {
            Some(path) => requests::read(path).map_err(Failure::BadInput)?,
            None => {
                let loaded = super::load(scene.unwrap_or(FIRST_SCENE), &[])?;
                let watched = scene.and_then(|name| watch(name, &loaded));
                (loaded, watched)
            }
        };
        let lab = Lab::start(loaded, threads).map_err(bad)?;
        lab.send(Command::Play);
        Ok(Self {
            lab,
            watched,
            said: None,
            kept: false,
        })
    }
}

/// What a window starts with.
pub struct Opening {
    adapter: AdapterInfo,
    watched: Option<Watched>,
    /// The scene that was named; without one the gallery opens.
    place: Option<String>,
    /// What was wrong with the file, the settings, and the window before.
    said: Vec<String>,
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

/// What window libraries say when they panic, as where they insist on a display that answers.
fn without_panic(work: impl FnOnce() -> App) -> Result<App, String> {
    let said = Arc::new(Mutex::new(String::new()));
    let heard = said.clone();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if let Ok(mut said) = heard.lock() {
            *said = panic.payload_as_str().unwrap_or("no reason given").into();
        }
    }));
    let done = std::panic::catch_unwind(AssertUnwindSafe(work));
    std::panic::set_hook(before);
    done.map_err(|_| said.lock().map(|said| said.clone()).unwrap_or_default())
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
