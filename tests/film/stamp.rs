//! A frame number that survives encoding: 24 blocks, white for one, in the bottom rows of the picture.

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
