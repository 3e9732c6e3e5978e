//! The WGSL files joined by one concatenation, and the pipelines of a step.

use super::buffers::Buffers;
use super::clock::{Clock, PHASES};
use super::device::{Device, GpuError};
use crate::model::twin::{Pairs, Twin};
use std::ops::Range;

/// The engine's files for every chapter, in reading order. WGSL does not mind which comes first.
const ENGINE: [&str; 4] = [
    include_str!("../../shaders/philox.wgsl"),
    include_str!("../../shaders/polynomial.wgsl"),
    include_str!("../../shaders/particles.wgsl"),
    include_str!("../../shaders/walls.wgsl"),
];

/// What comes to them for forces of short range.
const NEAR: [&str; 3] = [
    include_str!("../../shaders/near.wgsl"),
    include_str!("../../shaders/cells.wgsl"),
    include_str!("../../shaders/scan.wgsl"),
];

/// What comes to them for forces of all on all.
const ALL: [&str; 1] = [include_str!("../../shaders/all.wgsl")];

/// An entry point with the bindings that it uses, which is what its layout consists of, and how its
/// workgroups are counted.
type Entry = (&'static str, &'static [u32], Extent);

/// How the workgroups of an entry point are counted.
#[derive(Clone, Copy)]
enum Extent {
    Particles,
    /// Over particles, or over blocks of counters, if `advance` has found that a sort is due.
    Due(u64),
}

const ADVANCE: Entry = (
    "advance",
    &[0, 1, 2, 3, 4, 5, 7, 8, 9, 17],
    Extent::Particles,
);

/// The order of a step with forces of short range.
const NEAR_STEP: [Entry; 6] = [
    ("count", &[0, 2, 4, 10, 11, 12], Extent::Due(0)),
    ("scan_blocks", &[0, 2, 10, 12, 13], Extent::Due(12)),
    ("place", &[0, 2, 4, 11, 12, 13, 14], Extent::Due(0)),
    ("arrange", &[0, 2, 4, 5, 6, 8, 13, 14], Extent::Due(0)),
    (
        "sum_forces",
        &[0, 1, 2, 3, 4, 6, 7, 13, 17],
        Extent::Particles,
    ),
    ADVANCE,
];

/// The order of a step with forces of all on all.
const ALL_STEP: [Entry; 2] = [
    ("sum_all", &[0, 1, 2, 3, 4, 5, 7], Extent::Particles),
    ADVANCE,
];

/// The whole text for a chapter: one concatenation.
pub fn source(twin: &Twin) -> String {
    let mut text = ENGINE.concat();
    text.push_str(&match twin.pairs {
        Pairs::Near => NEAR.concat(),
        Pairs::All => ALL.concat(),
    });
    text.push_str(twin.source);
    text
}

/// The same as a device takes it, with more behind it.
pub fn text(device: &Device, twin: &Twin, more: &str) -> String {
    let text = source(twin) + more;
    if device.is_software() {
        // Mesa's software Vulkan compiles a shader anew, whenever it is bound, with the uniforms
        // on which its branches depend as constants: many times the cost of a step.
        text.replace("var<uniform>", "var<storage, read>")
    } else {
        text
    }
}

/// The pipelines for one chapter on one device.
pub struct Program {
    entries: &'static [Entry],
    pipelines: Vec<wgpu::ComputePipeline>,
}

/// The pipelines with the buffers of a run.
pub struct Bound {
    groups: Vec<wgpu::BindGroup>,
}

impl Program {
    /// Compiles a chapter.
    pub fn new(device: &Device, twin: &Twin) -> Result<Self, GpuError> {
        let entries: &'static [Entry] = match twin.pairs {
            Pairs::Near => &NEAR_STEP,
            Pairs::All => &ALL_STEP,
        };
        let text = text(device, twin, "");
        device.guarded(|| {
            let module = device
                .device
                .create_shader_module(wgpu::ShaderModuleDescriptor {
                    label: Some("engine"),
                    source: wgpu::ShaderSource::Wgsl(text.into()),
                });
            let pipeline = |(entry, ..): &Entry| {
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
                entries,
                pipelines: entries.iter().map(pipeline).collect(),
            }
        })
    }

    /// Binds the buffers of a run.
    pub fn bind(&self, device: &Device, buffers: &Buffers) -> Bound {
        let group = |(pipeline, (entry, bindings, _)): (&wgpu::ComputePipeline, &Entry)| {
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
            groups: self.pipelines.iter().zip(self.entries).map(group).collect(),
        }
    }

    /// Records steps; sorting is left out where nobody sees anybody. All are in one pass, or in one for
    /// each phase if these are to be timed.
    pub fn steps(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        (bound, buffers): (&Bound, &Buffers),
        clock: Option<(&Clock, bool)>,
        groups: [u32; 2],
        (steps, sorts): (u64, bool),
    ) {
        let all = 0..self.entries.len();
        let timed = |pass| wgpu::ComputePassDescriptor {
            label: None,
            timestamp_writes: clock.map(|(clock, _)| clock.writes(pass)),
        };
        if !clock.is_some_and(|(_, phases)| phases) {
            let mut pass = encoder.begin_compute_pass(&timed(0));
            for _ in 0..steps {
                self.dispatch(&mut pass, bound, buffers, groups, (all.clone(), sorts));
            }
            return;
        }
        let last = all.end - 1;
        let forces = last - 1;
        let sort = forces.min(2);
        let phases: [_; PHASES.len()] = [0..sort, sort..forces, forces..last, last..all.end];
        for number in 0..Clock::passes(steps, true) {
            let entries = phases[number as usize % phases.len()].clone();
            let mut pass = encoder.begin_compute_pass(&timed(number));
            self.dispatch(&mut pass, bound, buffers, groups, (entries, sorts));
        }
    }

    /// Records some of the entry points of a step into a pass.
    fn dispatch(
        &self,
        pass: &mut wgpu::ComputePass,
        bound: &Bound,
        buffers: &Buffers,
        [x, y]: [u32; 2],
        (some, sorts): (Range<usize>, bool),
    ) {
        let each = self.pipelines.iter().zip(&bound.groups).zip(self.entries);
        for ((pipeline, group), (_, _, extent)) in each.take(some.end).skip(some.start) {
            if matches!(extent, Extent::Due(_)) && !sorts {
                continue;
            }
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, group, &[]);
            match extent {
                Extent::Particles => pass.dispatch_workgroups(x, y, 1),
                Extent::Due(offset) => {
                    pass.dispatch_workgroups_indirect(buffers.arguments(), *offset);
                }
            }
        }
    }
}
