//! Which cells a shape touches, and which it covers whole.

use super::grid::{Cell, Extent, Grid, Span};
use crate::distance::Metric;
use crate::geofence::{Circle, MultiPolygon, Shape, Vertex};

/// Added to each side of what is compared with a cell, degrees: wider than a boundary is thick.
const MARGIN_DEG: f64 = 2e-9;

/// Calls for each cell the shape may touch, with whether it surely covers the cell whole.
pub(super) fn cover(shape: &Shape, grid: &Grid, call: impl FnMut(Cell, bool)) {
    match shape {
        Shape::Circle(circle) => cover_circle(circle, shape, grid, call),
        Shape::MultiPolygon(polygon) => cover_polygon(polygon, shape, grid, call),
    }
}

/// A shape's rectangle with the margin.
pub(super) fn extent(shape: &Shape) -> Extent {
    let (south, west, north, east) = shape.extent();
    Extent {
        south: south - MARGIN_DEG,
        west: west - MARGIN_DEG,
        north: north + MARGIN_DEG,
        east: east + MARGIN_DEG,
    }
}

/// By the triangle inequality: a cell lies within its half diagonal of its middle.
fn cover_circle(circle: &Circle, shape: &Shape, grid: &Grid, mut call: impl FnMut(Cell, bool)) {
    let Extent {
        south,
        west,
        north,
        east,
    } = extent(shape);
    for row in grid.row(south)..=grid.row(north) {
        if grid.is_cap(row) {
            call(grid.wrapped(row, 0), false);
            continue;
        }
        let (row_south, row_north) = grid.latitudes(row);
        let Span { first, count } = grid.span(row, west, east);
        let width = grid.west(row, 1) - grid.west(row, 0);
        let (_, widest) = Metric::at(row_south.abs().min(row_north.abs())).per_degree();
        let (highest, _) = Metric::at(row_south.abs().max(row_north.abs())).per_degree();
        let half_diagonal_m =
            ((row_north - row_south) * highest).hypot(width * widest) / 2.0 * 1.01 + 0.01;
        let latitude = (row_south + row_north) / 2.0;
        for column in first..first + count {
            let middle = Vertex {
                x: grid.west(row, column) + width / 2.0,
                y: latitude,
            };
            let distance_m = circle.distance_to_centre_m(middle.place());
            if distance_m - half_diagonal_m <= circle.radius_m() {
                call(
                    grid.wrapped(row, column),
                    distance_m + half_diagonal_m <= circle.radius_m(),
                );
            }
        }
    }
}

/// One row of cells and which of them an edge passes.
struct Row {
    number: u32,
    span: Span,
    is_passed: Vec<bool>,
}

/// The cells an edge passes are touched; each run of cells between them is all inside or all
/// outside.
fn cover_polygon(
    polygon: &MultiPolygon,
    shape: &Shape,
    grid: &Grid,
    mut call: impl FnMut(Cell, bool),
) {
    let Extent {
        south,
        west,
        north,
        east,
    } = extent(shape);
    let first_row = grid.row(south);
    let mut rows: Vec<Row> = (first_row..=grid.row(north))
        .map(|number| {
            let span = grid.span(number, west, east);
            Row {
                number,
                span,
                is_passed: vec![false; span.count as usize],
            }
        })
        .collect();
    polygon.for_each_edge(|a, b| {
        let (low, high) = (
            grid.row(a.y.min(b.y) - MARGIN_DEG),
            grid.row(a.y.max(b.y) + MARGIN_DEG),
        );
        for row in low..=high {
            if let Some(row) = rows.get_mut((row - first_row) as usize) {
                row.pass(grid, a, b);
            }
        }
    });
    for row in &rows {
        if grid.is_cap(row.number) {
            call(grid.wrapped(row.number, 0), false);
            continue;
        }
        let (row_south, row_north) = grid.latitudes(row.number);
        let mut is_run_inside = None;
        for (column, is_passed) in (row.span.first..).zip(&row.is_passed) {
            if *is_passed {
                is_run_inside = None;
                call(grid.wrapped(row.number, column), false);
                continue;
            }
            let middle = Vertex {
                x: (grid.west(row.number, column) + grid.west(row.number, column + 1)) / 2.0,
                y: (row_south + row_north) / 2.0,
            };
            if *is_run_inside.get_or_insert_with(|| polygon.is_inside(middle)) {
                call(grid.wrapped(row.number, column), true);
            }
        }
    }
}

impl Row {
    /// Marks the cells of this row that an edge passes.
    fn pass(&mut self, grid: &Grid, a: Vertex, b: Vertex) {
        let (south, north) = grid.latitudes(self.number);
        let height = b.y - a.y;
        let at = |latitude: f64| ((latitude - a.y) / height).clamp(0.0, 1.0);
        let (from, to) = if height.abs() <= MARGIN_DEG {
            (0.0, 1.0)
        } else {
            (at(south - MARGIN_DEG), at(north + MARGIN_DEG))
        };
        let (x, other) = (a.x + from * (b.x - a.x), a.x + to * (b.x - a.x));
        let first = grid.column(self.number, x.min(other) - MARGIN_DEG) - self.span.first;
        let last = grid.column(self.number, x.max(other) + MARGIN_DEG) - self.span.first;
        let end = self.is_passed.len() as i64;
        for column in first.clamp(0, end)..(last + 1).clamp(0, end) {
            self.is_passed[column as usize] = true;
        }
    }
}
