//! How long a look for the fences at a place takes, against an R-tree and a linear scan.
//!
//! `cargo bench -p domain --bench fence_lookup [-- 1000 100000]`. Fences: 70 % circles of 30 to
//! 300 m, 30 % polygons of 5 to 200 corners (most have few), clustered in cities of
//! some thousand customers; 60 % of the lookups are near a customer, the others anywhere in 50 km. The R-tree is rstar
//! over bounding boxes with geo's point in polygon and Haversine as exact test. Lookups are
//! processor time of one thread, the median of five passes.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use domain::fence_index::FenceIndex;
use domain::geofence::Shape;
use domain::position::Position;
use geo::{Distance, Haversine, Intersects, Point, Polygon};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rstar::{AABB, RTree, RTreeObject};
use serde_json::json;

const LOOKUPS: usize = 200_000;
const PASSES: usize = 5;
/// A linear scan is sampled: this many fence tests altogether.
const SCANNED: usize = 20_000_000;

fn main() {
    let sizes: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|size| size.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![1_000, 100_000, 1_000_000]
    } else {
        sizes
    };
    println!(
        "fences     build    memory   contain   near 50 m   1 change   rstar    linear     rstar/contain"
    );
    for size in sizes {
        measure(size);
    }
}

fn measure(size: usize) {
    let mut random = SmallRng::seed_from_u64(7);
    let fences = fences(&mut random, size);
    let places = places(&mut random, &fences);
    let before = resident_mb();
    let started = Instant::now();
    let shapes: Vec<(u128, Arc<Shape>)> = (0..)
        .zip(fences.iter().map(|fence| Arc::new(fence.shape())))
        .collect();
    let sample: Vec<Arc<Shape>> = shapes
        .iter()
        .map(|(_, shape)| Arc::clone(shape))
        .take(1_000)
        .collect();
    let read = started.elapsed().as_secs_f64();
    let started = processor_seconds();
    let index = FenceIndex::build(shapes);
    let build = processor_seconds() - started;
    let memory = resident_mb() - before;

    let mut keys = Vec::new();
    let mut hits = 0;
    let contain = per_lookup(&places, |place| {
        index.containing(place, &mut keys);
        hits += keys.len();
    });
    let mut found = Vec::new();
    let near = per_lookup(&places, |place| {
        index.near(place, 50.0, black_box(&mut found))
    });
    let started = Instant::now();
    let changed = index.with(&[1], vec![(2, Arc::clone(&sample[2]))]);
    let change = started.elapsed().as_secs_f64() * 1e6;
    assert_eq!(changed.len(), size - 1);
    let linear = linear(&sample, &places, size);
    drop((changed, index));

    let tree = RTree::bulk_load(fences.iter().map(Fence::boxed).collect());
    let mut tree_hits = 0;
    let rstar = per_lookup(&places, |place| {
        let point = Point::new(place.longitude(), place.latitude());
        let at = AABB::from_point([point.x(), point.y()]);
        tree_hits += tree
            .locate_in_envelope_intersecting(at)
            .filter(|fence| fence.contains(point))
            .count();
    });
    println!(
        "{size:<9} {build:>5.2} s {memory:>6.0} MB {contain:>6.3} µs {near:>8.3} µs {change:>8.0} µs \
         {rstar:>6.3} µs {linear:>8.1} µs {:>6.1}",
        rstar / contain
    );
    let disagree = (hits as f64 / tree_hits as f64 - 1.0).abs();
    assert!(
        disagree < 0.01,
        "the index finds {hits}, the tree {tree_hits}"
    );
    println!(
        "          reading {read:.2} s, {:.2} fences found a lookup",
        hits as f64 / (LOOKUPS * PASSES) as f64
    );
}

/// Microseconds a lookup, the median of the passes.
fn per_lookup(places: &[Position], mut look: impl FnMut(Position)) -> f64 {
    let mut passes: Vec<f64> = (0..PASSES)
        .map(|_| {
            let started = processor_seconds();
            places.iter().for_each(|place| look(*place));
            (processor_seconds() - started) * 1e6 / places.len() as f64
        })
        .collect();
    passes.sort_by(f64::total_cmp);
    passes[PASSES / 2]
}

/// Microseconds to test every fence, from a sample of them.
fn linear(sample: &[Arc<Shape>], places: &[Position], size: usize) -> f64 {
    let places = &places[..SCANNED / sample.len()];
    let started = Instant::now();
    for place in places {
        black_box(sample.iter().filter(|shape| shape.contains(*place)).count());
    }
    started.elapsed().as_secs_f64() * 1e6 / (places.len() * sample.len()) as f64 * size as f64
}

/// A fence before it is anybody's.
struct Fence {
    latitude: f64,
    longitude: f64,
    radius_m: f64,
    /// Of a polygon.
    corners: Option<Vec<[f64; 2]>>,
}

fn fences(random: &mut SmallRng, size: usize) -> Vec<Fence> {
    let cities: Vec<(f64, f64)> = (0..(size / 2_000).clamp(5, 300))
        .map(|_| {
            (
                random.random_range(-50.0..60.0),
                random.random_range(-180.0..180.0),
            )
        })
        .collect();
    (0..size)
        .map(|_| {
            let (latitude, longitude) = cities[random.random_range(0..cities.len())];
            // Nearly a normal distribution, of about 4.5 km.
            let mut scatter = || {
                (0..6).map(|_| random.random::<f64>() - 0.5).sum::<f64>() * 4_500.0
                    / 111_320.0
                    / 0.707
            };
            let (latitude, longitude) = (
                latitude + scatter(),
                longitude + scatter() / latitude.to_radians().cos(),
            );
            let radius_m = random.random_range(30.0..300.0);
            let is_polygon = random.random_bool(0.3);
            let corners = is_polygon.then(|| star(random, latitude, longitude, radius_m));
            Fence {
                latitude,
                longitude,
                radius_m,
                corners,
            }
        })
        .collect()
}

/// A ring of 5 to 200 corners, evenly in the logarithm.
fn star(random: &mut SmallRng, latitude: f64, longitude: f64, radius_m: f64) -> Vec<[f64; 2]> {
    let count = (5.0 * 40_f64.powf(random.random())) as usize;
    let per_east = 111_320.0 * latitude.to_radians().cos();
    let mut ring: Vec<[f64; 2]> = (0..count)
        .map(|corner| {
            let angle = corner as f64 / count as f64 * std::f64::consts::TAU;
            let arm = radius_m * random.random_range(0.6..1.0);
            [
                longitude + arm * angle.cos() / per_east,
                latitude + arm * angle.sin() / 111_320.0,
            ]
        })
        .collect();
    ring.push(ring[0]);
    ring
}

fn places(random: &mut SmallRng, fences: &[Fence]) -> Vec<Position> {
    (0..LOOKUPS)
        .map(|_| {
            let fence = &fences[random.random_range(0..fences.len())];
            let spread = if random.random_bool(0.6) { 0.002 } else { 0.5 };
            let mut step = || random.random_range(-spread..spread);
            let (latitude, longitude) = (fence.latitude + step(), fence.longitude + step());
            Position::new(latitude, (longitude + 540.0).rem_euclid(360.0) - 180.0).unwrap()
        })
        .collect()
}

impl Fence {
    fn shape(&self) -> Shape {
        match &self.corners {
            Some(ring) => {
                Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]})).unwrap()
            }
            None => {
                let longitude = (self.longitude + 540.0).rem_euclid(360.0) - 180.0;
                Shape::circle(
                    Position::new(self.latitude, longitude).unwrap(),
                    self.radius_m,
                )
                .unwrap()
            }
        }
    }

    fn boxed(&self) -> Boxed {
        match &self.corners {
            Some(ring) => {
                let ring: Vec<(f64, f64)> = ring.iter().map(|[x, y]| (*x, *y)).collect();
                let points: Vec<[f64; 2]> = ring.iter().map(|(x, y)| [*x, *y]).collect();
                Boxed {
                    envelope: AABB::from_points(&points),
                    exact: Exact::Polygon(Polygon::new(ring.into(), vec![])),
                }
            }
            None => {
                let north = self.radius_m / 110_500.0;
                let east = self.radius_m / (111_320.0 * self.latitude.to_radians().cos()) * 1.01;
                let (x, y) = (self.longitude, self.latitude);
                Boxed {
                    envelope: AABB::from_corners([x - east, y - north], [x + east, y + north]),
                    exact: Exact::Circle(Point::new(x, y), self.radius_m),
                }
            }
        }
    }
}

/// A fence of the R-tree.
struct Boxed {
    envelope: AABB<[f64; 2]>,
    exact: Exact,
}

enum Exact {
    Circle(Point, f64),
    Polygon(Polygon),
}

impl Boxed {
    fn contains(&self, point: Point) -> bool {
        match &self.exact {
            Exact::Circle(centre, radius_m) => Haversine.distance(*centre, point) <= *radius_m,
            Exact::Polygon(polygon) => polygon.intersects(&point),
        }
    }
}

impl RTreeObject for Boxed {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.envelope
    }
}

/// The processor time of this thread in seconds, so that a busy machine counts less; where the
/// system does not say, the time since the first call.
fn processor_seconds() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let elapsed = || START.elapsed().as_secs_f64();
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = schedule
        .split(' ')
        .next()
        .and_then(|first| first.parse::<f64>().ok());
    nanoseconds.map_or_else(elapsed, |nanoseconds| nanoseconds / 1e9)
}

/// The memory of this process in megabytes; 0 where the system does not say.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap_or_default();
    line.trim()
        .trim_end_matches(" kB")
        .parse::<f64>()
        .unwrap_or(0.0)
        / 1024.0
}
