//! Colours for data: tables of 256 sRGB values.
//!
//! Sequential maps rise in lightness, so that they also read in grey; the cyclic map keeps its
//! lightness, so that no angle looks stronger than another; the diverging map has equal lightness
//! at equal distance from its middle. Viridis, cividis and magma are the published tables (by way
//! of the crate `colorous`); the cyclic map and the diverging map are computed in OKLCH
//! (B. Ottosson, "A perceptual color space for image processing", 2020).

use std::f64::consts::TAU;

/// How many colours a map has.
pub const TEXELS: usize = 256;

/// A table of sRGB colours for values from 0 to 1.
#[derive(Clone, PartialEq, Eq)]
pub struct ColourMap {
    /// Name for people and files.
    pub name: &'static str,
    /// True when the value 1 is the same as 0.
    pub cyclic: bool,
    /// sRGB bytes.
    pub texels: [[u8; 3]; TEXELS],
}

impl std::fmt::Debug for ColourMap {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ColourMap({})", self.name)
    }
}

impl ColourMap {
    /// Names that [`ColourMap::named`] knows.
    pub const NAMES: [&'static str; 5] = ["viridis", "cividis", "magma", "diverging", "cyclic"];

    /// The map of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "viridis" => Some(Self::viridis()),
            "cividis" => Some(Self::cividis()),
            "magma" => Some(Self::magma()),
            "diverging" => Some(Self::diverging()),
            "cyclic" => Some(Self::cyclic()),
            _ => None,
        }
    }

    /// Dark violet to yellow (S. van der Walt and N. Smith, 2015).
    pub fn viridis() -> Self {
        Self::published("viridis", colorous::VIRIDIS)
    }

    /// Blue to yellow, the same to people with and without red-green vision (J. R. Nuñez et al.,
    /// PLoS ONE 13, e0199239, 2018).
    pub fn cividis() -> Self {
        Self::published("cividis", colorous::CIVIDIS)
    }

    /// Black through magenta to cream (S. van der Walt and N. Smith, 2015).
    pub fn magma() -> Self {
        Self::published("magma", colorous::MAGMA)
    }

    /// Blue (0) over near-white (1/2) to orange-red (1).
    pub fn diverging() -> Self {
        Self::computed("diverging", false, |t| {
            let side = (2.0 * t - 1.0).abs();
            let hue = if t < 0.5 { 255.0 } else { 35.0 };
            [0.95 - 0.37 * side, 0.15 * side.powf(0.9), hue / 360.0]
        })
    }

    /// Once round the hues at lightness 0.75 and chroma 0.12, which all fit into sRGB.
    pub fn cyclic() -> Self {
        Self::computed("cyclic", true, |t| [0.75, 0.12, t + 30.0 / 360.0])
    }

    /// A map that takes its steps from a few named colours, for species and states of health.
    ///
    /// The value k/(n−1) gives colour k of n. Without colours the map is white.
    pub fn categories(colours: &[[u8; 3]]) -> Self {
        let texels = std::array::from_fn(|k| {
            let last = colours.len().saturating_sub(1) as f64;
            let nearest = (k as f64 / (TEXELS - 1) as f64 * last).round() as usize;
            colours.get(nearest).copied().unwrap_or([255; 3])
        });
        Self {
            name: "categories",
            cyclic: false,
            texels,
        }
    }

    /// The colour of a value. Values beyond the ends take the end's colour, or go round.
    pub fn colour(&self, value: f32) -> [u8; 3] {
        // `as` saturates and sends a NaN to zero, so the index is always valid.
        let texel = if self.cyclic {
            ((value - value.floor()) * TEXELS as f32) as usize
        } else {
            (value.clamp(0.0, 1.0) * (TEXELS - 1) as f32 + 0.5) as usize
        };
        self.texels[texel.min(TEXELS - 1)]
    }

    fn published(name: &'static str, gradient: colorous::Gradient) -> Self {
        let texels = std::array::from_fn(|k| {
            let colour = gradient.eval_rational(k, TEXELS);
            [colour.r, colour.g, colour.b]
        });
        Self {
            name,
            cyclic: false,
            texels,
        }
    }

    fn computed(name: &'static str, cyclic: bool, oklch: impl Fn(f64) -> [f64; 3]) -> Self {
        let steps = if cyclic { TEXELS } else { TEXELS - 1 };
        let texels = std::array::from_fn(|k| srgb_of_oklch(oklch(k as f64 / steps as f64)));
        Self {
            name,
            cyclic,
            texels,
        }
    }
}

/// sRGB bytes of an OKLCH colour: lightness, chroma, hue in turns. Clips what sRGB cannot show.
fn srgb_of_oklch([lightness, chroma, hue]: [f64; 3]) -> [u8; 3] {
    let (a, b) = (chroma * (TAU * hue).cos(), chroma * (TAU * hue).sin());
    let l = (lightness + 0.3963377774 * a + 0.2158037573 * b).powi(3);
    let m = (lightness - 0.1055613458 * a - 0.0638541728 * b).powi(3);
    let s = (lightness - 0.0894841775 * a - 1.2914855480 * b).powi(3);
    [
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
    .map(|linear| {
        let encoded = if linear <= 0.0031308 {
            12.92 * linear
        } else {
            1.055 * linear.powf(1.0 / 2.4) - 0.055
        };
        (encoded.clamp(0.0, 1.0) * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Light of the three primaries.
    fn linear(code: [u8; 3]) -> [f64; 3] {
        code.map(|byte| {
            let x = f64::from(byte) / 255.0;
            if x <= 0.04045 {
                x / 12.92
            } else {
                ((x + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    /// OKLab lightness, written independently of the code above: from bytes to L.
    fn lightness(code: [u8; 3]) -> f64 {
        lightness_of(linear(code))
    }

    fn lightness_of([r, g, b]: [f64; 3]) -> f64 {
        let l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b).cbrt();
        let m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b).cbrt();
        let s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b).cbrt();
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    }

    // A byte is a step of at most 0.005 in lightness in the lit range, so 0.006 is rounding.
    const ROUNDING: f64 = 0.006;

    #[test]
    fn sequential_maps_rise_in_lightness() {
        for map in [
            ColourMap::viridis(),
            ColourMap::cividis(),
            ColourMap::magma(),
        ] {
            let l: Vec<f64> = map.texels.iter().map(|&texel| lightness(texel)).collect();
            assert!(
                l.windows(2).all(|pair| pair[1] > pair[0] - ROUNDING),
                "{map:?}"
            );
            assert!(
                l[TEXELS - 1] - l[0] > 0.5,
                "{map:?} spans {}",
                l[TEXELS - 1] - l[0]
            );
        }
    }

    #[test]
    fn maps_can_be_read_by_those_who_lack_a_kind_of_cones() {
        // Light as it appears without long, middle or short cones (G. M. Machado et al., IEEE
        // Trans. Vis. Comput. Graph. 15, 1291, 2009).
        const LACKING: [[[f64; 3]; 3]; 3] = [
            [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ],
            [
                [0.367322, 0.860646, -0.227968],
                [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ],
            [
                [1.255528, -0.076749, -0.178779],
                [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ],
        ];
        // The least difference in lightness that is noticed.
        const NOTICED: f64 = 0.02;
        for matrix in LACKING {
            let seen = |code: [u8; 3]| {
                let light = linear(code);
                matrix.map(|row| {
                    let sum: f64 = row.iter().zip(light).map(|(a, b)| a * b).sum();
                    sum.max(0.0)
                })
            };
            for map in [
                ColourMap::viridis(),
                ColourMap::cividis(),
                ColourMap::magma(),
            ] {
                let mut most = 0.0_f64;
                for &texel in &map.texels {
                    let now = lightness_of(seen(texel));
                    assert!(now > most - NOTICED, "{map:?}: {texel:?}");
                    most = most.max(now);
                }
                assert!(most > 0.8, "{map:?}");
            }
            let map = ColourMap::diverging();
            let [low, high] = [0.0, 1.0].map(|end| seen(map.colour(end)));
            let apart = (0..3)
                .map(|c| (low[c].sqrt() - high[c].sqrt()).powi(2))
                .sum::<f64>();
            assert!(
                apart.sqrt() > 0.2,
                "the two ends of the diverging map: {apart}"
            );
        }
    }

    #[test]
    fn the_cyclic_map_keeps_its_lightness_and_closes() {
        let map = ColourMap::cyclic();
        for (k, &texel) in map.texels.iter().enumerate() {
            assert!((lightness(texel) - 0.75).abs() < ROUNDING, "{k}: {texel:?}");
        }
        for k in 0..TEXELS {
            let (a, b) = (map.texels[k], map.texels[(k + 1) % TEXELS]);
            assert!(
                (0..3).all(|c| a[c].abs_diff(b[c]) <= 5),
                "a jump at {k}: {a:?} {b:?}"
            );
        }
        assert_eq!(map.colour(0.25), map.colour(1.25));
        assert_eq!(map.colour(-0.25), map.colour(0.75));
    }

    #[test]
    fn the_diverging_map_is_balanced() {
        let map = ColourMap::diverging();
        for k in 0..TEXELS / 2 {
            let (a, b) = (map.texels[k], map.texels[TEXELS - 1 - k]);
            assert!(
                (lightness(a) - lightness(b)).abs() < 2.0 * ROUNDING,
                "{k}: {a:?} {b:?}"
            );
        }
        assert!(lightness(map.colour(0.5)) > 0.9);
        assert!(map.colour(0.0)[2] > map.colour(0.0)[0] && map.colour(1.0)[0] > map.colour(1.0)[2]);
    }

    #[test]
    fn known_ends_and_wild_values() {
        let map = ColourMap::viridis();
        assert_eq!(map.colour(0.0), [0x44, 0x01, 0x54]);
        assert_eq!(map.colour(1.0), [0xFD, 0xE7, 0x25]);
        assert_eq!(map.colour(f32::INFINITY), map.colour(1.0));
        assert_eq!(map.colour(f32::NAN), map.colour(0.0));
        assert!(
            ColourMap::NAMES
                .iter()
                .all(|name| ColourMap::named(name).is_some())
        );
        assert!(ColourMap::named("jet").is_none());
    }

    #[test]
    fn categories_are_exact() {
        let map = ColourMap::categories(&[[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]);
        for (k, first) in [1, 4, 7, 10].into_iter().enumerate() {
            assert_eq!(map.colour(k as f32 / 3.0)[0], first);
        }
        assert_eq!(ColourMap::categories(&[]).colour(0.5), [255; 3]);
    }
}
