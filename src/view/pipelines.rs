//! What the device has to know before it can draw: the entry points of `shaders/picture.wgsl`
//! (behind `shaders/sheet.wgsl`), with what they read and how their colours are mixed.

use super::device::FORMAT;
use super::picture::Particle;
use super::strokes::Stroke;

const SOURCE: [&str; 2] = [
    include_str!("../../shaders/sheet.wgsl"),
    include_str!("../../shaders/picture.wgsl"),
];

/// The pipelines of one device and the shapes of what is bound to them.
pub struct Pipelines {
    pub backdrop: wgpu::RenderPipeline,
    pub solid: wgpu::RenderPipeline,
    pub light: wgpu::RenderPipeline,
    /// Makes gathered light dark again.
    pub wipe: wgpu::RenderPipeline,
    pub resolve: wgpu::RenderPipeline,
    pub stroke: wgpu::RenderPipeline,
    pub outline: wgpu::RenderPipeline,
    /// Bloom: what is bright, blurred along both axes, and laid over the picture.
    pub bright: wgpu::RenderPipeline,
    pub blur_across: wgpu::RenderPipeline,
    pub blur_down: wgpu::RenderPipeline,
    pub spread: wgpu::RenderPipeline,
    /// Group 0: the uniform block and the field.
    pub sheet: wgpu::BindGroupLayout,
    /// Group 1: what was painted before and is read now.
    pub gathered: wgpu::BindGroupLayout,
}

/// Format in which light is gathered. Half floats lose up to a thousandth with every particle in a
/// pixel, which shifts colours a little where hundreds add up; so single precision is preferred.
pub fn light_format(device: &wgpu::Device) -> wgpu::TextureFormat {
    if device
        .features()
        .contains(wgpu::Features::FLOAT32_BLENDABLE)
    {
        wgpu::TextureFormat::Rgba32Float
    } else {
        wgpu::TextureFormat::Rgba16Float
    }
}

/// Format of the light that spreads.
pub const BLOOM_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba16Float;

const OVER: wgpu::BlendState = wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING;

const ADD: wgpu::BlendComponent = wgpu::BlendComponent {
    src_factor: wgpu::BlendFactor::One,
    dst_factor: wgpu::BlendFactor::One,
    operation: wgpu::BlendOperation::Add,
};

/// Light over a picture that is never brighter than white.
const SCREEN: wgpu::BlendState = wgpu::BlendState {
    color: wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::OneMinusDst,
        dst_factor: wgpu::BlendFactor::One,
        operation: wgpu::BlendOperation::Add,
    },
    alpha: ADD,
};

impl Pipelines {
    pub fn new(device: &wgpu::Device) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("picture"),
            source: wgpu::ShaderSource::Wgsl(SOURCE.concat().into()),
        });
        let entry = |binding, visibility, ty| wgpu::BindGroupLayoutEntry {
            binding,
            visibility,
            ty,
            count: None,
        };
        let uniform = wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: None,
        };
        let texture = wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: false },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        };
        let group = |label, entries: &[wgpu::BindGroupLayoutEntry]| {
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some(label),
                entries,
            })
        };
        let fragment = wgpu::ShaderStages::FRAGMENT;
        let sheet = group(
            "sheet",
            &[
                entry(0, wgpu::ShaderStages::VERTEX_FRAGMENT, uniform),
                entry(1, fragment, texture),
            ],
        );
        let gathered = group("gathered light", &[entry(0, fragment, texture)]);
        let plain = layout(device, &[Some(&sheet)]);
        let reading = layout(device, &[Some(&sheet), Some(&gathered)]);
        let particles = [wgpu::VertexBufferLayout {
            array_stride: size_of::<Particle>() as u64,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &wgpu::vertex_attr_array![
                0 => Float32x2, 1 => Float32x2, 2 => Snorm16x2
            ],
        }];
        let strokes = [wgpu::VertexBufferLayout {
            array_stride: size_of::<Stroke>() as u64,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &wgpu::vertex_attr_array![
                0 => Float32x4, 1 => Float32x2, 2 => Unorm8x4, 3 => Unorm8x4, 4 => Uint32
            ],
        }];
        let pipeline = |name: &str, layout, buffers: &[wgpu::VertexBufferLayout], target| {
            device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some(name),
                layout: Some(layout),
                vertex: wgpu::VertexState {
                    module: &module,
                    entry_point: Some(&format!("{name}_vertex")),
                    compilation_options: Default::default(),
                    buffers,
                },
                primitive: Default::default(),
                depth_stencil: None,
                multisample: Default::default(),
                fragment: Some(wgpu::FragmentState {
                    module: &module,
                    entry_point: Some(&format!("{name}_fragment")),
                    compilation_options: Default::default(),
                    targets: &[Some(target)],
                }),
                multiview_mask: None,
                cache: None,
            })
        };
        let target = |format, blend| wgpu::ColorTargetState {
            format,
            blend,
            write_mask: wgpu::ColorWrites::ALL,
        };
        let replace = target(FORMAT, None);
        let over = target(FORMAT, Some(OVER));
        let add = Some(wgpu::BlendState {
            color: ADD,
            alpha: ADD,
        });
        let light = target(light_format(device), add);
        let dark = target(light_format(device), None);
        let bloom = target(BLOOM_FORMAT, None);
        Self {
            backdrop: pipeline("backdrop", &plain, &[], replace.clone()),
            solid: pipeline("solid", &plain, &particles, over.clone()),
            light: pipeline("light", &plain, &particles, light),
            wipe: pipeline("wipe", &plain, &[], dark),
            resolve: pipeline("resolve", &reading, &[], replace),
            stroke: pipeline("stroke", &plain, &strokes, over.clone()),
            outline: pipeline("outline", &plain, &[], over),
            bright: pipeline("bright", &reading, &[], bloom.clone()),
            blur_across: pipeline("blur_across", &reading, &[], bloom.clone()),
            blur_down: pipeline("blur_down", &reading, &[], bloom),
            spread: pipeline("spread", &reading, &[], target(FORMAT, Some(SCREEN))),
            sheet,
            gathered,
        }
    }
}

fn layout(
    device: &wgpu::Device,
    groups: &[Option<&wgpu::BindGroupLayout>],
) -> wgpu::PipelineLayout {
    device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("picture"),
        bind_group_layouts: groups,
        immediate_size: 0,
    })
}
