//! What fits on a device, known before anything is allocated.

use super::device::GpuError;
use super::frame::{SCAN_BLOCK, Shape};
use super::marks::{MARK, MOST_PICTURES};

/// Bytes of every buffer of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// Name and bytes.
    pub buffers: Vec<(&'static str, u64)>,
}

/// Bytes per particle of the largest buffer, of state bits, tag and slot.
const WIDEST: u64 = 16;

impl Budget {
    /// For particles on a number of cells.
    pub fn new(shape: &Shape, cells: u64) -> Self {
        let n = shape.count as u64;
        let sorted = if shape.interacts() { n } else { 1 };
        // Two halves where particles are sorted from one into the other.
        let halves = if shape.interacts() { 2 * n } else { n };
        let sizes = if shape.alike { 1 } else { halves };
        let counters = if shape.interacts() { cells + 1 } else { 1 };
        let blocks = counters.div_ceil(u64::from(SCAN_BLOCK));
        let buffers = vec![
            ("positions", 8 * halves),
            ("bodies", WIDEST * halves),
            ("diameters", 4 * sizes),
            ("forces", 8 * n),
            ("reference", 8 * sorted),
            ("images", 8 * n),
            ("counts", 4 * counters),
            ("ranks", 4 * sorted),
            ("sums", 4 * blocks),
            ("starts", 4 * counters),
            ("order", 4 * sorted),
            ("kept positions", 8 * n),
            ("kept bodies", WIDEST * n),
            ("kept forces", 8 * n),
            ("kept images", 8 * n),
            ("staging", (8 + WIDEST + 8 + 8) * n),
            ("walls", shape.walls),
            (
                "instances",
                if shape.drawn {
                    MOST_PICTURES * MARK * n
                } else {
                    0
                },
            ),
        ];
        // No buffer is empty, and copies go by four bytes.
        let least = |(name, bytes): (&'static str, u64)| (name, bytes.max(16));
        Self {
            buffers: buffers.into_iter().map(least).collect(),
        }
    }

    /// Bytes of all buffers.
    pub fn total(&self) -> u64 {
        self.buffers.iter().map(|(_, bytes)| bytes).sum()
    }

    /// Refuses, with numbers, what is more than `most` bytes in a buffer, or more than `all` bytes
    /// where so much is known.
    pub fn check(&self, shape: &Shape, most: u64, all: Option<u64>) -> Result<(), GpuError> {
        let (count, total) = (shape.count as u64, self.total());
        if let Some(all) = all.filter(|&all| all < total) {
            return Err(GpuError::TooLarge(format!(
                "N = {count} particles need {total} bytes, and there are {all} left for them: take N = {} or less",
                (u128::from(count) * u128::from(all) / u128::from(total.max(1))),
            )));
        }
        // These are several buffers each.
        let several = ["staging", "instances"];
        let single = self
            .buffers
            .iter()
            .filter(|(name, _)| !several.contains(name));
        let Some((name, bytes)) = single.max_by_key(|(_, bytes)| *bytes) else {
            return Ok(());
        };
        if *bytes <= most && count <= u64::from(u32::MAX) {
            return Ok(());
        }
        Err(GpuError::TooLarge(format!(
            "N = {count} particles need a buffer of {bytes} bytes ({name}; {total} bytes in all), and the adapter allows {most} in one: take N = {} or less",
            count * most / bytes.max(&1),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_of_a_refusal_fits() {
        let shape = |count| Shape {
            count,
            alike: false,
            drawn: false,
            walls: 0,
            cutoff: 1.0,
            skin: 0.3,
        };
        let most = 1 << 20;
        let budget = |count| Budget::new(&shape(count), 2 * count as u64);
        assert!(budget(1 << 15).check(&shape(1 << 15), most, None).is_ok());
        let over = shape((1 << 15) + 1);
        let error = budget(over.count).check(&over, most, None);
        let text = error.expect_err("one too many").to_string();
        for part in ["32769", "1048608", "1048576", "N = 32768 or less"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        // What fits into each buffer may still be too much together.
        let all = budget(over.count).total() - 1;
        let error = budget(over.count).check(&over, 1 << 30, Some(all));
        let text = error.expect_err("one byte too many").to_string();
        for part in [
            format!("{}", all + 1),
            format!("{all}"),
            "N = 32768 or less".into(),
        ] {
            assert!(text.contains(&part), "{part}: {text}");
        }
        assert!(
            budget(over.count)
                .check(&over, 1 << 30, Some(all + 1))
                .is_ok()
        );
        // What is held per particle stands in the documentation.
        let bytes = budget(1 << 16).total() - 40 * (1 << 16);
        assert!(bytes / (1 << 16) <= 170, "{bytes}");
    }
}
