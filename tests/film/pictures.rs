//! GIF animations and PNG stills, and the bytes of every format.

use std::fs;
use std::path::Path;

use seethe::record::encode::{Film, FilmSettings, Metadata, read_png_metadata};

use super::{dots, film, folder, names, stamp};

#[test]
fn a_gif_keeps_colours_count_and_running_time() {
    let folder = folder();
    let path = folder.path().join("dots.gif");
    let settings = FilmSettings {
        metadata: Some(Metadata {
            title: "Dots".into(),
            comment: "x".repeat(700),
        }),
        ..FilmSettings::new(240, 120, 30)
    };
    film(&path, &settings, 45);
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options
        .read_info(fs::File::open(&path).expect("the film"))
        .expect("a GIF");
    assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
    let mut delays = Vec::new();
    while let Some(frame) = decoder.read_next_frame().expect("a frame") {
        let index = delays.len() as u32;
        delays.push(u32::from(frame.delay));
        let source = dots(240, 120, index);
        let luma: Vec<u8> = frame.buffer.chunks_exact(4).map(|rgba| rgba[1]).collect();
        assert_eq!(stamp::read(&luma, 240), Some(index));
        // 256 colours for dots of all hues: a mean square error of 25 is 34 dB, the usual mark of a
        // good palette; nearly all pixels are ground or rim and are far better.
        let squares: u64 = frame
            .buffer
            .iter()
            .zip(&source)
            .map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2))
            .sum();
        let mean = squares as f64 / (240.0 * 120.0 * 3.0);
        assert!(mean < 25.0, "frame {index}: mean square error {mean:.2}");
    }
    assert_eq!(delays.len(), 45);
    assert_eq!(
        delays.iter().sum::<u32>(),
        150,
        "45 frames at 30 per second are 1.5 s"
    );
    assert_eq!(delays[..6], [3, 4, 3, 3, 4, 3]);
    // Comments are cut into blocks of 255 bytes; a row of 200 lies within one of them.
    let bytes = fs::read(&path).expect("the film");
    assert!(
        bytes
            .windows(200)
            .any(|at| at == "x".repeat(200).as_bytes())
    );
}

#[test]
fn a_gif_of_few_colours_is_exact() {
    let folder = folder();
    let path = folder.path().join("few.gif");
    let frames: Vec<Vec<u8>> = (0..8_u8)
        .map(|frame| {
            (0..64 * 64_u32)
                .flat_map(|at| {
                    [
                        (at % 16) as u8 * 3 + frame,
                        frame * 20,
                        (at / 512) as u8,
                        255,
                    ]
                })
                .collect()
        })
        .collect();
    let mut film = Film::create(&path, &FilmSettings::new(64, 64, 50)).expect("a film");
    for frame in &frames {
        film.push(frame).expect("a frame");
    }
    film.finish().expect("a film");
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options
        .read_info(fs::File::open(&path).expect("the film"))
        .expect("a GIF");
    for frame in &frames {
        let decoded = decoder
            .read_next_frame()
            .expect("a frame")
            .expect("a frame");
        assert!(decoded.buffer[..] == frame[..]);
    }
    assert!(decoder.read_next_frame().expect("the end").is_none());
}

#[test]
fn stills_are_lossless_numbered_and_hold_their_scene() {
    let folder = folder();
    let path = folder.path().join("still.png");
    let metadata = Metadata {
        title: "Hexatic order ψ₆".into(),
        comment: "(version: 1, model: \"active\", seed: 42)\n".repeat(50),
    };
    let settings = FilmSettings {
        metadata: Some(metadata.clone()),
        ..FilmSettings::new(201, 99, 30)
    };
    let check = |path: &Path, frame: u32| {
        let file = std::io::BufReader::new(fs::File::open(path).expect("the still"));
        let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
        let mut rgb = vec![0; reader.output_buffer_size().expect("a size")];
        reader.next_frame(&mut rgb).expect("pixels");
        let source = dots(201, 99, frame);
        let same = rgb
            .chunks_exact(3)
            .zip(source.chunks_exact(4))
            .all(|(a, b)| a == &b[..3]);
        assert!(same && rgb.len() == 201 * 99 * 3);
        assert_eq!(
            read_png_metadata(path).expect("a PNG"),
            Some(metadata.clone())
        );
    };
    film(&path, &settings, 1);
    check(&path, 0);
    assert_eq!(names(folder.path()), ["still.png"]);

    fs::remove_file(&path).expect("the still");
    let mut stills = Film::create(&path, &settings).expect("a film");
    for frame in 0..3 {
        stills.push(&dots(201, 99, frame)).expect("a frame");
    }
    let report = stills.finish().expect("stills");
    assert_eq!(report.path, folder.path().join("still.00001.png"));
    assert_eq!(
        names(folder.path()),
        ["still.00001.png", "still.00002.png", "still.00003.png"]
    );
    for (index, name) in names(folder.path()).iter().enumerate() {
        check(&folder.path().join(name), index as u32);
    }
    let bare = folder.path().join("bare.png");
    film(&bare, &FilmSettings::new(201, 99, 30), 1);
    assert_eq!(read_png_metadata(&bare).expect("a PNG"), None);
    let error = read_png_metadata(Path::new(file!())).expect_err("this is no PNG");
    assert!(
        error.to_string().contains("cannot read it as a PNG"),
        "{error}"
    );
}

#[test]
fn the_same_frames_give_the_same_bytes() {
    let folder = folder();
    for name in ["a.mp4", "a.gif", "a.png"] {
        let settings = FilmSettings {
            metadata: Some(Metadata {
                title: "Dots".into(),
                comment: "seed 7".into(),
            }),
            ..FilmSettings::new(256, 128, 25)
        };
        let frames = if name.ends_with("png") { 1 } else { 30 };
        let (first, second) = (
            folder.path().join(name),
            folder.path().join(format!("b{name}")),
        );
        film(&first, &settings, frames);
        film(&second, &settings, frames);
        let bytes = fs::read(&first).expect("a film");
        assert!(bytes == fs::read(&second).expect("a film"), "{name}");
    }
}
