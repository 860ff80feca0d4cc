//! Removes the edges where two polygons adjoin: they are inside the whole, not its boundary.
//!
//! A shape cut at the antimeridian (RFC 7946, section 3.1.9) has such a seam along 180°; the
//! distance to it would be the distance to nothing.

use super::ring::{Ring, THICKNESS_DEG, Vertex};

/// A stretch of an edge that an edge of another polygon runs along, in the opposite direction.
pub(super) struct Seam {
    /// Which ring of the shape, from 0.
    pub(super) ring: usize,
    /// Which edge of it, from 0.
    pub(super) edge: usize,
    /// The ends of the stretch, in any order.
    pub(super) ends: (Vertex, Vertex),
}

/// All edges of the rings without the seams.
pub(super) fn without_seams(rings: &[Ring], mut seams: Vec<Seam>) -> Vec<(Vertex, Vertex)> {
    seams.sort_by_key(|seam| (seam.ring, seam.edge));
    let mut rest = seams.as_slice();
    let mut edges = Vec::new();
    for (number, ring) in rings.iter().enumerate() {
        for (index, edge) in ring.edges().enumerate() {
            let count = rest
                .iter()
                .take_while(|seam| (seam.ring, seam.edge) == (number, index))
                .count();
            let (own, later) = rest.split_at(count);
            rest = later;
            cut(edge, own, &mut edges);
        }
    }
    edges
}

/// Adds what the seams leave of an edge.
fn cut(edge: (Vertex, Vertex), seams: &[Seam], edges: &mut Vec<(Vertex, Vertex)>) {
    let (from, to) = edge;
    let distance = |vertex: Vertex| (vertex.x - from.x).hypot(vertex.y - from.y);
    let mut stretches: Vec<(Vertex, Vertex)> = seams
        .iter()
        .map(|Seam { ends: (a, b), .. }| {
            if distance(*a) <= distance(*b) {
                (*a, *b)
            } else {
                (*b, *a)
            }
        })
        .collect();
    stretches.sort_by(|s, t| distance(s.0).total_cmp(&distance(t.0)));
    let mut reached = from;
    for (start, end) in stretches {
        if distance(start) > distance(reached) + THICKNESS_DEG {
            edges.push((reached, start));
        }
        if distance(end) > distance(reached) {
            reached = end;
        }
    }
    if distance(to) > distance(reached) + THICKNESS_DEG {
        edges.push((reached, to));
    }
}
