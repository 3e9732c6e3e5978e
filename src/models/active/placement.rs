//! Where particles start: arrangements of discs that do not overlap, at any packing fraction.
//!
//! Random overlapping discs of a stiff repulsion would throw each other across the box in the
//! first step. Hence dilute random starts are random sequential additions, and dense ones are
//! triangular lattices with random vacancies and as much jitter as the gaps allow. Both forget
//! their origin within a few collision times.

use crate::math::domain::Domain;
use crate::math::philox::Stream;

/// Up to this packing fraction a random sequential addition succeeds quickly; it jams at 0.547.
const SEQUENTIAL_LIMIT: f64 = 0.38;
/// Attempts to place one disc before the sequential addition gives up.
const ATTEMPTS: u16 = 2000;
/// The first Philox block of placements; lower blocks belong to headings and diameters.
const FIRST_BLOCK: u16 = 8;

/// Uniform number in (0, 1) with all 32 bits of a word.
fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) / 4_294_967_296.0
}

/// Independent uniform points in the box.
pub fn uniform(domain: &Domain, count: usize, stream: Stream) -> Vec<[f64; 2]> {
    (0..count as u32)
        .map(|tag| {
            let words = stream.words(tag, FIRST_BLOCK);
            [0, 1].map(|axis| (unit(words[axis]) - 0.5) * domain.size[axis])
        })
        .collect()
}

/// A random arrangement of discs of at most the given diameter that do not overlap, as far as
/// there is room.
pub fn random(domain: &Domain, count: usize, diameter: f64, stream: Stream) -> Vec<[f64; 2]> {
    let packing = count as f64 * diameter * diameter * std::f64::consts::FRAC_PI_4 / domain.area();
    if packing <= SEQUENTIAL_LIMIT
        && let Some(points) = sequential(domain, count, diameter, stream)
    {
        return points;
    }
    // The lattice of `count` sites has the largest spacing; half of the gain over contact is
    // given to vacancies, the other half to jitter.
    let spacing = (domain.area() / count as f64 * (4.0f64 / 3.0).sqrt()).sqrt();
    let sites = (count as f64 * (spacing / diameter).max(1.0)) as usize;
    let lattice = Triangular::new(domain.size, sites.max(count), domain.is_periodic());
    let jitter = (0.5 * (lattice.spacing() - diameter)).max(0.0);
    let mut points = lattice.vacate(count, |site| unit(stream.words(site, FIRST_BLOCK)[2]));
    for (tag, point) in points.iter_mut().enumerate() {
        let words = stream.words(tag as u32, FIRST_BLOCK + 1);
        let angle = std::f64::consts::TAU * unit(words[0]);
        let radius = jitter * unit(words[1]).sqrt();
        point[0] += radius * angle.cos();
        point[1] += radius * angle.sin();
    }
    points
}

/// Random sequential addition: each disc at the first random place where it fits. `None` when
/// one finds no place.
fn sequential(
    domain: &Domain,
    count: usize,
    diameter: f64,
    stream: Stream,
) -> Option<Vec<[f64; 2]>> {
    const NONE: u32 = u32::MAX;
    // A bin per disc at most: bins smaller than a disc would have to be searched more widely.
    let most = (count as f64).sqrt().ceil().max(1.0);
    let bins = domain
        .size
        .map(|side| (side / diameter).floor().clamp(1.0, 4.0 * most) as i64);
    let mut head = vec![NONE; (bins[0] * bins[1]) as usize];
    let mut next = vec![NONE; count];
    let mut points: Vec<[f64; 2]> = Vec::with_capacity(count);
    let periodic = domain.is_periodic();
    'particles: for tag in 0..count as u32 {
        for attempt in 0..ATTEMPTS {
            let words = stream.words(tag, FIRST_BLOCK + attempt);
            for half in [0, 2] {
                let turn = [unit(words[half]), unit(words[half + 1])];
                let point = [0, 1].map(|axis| (turn[axis] - 0.5) * domain.size[axis]);
                let bin = [0, 1].map(|axis| (turn[axis] * bins[axis] as f64) as i64);
                let mut free = true;
                for neighbour in 0..9 {
                    if !free {
                        break;
                    }
                    let around = [bin[0] + neighbour % 3 - 1, bin[1] + neighbour / 3 - 1];
                    let inside = (0..2).all(|axis| (0..bins[axis]).contains(&around[axis]));
                    if !periodic && !inside {
                        continue;
                    }
                    let around = [0, 1].map(|axis| around[axis].rem_euclid(bins[axis]));
                    let mut other = head[(around[1] * bins[0] + around[0]) as usize];
                    while other != NONE && free {
                        let separation = separation(domain, point, points[other as usize]);
                        free = separation >= diameter * diameter;
                        other = next[other as usize];
                    }
                }
                if free {
                    let slot =
                        (bin[1].min(bins[1] - 1) * bins[0] + bin[0].min(bins[0] - 1)) as usize;
                    next[tag as usize] = head[slot];
                    head[slot] = tag;
                    points.push(point);
                    continue 'particles;
                }
            }
        }
        return None;
    }
    Some(points)
}

/// Squared distance of two points, of the nearest images in a periodic box.
fn separation(domain: &Domain, a: [f64; 2], b: [f64; 2]) -> f64 {
    (0..2)
        .map(|axis| {
            let mut d = a[axis] - b[axis];
            if domain.is_periodic() {
                d -= domain.size[axis] * (d / domain.size[axis]).round();
            }
            d * d
        })
        .sum()
}

/// A square lattice over the box with enough sites; surplus sites stay empty at even distances.
pub fn square(domain: &Domain, count: usize) -> Vec<[f64; 2]> {
    let [width, height] = domain.size;
    let columns = (count as f64 * width / height).sqrt().round().max(1.0);
    let rows = (count as f64 / columns).ceil();
    let sites = (columns * rows) as u64;
    (0..count as u64)
        .map(|i| {
            let site = i * sites / count as u64;
            let (column, row) = (
                (site % columns as u64) as f64,
                (site / columns as u64) as f64,
            );
            [
                ((column + 0.5) / columns - 0.5) * width,
                ((row + 0.5) / rows - 0.5) * height,
            ]
        })
        .collect()
}

/// A triangular lattice over the box; surplus sites stay empty at even distances.
pub fn hexagonal(domain: &Domain, count: usize) -> Vec<[f64; 2]> {
    let lattice = Triangular::new(domain.size, count, domain.is_periodic());
    let sites = lattice.sites() as u64;
    (0..count as u64)
        .map(|i| lattice.site((i * sites / count.max(1) as u64) as u32))
        .collect()
}

/// A close-packed band across the middle of the box, perpendicular to its longer side; the whole
/// box when the band does not fit.
pub fn slab(domain: &Domain, count: usize, spacing: f64) -> Vec<[f64; 2]> {
    let long = usize::from(domain.size[1] > domain.size[0]);
    let across = domain.size[1 - long];
    let width = count as f64 * 0.75f64.sqrt() * spacing * spacing / across;
    if width >= domain.size[long] {
        return hexagonal(domain, count);
    }
    // The rows run along the long side, so that the box edge across them closes the lattice.
    let lattice = Triangular::new([width, across], count, domain.is_periodic());
    let sites = lattice.sites() as u64;
    (0..count as u64)
        .map(|i| {
            let [along, aside] = lattice.site((i * sites / count as u64) as u32);
            if long == 0 {
                [along, aside]
            } else {
                [aside, along]
            }
        })
        .collect()
}

/// A close-packed disc in the middle of the box: the sites of a triangular lattice next to the
/// centre. `None` when the disc is wider than the box.
pub fn disc(domain: &Domain, count: usize, spacing: f64) -> Option<Vec<[f64; 2]>> {
    let radius = (count as f64 * 0.75f64.sqrt() / std::f64::consts::PI).sqrt() * spacing;
    if 2.0 * radius + spacing > domain.size[0].min(domain.size[1]) {
        return None;
    }
    let reach = (radius / spacing).ceil() as i32 + 3;
    let mut sites: Vec<[f64; 2]> = (-2 * reach..=2 * reach)
        .flat_map(|row| {
            (-2 * reach..=2 * reach).map(move |column| {
                [
                    (f64::from(column) + 0.5 * f64::from(row.rem_euclid(2))) * spacing,
                    f64::from(row) * 0.75f64.sqrt() * spacing,
                ]
            })
        })
        .collect();
    // A stable sort, so that sites at equal distances keep their order on every machine.
    sites.sort_by(|a, b| (a[0] * a[0] + a[1] * a[1]).total_cmp(&(b[0] * b[0] + b[1] * b[1])));
    sites.truncate(count);
    Some(sites)
}

/// Spacing of the triangular lattice of `count` sites over the box.
pub fn spacing(domain: &Domain, count: usize) -> f64 {
    Triangular::new(domain.size, count.max(1), domain.is_periodic()).spacing()
}

/// A triangular lattice that closes at the edges of a box, slightly strained to fit.
struct Triangular {
    size: [f64; 2],
    columns: u32,
    rows: u32,
}

impl Triangular {
    /// The lattice with at least so many sites whose closest neighbours are farthest apart.
    fn new(size: [f64; 2], sites: usize, periodic: bool) -> Self {
        let sites = sites.max(1);
        let ideal = (sites as f64 * size[1] / size[0] * (4.0f64 / 3.0).sqrt()).sqrt() as i64;
        let lattice = |rows: i64| {
            let rows = rows.max(1) as u32;
            Self {
                size,
                columns: (sites as u32).div_ceil(rows),
                rows,
            }
        };
        (ideal - 3..=ideal + 3)
            // Rows are staggered in pairs, and an odd one would not close at a periodic edge.
            .filter(|rows| *rows > 0 && (!periodic || rows % 2 == 0))
            .map(lattice)
            .max_by(|a, b| a.spacing().total_cmp(&b.spacing()))
            .unwrap_or_else(|| lattice(if periodic { 2 } else { 1 }))
    }

    fn sites(&self) -> u32 {
        self.columns * self.rows
    }

    /// Distance of the closest neighbours.
    fn spacing(&self) -> f64 {
        let [x, y] = [
            self.size[0] / f64::from(self.columns),
            self.size[1] / f64::from(self.rows),
        ];
        x.min((0.25 * x * x + y * y).sqrt())
            .min(if self.rows > 2 { 2.0 * y } else { x })
    }

    fn site(&self, index: u32) -> [f64; 2] {
        let (column, row) = (index % self.columns, index / self.columns);
        let column = f64::from(column) + if row % 2 == 0 { 0.25 } else { 0.75 };
        [
            (column / f64::from(self.columns) - 0.5) * self.size[0],
            ((f64::from(row) + 0.5) / f64::from(self.rows) - 0.5) * self.size[1],
        ]
    }

    /// A random choice of `count` sites, in the order of the sites (Knuth, The Art of Computer
    /// Programming 2, 3.4.2, algorithm S).
    fn vacate(&self, count: usize, random: impl Fn(u32) -> f64) -> Vec<[f64; 2]> {
        let mut points = Vec::with_capacity(count);
        for site in 0..self.sites() {
            let wanted = (count - points.len()) as f64;
            if random(site) * f64::from(self.sites() - site) < wanted {
                points.push(self.site(site));
            }
        }
        points
    }
}
