//! The text inside a film, read back: the title and the scene that made it.
//!
//! Only the boxes and blocks on the way to the text are looked at, and every length is checked
//! against what there is, so that a broken or hostile file gives an error or no text.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::error::FilmError;
use super::settings::Metadata;

/// The largest index or comment that is read: four times what an hour of film needs.
const MOST_BYTES: u64 = 16 << 20;
/// The most boxes or blocks that are passed on the way.
const MOST_PARTS: usize = 1_000_000;

/// The text inside an MP4 or a GIF, by its extension; `None` if it has none.
///
/// # Errors
/// [`FilmError::Io`] if the file cannot be read or breaks off.
pub fn read_film_metadata(path: &Path) -> Result<Option<Metadata>, FilmError> {
    let failed = |error| FilmError::io(path, "cannot read the text inside the film", error);
    let file = File::open(path).map_err(failed)?;
    let is_gif = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("gif"));
    let mut file = BufReader::new(file);
    let found = if is_gif {
        gif_comment(&mut file)
    } else {
        mp4_list(&mut file)
    };
    found.map_err(failed)
}

/// The box at the place of a reader: its type, the bytes of its payload.
fn header(file: &mut impl Read) -> io::Result<Option<([u8; 4], Option<u64>)>> {
    let mut head = [0; 8];
    let mut filled = 0;
    while filled < head.len() {
        match file.read(&mut head[filled..])? {
            // The end of the file, or of what is left of it.
            0 => return Ok(None),
            more => filled += more,
        }
    }
    let kind = [head[4], head[5], head[6], head[7]];
    Ok(
        match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            // It reaches to the end of the file.
            0 => Some((kind, None)),
            1 => {
                let mut long = [0; 8];
                file.read_exact(&mut long)?;
                u64::from_be_bytes(long)
                    .checked_sub(16)
                    .map(|size| (kind, Some(size)))
            }
            size => u64::from(size)
                .checked_sub(8)
                .map(|size| (kind, Some(size))),
        },
    )
}

fn mp4_list(file: &mut (impl Read + Seek)) -> io::Result<Option<Metadata>> {
    for _ in 0..MOST_PARTS {
        let Some((kind, size)) = header(file)? else {
            return Ok(None);
        };
        if kind == *b"moov" {
            let mut moov = Vec::new();
            file.take(size.unwrap_or(MOST_BYTES).min(MOST_BYTES))
                .read_to_end(&mut moov)?;
            return Ok(item_list(&moov).map(metadata));
        }
        let Some(size) = size.and_then(|size| i64::try_from(size).ok()) else {
            return Ok(None);
        };
        file.seek(SeekFrom::Current(size))?;
    }
    Ok(None)
}

/// The list of items of an index: moov / udta / meta / ilst.
fn item_list(moov: &[u8]) -> Option<&[u8]> {
    let meta = child(child(moov, *b"udta")?, *b"meta")?;
    // The box has a version and flags before its parts.
    child(meta.get(4..)?, *b"ilst")
}

/// The payload of the first box of a type among those that lie side by side.
fn child(mut parts: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    loop {
        let before = parts.len();
        let (kind, size) = header(&mut parts).ok()??;
        let size = size.map_or(parts.len(), |size| {
            usize::try_from(size).unwrap_or(usize::MAX)
        });
        let payload = parts.get(..size)?;
        if kind == wanted {
            return Some(payload);
        }
        parts = &parts[size..];
        if parts.len() >= before {
            return None;
        }
    }
}

fn metadata(list: &[u8]) -> Metadata {
    let text = |kind: [u8; 4]| {
        let item = child(list, kind)?;
        // A word for the type of the text, and one for the locale.
        let bytes = child(item, *b"data")?.get(8..)?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    };
    Metadata {
        title: text(*b"\xa9nam").unwrap_or_default(),
        comment: text(*b"\xa9cmt").unwrap_or_default(),
    }
}

/// The first comment of a GIF (GIF89a, sections 17 to 24).
fn gif_comment(file: &mut (impl Read + Seek)) -> io::Result<Option<Metadata>> {
    let mut head = [0; 13];
    file.read_exact(&mut head)?;
    if !head.starts_with(b"GIF8") {
        return Err(io::Error::other("it is no GIF"));
    }
    skip_colours(file, head[10])?;
    for _ in 0..MOST_PARTS {
        match byte(file)? {
            0x21 => {
                let label = byte(file)?;
                let mut text = Vec::new();
                blocks(file, (label == 0xfe).then_some(&mut text))?;
                if label == 0xfe {
                    return Ok(Some(comment(&String::from_utf8_lossy(&text))));
                }
            }
            0x2c => {
                let mut image = [0; 9];
                file.read_exact(&mut image)?;
                skip_colours(file, image[8])?;
                byte(file)?;
                blocks(file, None)?;
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}

fn byte(file: &mut impl Read) -> io::Result<u8> {
    let mut one = [0];
    file.read_exact(&mut one)?;
    Ok(one[0])
}

/// Passes a table of colours, if the flags say that there is one.
fn skip_colours(file: &mut impl Seek, flags: u8) -> io::Result<()> {
    if flags & 0x80 != 0 {
        file.seek(SeekFrom::Current(3 << ((flags & 7) + 1)))?;
    }
    Ok(())
}

/// Passes blocks of at most 255 bytes up to the empty one, or collects them.
fn blocks(file: &mut (impl Read + Seek), mut into: Option<&mut Vec<u8>>) -> io::Result<()> {
    loop {
        let length = byte(file)?;
        if length == 0 {
            return Ok(());
        }
        match &mut into {
            Some(text) if (text.len() as u64) < MOST_BYTES => {
                file.take(length.into()).read_to_end(text)?;
            }
            _ => {
                file.seek(SeekFrom::Current(length.into()))?;
            }
        }
    }
}

/// A title in the first line, then the scene; the title may be missing.
fn comment(text: &str) -> Metadata {
    match text.split_once('\n') {
        Some((title, comment)) if !title.starts_with('(') => Metadata {
            title: title.into(),
            comment: comment.into(),
        },
        _ => Metadata {
            title: String::new(),
            comment: text.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Film, FilmSettings};
    use super::*;

    fn written(
        name: &str,
        comment: &str,
        frames: usize,
    ) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        let settings = FilmSettings {
            metadata: Some(Metadata {
                title: "A title".into(),
                comment: comment.into(),
            }),
            ..FilmSettings::new(32, 16, 10)
        };
        let mut film = Film::create(&path, &settings).expect("a film");
        for frame in 0..frames {
            let pixels = vec![frame as u8; 32 * 16 * 4];
            film.push(&pixels).expect("a frame");
        }
        film.finish().expect("an end");
        (folder, path)
    }

    #[test]
    fn a_film_gives_back_the_scene_that_it_carries() {
        let scene = format!("(\n    version: 1, // {}\n)", "τ and more ".repeat(500));
        for name in ["film.mp4", "film.GIF"] {
            let (_folder, path) = written(name, &scene, 3);
            let found = read_film_metadata(&path).expect("a film").expect("a text");
            assert_eq!(
                (found.title.as_str(), found.comment.trim()),
                ("A title", scene.as_str()),
                "{name}"
            );
        }
    }

    #[test]
    fn a_broken_film_is_no_panic() {
        for name in ["film.mp4", "film.gif"] {
            let (_folder, path) = written(name, "(scene)", 2);
            let whole = std::fs::read(&path).expect("bytes");
            for length in (0..whole.len()).step_by(7) {
                std::fs::write(&path, &whole[..length]).expect("a file");
                let _ = read_film_metadata(&path);
            }
            // Every byte of the head changed in turn: sizes that lie are found out.
            for at in 0..whole.len().min(600) {
                let mut broken = whole.clone();
                broken[at] = broken[at].wrapping_add(0x7f);
                std::fs::write(&path, &broken).expect("a file");
                let _ = read_film_metadata(&path);
            }
        }
    }
}
