//! What a film is to be: format, size, frame rate, quality, and the text that travels with it.

use std::path::Path;

use super::error::FilmError;

/// The film formats that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// H.264 video in an MP4 file: the format for talks and for the web.
    Mp4,
    /// An endless GIF animation, at most 256 colours a frame.
    Gif,
    /// Lossless stills: `name.png` for a film of one frame, else `name.00001.png`, `name.00002.png` ...
    Png,
}

impl Container {
    /// The format that the extension of `path` names, in any case of letters.
    ///
    /// # Errors
    /// [`FilmError::UnknownContainer`] for any other extension, Matroska (`.mkv`) included.
    pub fn from_path(path: &Path) -> Result<Self, FilmError> {
        let found = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_ascii_lowercase())
            .unwrap_or_default();
        match found.as_str() {
            "mp4" | "m4v" => Ok(Self::Mp4),
            "gif" => Ok(Self::Gif),
            "png" => Ok(Self::Png),
            _ => Err(FilmError::UnknownContainer {
                path: path.to_path_buf(),
                found,
            }),
        }
    }
}

/// How much of the picture an H.264 film keeps. GIF and PNG have no such choice.
///
/// Each step is a fixed quantiser for every block of every frame, so that a quiet and a crowded frame
/// are equally sharp and the size of the file follows the content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quality {
    /// Quantiser 28: small files to look something over.
    Draft,
    /// Quantiser 22: small dots stay round.
    Standard,
    /// Quantiser 18: no difference at arm's length.
    #[default]
    High,
    /// Quantiser 12, the finest that the encoder has: for films that are cut and encoded again.
    Best,
}

impl Quality {
    /// The H.264 quantisation parameter, 0..=51 in the standard and 12..=51 in the encoder.
    pub(super) fn quantiser(self) -> u8 {
        match self {
            Self::Draft => 28,
            Self::Standard => 22,
            Self::High => 18,
            Self::Best => 12,
        }
    }
}

/// Text inside the film that says what it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// One line: the scene's title.
    pub title: String,
    /// Any text: the program's version, the seed, the whole scene.
    pub comment: String,
}

/// Everything about a film but its frames and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilmSettings {
    /// Width in pixels; even for MP4.
    pub width: u32,
    /// Height in pixels; even for MP4.
    pub height: u32,
    /// Frames per second, 1..=240, and at most 50 for GIF.
    pub fps: u32,
    /// How much of the picture an MP4 keeps.
    pub quality: Quality,
    /// Text to embed; `None` embeds nothing.
    pub metadata: Option<Metadata>,
    /// How many frames are to come, where that is known. Only a hint: an MP4 of at most this many
    /// frames has its index in front, and can be played while it is still being downloaded.
    pub expected_frames: Option<u64>,
}

/// Longest and shortest side of an H.264 picture: the bounds of the encoder (level 5.2).
const H264_LONG_SIDE: u32 = 3840;
const H264_SHORT_SIDE: u32 = 2160;
/// One macroblock: smaller H.264 pictures do not exist.
const H264_LEAST_SIDE: u32 = 16;
/// Largest side of a still: a poster at 300 dots per inch and 1.38 m, and 1 GiB of RGBA.
const STILL_SIDE: u32 = 16_384;
/// Fastest GIF: its clock ticks in 1/100 s, and viewers slow down frames of less than two ticks.
const GIF_FPS: u32 = 50;
/// Fastest film of any kind.
const MAX_FPS: u32 = 240;

impl FilmSettings {
    /// A film of this size and rate at high quality, without text.
    #[must_use]
    pub fn new(width: u32, height: u32, fps: u32) -> Self {
        Self {
            width,
            height,
            fps,
            quality: Quality::default(),
            metadata: None,
            expected_frames: None,
        }
    }

    /// Bytes of one frame: width x height x 4.
    #[must_use]
    pub fn frame_bytes(&self) -> usize {
        (self.width as usize)
            .saturating_mul(self.height as usize)
            .saturating_mul(4)
    }

    /// Whether a film can be made of this in `container`.
    ///
    /// # Errors
    /// [`FilmError::Size`] or [`FilmError::FrameRate`], each with a value that would do. Odd sizes are
    /// refused for MP4 rather than padded: 4:2:0 video has half as many chroma rows and columns, and a
    /// silent extra row would not be what was asked for.
    pub fn check(&self, container: Container) -> Result<(), FilmError> {
        self.check_size(container)?;
        self.check_rate(container)
    }

    fn check_size(&self, container: Container) -> Result<(), FilmError> {
        let (width, height) = (self.width, self.height);
        let refuse = |reason: &str, remedy: String| {
            Err(FilmError::Size {
                width,
                height,
                reason: reason.to_string(),
                remedy,
            })
        };
        if width == 0 || height == 0 {
            return refuse(
                "it has no pixels",
                "give a width and a height above zero, for example 1920x1080".into(),
            );
        }
        let (long, short) = (width.max(height), width.min(height));
        match container {
            Container::Png if long > STILL_SIDE => refuse(
                &format!("a still has at most {STILL_SIDE} pixels a side"),
                "render a smaller picture".into(),
            ),
            Container::Png => Ok(()),
            _ if long > H264_LONG_SIDE || short > H264_SHORT_SIDE => refuse(
                "the largest film is 3840x2160 (or 2160x3840)",
                format!(
                    "record at {}, or as .png stills",
                    fitting(width, height)
                        .map_or_else(|| "3840x2160".to_string(), |(w, h)| format!("{w}x{h}"))
                ),
            ),
            Container::Gif => Ok(()),
            Container::Mp4 if short < H264_LEAST_SIDE => refuse(
                "the smallest H.264 picture is 16x16",
                format!(
                    "record at {}x{}",
                    even(width).max(H264_LEAST_SIDE),
                    even(height).max(H264_LEAST_SIDE)
                ),
            ),
            Container::Mp4 if width % 2 == 1 || height % 2 == 1 => refuse(
                "H.264 video in 4:2:0 needs an even width and an even height",
                format!("record at {}x{}", even(width), even(height)),
            ),
            Container::Mp4 => Ok(()),
        }
    }

    fn check_rate(&self, container: Container) -> Result<(), FilmError> {
        let fps = self.fps;
        if fps == 0 || fps > MAX_FPS {
            return Err(FilmError::FrameRate {
                fps,
                reason: format!("the rate lies between 1 and {MAX_FPS}"),
                remedy: format!("give {}", fps.clamp(1, MAX_FPS)),
            });
        }
        if container == Container::Gif && fps > GIF_FPS {
            return Err(FilmError::FrameRate {
                fps,
                reason:
                    "a GIF's clock ticks in 1/100 s, and viewers slow down frames below 2/100 s"
                        .into(),
                remedy: format!("give {GIF_FPS} or less, or record an .mp4"),
            });
        }
        Ok(())
    }
}

/// The nearest even number that is not smaller, within the bounds of the encoder.
fn even(side: u32) -> u32 {
    side + side % 2
}

/// The largest even size of the same shape that the encoder takes, if it is not too thin.
fn fitting(width: u32, height: u32) -> Option<(u32, u32)> {
    let (long, short) = (u64::from(width.max(height)), u64::from(width.min(height)));
    // Scale by the tighter of the two bounds; exact in integers, rounded down to even.
    let (numerator, denominator) =
        if long * u64::from(H264_SHORT_SIDE) >= short * u64::from(H264_LONG_SIDE) {
            (u64::from(H264_LONG_SIDE), long)
        } else {
            (u64::from(H264_SHORT_SIDE), short)
        };
    let scale = |side: u32| {
        let scaled = u64::from(side) * numerator / denominator;
        u32::try_from(scaled - scaled % 2).ok()
    };
    let (w, h) = (scale(width)?, scale(height)?);
    (w.min(h) >= H264_LEAST_SIDE).then_some((w, h))
}
