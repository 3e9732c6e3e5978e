//! The program without a window: a renderer, the view, and updates by hand.

use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;

use super::plugin::{Canvas, ViewPlugin};
use super::studio::probe_adapter;

/// An app with the view that opens no window; each `update` paints what has changed before it
/// returns. Says why when there is no graphics adapter.
///
/// Films and thumbnails do not need it: see [`super::Studio`].
pub fn headless_app(size: [u32; 2]) -> Result<App, String> {
    probe_adapter()?;
    let mut app = App::new();
    let window = WindowPlugin {
        primary_window: None,
        exit_condition: ExitCondition::DontExit,
        ..Default::default()
    };
    let render = RenderPlugin {
        synchronous_pipeline_compilation: true,
        ..Default::default()
    };
    let plugins = DefaultPlugins.set(window).set(render);
    app.add_plugins(
        plugins
            .disable::<WinitPlugin>()
            .disable::<LogPlugin>()
            // Rendering in step with the updates is what makes them exact.
            .disable::<PipelinedRenderingPlugin>(),
    );
    app.add_plugins(ViewPlugin);
    app.world_mut().resource_mut::<Canvas>().size = size;
    app.finish();
    app.cleanup();
    Ok(app)
}
