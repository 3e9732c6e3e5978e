use super::*;
use crate::math::simd::tests::levels;

#[derive(Clone, Copy)]
struct Draw(Stream, [u32; LANES], u16);
impl Kernel for Draw {
    type Output = ([[u32; LANES]; 4], [[f32; LANES]; 5]);
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Self::Output {
        let tags = u32x16::load_array(simd, self.1);
        let words = self.0.word_lanes(simd, tags, self.2);
        let [a, b, c, d] = self.0.gaussian_lanes(simd, tags, self.2);
        let sum = self.0.irwin_hall_lanes(simd, tags, self.2);
        (
            words.map(|w| w.to_array()),
            [a, b, c, d, sum].map(|g| g.to_array()),
        )
    }
}

#[test]
fn published_known_answers() {
    // Random123, kat_vectors, philox4x32 10.
    let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
    let cases = [
        (
            [0; 4],
            [0; 2],
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8],
        ),
        (
            [!0; 4],
            [!0; 2],
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd],
        ),
        (
            pi,
            [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
        ),
    ];
    for (counter, key, words) in cases {
        assert_eq!(philox4x32(counter, key), words);
    }
}

#[test]
fn layout_of_key_and_counter_and_the_deviates_that_follow() {
    use Purpose::{Orientation, Translation};
    type Case = (u64, u64, Purpose, u32, [u32; 4], [f32; 4]);
    let cases: [Case; 4] = [
        (
            1,
            0,
            Translation,
            0,
            [0xe3e8_0670, 0xe50a_0ebc, 0x95f2_22c0, 0xb615_aa27],
            [0.380401, -0.296278, -0.249233, -1.003837],
        ),
        (
            1,
            0,
            Translation,
            1,
            [0xac08_141b, 0xdfc5_ccbe, 0x79c0_7a47, 0xa7f6_6093],
            [0.626948, -0.633984, -0.678271, -1.013081],
        ),
        (
            1,
            1,
            Translation,
            0,
            [0x833f_f8dc, 0x225c_963c, 0x232b_88b3, 0x0b33_4b07],
            [0.768634, 0.863337, 1.917665, 0.540856],
        ),
        (
            0x2a,
            678,
            Orientation,
            12345,
            [0x938b_eb9a, 0xf18a_2f73, 0x06bb_70b6, 0x30e8_81fa],
            [0.984369, -0.364807, 0.976487, 2.514563],
        ),
    ];
    for (seed, step, purpose, tag, words, deviates) in cases {
        let stream = Stream::new(seed, step, purpose);
        assert_eq!(stream.words(tag, 0), words);
        for (g, expected) in stream.gaussians(tag, 0).into_iter().zip(deviates) {
            assert!((g - expected).abs() < 1e-5, "{g} {expected}");
        }
    }
}

#[test]
fn lanes_are_the_scalar_words_at_every_level() {
    for trial in 0..200u64 {
        let seed = trial.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let stream = Stream::new(seed, seed >> 7, Purpose::Orientation);
        let tags = std::array::from_fn(|l| (seed >> 32) as u32 ^ (l as u32 * 77));
        let mut bits = Vec::new();
        for level in levels() {
            let (words, deviates) = dispatch_at(level, Draw(stream, tags, 3));
            for l in 0..LANES {
                assert_eq!(stream.words(tags[l], 3), words.map(|w| w[l]));
                assert_eq!(
                    stream.gaussians(tags[l], 3),
                    [0, 1, 2, 3].map(|g| deviates[g][l])
                );
            }
            bits.push(deviates.map(|d| d.map(f32::to_bits)));
        }
        assert!(bits.windows(2).all(|pair| pair[0] == pair[1]));
    }
}

#[test]
fn deviates_have_the_moments_of_their_laws() {
    // 4·10⁶ deviates: standard errors of mean, variance and kurtosis are 5e-4, 7e-4 and 2.4e-3.
    let stream = Stream::new(7, 11, Purpose::Translation);
    let (mut gauss, mut hall) = (Vec::new(), Vec::new());
    for block in 0..62_500 {
        let tags = std::array::from_fn(|l| (block * LANES + l) as u32);
        let (_, d) = dispatch(Draw(stream, tags, 0));
        gauss.extend((0..LANES).flat_map(|l| [d[0][l], d[1][l], d[2][l], d[3][l]]));
        hall.extend(d[4]);
    }
    let mean = |x: &[f32], f: &dyn Fn(f64) -> f64| {
        x.iter().map(|&g| f(f64::from(g))).sum::<f64>() / x.len() as f64
    };
    for (x, kurtosis, factor) in [(&gauss, 3.0, 1.0), (&hall, 2.85, 2.0)] {
        assert!(mean(x, &|g| g).abs() < 2e-3 * factor);
        let variance = mean(x, &|g| g * g);
        assert!((variance - 1.0).abs() < 3e-3 * factor, "{variance}");
        let k = mean(x, &|g| g.powi(4)) / variance.powi(2);
        assert!((k - kurtosis).abs() < 0.03, "{k}");
        let lag = x.windows(2).map(|w| f64::from(w[0] * w[1])).sum::<f64>() / x.len() as f64;
        assert!(lag.abs() < 2e-3 * factor, "{lag}");
    }
    assert!(gauss.iter().all(|g| g.abs() < 5.769));
}

#[test]
fn uniform_numbers_never_reach_their_ends() {
    assert_eq!(uniform(0), 2f32.powi(-24));
    assert!(uniform(u32::MAX) < 1.0);
}
