//! Bloom on the processor: what `shaders/picture.wgsl` does, on blocks of pixels.
//!
//! Bright places are averaged over blocks, blurred by a Gaussian along both axes, and laid over the
//! picture like light. That alters colours, and is therefore only done where a colour is no number.

use rayon::prelude::*;

/// Reach of the blur in blocks, and its standard deviation; the shader has the same numbers.
const REACH: i64 = 8;
const DEVIATION: f32 = 3.2;

/// Pixels on one side of a block, so that light spreads over the same share of every picture.
pub fn block(size: [usize; 2]) -> usize {
    let shorter = size[0].min(size[1]) as f32;
    ((shorter / 270.0 + 0.5) as usize).clamp(1, 16)
}

/// Buffers that are kept from picture to picture.
#[derive(Default)]
pub struct Bloom {
    bright: Vec<[f32; 3]>,
    blurred: Vec<[f32; 3]>,
}

impl Bloom {
    /// Lets light spread over a picture of RGBA bytes.
    pub fn spread(&mut self, pixels: &mut [u8], size: [usize; 2], strength: f32) {
        let block = block(size);
        let blocks = size.map(|side| side.div_ceil(block));
        self.bright.resize(blocks[0] * blocks[1], [0.0; 3]);
        self.blurred.resize(blocks[0] * blocks[1], [0.0; 3]);
        gather(pixels, size, block, &mut self.bright, blocks);
        blur(&self.bright, blocks, 0, &mut self.blurred);
        blur(&self.blurred, blocks, 1, &mut self.bright);
        let light = &self.bright;
        pixels
            .par_chunks_mut(4 * size[0])
            .enumerate()
            .for_each(|(row, pixels)| {
                let rows = between(row, block, blocks[1]);
                for (column, pixel) in pixels.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                    let columns = between(column, block, blocks[0]);
                    let at = |row: usize, column: usize| light[row * blocks[0] + column];
                    for (channel, code) in pixel[..3].iter_mut().enumerate() {
                        let line = |row: usize| {
                            let (low, high) = (at(row, columns.0), at(row, columns.1));
                            mix(low[channel], high[channel], columns.2)
                        };
                        let light = strength * mix(line(rows.0), line(rows.1), rows.2);
                        let under = f32::from(*code);
                        *code = (under + light * (255.0 - under) + 0.5) as u8;
                    }
                }
            });
    }
}

/// The mean of what is bright in every block.
fn gather(pixels: &[u8], size: [usize; 2], block: usize, out: &mut [[f32; 3]], blocks: [usize; 2]) {
    out.par_chunks_mut(blocks[0])
        .enumerate()
        .for_each(|(row, line)| {
            let rows = row * block..((row + 1) * block).min(size[1]);
            for (column, mean) in line.iter_mut().enumerate() {
                let columns = column * block..((column + 1) * block).min(size[0]);
                let mut sum = [0.0; 3];
                for y in rows.clone() {
                    let from = 4 * (y * size[0] + columns.start);
                    for pixel in pixels[from..from + 4 * columns.len()].as_chunks::<4>().0 {
                        let rgb =
                            [pixel[0], pixel[1], pixel[2]].map(|code| f32::from(code) / 255.0);
                        let most = rgb[0].max(rgb[1]).max(rgb[2]);
                        let weight = (2.0 * most - 0.6).clamp(0.0, 1.0);
                        for (sum, part) in sum.iter_mut().zip(rgb) {
                            *sum += weight * part;
                        }
                    }
                }
                let count = (rows.len() * columns.len()).max(1) as f32;
                *mean = sum.map(|sum| sum / count);
            }
        });
}

/// A Gaussian along one axis; beyond the picture it is dark.
fn blur(from: &[[f32; 3]], blocks: [usize; 2], axis: usize, out: &mut [[f32; 3]]) {
    let weight = |step: i64| (-(step as f32).powi(2) / (2.0 * DEVIATION * DEVIATION)).exp();
    let total: f32 = (-REACH..=REACH).map(weight).sum();
    let weights: Vec<(i64, f32)> = (-REACH..=REACH)
        .map(|step| (step, weight(step) / total))
        .collect();
    out.par_chunks_mut(blocks[0])
        .enumerate()
        .for_each(|(row, line)| {
            for (column, blurred) in line.iter_mut().enumerate() {
                let mut sum = [0.0; 3];
                for &(step, weight) in &weights {
                    let mut at = [column as i64, row as i64];
                    at[axis] += step;
                    if (0..blocks[axis] as i64).contains(&at[axis]) {
                        let value = from[at[1] as usize * blocks[0] + at[0] as usize];
                        for (sum, part) in sum.iter_mut().zip(value) {
                            *sum += weight * part;
                        }
                    }
                }
                *blurred = sum;
            }
        });
}

/// The two blocks around the middle of a pixel, and how far it is towards the second.
fn between(pixel: usize, block: usize, blocks: usize) -> (usize, usize, f32) {
    let place = (pixel as f32 + 0.5) / block as f32 - 0.5;
    let low = place.floor();
    let pick = |at: f32| (at.max(0.0) as usize).min(blocks - 1);
    (pick(low), pick(low + 1.0), place - low)
}

fn mix(a: f32, b: f32, part: f32) -> f32 {
    a * (1.0 - part) + b * part
}
