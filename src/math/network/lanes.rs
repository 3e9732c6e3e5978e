//! A kernel over sixteen pairs at once, in single precision: relative error below 2·10⁻⁶.

use super::super::polynomial::{exp, ln};
use super::super::simd::*;
use super::kernel::Placed;
use super::shape::Shape;

/// Sixteen numbers that one load brings.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Values(pub [f32; LANES]);

/// A placed kernel, times a factor.
#[derive(Clone, Copy, Debug)]
pub struct KernelLanes {
    form: Form,
    peak: f32,
    floor: f32,
}

/// Shapes with their constants; forms without a logarithm stand for the usual exponents.
#[derive(Clone, Copy, Debug)]
enum Form {
    Flat,
    Gaussian { rate: f32 },
    Exponential { rate: f32 },
    InverseSquare { rate: f32 },
    PowerLaw { rate: f32, power: f32 },
    PlateauFour { rate: f32 },
    Plateau { rate: f32, power: f32 },
    FiniteRange { radius2: f32 },
}

impl KernelLanes {
    /// `factor` times the density of `placed`.
    pub fn new(placed: &Placed, factor: f64) -> Self {
        let form = match placed.shape {
            _ if placed.peak == 0.0 => Form::Flat,
            Shape::Gaussian { width } => Form::Gaussian {
                rate: (-0.5 / (width * width)) as f32,
            },
            Shape::Exponential { length } => Form::Exponential {
                rate: (-1.0 / length) as f32,
            },
            Shape::PowerLaw { scale, exponent } => {
                let rate = (1.0 / (scale * scale)) as f32;
                if exponent == 1.0 {
                    Form::InverseSquare { rate }
                } else {
                    Form::PowerLaw {
                        rate,
                        power: (-1.0 - exponent) as f32,
                    }
                }
            }
            Shape::Plateau { radius, exponent } => {
                let rate = (1.0 / (radius * radius)) as f32;
                if exponent == 4.0 {
                    Form::PlateauFour { rate }
                } else {
                    Form::Plateau {
                        rate,
                        power: (-0.5 * exponent) as f32,
                    }
                }
            }
            Shape::FiniteRange { radius } => Form::FiniteRange {
                radius2: (radius * radius) as f32,
            },
        };
        Self {
            form,
            peak: (placed.peak * factor) as f32,
            floor: (placed.floor * factor) as f32,
        }
    }

    /// Peak and floor: the values are peak/q + floor, with the q of [`KernelLanes::invert`].
    pub fn scales(&self) -> [f32; 2] {
        match self.form {
            Form::Flat => [0.0, self.floor],
            _ => [self.peak, self.floor],
        }
    }

    /// Puts the peak of the local part over its value in the places of squared distances: what a
    /// test against a random number needs, without a division.
    #[inline(always)]
    pub fn invert<S: Simd>(&self, simd: S, values: &mut [Values]) {
        let one = f32x16::splat(simd, 1.0);
        // A loop for each form, so that none has to look which form it is.
        macro_rules! each {
            (|$r2:ident| $inverse:expr) => {
                for value in values {
                    let $r2 = f32x16::load_array(simd, value.0);
                    value.0 = $inverse.to_array();
                }
            };
        }
        match self.form {
            Form::Flat => values.fill(Values([1.0; LANES])),
            Form::Gaussian { rate } => each!(|r2| exp(simd, r2 * -rate)),
            Form::Exponential { rate } => each!(|r2| exp(simd, r2.sqrt() * -rate)),
            Form::InverseSquare { rate } => each!(|r2| {
                let x = r2 * rate + 1.0;
                x * x
            }),
            Form::PowerLaw { rate, power } => {
                each!(|r2| exp(simd, ln(simd, r2 * rate + 1.0) * -power));
            }
            Form::PlateauFour { rate } => each!(|r2| {
                let x = (r2 * rate).max(one);
                x * x
            }),
            Form::Plateau { rate, power } => each!(|r2| {
                let x = (r2 * rate).max(one);
                exp(simd, ln(simd, x) * -power)
            }),
            Form::FiniteRange { radius2 } => each!(|r2| {
                let inside = r2.simd_lt(f32x16::splat(simd, radius2));
                inside.select(one, f32x16::splat(simd, 1e30))
            }),
        }
    }

    /// Values at sixteen squared distances.
    #[inline(always)]
    pub fn at<S: Simd>(&self, simd: S, r2: f32x16<S>) -> f32x16<S> {
        let one = f32x16::splat(simd, 1.0);
        let relative = match self.form {
            Form::Flat => return f32x16::splat(simd, self.floor),
            Form::Gaussian { rate } => exp(simd, r2 * rate),
            Form::Exponential { rate } => exp(simd, r2.sqrt() * rate),
            Form::InverseSquare { rate } => {
                let x = r2 * rate + 1.0;
                one / (x * x)
            }
            Form::PowerLaw { rate, power } => exp(simd, ln(simd, r2 * rate + 1.0) * power),
            Form::PlateauFour { rate } => {
                let x = r2 * rate;
                let x = x.simd_gt(one).select(x, one);
                one / (x * x)
            }
            Form::Plateau { rate, power } => {
                let x = r2 * rate;
                let x = x.simd_gt(one).select(x, one);
                exp(simd, ln(simd, x) * power)
            }
            Form::FiniteRange { radius2 } => {
                let inside = r2.simd_lt(f32x16::splat(simd, radius2));
                inside.select(one, f32x16::splat(simd, 0.0))
            }
        };
        relative * self.peak + self.floor
    }
}

/// Squared distances of sixteen places from one, in units of length.
#[inline(always)]
pub fn distance2<S: Simd>(
    there: [u32x16<S>; 2],
    here: [u32x16<S>; 2],
    quantum: [f32; 2],
) -> f32x16<S> {
    let x: i32x16<S> = (there[0] - here[0]).bitcast();
    let y: i32x16<S> = (there[1] - here[1]).bitcast();
    let x = x.to_float::<f32x16<S>>() * quantum[0];
    let y = y.to_float::<f32x16<S>>() * quantum[1];
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::super::geometry::Geometry;
    use super::super::kernel::Kernel as Law;
    use super::*;

    #[derive(Clone, Copy)]
    struct At<'a>(&'a KernelLanes, [f32; LANES]);
    impl Kernel for At<'_> {
        type Output = [f32; LANES];
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> [f32; LANES] {
            self.0.at(simd, f32x16::load_array(simd, self.1)).to_array()
        }
    }

    /// The same by way of the inverse.
    #[derive(Clone, Copy)]
    struct Inverse<'a>(&'a KernelLanes, [f32; LANES]);
    impl Kernel for Inverse<'_> {
        type Output = [f32; LANES];
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> [f32; LANES] {
            let [peak, floor] = self.0.scales();
            let mut values = [Values(self.1)];
            self.0.invert(simd, &mut values);
            let inverse = f32x16::load_array(simd, values[0].0);
            (f32x16::splat(simd, peak) / inverse + floor).to_array()
        }
    }

    #[test]
    fn lanes_agree_with_the_kernel_on_every_instruction_set() {
        let geometry = Geometry {
            size: [50.0, 50.0],
            periodic: true,
        };
        let shapes = [
            Shape::Gaussian { width: 3.0 },
            Shape::Exponential { length: 2.0 },
            Shape::PowerLaw {
                scale: 1.5,
                exponent: 1.0,
            },
            Shape::PowerLaw {
                scale: 1.5,
                exponent: 0.4,
            },
            Shape::Plateau {
                radius: 1.3,
                exponent: 4.0,
            },
            Shape::Plateau {
                radius: 1.3,
                exponent: 2.7,
            },
            Shape::FiniteRange { radius: 2.0 },
        ];
        let laws = shapes.map(|shape| Law::small_world(shape, 0.1));
        for law in laws.into_iter().chain([Law::uniform()]) {
            let placed = Placed::new(law, geometry).unwrap();
            let lanes = KernelLanes::new(&placed, 2.5);
            for block in 0..40 {
                let r: [f32; LANES] = std::array::from_fn(|l| (block * 16 + l) as f32 * 0.03);
                let r2 = r.map(|r| r * r);
                let values: Vec<_> = super::super::super::simd::tests::levels()
                    .into_iter()
                    .map(|level| dispatch_at(level, At(&lanes, r2)))
                    .collect();
                assert!(values.iter().all(|value| *value == values[0]));
                let inverses: Vec<_> = super::super::super::simd::tests::levels()
                    .into_iter()
                    .map(|level| dispatch_at(level, Inverse(&lanes, r2)))
                    .collect();
                assert!(inverses.iter().all(|value| *value == inverses[0]));
                for l in 0..LANES {
                    let exact = 2.5 * placed.density(f64::from(r2[l]));
                    let error = f64::from(values[0][l]) / exact - 1.0;
                    assert!(error.abs() < 2e-6, "{law:?} at {}: {error:e}", r[l]);
                    let error = (f64::from(inverses[0][l]) - exact).abs();
                    assert!(
                        error < 3e-6 * exact + 1e-29,
                        "{law:?} at {}: {error:e}",
                        r[l]
                    );
                }
            }
        }
    }
}
