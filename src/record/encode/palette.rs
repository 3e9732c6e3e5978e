//! At most 256 colours for a GIF frame: exact where a frame has no more, else chosen by NeuQuant.
//!
//! A palette is kept from frame to frame as long as it shows the next frame about as well as the one it
//! was made for. That keeps the background from flickering, and saves the search.

/// Most colours of a GIF frame.
const MOST: usize = 256;
/// Cells of the lookup table: 6 bits for each of red, green and blue.
const CELLS: usize = 1 << 18;
/// Mark of a cell whose nearest colour was not searched yet.
const UNKNOWN: u16 = u16::MAX;
/// Longest training picture; a GIF frame is at most 65,535 pixels wide.
const TRAINING: usize = 60_000;
/// A colour that covers more than one pixel in so many is kept exactly ...
const BROAD: usize = 100;
/// ... but at most so many of them.
const GROUNDS: usize = 32;
/// NeuQuant's sampling: 1 trains on every pixel and is the finest, 30 the coarsest.
const SAMPLING: i32 = 1;
/// A colour that is off by more than this in squared distance (16 codes in each channel) is plainly wrong.
const GROSS: u32 = 3 * 16 * 16;

/// How badly a palette shows a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Misfit {
    /// Sum over the pixels of the squared distance in code values.
    squares: u64,
    /// Pixels that are plainly wrong.
    gross: u64,
}

/// A colour table with what is needed to look colours up in it.
pub(super) struct Palette {
    /// Red, green, blue of each colour.
    colours: Vec<[u8; 3]>,
    /// Whether `colours` is sorted and holds every colour of its frame.
    exact: bool,
    /// The nearest colour of each cell, found when it is first asked for.
    nearest: Vec<u16>,
    /// Misfit for the frame that the palette was made for.
    made_for: Misfit,
}

impl Palette {
    /// The palette for this frame, and the index of every pixel in it. `rgba` is a whole frame.
    pub(super) fn of(rgba: &[u8], indices: &mut Vec<u8>) -> Self {
        let mut palette = match distinct(rgba) {
            Some(colours) => Self {
                colours,
                exact: true,
                nearest: Vec::new(),
                made_for: Misfit {
                    squares: 0,
                    gross: 0,
                },
            },
            None => train(rgba),
        };
        if let Some(misfit) = palette.look_up(rgba, indices) {
            palette.made_for = misfit;
        }
        palette
    }

    /// Whether the palette suits this frame as well as the one it was made for; the index of every pixel
    /// then. An exact palette must have every colour. Any other may have twice the mean square error (or a
    /// quarter of a squared code value in each pixel), and plainly wrong colours in half as many pixels more
    /// and one of a thousand.
    pub(super) fn suits(&mut self, rgba: &[u8], indices: &mut Vec<u8>) -> bool {
        let pixels = (rgba.len() / 4) as u64;
        let made_for = self.made_for;
        self.look_up(rgba, indices).is_some_and(|misfit| {
            misfit.squares <= (2 * made_for.squares).max(pixels / 4)
                && misfit.gross <= made_for.gross + made_for.gross / 2 + pixels / 1000
        })
    }

    /// The colours as the file stores them.
    pub(super) fn table(&self) -> &[u8] {
        self.colours.as_flattened()
    }

    /// Writes the index of every pixel; `None` if an exact palette lacks a colour.
    fn look_up(&mut self, rgba: &[u8], indices: &mut Vec<u8>) -> Option<Misfit> {
        indices.clear();
        indices.reserve(rgba.len() / 4);
        let mut misfit = Misfit {
            squares: 0,
            gross: 0,
        };
        let mut last: Option<([u8; 3], u8, u32)> = None;
        for colour in colours(rgba) {
            let (index, error) = match last {
                Some((seen, index, error)) if seen == colour => (index, error),
                _ => {
                    let index = if self.exact {
                        self.colours.binary_search(&colour).ok()?
                    } else {
                        self.nearest_to(colour)
                    };
                    let shown = self.colours.get(index).copied().unwrap_or(colour);
                    // The table has at most 256 colours, so that an index fits a byte.
                    (index as u8, distance(shown, colour))
                }
            };
            last = Some((colour, index, error));
            misfit.squares += u64::from(error);
            misfit.gross += u64::from(error > GROSS);
            indices.push(index);
        }
        Some(misfit)
    }

    /// The colour that is nearest to the centre of this colour's cell; the first of equals.
    fn nearest_to(&mut self, colour: [u8; 3]) -> usize {
        let cell = cell(colour);
        if self.nearest[cell] == UNKNOWN {
            let centre = colour.map(|code| (code & 0xfc) | 2);
            let best = (0..self.colours.len())
                .min_by_key(|&index| distance(self.colours[index], centre))
                .unwrap_or(0);
            self.nearest[cell] = best as u16;
        }
        usize::from(self.nearest[cell])
    }
}

/// The colours of a frame, pixel by pixel.
fn colours(rgba: &[u8]) -> impl Iterator<Item = [u8; 3]> {
    let (pixels, _) = rgba.as_chunks::<4>();
    pixels
        .iter()
        .map(|&[red, green, blue, _]| [red, green, blue])
}

/// The cell of the lookup table that a colour lies in.
fn cell([red, green, blue]: [u8; 3]) -> usize {
    usize::from(red >> 2) << 12 | usize::from(green >> 2) << 6 | usize::from(blue >> 2)
}

/// Squared distance of two colours in code values.
fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    a.iter()
        .zip(b)
        .map(|(&a, b)| u32::from(a.abs_diff(b)).pow(2))
        .sum()
}

/// All colours of the frame in ascending order, unless there are more than 256.
fn distinct(rgba: &[u8]) -> Option<Vec<[u8; 3]>> {
    let mut found: Vec<[u8; 3]> = Vec::with_capacity(MOST);
    let mut last = None;
    for colour in colours(rgba) {
        if last == Some(colour) {
            continue;
        }
        last = Some(colour);
        if let Err(place) = found.binary_search(&colour) {
            if found.len() == MOST {
                return None;
            }
            found.insert(place, colour);
        }
    }
    Some(found)
}

/// The palette of 256 colours for a frame that has more.
///
/// NeuQuant would spend nearly all of them on a background that fills the frame. It is trained on a
/// picture in which every occupied cell of colour space appears in proportion to the square root of its
/// number of pixels, so that a few coloured dots keep their colour. The ground itself, and any other
/// colour that covers much of the frame, is then put in as it is.
fn train(rgba: &[u8]) -> Palette {
    let mut count = vec![0_u32; CELLS];
    let mut first = vec![[0_u8; 3]; CELLS];
    for colour in colours(rgba) {
        let cell = cell(colour);
        if count[cell] == 0 {
            first[cell] = colour;
        }
        count[cell] = count[cell].saturating_add(1);
    }
    let weight = |count: u32| f64::from(count).sqrt();
    let total: f64 = count.iter().map(|&count| weight(count)).sum();
    let scale = TRAINING as f64 / total.max(1.0);
    let mut training = Vec::with_capacity(TRAINING * 4);
    // What a cell is due is carried on, so that thinly populated regions appear in fair number too.
    let mut due = 0.0;
    for (&count, &[red, green, blue]) in count.iter().zip(&first) {
        due += weight(count) * scale;
        while due >= 1.0 && training.len() < TRAINING * 4 {
            training.extend_from_slice(&[red, green, blue, 255]);
            due -= 1.0;
        }
    }
    let pixels = (training.len() / 4).min(TRAINING);
    let strip = gif::Frame::from_rgba_speed(pixels as u16, 1, &mut training, SAMPLING);
    let table = strip.palette.unwrap_or_default();
    let (colours, _) = table.as_chunks::<3>();
    let mut palette = Palette {
        colours: colours.to_vec(),
        exact: false,
        nearest: vec![UNKNOWN; CELLS],
        made_for: Misfit {
            squares: 0,
            gross: 0,
        },
    };
    let broad = (rgba.len() / 4 / BROAD) as u32;
    let mut grounds: Vec<usize> = (0..CELLS).filter(|&cell| count[cell] > broad).collect();
    grounds.sort_by_key(|&cell| (std::cmp::Reverse(count[cell]), cell));
    let mut taken = [false; MOST];
    for cell in grounds.into_iter().take(GROUNDS) {
        let free = (0..palette.colours.len().min(MOST)).filter(|&index| !taken[index]);
        let Some(index) = free.min_by_key(|&index| distance(palette.colours[index], first[cell]))
        else {
            break;
        };
        palette.colours[index] = first[cell];
        palette.nearest[cell] = index as u16;
        taken[index] = true;
    }
    palette
}
