//! The Earth in near square cells: rows of latitude, columns counted within each degree of it.

use std::sync::LazyLock;

use crate::position::Position;

/// The grids, the finest first: cells of about 111 m, 1.7 km and 28 km.
pub(super) static GRIDS: LazyLock<[Grid; 3]> =
    LazyLock::new(|| [Grid::new(1000), Grid::new(64), Grid::new(4)]);

/// Beyond this latitude a polar cap is one cell.
const CAP_DEG: f64 = 89.0;
/// The degrees of latitude between the caps.
const BANDS: usize = 178;

/// A grid of one cell size.
pub(super) struct Grid {
    rows_per_degree: u32,
    /// For each degree between the caps, from south: how many columns go round the Earth.
    columns: [u32; BANDS],
    /// The same, per degree of longitude.
    columns_per_degree: [f64; BANDS],
}

/// A cell of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    /// At most 178,001.
    pub(super) row: u32,
    /// Below 360,000.
    pub(super) column: u32,
}

/// A rectangle in degrees; west ≤ east, longitudes may lie beyond 180.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) south: f64,
    pub(super) west: f64,
    pub(super) north: f64,
    pub(super) east: f64,
}

impl Extent {
    /// The longitude of a place counted as in this rectangle, if the place lies in it.
    #[inline]
    pub(super) fn longitude_of(&self, place: Position) -> Option<f64> {
        if !(self.south..=self.north).contains(&place.latitude()) {
            return None;
        }
        let longitude = place.longitude();
        [longitude, longitude - 360.0, longitude + 360.0]
            .into_iter()
            .find(|longitude| (self.west..=self.east).contains(longitude))
    }

    /// Latitude and longitude of the middle.
    pub(super) fn middle(&self) -> (f64, f64) {
        (
            (self.south + self.north) / 2.0,
            (self.west + self.east) / 2.0,
        )
    }
}

/// Columns of one row that follow each other, counted from -180° without wrapping.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) first: i64,
    pub(super) count: i64,
}

impl Grid {
    fn new(rows_per_degree: u32) -> Grid {
        let columns: [u32; BANDS] = std::array::from_fn(|band| {
            let middle: f64 = band as f64 + 0.5 - CAP_DEG;
            (360.0 * f64::from(rows_per_degree) * middle.to_radians().cos())
                .round()
                .max(1.0) as u32
        });
        Grid {
            rows_per_degree,
            columns,
            columns_per_degree: columns.map(|count| f64::from(count) / 360.0),
        }
    }

    /// The cell of a place, its longitude within one turn.
    #[inline]
    pub(super) fn cell(&self, latitude: f64, longitude: f64) -> Cell {
        let row = self.row(latitude);
        let Some(band) = self.band(row) else {
            return Cell { row, column: 0 };
        };
        // Never negative, so that cutting is rounding down; 180° is the first column again.
        let column = ((longitude + 180.0) * self.columns_per_degree[band]) as u32;
        Cell {
            row,
            column: if column < self.columns[band] {
                column
            } else {
                0
            },
        }
    }

    /// The row of a latitude: 0 is the southern cap, the last the northern one.
    #[inline]
    pub(super) fn row(&self, latitude: f64) -> u32 {
        let last = BANDS as u32 * self.rows_per_degree + 1;
        if latitude < -CAP_DEG {
            0
        } else if latitude >= CAP_DEG {
            last
        } else {
            (1 + ((latitude + CAP_DEG) * f64::from(self.rows_per_degree)) as u32).min(last - 1)
        }
    }

    /// The column of a longitude, which may lie beyond 180.
    #[inline]
    pub(super) fn column(&self, row: u32, longitude: f64) -> i64 {
        match self.band(row) {
            Some(band) => ((longitude + 180.0) * self.columns_per_degree[band]).floor() as i64,
            None => 0,
        }
    }

    /// The columns from one longitude to another (west ≤ east), none twice.
    pub(super) fn span(&self, row: u32, west: f64, east: f64) -> Span {
        let first = self.column(row, west);
        let count = self.column(row, east) - first + 1;
        Span {
            first,
            count: count.min(self.columns(row)),
        }
    }

    /// The cell of a column that may lie beyond one turn.
    pub(super) fn wrapped(&self, row: u32, column: i64) -> Cell {
        Cell {
            row,
            column: column.rem_euclid(self.columns(row)) as u32,
        }
    }

    /// The southern and northern latitude of a row.
    pub(super) fn latitudes(&self, row: u32) -> (f64, f64) {
        let per_degree = f64::from(self.rows_per_degree);
        if row == 0 {
            (-90.0, -CAP_DEG)
        } else if self.is_cap(row) {
            (CAP_DEG, 90.0)
        } else {
            (
                f64::from(row - 1) / per_degree - CAP_DEG,
                f64::from(row) / per_degree - CAP_DEG,
            )
        }
    }

    /// The western longitude of a column; not for the caps.
    pub(super) fn west(&self, row: u32, column: i64) -> f64 {
        column as f64 * 360.0 / self.columns(row) as f64 - 180.0
    }

    /// Whether the row is a polar cap.
    pub(super) fn is_cap(&self, row: u32) -> bool {
        self.band(row).is_none()
    }

    /// How many cells a rectangle touches.
    pub(super) fn count(&self, extent: Extent) -> i64 {
        (self.row(extent.south)..=self.row(extent.north))
            .map(|row| self.span(row, extent.west, extent.east).count)
            .sum()
    }

    #[inline]
    fn columns(&self, row: u32) -> i64 {
        self.band(row)
            .map_or(1, |band| i64::from(self.columns[band]))
    }

    /// The degree of latitude a row lies in, from the south; none for the caps.
    #[inline]
    fn band(&self, row: u32) -> Option<usize> {
        let band = (row.checked_sub(1)? / self.rows_per_degree) as usize;
        (band < BANDS).then_some(band)
    }
}
