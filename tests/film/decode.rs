//! An MP4 back into pictures, by a demuxer and a decoder.

use std::fs;
use std::path::Path;

use openh264::decoder::Decoder;
use openh264::formats::YUVSource;
use shiguredo_mp4::boxes::SampleEntry;
use shiguredo_mp4::demux::{Input, Mp4FileDemuxer};

/// One decoded picture.
pub struct Picture {
    pub width: usize,
    pub luma: Vec<u8>,
    pub blue: Vec<u8>,
    pub red: Vec<u8>,
    pub timestamp: u64,
    pub duration: u32,
    pub keyframe: bool,
}

/// What an MP4 holds.
pub struct Decoded {
    pub timescale: u32,
    pub duration: u64,
    pub pictures: Vec<Picture>,
    /// Video usability information: video_full_range_flag, primaries, transfer, matrix of the colr box.
    pub colour_box: Vec<u8>,
}

/// Decodes an MP4 with one H.264 track.
pub fn decode(path: &Path) -> Decoded {
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
    for ((width, [luma, blue, red]), (timestamp, duration, keyframe)) in
        planes.into_iter().zip(times)
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
