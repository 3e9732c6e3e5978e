//! The WGSL files joined by one concatenation, and the pipelines of a step.

use super::buffers::Buffers;
use super::device::{Device, GpuError};

/// The engine's files, in reading order; the chapter's comes behind them. WGSL does not mind which
/// comes first.
const ENGINE: [&str; 5] = [
    include_str!("../../shaders/philox.wgsl"),
    include_str!("../../shaders/polynomial.wgsl"),
    include_str!("../../shaders/particles.wgsl"),
    include_str!("../../shaders/cells.wgsl"),
    include_str!("../../shaders/scan.wgsl"),
];

/// Every entry point with the bindings that it uses, which is what its layout consists of.
const ENTRIES: [(&str, &[u32]); 9] = [
    ("plan", &[0, 2, 3]),
    ("count", &[0, 4, 10, 11]),
    ("sum_blocks", &[0, 2, 10, 12]),
    ("scan_blocks", &[0, 10, 12, 13]),
    ("place", &[0, 4, 11, 13, 14]),
    ("arrange", &[0, 4, 5, 6, 13, 14, 15, 16, 17]),
    ("adopt", &[0, 4, 5, 6, 8, 15, 16, 17]),
    ("sum_forces", &[0, 1, 2, 4, 6, 7, 13]),
    ("advance", &[0, 1, 2, 4, 5, 7, 8, 9]),
];

/// The whole text for a chapter.
pub fn source(chapter: &str) -> String {
    let mut text = ENGINE.concat();
    text.push_str(chapter);
    text
}

/// The pipelines for one chapter on one device.
pub struct Program {
    pipelines: Vec<wgpu::ComputePipeline>,
}

/// The pipelines with the buffers of a run.
pub struct Bound {
    groups: Vec<wgpu::BindGroup>,
}

/// How the workgroups of an entry point are counted.
enum Extent {
    One,
    Particles,
    /// Over particles, or over blocks of counters, as `plan` has decided.
    Due(u64),
}

/// The order of a step.
const ORDER: [Extent; 9] = [
    Extent::One,
    Extent::Due(0),
    Extent::Due(12),
    Extent::Due(12),
    Extent::Due(0),
    Extent::Due(0),
    Extent::Due(0),
    Extent::Particles,
    Extent::Particles,
];

impl Program {
    /// Compiles a chapter.
    pub fn new(device: &Device, chapter: &str) -> Result<Self, GpuError> {
        let mut text = source(chapter);
        if device.is_software() {
            // Mesa's software Vulkan compiles a shader anew, whenever it is bound, with the uniforms
            // on which its branches depend as constants: many times the cost of a step.
            text = text.replace("var<uniform>", "var<storage, read>");
        }
        device.guarded(|| {
            let module = device
                .device
                .create_shader_module(wgpu::ShaderModuleDescriptor {
                    label: Some("engine"),
                    source: wgpu::ShaderSource::Wgsl(text.into()),
                });
            let pipeline = |(entry, _): &(&str, &[u32])| {
                device
                    .device
                    .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                        label: Some(entry),
                        layout: None,
                        module: &module,
                        entry_point: Some(entry),
                        compilation_options: Default::default(),
                        cache: None,
                    })
            };
            Self {
                pipelines: ENTRIES.iter().map(pipeline).collect(),
            }
        })
    }

    /// Binds the buffers of a run.
    pub fn bind(&self, device: &Device, buffers: &Buffers) -> Bound {
        let group = |(pipeline, (entry, bindings)): (&wgpu::ComputePipeline, &(&str, &[u32]))| {
            let entries: Vec<_> = bindings
                .iter()
                .map(|&binding| wgpu::BindGroupEntry {
                    binding,
                    resource: buffers.bound(binding).as_entire_binding(),
                })
                .collect();
            device.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some(entry),
                layout: &pipeline.get_bind_group_layout(0),
                entries: &entries,
            })
        };
        Bound {
            groups: self.pipelines.iter().zip(&ENTRIES).map(group).collect(),
        }
    }

    /// Records steps into a pass; sorting is left out where nobody sees anybody.
    pub fn steps(
        &self,
        pass: &mut wgpu::ComputePass,
        bound: &Bound,
        buffers: &Buffers,
        [x, y]: [u32; 2],
        (steps, sorts): (u64, bool),
    ) {
        for _ in 0..steps {
            let each = self.pipelines.iter().zip(&bound.groups).zip(&ORDER);
            for ((pipeline, group), extent) in each {
                if matches!(extent, Extent::Due(_)) && !sorts {
                    continue;
                }
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, group, &[]);
                match extent {
                    Extent::One => pass.dispatch_workgroups(1, 1, 1),
                    Extent::Particles => pass.dispatch_workgroups(x, y, 1),
                    Extent::Due(offset) => {
                        pass.dispatch_workgroups_indirect(buffers.arguments(), *offset);
                    }
                }
            }
        }
    }
}
