//! Voronoi cells: who is whose neighbour, and the topological charge of everybody.

use spade::{DelaunayTriangulation, Point2, Triangulation};
use std::sync::Arc;

use super::survey::once;
use crate::math::domain::{Boundary, Domain};
use crate::model::observable::Sample;

/// The cells of one state.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// 6 minus the number of neighbours; 0 as well for those on a rim of an open cloud.
    pub charge: Vec<i8>,
    /// True on the rim, where a cell has no end.
    pub rim: Vec<bool>,
    /// Edges of the cells, with the greater |charge| of both sides.
    pub edges: Vec<([[f32; 2]; 2], i8)>,
}

/// The most charges whose cells are found.
pub const MOST: usize = 20_000;

/// The empty circle of a triangle on the rim has so many times the radius of a usual one.
const BAY: f64 = 2.5;

/// Cells of the sample's state; none for too many charges, or on a line.
pub fn cells(sample: &Sample) -> Arc<Cells> {
    once(
        sample,
        |memo| &mut memo.cells,
        || Arc::new(find(&sample.domain, sample.positions()).unwrap_or_default()),
    )
}

/// Finds the cells; `None` where there are none to find.
pub fn find(domain: &Domain, places: &[[u32; 2]]) -> Option<Cells> {
    let count = places.len();
    if !(3..=MOST).contains(&count) {
        return None;
    }
    let mut points: Vec<(usize, Point2<f64>)> = places
        .iter()
        .enumerate()
        .map(|(slot, &place)| {
            let [x, y] = domain.real(place);
            (slot, Point2::new(x, y))
        })
        .collect();
    if domain.boundary == Boundary::Periodic {
        // Images within a few spacings of the edge close the cells there.
        let margin = 6.0 * (domain.area() / count as f64).sqrt();
        for at in 0..count {
            let (slot, point) = points[at];
            for (dx, dy) in [
                (-1, -1),
                (-1, 0),
                (-1, 1),
                (0, -1),
                (0, 1),
                (1, -1),
                (1, 0),
                (1, 1),
            ] {
                let x = point.x + f64::from(dx) * domain.size[0];
                let y = point.y + f64::from(dy) * domain.size[1];
                if x.abs() < 0.5 * domain.size[0] + margin
                    && y.abs() < 0.5 * domain.size[1] + margin
                {
                    points.push((slot, Point2::new(x, y)));
                }
            }
        }
    }
    let mut mesh = DelaunayTriangulation::<Point2<f64>>::new();
    // Vertices are numbered as they are added; one at a place that is taken has the number of the first.
    let mut owner: Vec<usize> = Vec::with_capacity(points.len());
    for &(slot, point) in &points {
        let vertex = mesh.insert(point).ok()?;
        if vertex.index() == owner.len() {
            owner.push(slot);
        }
    }
    if mesh.num_inner_faces() == 0 {
        return None;
    }
    let mut cells = Cells {
        charge: vec![0; count],
        rim: vec![false; count],
        edges: Vec::new(),
    };
    // The empty circle of a triangle that spans the bay of a rim, or the hole of a ring, is large:
    // it is not of the droplet, and those at its corners are on the rim.
    let mut squares = vec![f64::INFINITY; mesh.num_all_faces()];
    for face in mesh.inner_faces() {
        squares[face.index()] = face.circumcircle().1;
    }
    let most = if domain.boundary == Boundary::Periodic {
        f64::MAX
    } else {
        let mut sorted = squares.clone();
        sorted.sort_by(f64::total_cmp);
        BAY * BAY * sorted[sorted.len() / 2]
    };
    let mut rim = vec![false; owner.len()];
    for edge in mesh.directed_edges() {
        if squares[edge.face().index()] > most {
            rim[edge.from().index()] = true;
            rim[edge.to().index()] = true;
        }
    }
    let mut own = vec![0i8; owner.len()];
    for vertex in mesh.vertices() {
        let index = vertex.index();
        // An image only closes the cells of the others.
        let image = index >= count && domain.boundary == Boundary::Periodic;
        if !rim[index] {
            let neighbours = vertex.out_edges().count().min(100) as i8;
            own[index] = 6 - neighbours;
        }
        if !image {
            cells.charge[owner[index]] = own[index];
            cells.rim[owner[index]] = rim[index];
        }
    }
    for edge in mesh.undirected_edges() {
        let [a, b] = edge.vertices().map(|vertex| vertex.index());
        let [left, right] = [edge.as_directed(), edge.as_directed().rev()].map(|directed| {
            let face = directed.face();
            let face = face
                .as_inner()
                .filter(|face| squares[face.index()] <= most)?;
            let centre = face.circumcenter();
            Some([centre.x as f32, centre.y as f32])
        });
        if let (Some(left), Some(right)) = (left, right)
            && a.min(b) < count
        {
            let worse = if own[a].abs() >= own[b].abs() {
                own[a]
            } else {
                own[b]
            };
            cells.edges.push(([left, right], worse));
        }
    }
    Some(cells)
}
