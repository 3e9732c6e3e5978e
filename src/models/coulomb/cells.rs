//! Voronoi cells: who is whose neighbour, and the topological charge of everybody.

use spade::{DelaunayTriangulation, Point2, Triangulation};
use std::sync::Arc;

use super::survey::{once, positions};
use crate::math::domain::{Boundary, Domain};
use crate::model::observable::Sample;

/// The cells of one state.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// 6 minus the number of neighbours; 0 as well for those on the rim of an open cloud.
    pub charge: Vec<i8>,
    /// True on the rim, where a cell has no end.
    pub rim: Vec<bool>,
    /// Edges of the cells, with the greater |charge| of both sides.
    pub edges: Vec<([[f32; 2]; 2], i8)>,
}

/// The most charges whose cells are found.
pub const MOST: usize = 20_000;

/// Cells of the sample's state; none for too many charges, or on a line.
pub fn cells(sample: &Sample) -> Arc<Cells> {
    once(
        sample,
        |memo| &mut memo.cells,
        || Arc::new(find(&sample.domain, positions(sample)).unwrap_or_default()),
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
    let mut rim = vec![false; owner.len()];
    for edge in mesh.convex_hull() {
        rim[edge.from().index()] = true;
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
    let far = 0.75 * domain.size[0].max(domain.size[1]);
    for edge in mesh.undirected_edges() {
        let [a, b] = edge.vertices().map(|vertex| vertex.index());
        let [left, right] = [edge.as_directed(), edge.as_directed().rev()].map(|directed| {
            let centre = directed.face().as_inner().map(|face| face.circumcenter());
            centre.map(|centre| [centre.x as f32, centre.y as f32])
        });
        let (Some(left), Some(right)) = (left, right) else {
            continue;
        };
        // Flat triangles at the rim have their centres far away.
        let inside = |end: [f32; 2]| f64::from(end[0].abs().max(end[1].abs())) < far;
        if inside(left) && inside(right) && (a.min(b) < count) {
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
