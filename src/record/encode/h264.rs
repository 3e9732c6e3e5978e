//! RGBA8 to H.264 access units: BT.709 limited range, 4:2:0, fixed quantiser, one thread, no B frames.

use openh264::OpenH264API;
use openh264::Timestamp;
use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, QpRange,
    RateControlMode, UsageType, VuiConfig,
};
use openh264::formats::YUVSlices;
use yuv::{
    YuvChromaSubsampling, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix,
    rgba_to_yuv420,
};

use super::settings::FilmSettings;

/// NAL unit types of ITU-T H.264, table 7-1, that live in the MP4 sample entry and not in the samples.
const SEQUENCE_PARAMETERS: u8 = 7;
const PICTURE_PARAMETERS: u8 = 8;

/// One encoded picture, as an MP4 sample.
pub(super) struct AccessUnit<'a> {
    /// The NAL units of the picture, each behind its length in four big-endian bytes.
    pub(super) bytes: &'a [u8],
    /// Whether decoding can start here.
    pub(super) keyframe: bool,
}

/// An H.264 encoder for frames of one size.
///
/// The encoder's buffer holds a frame of raw 4:2:0 video. A field of fine noise can need more at a low
/// quantiser; the encoder then fails and is lost. Such a frame is encoded again by a new encoder with a
/// coarser quantiser, which stays for one second: the wanted quantiser is tried again where the next key
/// frame is due. This depends on nothing but the frames, so that the bytes stay the same in every run.
pub(super) struct H264 {
    encoder: Encoder,
    /// Key frames of this encoder so far. Its last one had the number `keyframes - 1`, and two key
    /// frames in a row must have different numbers (ITU-T H.264, 7.4.3, idr_pic_id).
    keyframes: u64,
    /// What is added to the wanted quantiser.
    coarser: u8,
    /// Frames since the encoder was made.
    age: u32,
    settings: FilmSettings,
    planes: YuvPlanarImageMut<'static, u8>,
    frames: u64,
    unit: Vec<u8>,
    sequence: Vec<u8>,
    picture: Vec<u8>,
}

/// By how much the quantiser is raised where a frame does not fit: 6 doubles the step.
const COARSER: u8 = 6;
/// The coarsest quantiser of the standard.
const COARSEST: u8 = 51;

impl H264 {
    /// An encoder for `settings`, which were checked before.
    pub(super) fn new(settings: &FilmSettings) -> Result<Self, String> {
        Ok(Self {
            encoder: encoder(settings, settings.quality.quantiser())?,
            keyframes: 0,
            coarser: 0,
            age: 0,
            settings: settings.clone(),
            planes: YuvPlanarImageMut::alloc(
                settings.width,
                settings.height,
                YuvChromaSubsampling::Yuv420,
            ),
            frames: 0,
            unit: Vec::new(),
            sequence: Vec::new(),
            picture: Vec::new(),
        })
    }

    /// Encodes the next frame; `rgba` holds width x height x 4 bytes.
    pub(super) fn encode(&mut self, rgba: &[u8]) -> Result<AccessUnit<'_>, String> {
        rgba_to_yuv420(
            &mut self.planes,
            rgba,
            self.settings.width * 4,
            YuvRange::Limited,
            YuvStandardMatrix::Bt709,
            YuvConversionMode::Balanced,
        )
        .map_err(|error| error.to_string())?;
        if self.coarser > 0 && self.age >= self.settings.fps {
            self.renew(0)?;
        }
        let kind = loop {
            match self.encode_planes() {
                Ok(kind) => break kind,
                Err(reason) => {
                    let coarser = self.coarser.saturating_add(COARSER);
                    if self.settings.quality.quantiser() + coarser > COARSEST {
                        return Err(reason);
                    }
                    self.renew(coarser)?;
                }
            }
        };
        if !matches!(kind, FrameType::IDR | FrameType::P) {
            // A skipped frame would shift every later one in time.
            return Err(format!(
                "the H.264 encoder gave back a frame of kind {kind:?}"
            ));
        }
        let keyframe = kind == FrameType::IDR;
        self.keyframes += u64::from(keyframe);
        self.age += 1;
        self.frames += 1;
        Ok(AccessUnit {
            bytes: &self.unit,
            keyframe,
        })
    }

    /// Replaces the encoder by one with another quantiser; its first frame is a key frame.
    fn renew(&mut self, coarser: u8) -> Result<(), String> {
        self.encoder = encoder(&self.settings, self.settings.quality.quantiser() + coarser)?;
        self.coarser = coarser;
        self.age = 0;
        // A new encoder counts its key frames from 0. If the film's last one had that number, a grey
        // frame that is thrown away takes it.
        let taken = self.keyframes == 1;
        self.keyframes = 0;
        if taken {
            let (width, height) = (self.settings.width as usize, self.settings.height as usize);
            let grey = vec![128; width * height];
            let quarter = &grey[..width / 2 * (height / 2)];
            let source = YUVSlices::new(
                (&grey, quarter, quarter),
                (width, height),
                (width, width / 2, width / 2),
            );
            self.encoder
                .encode_at(&source, Timestamp::ZERO)
                .map_err(|error| error.to_string())?;
            self.encoder.force_intra_frame();
            self.keyframes = 1;
        }
        Ok(())
    }

    /// Encodes the planes into `unit`.
    fn encode_planes(&mut self) -> Result<FrameType, String> {
        let chroma = self.planes.u_stride as usize;
        let source = YUVSlices::new(
            (
                self.planes.y_plane.borrow(),
                self.planes.u_plane.borrow(),
                self.planes.v_plane.borrow(),
            ),
            (self.settings.width as usize, self.settings.height as usize),
            (self.planes.y_stride as usize, chroma, chroma),
        );
        let at = Timestamp::from_millis(self.frames * 1000 / u64::from(self.settings.fps.max(1)));
        let stream = self
            .encoder
            .encode_at(&source, at)
            .map_err(|error| error.to_string())?;
        self.unit.clear();
        for layer in (0..stream.num_layers()).filter_map(|index| stream.layer(index)) {
            for nal in (0..layer.nal_count()).filter_map(|index| layer.nal_unit(index)) {
                let nal = without_start_code(nal);
                match nal.first().map(|header| header & 0x1f) {
                    None => {}
                    Some(SEQUENCE_PARAMETERS) => keep(&mut self.sequence, nal)?,
                    Some(PICTURE_PARAMETERS) => keep(&mut self.picture, nal)?,
                    Some(_) => {
                        let length = u32::try_from(nal.len())
                            .map_err(|_| "a NAL unit is larger than 4 GiB".to_string())?;
                        self.unit.extend_from_slice(&length.to_be_bytes());
                        self.unit.extend_from_slice(nal);
                    }
                }
            }
        }
        if self.unit.is_empty() {
            return Err("the H.264 encoder gave back an empty frame".into());
        }
        Ok(stream.frame_type())
    }

    /// The sequence and picture parameter sets; empty before the first frame.
    pub(super) fn parameter_sets(&self) -> (&[u8], &[u8]) {
        (&self.sequence, &self.picture)
    }
}

/// An encoder with a fixed quantiser.
fn encoder(settings: &FilmSettings, quantiser: u8) -> Result<Encoder, String> {
    // With a fixed quantiser the bit rate controls nothing but the level that the stream announces. Half
    // a bit per pixel, a usual film, keeps 1920x1080 within the levels that every player takes; thousands
    // of moving dots need up to three times as much.
    let pixels = u64::from(settings.width) * u64::from(settings.height);
    let rate = (pixels * u64::from(settings.fps) / 2).clamp(1_000_000, 200_000_000);
    let config = EncoderConfig::new()
        .usage_type(UsageType::CameraVideoRealTime)
        // Of the modes that heed a range of quantisers, this is the one without its own ideas.
        .rate_control_mode(RateControlMode::Bufferbased)
        .bitrate(BitRate::from_bps(
            u32::try_from(rate).unwrap_or(200_000_000),
        ))
        .qp(QpRange::new(quantiser, quantiser))
        .skip_frames(false)
        // More threads cut the picture into slices whose bytes depend on their number.
        .num_threads(1)
        .complexity(Complexity::Medium)
        // Background detection skips blocks that change little: it would freeze faint dots.
        .background_detection(false)
        .adaptive_quantization(false)
        .scene_change_detect(false)
        .long_term_reference(false)
        .max_frame_rate(FrameRate::from_hz(settings.fps as f32))
        .intra_frame_period(IntraFramePeriod::from_num_frames(settings.fps))
        .vui(VuiConfig::bt709());
    Encoder::with_api_config(OpenH264API::from_source(), config).map_err(|error| error.to_string())
}

/// Stores a parameter set the first time, and refuses a different one later: the MP4 holds one of each.
fn keep(kept: &mut Vec<u8>, nal: &[u8]) -> Result<(), String> {
    if kept.is_empty() {
        kept.extend_from_slice(nal);
    } else if kept != nal {
        return Err("the H.264 encoder changed its parameters within the film".into());
    }
    Ok(())
}

/// The NAL unit behind its Annex B start code (00 00 01 or 00 00 00 01).
fn without_start_code(nal: &[u8]) -> &[u8] {
    nal.strip_prefix(&[0, 0, 0, 1])
        .or_else(|| nal.strip_prefix(&[0, 0, 1]))
        .unwrap_or(nal)
}
