//! What only the inside can show: a full disk in the middle of a film, and the palette of a GIF.

#[cfg(target_os = "linux")]
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;

use super::error::FilmError;
use super::palette::Palette;
use super::settings::FilmSettings;
#[cfg(target_os = "linux")]
use super::{
    gif::Gif,
    mp4::{Mp4, Mp4Error},
};

/// A device on which every write fails for lack of space.
#[cfg(target_os = "linux")]
fn full_disk() -> File {
    OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it")
}

/// Frames of noise, which fill any buffer soon.
fn noise(settings: &FilmSettings, frame: u64) -> Vec<u8> {
    let mut state = frame + 1;
    (0..settings.frame_bytes())
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        })
        .collect()
}

/// The kind of a system error; other errors show themselves.
#[cfg(target_os = "linux")]
fn kind(error: Option<Mp4Error>) -> Option<ErrorKind> {
    error.map(|error| match error {
        Mp4Error::Io(error) => error.kind(),
        Mp4Error::Codec(reason) => panic!("{reason}"),
    })
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_an_mp4() {
    let settings = FilmSettings::new(640, 480, 30);
    let mut mp4 = Mp4::new(full_disk(), &settings).expect("nothing was written yet");
    let stopped = (0..20).find_map(|frame| mp4.push(&noise(&settings, frame)).err());
    assert_eq!(kind(stopped), Some(ErrorKind::StorageFull));
    // A film that fits the buffer finds out at its end.
    let mut mp4 = Mp4::new(full_disk(), &FilmSettings::new(16, 16, 30)).expect("a film");
    mp4.push(&[0; 16 * 16 * 4]).expect("a frame in the buffer");
    let stopped = mp4.finish();
    assert_eq!(kind(stopped.err()), Some(ErrorKind::StorageFull));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_a_gif() {
    let settings = FilmSettings::new(640, 480, 30);
    let mut gif = Gif::new(full_disk(), &settings).expect("nothing was written yet");
    let stopped = (0..20).find_map(|frame| gif.push(&noise(&settings, frame)).err());
    assert_eq!(
        stopped.map(|error| error.kind()),
        Some(ErrorKind::StorageFull)
    );
    let mut gif = Gif::new(full_disk(), &FilmSettings::new(16, 16, 30)).expect("a film");
    gif.push(&[0; 16 * 16 * 4]).expect("a frame in the buffer");
    let stopped = gif.finish();
    assert_eq!(
        stopped.map_err(|error| error.kind()),
        Err(ErrorKind::StorageFull)
    );
}

#[test]
fn a_full_disk_is_told_with_its_remedy() {
    let error = FilmError::io(
        std::path::Path::new("films/a.mp4"),
        "cannot write it",
        ErrorKind::StorageFull.into(),
    );
    let text = error.to_string();
    assert!(text.starts_with("films/a.mp4: cannot write it: "), "{text}");
    assert!(
        text.ends_with("free some space or name another disk, then record again"),
        "{text}"
    );
}

#[test]
fn a_palette_keeps_the_ground_exactly_and_serves_the_next_frame() {
    // Half of each frame is ground, half is noise of 16.7 million colours.
    let settings = FilmSettings::new(200, 100, 25);
    let frame = |number: u64| {
        let mut rgba = noise(&settings, number);
        for pixel in rgba.chunks_exact_mut(8) {
            pixel[..4].copy_from_slice(&[12, 14, 22, 255]);
        }
        rgba
    };
    let mut indices = Vec::new();
    let mut palette = Palette::of(&frame(1), &mut indices);
    assert_eq!(palette.table().len(), 256 * 3);
    let ground = |indices: &[u8], palette: &Palette| {
        indices
            .iter()
            .step_by(2)
            .all(|&index| palette.table()[3 * usize::from(index)..][..3] == [12, 14, 22])
    };
    assert!(indices.len() == 200 * 100 && ground(&indices, &palette));
    assert!(palette.suits(&frame(2), &mut indices));
    assert!(ground(&indices, &palette));
    // 256 points in a cube of side 256 lie about 40 apart, so that a random colour is off by about 20,
    // and its square by 400. Half of the pixels have such a colour.
    let squares: u32 = indices
        .iter()
        .zip(frame(2).chunks_exact(4))
        .flat_map(|(&index, rgba)| {
            let shown = &palette.table()[3 * usize::from(index)..][..3];
            shown
                .iter()
                .zip(rgba)
                .map(|(&a, &b)| u32::from(a.abs_diff(b)).pow(2))
                .collect::<Vec<_>>()
        })
        .sum();
    assert!(squares < 400 * 200 * 100, "{}", squares / (200 * 100));
    // Another ground is plainly wrong in half of the pixels.
    let mut other = frame(3);
    for pixel in other.chunks_exact_mut(8) {
        pixel[..4].copy_from_slice(&[200, 180, 60, 255]);
    }
    assert!(!palette.suits(&other, &mut indices));
}
