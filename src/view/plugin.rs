//! The picture in the window: a texture that is painted whenever something has changed.
//!
//! The texture is an [`Image`] that the interface shows like any other. No camera, mesh or
//! material is involved; one system of the render schedule paints before the interface is drawn.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bevy::asset::RenderAssetUsages;
use bevy::core_pipeline::schedule::camera_driver;
use bevy::image::ImageSampler;
use bevy::prelude::*;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{
    TextureDescriptor, TextureDimension, TextureFormat, TextureId, TextureUsages,
    TextureViewDescriptor,
};
use bevy::render::renderer::{
    RenderAdapterInfo, RenderContext, RenderDevice, RenderGraph, RenderQueue,
};
use bevy::render::texture::GpuImage;
use bevy::render::{Extract, ExtractSchedule, GpuResourceAppExt, RenderApp};

use super::layout::drawable;
use super::painter::Painter;
use super::picture::{Picture, PictureStyle};
use super::sampled::extent;

/// Paints the [`Picture`] with the [`PictureStyle`] onto the [`Canvas`].
pub struct ViewPlugin;

impl Plugin for ViewPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Picture>()
            .init_resource::<PictureStyle>()
            .init_resource::<Canvas>()
            .add_systems(PostUpdate, fit_canvas);
        if let Some(render) = app.get_sub_app_mut(RenderApp) {
            render
                .init_gpu_resource::<CanvasPainter>()
                .add_systems(ExtractSchedule, extract)
                .add_systems(RenderGraph, paint.before(camera_driver));
        }
    }
}

/// The texture that shows the picture.
#[derive(Resource)]
pub struct Canvas {
    /// The image to show; it is the same handle whatever the size.
    pub image: Handle<Image>,
    /// The wanted size in physical pixels; any value is safe.
    pub size: [u32; 2],
    painted: Arc<AtomicU64>,
}

impl Canvas {
    /// The revision that was painted last.
    pub fn painted_revision(&self) -> u64 {
        self.painted.load(Ordering::Acquire)
    }
}

impl FromWorld for Canvas {
    fn from_world(world: &mut World) -> Self {
        let size = [1280, 800];
        let image = world.resource_mut::<Assets<Image>>().add(blank(size));
        Self {
            image,
            size,
            painted: Arc::default(),
        }
    }
}

/// An image to paint on. It holds sRGB codes, which are mixed as codes and read as sRGB.
fn blank(size: [u32; 2]) -> Image {
    Image {
        data: None,
        texture_descriptor: TextureDescriptor {
            label: Some("canvas"),
            size: extent(size),
            mip_level_count: 1,
            sample_count: 1,
            dimension: TextureDimension::D2,
            format: TextureFormat::Rgba8Unorm,
            usage: TextureUsages::TEXTURE_BINDING
                | TextureUsages::RENDER_ATTACHMENT
                | TextureUsages::COPY_DST
                | TextureUsages::COPY_SRC,
            view_formats: &[TextureFormat::Rgba8UnormSrgb],
        },
        texture_view_descriptor: Some(TextureViewDescriptor {
            format: Some(TextureFormat::Rgba8UnormSrgb),
            // A view that is not written must not claim the usages that its format lacks.
            usage: Some(TextureUsages::TEXTURE_BINDING),
            ..Default::default()
        }),
        sampler: ImageSampler::linear(),
        asset_usage: RenderAssetUsages::RENDER_WORLD | RenderAssetUsages::MAIN_WORLD,
        ..Default::default()
    }
}

/// Gives the image the wanted size.
fn fit_canvas(
    canvas: Res<Canvas>,
    mut images: ResMut<Assets<Image>>,
    device: Option<Res<RenderDevice>>,
) {
    let largest = device.map_or(u32::MAX, |device| device.limits().max_texture_dimension_2d);
    let size = drawable(canvas.size).map(|side| side.min(largest));
    let fits = images
        .get(&canvas.image)
        .is_some_and(|image| image.size().to_array() == size);
    if !fits {
        // The handle is ours and strong, so the slot exists; were it gone, nothing would be shown.
        let _ = images.insert(canvas.image.id(), blank(size));
    }
}

/// What the render world needs for one picture.
#[derive(Resource)]
struct Sitting {
    picture: Picture,
    style: PictureStyle,
    image: AssetId<Image>,
    painted: Arc<AtomicU64>,
}

fn extract(
    mut commands: Commands,
    picture: Extract<Res<Picture>>,
    style: Extract<Res<PictureStyle>>,
    canvas: Extract<Res<Canvas>>,
) {
    commands.insert_resource(Sitting {
        picture: picture.clone(),
        style: style.clone(),
        image: canvas.image.id(),
        painted: canvas.painted.clone(),
    });
}

/// The painter of the window's device; made anew when the device is.
#[derive(Resource)]
struct CanvasPainter {
    painter: Painter,
    last: Option<((u64, usize), PictureStyle, TextureId)>,
}

impl FromWorld for CanvasPainter {
    fn from_world(world: &mut World) -> Self {
        let device = world.resource::<RenderDevice>().wgpu_device();
        let queue = world.resource::<RenderQueue>();
        let adapter = world.resource::<RenderAdapterInfo>();
        Self {
            painter: Painter::for_adapter(device, queue, adapter),
            last: None,
        }
    }
}

/// Paints if the particles, the style or the texture differ from what was painted last.
fn paint(
    mut context: RenderContext,
    sitting: Option<Res<Sitting>>,
    mut artist: ResMut<CanvasPainter>,
    images: Res<RenderAssets<GpuImage>>,
) {
    let Some(sitting) = sitting else { return };
    let Some(image) = images.get(sitting.image) else {
        return;
    };
    let picture = &sitting.picture;
    let same = artist
        .last
        .as_ref()
        .is_some_and(|(identity, style, texture)| {
            *identity == picture.identity()
                && *style == sitting.style
                && *texture == image.texture.id()
        });
    if same {
        return;
    }
    artist.painter.paint(
        context.command_encoder(),
        &image.texture,
        picture,
        &sitting.style,
    );
    artist.last = Some((
        picture.identity(),
        sitting.style.clone(),
        image.texture.id(),
    ));
    sitting.painted.store(picture.0.revision, Ordering::Release);
}
