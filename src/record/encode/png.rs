//! RGBA8 frames to PNG stills: one, or one for each frame of a film.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use png::{BitDepth, ColorType, Decoder, Encoder, EncodingError, SrgbRenderingIntent};

use super::error::FilmError;
use super::settings::{FilmSettings, Metadata};
use super::staging::{Closed, Staged, sync_folder};

/// Registered PNG keywords for the title and for the comment.
const TITLE: &str = "Title";
const COMMENT: &str = "Comment";

/// Stills that are being written: complete temporary files until the film ends.
pub(super) struct Stills {
    target: PathBuf,
    settings: FilmSettings,
    done: Vec<Closed>,
    bytes: u64,
    rgb: Vec<u8>,
}

impl Stills {
    /// Starts a film of stills; checks that its folder can be written to.
    pub(super) fn new(target: &Path, settings: &FilmSettings) -> Result<Self, FilmError> {
        Staged::create(target)?;
        Ok(Self {
            target: target.to_path_buf(),
            settings: settings.clone(),
            done: Vec::new(),
            bytes: 0,
            rgb: Vec::new(),
        })
    }

    /// Appends one still.
    pub(super) fn push(&mut self, rgba: &[u8]) -> Result<(), FilmError> {
        self.rgb.clear();
        let (pixels, _) = rgba.as_chunks::<4>();
        self.rgb.extend(
            pixels
                .iter()
                .flat_map(|&[red, green, blue, _]| [red, green, blue]),
        );
        let staged = Staged::create(&self.target)?;
        let file = staged.handle(&self.target)?;
        self.write(file).map_err(|error| match error {
            EncodingError::IoError(error) => FilmError::io(&self.target, "cannot write it", error),
            other => FilmError::Encoder {
                path: self.target.clone(),
                frame: self.done.len() as u64,
                reason: other.to_string(),
            },
        })?;
        let (closed, bytes) = staged.close(&self.target)?;
        self.done.push(closed);
        self.bytes += bytes;
        Ok(())
    }

    fn write(&self, file: File) -> Result<(), EncodingError> {
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let mut encoder = Encoder::new(&mut out, self.settings.width, self.settings.height);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_source_srgb(SrgbRenderingIntent::RelativeColorimetric);
        if let Some(metadata) = &self.settings.metadata {
            for (keyword, text) in [(TITLE, &metadata.title), (COMMENT, &metadata.comment)] {
                encoder.add_itxt_chunk(keyword.to_string(), text.clone())?;
            }
        }
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.rgb)?;
        writer.finish()?;
        out.flush()?;
        Ok(())
    }

    /// Gives the stills their names: `name.png` for one, `name.00001.png` ... for several. Gives the
    /// first name and the sum of the sizes in bytes.
    pub(super) fn finish(self) -> Result<(PathBuf, u64), FilmError> {
        let names: Vec<PathBuf> = match self.done.len() {
            1 => vec![self.target.clone()],
            several => (1..=several)
                .map(|number| numbered(&self.target, number))
                .collect(),
        };
        // A name that cannot be taken is found before the first is, so that all are taken or none.
        if let Some(path) = names.iter().find(|name| name.is_dir()) {
            return Err(FilmError::NotAFile { path: path.clone() });
        }
        for (still, name) in self.done.into_iter().zip(&names) {
            still.publish(name)?;
        }
        sync_folder(&self.target)?;
        let first = names.into_iter().next().unwrap_or(self.target);
        Ok((first, self.bytes))
    }
}

/// `folder/name.00001.png` for still 1 of `folder/name.png`.
fn numbered(target: &Path, number: usize) -> PathBuf {
    let mut name = target.file_stem().map(OsString::from).unwrap_or_default();
    name.push(format!(".{number:05}"));
    if let Some(extension) = target.extension() {
        name.push(".");
        name.push(extension);
    }
    target.with_file_name(name)
}

/// The text inside a still, so that the scene which made it can be opened again; `None` if it has none.
///
/// # Errors
/// [`FilmError::Io`] if the file cannot be read or is no PNG.
pub fn read_png_metadata(path: &Path) -> Result<Option<Metadata>, FilmError> {
    let file =
        File::open(path).map_err(|error| FilmError::io(path, "cannot open the still", error))?;
    let bad = |error: png::DecodingError| {
        FilmError::io(
            path,
            "cannot read it as a PNG",
            std::io::Error::other(error),
        )
    };
    let reader = Decoder::new(BufReader::new(file))
        .read_info()
        .map_err(bad)?;
    let mut metadata = Metadata::default();
    let mut found = false;
    for chunk in &reader.info().utf8_text {
        let place = match chunk.keyword.as_str() {
            TITLE => &mut metadata.title,
            COMMENT => &mut metadata.comment,
            _ => continue,
        };
        *place = chunk.get_text().map_err(bad)?;
        found = true;
    }
    Ok(found.then_some(metadata))
}
