//! Functions of the distance with their first two derivatives: traps and linear statistics.

/// A function of the distance x ≥ 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Radial {
    /// c xⁿ.
    Power { factor: f64, exponent: u32 },
    /// x⁴/4 − h x²/2.
    Hollow { depth: f64 },
    /// cos(k x).
    Cosine { wave_number: f64 },
    /// ½ [1 − tanh((x − a)/b)]: near 1 inside of a and near 0 outside.
    Inside { radius: f64, width: f64 },
    /// A typed one.
    Formula(crate::math::formula::Formula),
}

impl Radial {
    /// The function, its slope and its curvature.
    pub fn jet(&self, x: f64) -> [f64; 3] {
        match self {
            Self::Power { factor, exponent } => {
                let n = *exponent as i32;
                let of = f64::from(n);
                let power = |by: i32| if n >= by { x.powi(n - by) } else { 0.0 };
                [
                    factor * power(0),
                    factor * of * power(1),
                    factor * of * (of - 1.0) * power(2),
                ]
            }
            Self::Hollow { depth } => {
                let square = x * x;
                [
                    square * (0.25 * square - 0.5 * depth),
                    x * (square - depth),
                    3.0 * square - depth,
                ]
            }
            Self::Cosine { wave_number: k } => {
                let (sin, cos) = (k * x).sin_cos();
                [cos, -k * sin, -k * k * cos]
            }
            Self::Inside { radius, width } => {
                let tanh = ((x - radius) / width).tanh();
                let flank = 1.0 - tanh * tanh;
                [
                    0.5 * (1.0 - tanh),
                    -0.5 * flank / width,
                    tanh * flank / (width * width),
                ]
            }
            Self::Formula(formula) => formula.jet(x),
        }
    }

    /// The function alone.
    pub fn at(&self, x: f64) -> f64 {
        match self {
            Self::Formula(formula) => formula.at(x),
            _ => self.jet(x)[0],
        }
    }

    /// The slope alone.
    pub fn slope(&self, x: f64) -> f64 {
        match self {
            Self::Formula(formula) => formula.slope(x),
            _ => self.jet(x)[1],
        }
    }
}

/// A trap of rotational symmetry in scaled lengths, perhaps inside a hard wall.
#[derive(Clone, Debug, PartialEq)]
pub struct Trap {
    /// w(x).
    pub shape: Radial,
    /// Radius of the wall.
    pub wall: Option<f64>,
}

/// Distance in scaled lengths up to which a trap is looked at; beyond it nothing ever comes.
const HORIZON: f64 = 64.0;

/// Distances at which a trap is looked at, so that no pole between two of them is taken for smooth.
const SAMPLES: usize = 4096;

impl Trap {
    /// The lowest place between two distances, by looking ever closer around the lowest of sixteen.
    fn bottom(&self, mut low: f64, mut high: f64) -> (f64, f64) {
        let mut lowest = (low, f64::INFINITY);
        for _ in 0..14 {
            let step = (high - low) / 16.0;
            for k in 0..=16 {
                let x = low + f64::from(k) * step;
                let value = self.shape.at(x);
                if value.is_nan() || value < lowest.1 {
                    lowest = (x, value);
                }
                if value.is_nan() {
                    return lowest;
                }
            }
            (low, high) = ((lowest.0 - step).max(low), (lowest.0 + step).min(high));
        }
        lowest
    }

    /// Says why a trap does not hold `count` charges at `beta`. One charge far away feels the others
    /// as −(N − 1) ln r, so the weight can only be normalised where N w(x) grows faster than
    /// (N − 1 + d/β) ln x, d being 2 in the plane and 1 on a line.
    pub fn confines(&self, count: usize, beta: f64, dimension: usize) -> Result<(), String> {
        let number = count.max(1) as f64;
        let needed = (number - 1.0 + dimension as f64 / beta) / number;
        let reach = self.wall.unwrap_or(HORIZON).min(HORIZON);
        // The origin itself may be a singular point of a formula that is fine elsewhere.
        let at = |step: usize| (reach * step as f64 / SAMPLES as f64).max(1e-12);
        let mut values = Vec::with_capacity(SAMPLES + 1);
        for step in 0..=SAMPLES {
            let x = if step == 0 { 1e-3 } else { at(step) };
            let [value, slope, _] = self.shape.jet(x);
            if !(value.is_finite() && slope.is_finite()) {
                return Err(format!(
                    "the trap is {value} with the slope {slope} at r = {x:.3}; a trap must be finite with a finite slope everywhere"
                ));
            }
            values.push(value);
        }
        for step in 0..SAMPLES {
            let before = step.saturating_sub(1);
            let [a, b, c] = [values[before], values[step], values[step + 1]];
            if b > a || b > c {
                continue;
            }
            let (x, lowest) = self.bottom(at(before), at(step + 1));
            // A smooth minimum between samples is hardly lower than they are.
            let allowed = b - 1e6 * (1.0 + a.abs() + b.abs() + c.abs());
            if lowest.is_nan() || lowest < allowed {
                return Err(format!(
                    "the trap has no bottom at r = {x:.4}, where it falls to {lowest:e}; a trap must be finite with a finite slope everywhere"
                ));
            }
        }
        if self.wall.is_some() {
            return Ok(());
        }
        let least = (0..=64)
            .map(|step| {
                let x = HORIZON * (0.25 + 0.75 * f64::from(step) / 64.0);
                x * self.shape.slope(x)
            })
            .fold(f64::INFINITY, f64::min);
        if least > needed {
            Ok(())
        } else {
            Err(format!(
                "the trap does not confine: r V′(r) comes down to {least:.4} far away, and must stay above (N − 1 + {dimension}/β)/N = {needed:.4}, because the other charges repel with −(N − 1) ln r; let V grow faster than the logarithm, for example as r^2/2"
            ))
        }
    }
}
