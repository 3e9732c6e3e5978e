//! Films are decoded again and held against the frames that went in: count, order, time, colour, bytes.

use std::fs;
use std::path::Path;

use openh264::decoder::Decoder;
use openh264::formats::YUVSource;
use seethe::record::encode::{
    Container, Film, FilmError, FilmSettings, FilmWriter, Metadata, Quality, read_png_metadata,
};
use shiguredo_mp4::boxes::SampleEntry;
use shiguredo_mp4::demux::{Input, Mp4FileDemuxer};

/// A frame number that survives encoding: 24 blocks, white for one, in the bottom rows of the picture.
pub mod stamp {
    /// Side of a block in pixels; two of them lie in one macroblock.
    pub const BLOCK: usize = 8;
    /// Blocks, the most significant bit first.
    pub const BITS: usize = 24;

    /// Draws `number` into the bottom left corner; the picture is at least 192 x 8.
    pub fn draw(rgba: &mut [u8], width: usize, number: u32) {
        let height = rgba.len() / 4 / width;
        for y in height - BLOCK..height {
            for x in 0..BITS * BLOCK {
                let bit = number >> (BITS - 1 - x / BLOCK) & 1;
                let code = if bit == 1 { 255 } else { 0 };
                let at = 4 * (y * width + x);
                rgba[at..at + 4].copy_from_slice(&[code, code, code, 255]);
            }
        }
    }

    /// Reads the number from a luma plane without padding; `None` if a block is neither black nor white.
    pub fn read(luma: &[u8], width: usize) -> Option<u32> {
        let height = luma.len() / width;
        (0..BITS).try_fold(0, |number, bit| {
            // The middle 4 x 4 pixels are out of reach of the deblocking filter.
            let mut sum = 0;
            for y in height - 6..height - 2 {
                for x in bit * BLOCK + 2..bit * BLOCK + 6 {
                    sum += u32::from(luma[y * width + x]);
                }
            }
            match sum / 16 {
                0..=70 => Some(number << 1),
                180..=255 => Some(number << 1 | 1),
                _ => None,
            }
        })
    }
}

/// One decoded picture.
struct Picture {
    width: usize,
    luma: Vec<u8>,
    blue: Vec<u8>,
    red: Vec<u8>,
    timestamp: u64,
    duration: u32,
    keyframe: bool,
}

/// What an MP4 holds.
struct Decoded {
    timescale: u32,
    duration: u64,
    pictures: Vec<Picture>,
    /// Video usability information: video_full_range_flag, primaries, transfer, matrix of the colr box.
    colour_box: Vec<u8>,
}

fn decode(path: &Path) -> Decoded {
    let file = fs::read(path).expect("the film is there");
    let mut demuxer = Mp4FileDemuxer::new();
    demuxer.handle_input(Input {
        position: 0,
        data: &file,
    });
    let track = demuxer.tracks().expect("an MP4")[0].clone();
    let mut decoder = Decoder::new().expect("a decoder");
    let mut out = Decoded {
        timescale: track.timescale.get(),
        duration: track.duration,
        pictures: Vec::new(),
        colour_box: Vec::new(),
    };
    let mut parameters = Vec::new();
    let mut times = Vec::new();
    let mut planes = Vec::new();
    while let Some(sample) = demuxer.next_sample().expect("samples") {
        if let Some(SampleEntry::Avc1(avc1)) = sample.sample_entry {
            let sets = avc1.avcc_box.sps_list.iter().chain(&avc1.avcc_box.pps_list);
            for set in sets {
                parameters.extend_from_slice(&[0, 0, 0, 1]);
                parameters.extend_from_slice(set);
            }
            for child in &avc1.unknown_boxes {
                if child.box_type.as_bytes() == b"colr" {
                    out.colour_box.clone_from(&child.payload);
                }
            }
        }
        let mut packet = std::mem::take(&mut parameters);
        let start = sample.data_offset as usize;
        let mut rest = &file[start..start + sample.data_size];
        while let Some((length, tail)) = rest.split_first_chunk::<4>() {
            let (nal, tail) = tail.split_at(u32::from_be_bytes(*length) as usize);
            packet.extend_from_slice(&[0, 0, 0, 1]);
            packet.extend_from_slice(nal);
            rest = tail;
        }
        assert_eq!(sample.composition_time_offset, None, "no B frames");
        times.push((sample.timestamp, sample.duration, sample.keyframe));
        if let Some(picture) = decoder.decode(&packet).expect("a decodable frame") {
            planes.push(copy(&picture));
        }
    }
    for picture in decoder.flush_remaining().expect("the last frames") {
        planes.push(copy(&picture));
    }
    assert_eq!(planes.len(), times.len(), "every sample is one picture");
    for ((width, [luma, blue, red]), (timestamp, duration, keyframe)) in planes.into_iter().zip(times)
    {
        out.pictures.push(Picture {
            width,
            luma,
            blue,
            red,
            timestamp,
            duration,
            keyframe,
        });
    }
    out
}

/// The planes of a picture without the padding at the end of each row.
fn copy(picture: &impl YUVSource) -> (usize, [Vec<u8>; 3]) {
    let (width, height) = picture.dimensions();
    let (y, u, v) = picture.strides();
    let plane = |data: &[u8], stride: usize, width: usize, height: usize| {
        (0..height)
            .flat_map(|row| data[row * stride..row * stride + width].iter().copied())
            .collect::<Vec<u8>>()
    };
    (
        width,
        [
            plane(picture.y(), y, width, height),
            plane(picture.u(), u, width / 2, height / 2),
            plane(picture.v(), v, width / 2, height / 2),
        ],
    )
}

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

/// Two hundred soft coloured dots on a dark ground, moved on by each frame; the stamp at the bottom.
fn dots(width: usize, height: usize, frame: u32) -> Vec<u8> {
    let mut rgba = [12, 14, 22, 255].repeat(width * height);
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
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
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
        assert_eq!(stamp::read(&picture.luma, picture.width), Some(index as u32));
        assert_eq!((picture.timestamp, picture.duration), (index as u64, 1));
        assert_eq!(picture.keyframe, index % 24 == 0, "a key frame each second, frame {index}");
        assert_eq!((picture.width, picture.luma.len()), (330, 330 * 250));
    }
    assert_eq!(names(folder.path()), ["dots.mp4"], "no temporary file stays");
}

#[test]
fn an_mp4_is_sharp() {
    // Quantiser 18 has a step of 5 codes (ITU-T H.264, table 8-15: 0.625 * 2^(18/6)). Its transform is
    // orthonormal, so that a mean square error of step^2/12 = 2.1 is expected and (5/6 step)^2 = 17 is
    // the bound that the dead zone of the encoder allows. 38 dB, a mean square error of 10.3, lies
    // between them; dots that smear or freeze fall far below.
    let folder = folder();
    let path = folder.path().join("dots.mp4");
    let settings = FilmSettings::new(480, 272, 30);
    film(&path, &settings, 40);
    for (index, picture) in decode(&path).pictures.iter().enumerate() {
        let frame = dots(480, 272, index as u32);
        let squares: f64 = frame
            .chunks_exact(4)
            .zip(&picture.luma)
            .map(|(rgba, &luma)| (bt709([rgba[0], rgba[1], rgba[2]])[0] - f64::from(luma)).powi(2))
            .sum();
        let psnr = 10.0 * (255.0 * 255.0 * picture.luma.len() as f64 / squares).log10();
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
        let (first, second) = (folder.path().join(name), folder.path().join(format!("b{name}")));
        film(&first, &settings, frames);
        film(&second, &settings, frames);
        let bytes = fs::read(&first).expect("a film");
        assert!(bytes == fs::read(&second).expect("a film"), "{name}");
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
    assert!(bytes.len() < 200_000, "little room is wasted: {}", bytes.len());
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
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            })
            .collect::<Vec<u8>>()
    };
    for quality in [Quality::Draft, Quality::Standard, Quality::High, Quality::Best] {
        let path = folder.path().join("noise.mp4");
        let settings = FilmSettings {
            quality,
            ..FilmSettings::new(256, 256, 4)
        };
        let mut film = Film::create(&path, &settings).expect("a film");
        for frame in 0..14 {
            let mut rgba = if frame < 2 { dots(256, 256, frame) } else { noise() };
            stamp::draw(&mut rgba, 256, frame);
            film.push(&rgba).expect("a frame");
        }
        film.finish().expect("a film");
        let pictures = decode(&path).pictures;
        assert_eq!(pictures.len(), 14);
        for (index, picture) in pictures.iter().enumerate() {
            assert_eq!(stamp::read(&picture.luma, 256), Some(index as u32), "{quality:?}");
        }
    }
}

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
    assert_eq!(delays.iter().sum::<u32>(), 150, "45 frames at 30 per second are 1.5 s");
    assert_eq!(delays[..6], [3, 4, 3, 3, 4, 3]);
    // Comments are cut into blocks of 255 bytes; a row of 200 lies within one of them.
    let bytes = fs::read(&path).expect("the film");
    assert!(bytes.windows(200).any(|at| at == "x".repeat(200).as_bytes()));
}

#[test]
fn a_gif_of_few_colours_is_exact() {
    let folder = folder();
    let path = folder.path().join("few.gif");
    let frames: Vec<Vec<u8>> = (0..8_u8)
        .map(|frame| {
            (0..64 * 64_u32)
                .flat_map(|at| [(at % 16) as u8 * 3 + frame, frame * 20, (at / 512) as u8, 255])
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
        let decoded = decoder.read_next_frame().expect("a frame").expect("a frame");
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
        let same = rgb.chunks_exact(3).zip(source.chunks_exact(4)).all(|(a, b)| a == &b[..3]);
        assert!(same && rgb.len() == 201 * 99 * 3);
        assert_eq!(read_png_metadata(path).expect("a PNG"), Some(metadata.clone()));
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
    assert!(error.to_string().contains("cannot read it as a PNG"), "{error}");
}

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
        assert_eq!(names(folder.path()).len(), 2, "the film grows beside its target");
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
    let error = writer.push(dots(256, 66, 1)).expect_err("two rows too many");
    assert!(matches!(error, FilmError::FrameLength { frame: 1, found: 67_584, expected: 65_536, .. }));
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
        refused(&path, &settings, &[name, "cannot write in its folder", "name a folder that exists"]);
        let path = folder.path().join("missing").join(name);
        refused(&path, &settings, &[name, "create the folder first"]);
        #[cfg(target_os = "linux")]
        refused(&Path::new("/proc").join(name), &settings, &[name, "cannot write in its folder"]);
        let path = folder.path().join("folder").join(name);
        fs::create_dir_all(&path).expect("a folder");
        refused(&path, &settings, &[name, "not the name of a file"]);
    }
    for name in ["film.mkv", "film", "film.avi", ".mp4"] {
        refused(&folder.path().join(name), &settings, &[name, ".mp4", ".gif", ".png"]);
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
    refused(&gif, &FilmSettings::new(64, 64, 60), &["60 frames per second", "50 or less"]);
    let png = folder.path().join("film.png");
    refused(&png, &FilmSettings::new(16_385, 1, 30), &["16384"]);
    for fps in [0, 241, u32::MAX] {
        refused(&mp4, &FilmSettings::new(64, 64, fps), &["between 1 and 240"]);
    }
    assert_eq!(names(folder.path()), ["file", "folder"], "nothing was left behind");
    assert_eq!(Container::from_path(Path::new("A.MP4")).expect("a format"), Container::Mp4);
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
        assert!(error.contains(name) && error.contains("create the folder first"), "{error}");
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
    assert!(error.to_string().contains("create the folder first"), "{error}");
    assert!(matches!(writer.push(frame), Err(FilmError::Stopped { .. })));
    assert!(matches!(writer.finish(), Err(FilmError::Stopped { .. })));
}
