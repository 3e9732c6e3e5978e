//! What only the inside can show: a full disk in the middle of a film.
#![cfg(target_os = "linux")]

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;

use super::error::FilmError;
use super::gif::Gif;
use super::mp4::{Mp4, Mp4Error};
use super::settings::FilmSettings;

/// A device on which every write fails for lack of space.
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
fn kind(error: Option<Mp4Error>) -> Option<ErrorKind> {
    error.map(|error| match error {
        Mp4Error::Io(error) => error.kind(),
        Mp4Error::Codec(reason) => panic!("{reason}"),
    })
}

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
