//! Small discs, and light, painted by compute shaders instead of as instances: see
//! `shaders/splat.wgsl` and `tiles.wgsl`. The picture is the same but for the rounding of a code.
//!
//! Darts and streaks are instances whatever their size, and so is everything where a device does not
//! compute, or has no room for the lists.

use bytemuck::{Pod, Zeroable};

use super::layout::Layout;
use super::picture::Particle;
use super::sampled::extent;

const SOURCE: [&str; 4] = [
    include_str!("../../shaders/sheet.wgsl"),
    include_str!("../../shaders/scan.wgsl"),
    include_str!("../../shaders/splat.wgsl"),
    include_str!("../../shaders/tiles.wgsl"),
];

/// Pixels on a side of a tile.
const TILE: f32 = 8.0;
/// Counters that a workgroup scans.
const SCAN_BLOCK: u64 = 2048;
/// The largest radius in pixels, and the least number of solid discs, that are not left to instances:
/// the tiles of an empty picture take longer than a few instances do, and the texture in which light
/// is gathered longer than the tiles.
const LARGEST: f32 = 4.0;
const FEWEST: usize = 20_000;
/// The longest list of a tile: of discs, which one lane sorts, and of light, whose sums must not
/// overflow.
const MOST_DISCS: u32 = 4096;
const MOST_LIGHT: u32 = 65_535;
/// Particles whose numbers fit into keys beside those of their copies.
const MOST_PARTICLES: usize = 1 << 27;
/// Bytes of an entry of the lists: two keys and a disc.
const ENTRY: u64 = 8 + 16;
/// Bytes of all lists, beyond which instances are drawn.
const MOST_BYTES: u64 = 1 << 29;

/// `Job` of the shader, field by field.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Job {
    tiles: [u32; 2],
    particles: u32,
    room: u32,
    longest: u32,
    /// A vector of three begins at a multiple of sixteen bytes.
    padding: [u32; 7],
}

/// `State` of the shader, field by field.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct State {
    found: u32,
    copies: u32,
    light: u32,
    halves: u32,
}

/// Who paints small discs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Discs {
    /// Whoever is likely to be faster.
    #[default]
    Fastest,
    /// The rasteriser of the device.
    Instances,
    /// Compute shaders, where they can.
    Splat,
}

/// An entry point, and the bindings that it uses.
type Entry = (&'static str, &'static [u32]);

const BIN: Entry = ("bin", &[0, 2, 3, 4, 11]);
const SUM_BLOCKS: Entry = ("sum_blocks", &[2, 4, 5]);
const SCAN_BLOCKS: Entry = ("scan_blocks", &[2, 4, 5, 6, 11]);
const LIST: Entry = ("list", &[0, 2, 3, 4, 6, 7, 11]);
const ARRANGE: Entry = ("arrange", &[0, 2, 3, 4, 6, 7, 8, 10, 11]);
const PAINT_DISCS: Entry = ("paint_discs", &[0, 1, 2, 4, 6, 8, 9, 11]);
const PAINT_LIGHT: Entry = ("paint_light", &[0, 1, 2, 4, 6, 8, 9, 11]);
/// The one before the last paints discs, the last light.
const ENTRIES: [Entry; 7] = [
    BIN,
    SUM_BLOCKS,
    SCAN_BLOCKS,
    LIST,
    ARRANGE,
    PAINT_DISCS,
    PAINT_LIGHT,
];

/// Uniforms, what is only read, and the field, which is a texture; all others are written.
const UNIFORMS: [u32; 2] = [0, 2];
const READ: u32 = 3;
const FIELD: u32 = 1;

/// Where the draws of instances find whether they are needed, in [`Splat::draws`]: of particles, and
/// of one triangle over the picture.
pub const PARTICLES: u64 = 0;
pub const COVER: u64 = 16;

struct Pass {
    pipeline: wgpu::ComputePipeline,
    shape: wgpu::BindGroupLayout,
    bindings: &'static [u32],
}

/// What a picture is painted from.
pub struct Source<'a> {
    pub sheet: &'a wgpu::Buffer,
    pub field: &'a wgpu::TextureView,
    pub particles: &'a wgpu::Buffer,
    pub count: usize,
}

/// Pipelines and buffers of one device.
pub struct Splat {
    device: wgpu::Device,
    passes: Vec<Pass>,
    job: wgpu::Buffer,
    state: wgpu::Buffer,
    draws: wgpu::Buffer,
    counts: Growing,
    sums: Growing,
    starts: Growing,
    pixels: Growing,
    keys: Growing,
    discs: Growing,
}

/// A buffer that is made anew when more is needed.
struct Growing {
    buffer: wgpu::Buffer,
}

impl Growing {
    fn new(device: &wgpu::Device, bytes: u64) -> Self {
        use wgpu::BufferUsages as Usage;
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("splat"),
            size: bytes.max(16),
            usage: Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST,
            mapped_at_creation: false,
        });
        Self { buffer }
    }

    fn fit(&mut self, device: &wgpu::Device, bytes: u64) {
        if self.buffer.size() < bytes {
            *self = Self::new(device, bytes);
        }
    }
}

/// Workgroups in two dimensions for so many items, of which each takes `each`.
fn groups(items: u64, each: u64) -> [u32; 2] {
    // The least that every device must allow per dimension.
    const MOST: u64 = 65_535;
    let all = items.div_ceil(each).max(1);
    [all.min(MOST) as u32, all.div_ceil(MOST) as u32]
}

/// Tiles on both axes.
fn tiles(layout: &Layout) -> [u32; 2] {
    layout.size.map(|side| (side as u32).div_ceil(TILE as u32))
}

/// Entries that the lists of so many particles may take: those of particles that are spread evenly,
/// and a fifth more. A picture that needs more than that is drawn by instances.
fn entries(layout: &Layout, count: usize) -> u64 {
    let reach = if layout.is_light() {
        1.5
    } else {
        layout.largest + 0.5
    };
    // Of the pixels within reach of a place anywhere in a tile, so many more lie beyond its ends.
    let across = 1.0 + (2.0 * reach - 1.0).max(0.0) / TILE;
    // Images of the box that are in the picture, in the mean over the places in the box.
    let images = [0, 1].map(|axis| {
        let period = (layout.box_high[axis] - layout.box_low[axis]).abs();
        ((layout.size[axis] + 2.0 * reach) / period).max(1.0)
    });
    let images = (images[0] * images[1]).min(layout.copies as f32);
    let each = 1.2 * across * across * images;
    (f64::from(each) * count as f64) as u64 + 65_536
}

impl Splat {
    /// The pipelines of a device that computes; `None` for one that does not.
    pub fn new(device: &wgpu::Device) -> Option<Self> {
        let limits = device.limits();
        let computes = limits.max_storage_buffers_per_shader_stage >= 8
            && limits.max_compute_invocations_per_workgroup >= 64
            && limits.max_compute_workgroups_per_dimension >= 65_535;
        if !computes {
            return None;
        }
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("splat"),
            source: wgpu::ShaderSource::Wgsl(SOURCE.concat().into()),
        });
        use wgpu::BufferUsages as Usage;
        let buffer = |label, size: usize, usage| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: size as u64,
                usage,
                mapped_at_creation: false,
            })
        };
        let growing = || Growing::new(device, 0);
        Some(Self {
            passes: ENTRIES
                .iter()
                .map(|entry| Pass::new(device, &module, *entry))
                .collect(),
            job: buffer("job", size_of::<Job>(), Usage::UNIFORM | Usage::COPY_DST),
            state: buffer(
                "state",
                size_of::<State>(),
                Usage::STORAGE | Usage::COPY_DST,
            ),
            draws: buffer("draws", 32, Usage::STORAGE | Usage::INDIRECT),
            counts: growing(),
            sums: growing(),
            starts: growing(),
            pixels: growing(),
            keys: growing(),
            discs: growing(),
            device: device.clone(),
        })
    }

    /// True for pictures that are painted faster so.
    pub fn suits(layout: &Layout, count: usize) -> bool {
        (layout.is_light() || count >= FEWEST) && Self::can_paint(layout)
    }

    /// True for pictures of nothing but light or small discs.
    pub fn can_paint(layout: &Layout) -> bool {
        layout.is_light() || (layout.glyph == 0 && layout.largest <= LARGEST)
    }

    /// What the draws of instances are told: to draw nothing, unless the lists did not suffice.
    pub fn draws(&self) -> &wgpu::Buffer {
        &self.draws
    }

    /// Makes room for a picture; false when there is none.
    fn make_room(&mut self, layout: &Layout, count: usize) -> bool {
        let limits = self.device.limits();
        let most = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size);
        let room = entries(layout, count);
        let [columns, rows] = tiles(layout).map(u64::from);
        let counters = columns * rows + 1;
        let pixels = 4 * columns.next_multiple_of(8) * 8 * rows * 8;
        let fits = 16 * room <= most
            && pixels <= most
            && (size_of::<Particle>() * count) as u64 <= most
            && ENTRY * room <= MOST_BYTES
            && count <= MOST_PARTICLES;
        if fits {
            let device = &self.device;
            self.counts.fit(device, 4 * counters);
            self.sums.fit(device, 4 * counters.div_ceil(SCAN_BLOCK));
            self.starts.fit(device, 4 * counters);
            self.pixels.fit(device, pixels);
            if self.discs.buffer.size() < 16 * room {
                // A picture that grows bit by bit is not to make new buffers for every frame.
                let more = (room + room / 4).min(most / 16);
                self.keys.fit(device, 8 * more);
                self.discs.fit(device, 16 * more);
            }
        }
        fits
    }

    /// Records the painting of particles, and of what lies under them, into a texture. False when
    /// there is no room, and nothing was recorded.
    pub fn paint(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        queue: &wgpu::Queue,
        source: &Source,
        layout: &Layout,
        target: &wgpu::Texture,
    ) -> bool {
        let can_be_copied = target.usage().contains(wgpu::TextureUsages::COPY_DST);
        if !can_be_copied || !self.make_room(layout, source.count) {
            return false;
        }
        let [columns, rows] = tiles(layout);
        let all = u64::from(columns) * u64::from(rows);
        let job = Job {
            tiles: [columns, rows],
            particles: source.count as u32,
            room: (self.discs.buffer.size() / 16) as u32,
            longest: if layout.is_light() {
                MOST_LIGHT
            } else {
                MOST_DISCS
            },
            padding: [0; 7],
        };
        let state = State {
            found: 0,
            copies: layout.copies,
            light: layout.light,
            halves: if layout.field_size[0] > 0 { 2 } else { 0 },
        };
        queue.write_buffer(&self.state, 0, bytemuck::bytes_of(&state));
        queue.write_buffer(&self.job, 0, bytemuck::bytes_of(&job));
        encoder.clear_buffer(&self.counts.buffer, 0, None);
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: Some("splat"),
            timestamp_writes: None,
        });
        let particles = groups(source.count as u64, 64);
        let blocks = groups(all + 1, SCAN_BLOCK);
        let last = if layout.is_light() { 6 } else { 5 };
        for (number, each) in [
            (0, particles),
            (1, blocks),
            (2, blocks),
            (3, particles),
            (4, groups(all, 64)),
            (last, groups(all, 8)),
        ] {
            let step = &self.passes[number];
            pass.set_pipeline(&step.pipeline);
            pass.set_bind_group(0, &self.group(step, source), &[]);
            pass.dispatch_workgroups(each[0], each[1], 1);
        }
        drop(pass);
        let size = layout.size.map(|side| side as u32);
        encoder.copy_buffer_to_texture(
            wgpu::TexelCopyBufferInfo {
                buffer: &self.pixels.buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(4 * 8 * columns.next_multiple_of(8)),
                    rows_per_image: None,
                },
            },
            target.as_image_copy(),
            extent(size),
        );
        true
    }

    fn group(&self, pass: &Pass, source: &Source) -> wgpu::BindGroup {
        let resource = |binding: u32| match binding {
            0 => source.sheet.as_entire_binding(),
            FIELD => wgpu::BindingResource::TextureView(source.field),
            2 => self.job.as_entire_binding(),
            3 => source.particles.as_entire_binding(),
            4 => self.counts.buffer.as_entire_binding(),
            5 => self.sums.buffer.as_entire_binding(),
            6 => self.starts.buffer.as_entire_binding(),
            7 => self.keys.buffer.as_entire_binding(),
            8 => self.discs.buffer.as_entire_binding(),
            9 => self.pixels.buffer.as_entire_binding(),
            11 => self.state.as_entire_binding(),
            _ => self.draws.as_entire_binding(),
        };
        let entries: Vec<_> = pass
            .bindings
            .iter()
            .map(|&binding| wgpu::BindGroupEntry {
                binding,
                resource: resource(binding),
            })
            .collect();
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("splat"),
            layout: &pass.shape,
            entries: &entries,
        })
    }
}

impl Pass {
    fn new(device: &wgpu::Device, module: &wgpu::ShaderModule, (name, bindings): Entry) -> Self {
        let ty = |binding| match binding {
            FIELD => wgpu::BindingType::Texture {
                sample_type: wgpu::TextureSampleType::Float { filterable: false },
                view_dimension: wgpu::TextureViewDimension::D2,
                multisampled: false,
            },
            _ => wgpu::BindingType::Buffer {
                ty: if UNIFORMS.contains(&binding) {
                    wgpu::BufferBindingType::Uniform
                } else {
                    wgpu::BufferBindingType::Storage {
                        read_only: binding == READ,
                    }
                },
                has_dynamic_offset: false,
                min_binding_size: None,
            },
        };
        let entries: Vec<_> = bindings
            .iter()
            .map(|&binding| wgpu::BindGroupLayoutEntry {
                binding,
                visibility: wgpu::ShaderStages::COMPUTE,
                ty: ty(binding),
                count: None,
            })
            .collect();
        let shape = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some(name),
            entries: &entries,
        });
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(name),
            bind_group_layouts: &[Some(&shape)],
            immediate_size: 0,
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(name),
            layout: Some(&layout),
            module,
            entry_point: Some(name),
            compilation_options: Default::default(),
            cache: None,
        });
        Self {
            pipeline,
            shape,
            bindings,
        }
    }
}
