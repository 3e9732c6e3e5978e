//! Films are decoded again and held against the frames that went in: count, order, time, colour, bytes.

use std::fs;
use std::path::Path;

use seethe::record::encode::{FilmSettings, FilmWriter};

pub mod decode;
mod failures;
mod mp4;
mod pictures;
pub mod stamp;

/// The ground that the dots lie on.
const GROUND: [u8; 3] = [12, 14, 22];

/// Two hundred soft coloured dots on a dark ground, moved on by each frame; the stamp at the bottom.
fn dots(width: usize, height: usize, frame: u32) -> Vec<u8> {
    let [red, green, blue] = GROUND;
    let mut rgba = [red, green, blue, 255].repeat(width * height);
    for dot in 0..200_u32 {
        // Weyl sequences spread the dots evenly; each moves with a velocity of its own.
        let spread = |a: f64| (f64::from(dot) * a).fract();
        let (dx, dy) = (spread(0.754_877_6) - 0.5, spread(0.569_840_3) - 0.5);
        let t = f64::from(frame) * 0.01;
        let x = (spread(0.618_034) + dx * t).rem_euclid(1.0) * width as f64;
        let y = (spread(0.414_214) + dy * t).rem_euclid(1.0) * height as f64;
        let hue = spread(0.302_776) * std::f64::consts::TAU;
        let colour = [0.0, 2.1, 4.2].map(|shift| 140.0 + 110.0 * (hue + shift).cos());
        for py in (y as usize).saturating_sub(4)..(y as usize + 5).min(height) {
            for px in (x as usize).saturating_sub(4)..(x as usize + 5).min(width) {
                let r = (px as f64 + 0.5 - x).hypot(py as f64 + 0.5 - y);
                let cover = (4.0 - r).clamp(0.0, 1.0);
                let at = 4 * (py * width + px);
                for channel in 0..3 {
                    let under = f64::from(rgba[at + channel]);
                    rgba[at + channel] = (under + (colour[channel] - under) * cover).round() as u8;
                }
            }
        }
    }
    stamp::draw(&mut rgba, width, frame);
    rgba
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

fn film(path: &Path, settings: &FilmSettings, frames: u32) {
    let mut writer = FilmWriter::create(path, settings).expect("a film");
    for frame in 0..frames {
        let mut buffer = writer.buffer();
        buffer.extend_from_slice(&dots(
            settings.width as usize,
            settings.height as usize,
            frame,
        ));
        writer.push(buffer).expect("a frame");
    }
    let report = writer.finish().expect("a whole film");
    assert_eq!(report.frames, u64::from(frames));
    assert_eq!(report.path, path);
    assert_eq!(report.bytes, fs::metadata(path).expect("the film").len());
    let seconds = f64::from(frames) / f64::from(settings.fps);
    assert!((report.seconds - seconds).abs() < 1e-12);
}
