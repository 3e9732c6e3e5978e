//! What a device is asked before it is trusted: the published answers of Philox, the polynomials
//! that noise is made with, and whether it can tell a number from what is none.

use bytemuck::{Pod, Zeroable};

use super::device::{Device, GpuError};
use crate::math::philox::philox4x32;

const SOURCE: [&str; 3] = [
    include_str!("../../shaders/philox.wgsl"),
    include_str!("../../shaders/polynomial.wgsl"),
    include_str!("../../shaders/check.wgsl"),
];

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Question {
    /// Counter of a Philox block.
    pub counter: [u32; 4],
    /// Its key.
    pub key: [u32; 2],
    /// Bits of the argument of the functions.
    pub argument: u32,
    padding: u32,
}

impl Question {
    /// A question.
    pub fn new(counter: [u32; 4], key: [u32; 2], argument: f32) -> Self {
        Self {
            counter,
            key,
            argument: argument.to_bits(),
            padding: 0,
        }
    }
}

/// What a device says.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Answer {
    /// The words of the block.
    pub words: [u32; 4],
    /// ln |x|.
    pub ln: f32,
    /// e^x.
    pub exp: f32,
    /// cos 2πx and sin 2πx.
    pub circle: [f32; 2],
    /// ln(1 + e^x).
    pub softplus: f32,
    /// 1 when x is finite.
    pub finite: u32,
    padding: [u32; 2],
}

/// Published known answers (Random123, `kat_vectors`): counter, key, words.
pub const KNOWN: [([u32; 4], [u32; 2], [u32; 4]); 3] = [
    (
        [0; 4],
        [0; 2],
        [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8],
    ),
    (
        [u32::MAX; 4],
        [u32::MAX; 2],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd],
    ),
    (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
    ),
];

/// Puts questions to a device.
pub fn ask(device: &Device, questions: &[Question]) -> Result<Vec<Answer>, GpuError> {
    use wgpu::BufferUsages as Usage;
    let bytes = std::mem::size_of_val(questions) as u64;
    let answer_bytes = (questions.len() * size_of::<Answer>()) as u64;
    let (gpu, queue) = (&device.device, &device.queue);
    let staging = device.guarded(|| {
        let new = |label: &str, size: u64, usage: Usage| {
            gpu.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let asked = new("questions", bytes, Usage::STORAGE | Usage::COPY_DST);
        let answers = new("answers", answer_bytes, Usage::STORAGE | Usage::COPY_SRC);
        let staging = new("answers", answer_bytes, Usage::MAP_READ | Usage::COPY_DST);
        let module = gpu.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("check"),
            source: wgpu::ShaderSource::Wgsl(SOURCE.concat().into()),
        });
        let pipeline = gpu.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("check"),
            layout: None,
            module: &module,
            entry_point: Some("check"),
            compilation_options: Default::default(),
            cache: None,
        });
        let group = gpu.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("check"),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: asked.as_entire_binding(),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: answers.as_entire_binding(),
                },
            ],
        });
        queue.write_buffer(&asked, 0, bytemuck::cast_slice(questions));
        let mut encoder = gpu.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.dispatch_workgroups((questions.len() as u32).div_ceil(64), 1, 1);
        drop(pass);
        encoder.copy_buffer_to_buffer(&answers, 0, &staging, 0, answer_bytes);
        queue.submit([encoder.finish()]);
        staging
    })?;
    let mut found = vec![Answer::zeroed(); questions.len()];
    device.read_back(&[(&staging, answer_bytes)], |_, bytes| {
        bytemuck::cast_slice_mut(&mut found).copy_from_slice(bytes);
    })?;
    Ok(found)
}

/// Asks a device what it must know; an error says what it does not.
pub fn check(device: &Device) -> Result<(), GpuError> {
    let mut questions: Vec<_> = KNOWN
        .iter()
        .map(|(counter, key, _)| Question::new(*counter, *key, 0.5))
        .collect();
    questions.extend(
        [
            0.125,
            0.3,
            0.75,
            -3.0,
            -11.0,
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
        ]
        .map(|x| Question::new([7, x.to_bits(), 1, 2], [3, 4], x)),
    );
    let answers = ask(device, &questions)?;
    let wrong = |reason: String| {
        Err(GpuError::Wrong {
            adapter: device.line().into(),
            reason,
        })
    };
    for (question, answer) in questions.iter().zip(&answers) {
        let words = KNOWN
            .iter()
            .find(|(counter, key, _)| (counter, key) == (&question.counter, &question.key))
            .map_or_else(
                || philox4x32(question.counter, question.key),
                |(_, _, words)| *words,
            );
        if answer.words != words {
            return wrong(format!(
                "its random words are {:08x?} instead of {words:08x?}",
                answer.words
            ));
        }
        let x = f32::from_bits(question.argument);
        if (answer.finite != 0) != x.is_finite() {
            return wrong(format!("it takes {x} for a number, or the reverse"));
        }
        if !x.is_finite() || x > 1.0 {
            continue;
        }
        let turn = std::f64::consts::TAU * f64::from(x);
        let x = f64::from(x);
        for (name, value, exact) in [
            ("ln", answer.ln, x.abs().ln()),
            ("exp", answer.exp, x.exp()),
            ("cos", answer.circle[0], turn.cos()),
            ("sin", answer.circle[1], turn.sin()),
            ("softplus", answer.softplus, x.exp().ln_1p()),
        ] {
            // Twice the bounds of `math::polynomial`, for devices that fuse a product and a sum. The
            // tail of the softplus is a force, whose error counts beside itself.
            let scale = match name {
                "softplus" => (10.0 * exact).min(1.0).max(exact),
                _ => exact.abs().max(1.0),
            };
            if (f64::from(value) - exact).abs() > 4e-7 * scale {
                return wrong(format!("its {name} of {x} is {value} instead of {exact}"));
            }
        }
    }
    Ok(())
}
