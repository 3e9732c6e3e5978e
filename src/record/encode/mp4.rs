//! H.264 access units to an MP4 file (ISO/IEC 14496-12, -15): constant frame rate, index in front.
//!
//! The time scale is the frame rate and every sample lasts one tick, so that time is exact at any rate.
//! Samples are written as they come; the index (`moov`) goes into room that was left for it in front of
//! them, or behind them if the film became longer than was announced. Both orders can be played.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::num::NonZeroU32;

use shiguredo_mp4::bitstream::h264::{H264SampleEntryConfig, LengthSize, build_avc1_box};
use shiguredo_mp4::boxes::{Brand, FtypBox, SampleEntry, UnknownBox};
use shiguredo_mp4::mux::{
    Mp4FileMuxer, Mp4FileMuxerOptions, Sample, estimate_maximum_moov_box_size,
};
use shiguredo_mp4::{BoxSize, BoxType, Encode, Mp4FileTime, TrackKind};

use super::h264::H264;
use super::settings::{FilmSettings, Metadata};

/// Room for the index of a film of unknown length: two minutes at 30 frames per second.
const USUAL_FRAMES: u64 = 3600;
/// Most frames that room is left for: 4 MiB of index, almost 20 minutes at 240 frames per second.
const MOST_FRAMES: u64 = 262_144;
/// Smallest box: a size and a type. A gap of 1..=7 bytes cannot be filled.
const BOX_HEADER: usize = 8;

/// What stopped an MP4: the disk or the codec.
#[derive(Debug)]
pub(super) enum Mp4Error {
    /// Writing failed.
    Io(io::Error),
    /// Encoding or muxing failed.
    Codec(String),
}

impl From<io::Error> for Mp4Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Turns a library's error into text.
fn codec(error: impl std::fmt::Display) -> Mp4Error {
    Mp4Error::Codec(error.to_string())
}

/// An MP4 film that is being written.
pub(super) struct Mp4<W: Write + Seek> {
    out: BufWriter<W>,
    encoder: H264,
    muxer: Mp4FileMuxer,
    position: u64,
    timescale: NonZeroU32,
    text: Option<UnknownBox>,
    begun: bool,
}

impl<W: Write + Seek> Mp4<W> {
    /// Starts a film in `file`, which is empty; `settings` were checked before.
    pub(super) fn new(file: W, settings: &FilmSettings) -> Result<Self, Mp4Error> {
        let timescale = NonZeroU32::new(settings.fps)
            .ok_or_else(|| Mp4Error::Codec("the frame rate is zero".into()))?;
        let text = settings.metadata.as_ref().map(user_data).transpose()?;
        let frames = settings
            .expected_frames
            .unwrap_or(USUAL_FRAMES)
            .min(MOST_FRAMES);
        let index = estimate_maximum_moov_box_size(&[usize::try_from(frames).unwrap_or(0)]);
        let muxer = Mp4FileMuxer::with_options(Mp4FileMuxerOptions {
            reserved_moov_box_size: index
                + text
                    .as_ref()
                    .map_or(0, |text| text.payload.len() + BOX_HEADER),
            ..Mp4FileMuxerOptions::default()
        })
        .map_err(codec)?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        out.write_all(muxer.initial_boxes_bytes())?;
        Ok(Self {
            position: muxer.initial_boxes_bytes().len() as u64,
            out,
            encoder: H264::new(settings).map_err(Mp4Error::Codec)?,
            muxer,
            timescale,
            text,
            begun: false,
        })
    }

    /// Appends one frame.
    pub(super) fn push(&mut self, rgba: &[u8]) -> Result<(), Mp4Error> {
        let unit = self.encoder.encode(rgba).map_err(Mp4Error::Codec)?;
        self.out.write_all(unit.bytes)?;
        let (keyframe, data_size) = (unit.keyframe, unit.bytes.len());
        let sample_entry = if self.begun {
            None
        } else {
            let (sequence, picture) = self.encoder.parameter_sets();
            Some(sample_entry(sequence, picture)?)
        };
        self.muxer
            .append_sample(&Sample {
                track_kind: TrackKind::Video,
                sample_entry,
                keyframe,
                timescale: self.timescale,
                duration: 1,
                composition_time_offset: None,
                data_offset: self.position,
                data_size,
            })
            .map_err(codec)?;
        self.begun = true;
        self.position += data_size as u64;
        Ok(())
    }

    /// Writes the index and flushes the last byte to the system. The film has at least one frame.
    pub(super) fn finish(mut self) -> Result<(), Mp4Error> {
        let finalized = self.muxer.finalize().map_err(codec)?;
        let mut moov = finalized.moov_box().clone();
        // The box header of the samples lies right behind the room for the index.
        let (mdat_offset, mdat_header) = finalized
            .offset_and_bytes_pairs()
            .last()
            .map(|(offset, bytes)| (offset, bytes.to_vec()))
            .ok_or_else(|| Mp4Error::Codec("the index has no box for the samples".into()))?;
        // A date would make the same film differ from run to run; 0 is how a file says that it has none.
        let no_date = Mp4FileTime::from_secs(0);
        moov.mvhd_box.creation_time = no_date;
        moov.mvhd_box.modification_time = no_date;
        for track in &mut moov.trak_boxes {
            track.tkhd_box.creation_time = no_date;
            track.tkhd_box.modification_time = no_date;
            track.mdia_box.mdhd_box.creation_time = no_date;
            track.mdia_box.mdhd_box.modification_time = no_date;
        }
        moov.unknown_boxes.extend(self.text.take());
        let moov = moov.encode_to_vec().map_err(codec)?;
        let mut head = file_type().encode_to_vec().map_err(codec)?;
        let room = usize::try_from(mdat_offset)
            .map_err(codec)?
            .checked_sub(head.len())
            .ok_or_else(|| Mp4Error::Codec("the file type box outgrew its room".into()))?;
        let gap = room.checked_sub(moov.len());
        if let Some(gap) = gap.filter(|gap| *gap == 0 || *gap >= BOX_HEADER) {
            head.extend_from_slice(&moov);
            free(&mut head, gap)?;
        } else {
            free(&mut head, room)?;
            self.out.write_all(&moov)?;
        }
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&head)?;
        self.out.seek(SeekFrom::Start(mdat_offset))?;
        self.out.write_all(&mdat_header)?;
        self.out.flush()?;
        Ok(())
    }
}

/// The brands of the film: a plain MP4 with H.264 in it.
fn file_type() -> FtypBox {
    FtypBox {
        major_brand: Brand::ISOM,
        minor_version: 0,
        compatible_brands: vec![Brand::ISOM, Brand::ISO2, Brand::AVC1, Brand::MP41],
    }
}

/// Appends a box of `size` bytes (header included) that readers skip; nothing for size 0.
fn free(head: &mut Vec<u8>, size: usize) -> Result<(), Mp4Error> {
    if size > 0 {
        let length = u32::try_from(size).map_err(codec)?;
        head.extend_from_slice(&length.to_be_bytes());
        head.extend_from_slice(b"free");
        head.resize(head.len() + size - BOX_HEADER, 0);
    }
    Ok(())
}

/// The sample entry: parameter sets, square pixels, and colours in the same words as the stream's VUI.
fn sample_entry(sequence: &[u8], picture: &[u8]) -> Result<SampleEntry, Mp4Error> {
    let config = H264SampleEntryConfig {
        length_size: LengthSize::FourBytes,
    };
    let mut avc1 =
        build_avc1_box(&[sequence.to_vec()], &[picture.to_vec()], &config).map_err(codec)?;
    // ISO/IEC 14496-12, 12.1.5: nclx, then primaries, transfer and matrix 1 (BT.709), limited range.
    let mut colour = b"nclx".to_vec();
    for code in [1_u16, 1, 1] {
        colour.extend_from_slice(&code.to_be_bytes());
    }
    colour.push(0);
    avc1.unknown_boxes.push(small_box(*b"colr", colour)?);
    // 12.1.4: horizontal and vertical spacing of the pixels.
    let square = [1_u32.to_be_bytes(), 1_u32.to_be_bytes()].concat();
    avc1.unknown_boxes.push(small_box(*b"pasp", square)?);
    Ok(SampleEntry::Avc1(avc1))
}

/// Title and comment as the iTunes list that players and ffprobe read: udta / meta / ilst.
fn user_data(metadata: &Metadata) -> Result<UnknownBox, Mp4Error> {
    let mut list = Vec::new();
    for (kind, text) in [
        (*b"\xa9nam", metadata.title.as_str()),
        (*b"\xa9cmt", metadata.comment.as_str()),
        (*b"\xa9too", concat!("Seethe ", env!("CARGO_PKG_VERSION"))),
    ] {
        if text.is_empty() {
            continue;
        }
        // Type 1 says UTF-8; the second word is the locale, 0 for any.
        let mut data = [1_u32.to_be_bytes(), 0_u32.to_be_bytes()].concat();
        data.extend_from_slice(text.as_bytes());
        let data = small_box(*b"data", data)?.encode_to_vec().map_err(codec)?;
        let item = small_box(kind, data)?.encode_to_vec().map_err(codec)?;
        list.extend_from_slice(&item);
    }
    // A full box of version 0, then the handler that says how to read the list.
    let mut meta = vec![0; 4];
    let mut handler = vec![0; 8];
    handler.extend_from_slice(b"mdirappl");
    handler.extend_from_slice(&[0; 9]);
    for part in [small_box(*b"hdlr", handler)?, small_box(*b"ilst", list)?] {
        meta.extend_from_slice(&part.encode_to_vec().map_err(codec)?);
    }
    let meta = small_box(*b"meta", meta)?.encode_to_vec().map_err(codec)?;
    small_box(*b"udta", meta)
}

/// A box of this type around `payload`.
fn small_box(kind: [u8; 4], payload: Vec<u8>) -> Result<UnknownBox, Mp4Error> {
    let size = u32::try_from(payload.len() + BOX_HEADER).map_err(codec)?;
    Ok(UnknownBox {
        box_type: BoxType::Normal(kind),
        box_size: BoxSize::U32(size),
        payload,
    })
}
