//! MP4 films: count, order, time, sharpness and colour.

use std::fs;

use seethe::record::encode::{Film, FilmSettings, Metadata, Quality};

use super::decode::decode;
use super::{GROUND, dots, film, folder, names, stamp};

/// Luma and chroma of a colour after Rec. ITU-R BT.709-6, items 3.2 to 3.5, with 8 bits.
fn bt709([red, green, blue]: [u8; 3]) -> [f64; 3] {
    let [r, g, b] = [red, green, blue].map(|code| f64::from(code) / 255.0);
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    [
        16.0 + 219.0 * y,
        128.0 + 224.0 * (b - y) / 1.8556,
        128.0 + 224.0 * (r - y) / 1.5748,
    ]
}

#[test]
fn an_mp4_has_every_frame_once_in_order_and_on_time() {
    let folder = folder();
    let path = folder.path().join("dots.mp4");
    // Neither side is a multiple of the macroblock's 16 pixels.
    let settings = FilmSettings::new(330, 250, 24);
    film(&path, &settings, 60);
    let decoded = decode(&path);
    assert_eq!(decoded.pictures.len(), 60);
    assert_eq!((decoded.timescale, decoded.duration), (24, 60));
    for (index, picture) in decoded.pictures.iter().enumerate() {
        assert_eq!(
            stamp::read(&picture.luma, picture.width),
            Some(index as u32)
        );
        assert_eq!((picture.timestamp, picture.duration), (index as u64, 1));
        assert_eq!(
            picture.keyframe,
            index % 24 == 0,
            "a key frame each second, frame {index}"
        );
        assert_eq!((picture.width, picture.luma.len()), (330, 330 * 250));
    }
    assert_eq!(
        names(folder.path()),
        ["dots.mp4"],
        "no temporary file stays"
    );
}

#[test]
fn an_mp4_is_sharp() {
    // Quantiser 18 has a step of 5 codes (ITU-T H.264, table 8-15: 0.625 * 2^(18/6)). The transform is
    // orthonormal, so that a mean square error of step^2/12 = 2.1 is expected where there is detail, and
    // (5/6 step)^2 = 17 is the bound that the dead zone of the encoder allows. 38 dB, a mean square error
    // of 10.3, lies between them; it is asked of the dots alone, for the flat ground would hide them.
    let folder = folder();
    let path = folder.path().join("dots.mp4");
    let settings = FilmSettings::new(480, 272, 30);
    film(&path, &settings, 40);
    for (index, picture) in decode(&path).pictures.iter().enumerate() {
        let frame = dots(480, 272, index as u32);
        let (mut squares, mut pixels) = (0.0, 0.0);
        for (rgba, &luma) in frame.chunks_exact(4).zip(&picture.luma) {
            if rgba[..3] != GROUND {
                let [wanted, _, _] = bt709([rgba[0], rgba[1], rgba[2]]);
                squares += (wanted - f64::from(luma)).powi(2);
                pixels += 1.0;
            }
        }
        let psnr = 10.0 * (255.0 * 255.0 * pixels / squares).log10();
        assert!(psnr > 38.0, "frame {index}: {psnr:.2} dB");
    }
}

#[test]
fn the_colours_of_an_mp4_are_bt709_as_its_tags_say() {
    let folder = folder();
    let path = folder.path().join("patches.mp4");
    let colours: [[u8; 3]; 8] = [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [0, 255, 255],
        [255, 0, 255],
        [255, 255, 0],
        [255, 255, 255],
        [37, 90, 160],
    ];
    let (width, height) = (8 * 32, 32);
    let mut frame = vec![0; width * height * 4];
    for (at, pixel) in frame.chunks_exact_mut(4).enumerate() {
        let [red, green, blue] = colours[at % width / 32];
        // Alpha takes no part.
        pixel.copy_from_slice(&[red, green, blue, (at % 251) as u8]);
    }
    let settings = FilmSettings {
        quality: Quality::Best,
        ..FilmSettings::new(width as u32, height as u32, 10)
    };
    let mut film = Film::create(&path, &settings).expect("a film");
    for _ in 0..3 {
        film.push(&frame).expect("a frame");
    }
    film.finish().expect("a film");
    let decoded = decode(&path);
    // nclx, primaries 1, transfer 1, matrix 1, limited range.
    assert_eq!(decoded.colour_box, b"nclx\0\x01\0\x01\0\x01\0");
    for picture in &decoded.pictures {
        for (patch, colour) in colours.into_iter().enumerate() {
            let [y, u, v] = bt709(colour);
            let luma = picture.luma[16 * width + patch * 32 + 16];
            let blue = picture.blue[8 * width / 2 + patch * 16 + 8];
            let red = picture.red[8 * width / 2 + patch * 16 + 8];
            // Half a code of rounding, and quantiser 12 with its step of 2.5 codes on a flat patch.
            for (found, expected) in [(luma, y), (blue, u), (red, v)] {
                assert!(
                    (f64::from(found) - expected).abs() <= 2.0,
                    "{colour:?}: {found} for {expected:.1}"
                );
            }
        }
    }
}

#[test]
fn the_index_lies_in_front_and_text_inside() {
    let folder = folder();
    let path = folder.path().join("film.mp4");
    let settings = FilmSettings {
        metadata: Some(Metadata {
            title: "Bands of Vicsek".into(),
            comment: "η = 0.3".into(),
        }),
        ..FilmSettings::new(256, 64, 30)
    };
    let find = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).position(|at| at == text);
    film(&path, &settings, 5);
    let bytes = fs::read(&path).expect("a film");
    assert!(find(&bytes, b"moov") < find(&bytes, b"mdat"));
    assert!(find(&bytes, b"Bands of Vicsek").is_some());
    assert!(find(&bytes, "η = 0.3".as_bytes()).is_some());
    assert!(
        bytes.len() < 200_000,
        "little room is wasted: {}",
        bytes.len()
    );
    // A film that becomes longer than was announced has its index behind, and all of its frames.
    let settings = FilmSettings {
        expected_frames: Some(1),
        metadata: None,
        ..settings
    };
    film(&path, &settings, 500);
    let bytes = fs::read(&path).expect("a film");
    assert!(find(&bytes, b"moov") > find(&bytes, b"mdat"));
    assert_eq!(decode(&path).pictures.len(), 500);
}

#[test]
fn noise_is_encoded_at_every_quality() {
    // The worst case of the encoder: nothing can be predicted, and every coefficient is large.
    let folder = folder();
    let mut state = 1_u64;
    let mut noise = || {
        (0..256 * 256 * 4)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 56) as u8
            })
            .collect::<Vec<u8>>()
    };
    for quality in [
        Quality::Draft,
        Quality::Standard,
        Quality::High,
        Quality::Best,
    ] {
        let path = folder.path().join("noise.mp4");
        let settings = FilmSettings {
            quality,
            ..FilmSettings::new(256, 256, 4)
        };
        let mut film = Film::create(&path, &settings).expect("a film");
        for frame in 0..14 {
            let mut rgba = if frame < 2 {
                dots(256, 256, frame)
            } else {
                noise()
            };
            stamp::draw(&mut rgba, 256, frame);
            film.push(&rgba).expect("a frame");
        }
        film.finish().expect("a film");
        let pictures = decode(&path).pictures;
        assert_eq!(pictures.len(), 14);
        for (index, picture) in pictures.iter().enumerate() {
            assert_eq!(
                stamp::read(&picture.luma, 256),
                Some(index as u32),
                "{quality:?}"
            );
        }
    }
}
