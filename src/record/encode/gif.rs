//! RGBA8 frames to an endless GIF animation (GIF89a).

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use gif::{AnyExtension, Encoder, EncodingError, Frame, Repeat};

use super::palette::Palette;
use super::settings::{FilmSettings, Metadata};

/// Label of a comment extension, GIF89a section 24.
const COMMENT: AnyExtension = AnyExtension(0xfe);

/// A GIF that is being written.
pub(super) struct Gif<W: Write> {
    stage: Stage<W>,
    width: u16,
    height: u16,
    fps: u64,
    frames: u64,
    metadata: Option<Metadata>,
    indices: Vec<u8>,
}

/// The header holds the first frame's palette, so that it is written with the first frame.
enum Stage<W: Write> {
    Waiting(Option<BufWriter<W>>),
    Writing {
        encoder: Encoder<BufWriter<W>>,
        palette: Palette,
        /// Whether `palette` is the one in the header.
        global: bool,
    },
}

impl<W: Write> Gif<W> {
    /// Starts a film in `file`; `settings` were checked before.
    pub(super) fn new(file: W, settings: &FilmSettings) -> io::Result<Self> {
        let side = |side: u32| u16::try_from(side).map_err(io::Error::other);
        Ok(Self {
            stage: Stage::Waiting(Some(BufWriter::with_capacity(1 << 20, file))),
            width: side(settings.width)?,
            height: side(settings.height)?,
            fps: u64::from(settings.fps.max(1)),
            frames: 0,
            metadata: settings.metadata.clone(),
            indices: Vec::new(),
        })
    }

    /// Appends one frame.
    pub(super) fn push(&mut self, rgba: &[u8]) -> io::Result<()> {
        if let Stage::Waiting(file) = &mut self.stage {
            let file = file
                .take()
                .ok_or_else(|| io::Error::other("it failed before"))?;
            let palette = Palette::of(rgba, &mut self.indices);
            let mut encoder =
                Encoder::new(file, self.width, self.height, palette.table()).map_err(system)?;
            encoder.set_repeat(Repeat::Infinite).map_err(system)?;
            if let Some(metadata) = &self.metadata {
                comment(&mut encoder, metadata)?;
            }
            self.stage = Stage::Writing {
                encoder,
                palette,
                global: true,
            };
        } else if let Stage::Writing {
            palette, global, ..
        } = &mut self.stage
            && !palette.suits(rgba, &mut self.indices)
        {
            *palette = Palette::of(rgba, &mut self.indices);
            *global = false;
        }
        let Stage::Writing {
            encoder,
            palette,
            global,
        } = &mut self.stage
        else {
            return Err(io::Error::other("the animation has no header"));
        };
        let frame = Frame {
            delay: delay(self.frames, self.fps),
            width: self.width,
            height: self.height,
            palette: (!*global).then(|| palette.table().to_vec()),
            buffer: Cow::Borrowed(&self.indices),
            ..Frame::default()
        };
        encoder.write_frame(&frame).map_err(system)?;
        self.frames += 1;
        Ok(())
    }

    /// Writes the trailer and flushes the last byte to the system.
    pub(super) fn finish(self) -> io::Result<()> {
        if let Stage::Writing { encoder, .. } = self.stage {
            encoder.into_inner().map_err(system)?.flush()?;
        }
        Ok(())
    }
}

/// How long frame `index` is shown, in 1/100 s.
///
/// Frame `k` ends at the tick nearest to `(k + 1) / fps`, so that the delays of 30 frames per second
/// are 3, 4, 3, 3, 4, 3 ... and no error adds up.
fn delay(index: u64, fps: u64) -> u16 {
    let tick = |frame: u64| (frame * 200 + fps) / (2 * fps);
    // At one frame per second this is 100, the largest value.
    (tick(index + 1) - tick(index)) as u16
}

/// Writes title and comment as one comment extension.
fn comment<W: Write>(encoder: &mut Encoder<W>, metadata: &Metadata) -> io::Result<()> {
    let text = format!("{}\n{}", metadata.title, metadata.comment);
    encoder
        .write_raw_extension(COMMENT, &[text.trim().as_bytes()])
        .map_err(system)
}

/// The system's error inside a GIF error, so that a full disk is recognised as one.
fn system(error: EncodingError) -> io::Error {
    match error {
        EncodingError::Io(error) => error,
        other => io::Error::other(other),
    }
}
