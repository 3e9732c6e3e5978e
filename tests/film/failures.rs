//! Films that fail or are given up: what is said, and that nothing is left behind.

use std::fs;
use std::path::Path;

use seethe::record::encode::{Container, Film, FilmError, FilmSettings, FilmWriter};

use super::decode::decode;
use super::{dots, folder, names};

#[test]
fn a_film_that_is_given_up_leaves_the_folder_as_it_was() {
    let folder = folder();
    for name in ["film.mp4", "film.gif", "film.png"] {
        let path = folder.path().join(name);
        fs::write(&path, "older").expect("a file");
        let settings = FilmSettings::new(256, 128, 30);
        let frame = dots(256, 128, 0);
        let mut film = Film::create(&path, &settings).expect("a film");
        film.push(&frame).expect("a frame");
        assert_eq!(
            names(folder.path()).len(),
            2,
            "the film grows beside its target"
        );
        film.cancel();
        let mut writer = FilmWriter::create(&path, &settings).expect("a film");
        for _ in 0..6 {
            writer.push(frame.clone()).expect("a frame");
        }
        drop(writer);
        let empty = Film::create(&path, &settings).expect("a film").finish();
        assert!(matches!(empty, Err(FilmError::NoFrames { .. })));
        assert_eq!(names(folder.path()), [name]);
        assert_eq!(fs::read(&path).expect("the older file"), b"older");
        fs::remove_file(&path).expect("the older file");
    }
}

#[test]
fn a_frame_of_another_size_is_refused_and_the_film_goes_on() {
    let folder = folder();
    let path = folder.path().join("film.mp4");
    let mut writer = FilmWriter::create(&path, &FilmSettings::new(256, 64, 30)).expect("a film");
    writer.push(dots(256, 64, 0)).expect("a frame");
    let error = writer
        .push(dots(256, 66, 1))
        .expect_err("two rows too many");
    assert!(matches!(
        error,
        FilmError::FrameLength {
            frame: 1,
            found: 67_584,
            expected: 65_536,
            ..
        }
    ));
    writer.push(dots(256, 64, 1)).expect("a frame");
    assert_eq!(writer.finish().expect("a film").frames, 2);
    assert_eq!(decode(&path).pictures.len(), 2);
}

#[test]
fn errors_name_the_film_the_reason_and_the_remedy() {
    let folder = folder();
    let settings = FilmSettings::new(256, 64, 30);
    let refused = |path: &Path, settings: &FilmSettings, parts: &[&str]| {
        let error = match FilmWriter::create(path, settings) {
            Ok(_) => panic!("{} was taken", path.display()),
            Err(error) => error.to_string(),
        };
        for part in parts {
            assert!(error.contains(part), "{error:?} lacks {part:?}");
        }
    };
    let file = folder.path().join("file");
    fs::write(&file, "a file").expect("a file");
    for name in ["film.mp4", "film.gif", "film.png"] {
        let path = file.join(name);
        refused(
            &path,
            &settings,
            &[
                name,
                "cannot write in its folder",
                "name a folder that exists",
            ],
        );
        let path = folder.path().join("missing").join(name);
        refused(&path, &settings, &[name, "create the folder first"]);
        #[cfg(target_os = "linux")]
        refused(
            &Path::new("/proc").join(name),
            &settings,
            &[name, "cannot write in its folder"],
        );
        let path = folder.path().join("folder").join(name);
        fs::create_dir_all(&path).expect("a folder");
        refused(&path, &settings, &[name, "not the name of a file"]);
    }
    for name in ["film.mkv", "film", "film.avi", ".mp4"] {
        refused(
            &folder.path().join(name),
            &settings,
            &[name, ".mp4", ".gif", ".png"],
        );
    }
    let mp4 = folder.path().join("film.mp4");
    for (width, height, parts) in [
        (0, 64, ["0x64", "no pixels"]),
        (255, 63, ["even", "256x64"]),
        (8, 8, ["smallest", "16x16"]),
        (3842, 2160, ["largest", "3840x2158"]),
        (3840, 3840, ["largest", "2160x2160"]),
        (u32::MAX, u32::MAX, ["largest", "2160x2160"]),
        (u32::MAX, 1, ["largest", "3840x2160"]),
    ] {
        refused(&mp4, &FilmSettings::new(width, height, 30), &parts);
    }
    let gif = folder.path().join("film.gif");
    refused(&gif, &FilmSettings::new(4000, 10, 30), &["largest", ".png"]);
    refused(
        &gif,
        &FilmSettings::new(64, 64, 60),
        &["60 frames per second", "50 or less"],
    );
    let png = folder.path().join("film.png");
    refused(&png, &FilmSettings::new(16_385, 1, 30), &["16384"]);
    for fps in [0, 241, u32::MAX] {
        refused(
            &mp4,
            &FilmSettings::new(64, 64, fps),
            &["between 1 and 240"],
        );
    }
    assert_eq!(
        names(folder.path()),
        ["file", "folder"],
        "nothing was left behind"
    );
    assert_eq!(
        Container::from_path(Path::new("A.MP4")).expect("a format"),
        Container::Mp4
    );
}

#[test]
fn a_folder_that_vanishes_is_reported_and_the_writer_stays_stopped() {
    for name in ["film.mp4", "film.gif", "film.png"] {
        let folder = folder();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).expect("a folder");
        let path = inner.join(name);
        let mut film = Film::create(&path, &FilmSettings::new(256, 64, 30)).expect("a film");
        film.push(&dots(256, 64, 0)).expect("a frame");
        fs::remove_dir_all(&inner).expect("the folder");
        let error = film.finish().expect_err("there is no folder").to_string();
        assert!(
            error.contains(name) && error.contains("create the folder first"),
            "{error}"
        );
        assert!(names(folder.path()).is_empty());
    }
    // A still needs the folder with every frame: the error surfaces at a later push, once.
    let folder = folder();
    let path = folder.path().join("inner").join("film.png");
    fs::create_dir(folder.path().join("inner")).expect("a folder");
    let mut writer = FilmWriter::create(&path, &FilmSettings::new(256, 64, 30)).expect("a film");
    fs::remove_dir_all(folder.path().join("inner")).expect("the folder");
    let frame = dots(256, 64, 0);
    let error = (0..100)
        .find_map(|_| writer.push(frame.clone()).err())
        .expect("the encoder stopped");
    assert!(
        error.to_string().contains("create the folder first"),
        "{error}"
    );
    assert!(matches!(writer.push(frame), Err(FilmError::Stopped { .. })));
    assert!(matches!(writer.finish(), Err(FilmError::Stopped { .. })));
}
