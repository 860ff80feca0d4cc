//! Where Chinese maps are shifted: mainland China, without Hong Kong, Macau and Taiwan.
//!
//! The outlines are coarse on purpose: they decide for places with customers, not at a border.

use crate::position::Position;

/// A rectangle in degrees: south, west, north, east.
struct Rectangle(f64, f64, f64, f64);

/// The rectangles that cover mainland China.
///
/// Source: Aimeast's `IsInsideChina`, cnblogs.com/Aimeast/archive/2012/08/09/2629614.html, in use
/// by many converters. They reach into the neighbours by up to some hundred kilometres, where
/// Chinese maps are shifted too.
const MAINLAND: [Rectangle; 6] = [
    Rectangle(42.8899, 79.4462, 49.2204, 96.33),
    Rectangle(39.3742, 109.6872, 54.1415, 135.0002),
    Rectangle(29.5297, 73.1246, 42.8899, 124.143_255),
    Rectangle(26.7186, 82.9684, 29.5297, 97.0352),
    Rectangle(20.414_096, 97.0253, 29.5297, 124.367_395),
    Rectangle(17.871_542, 107.975_793, 20.414_096, 111.744_104),
];

/// The rectangles inside those that are abroad or in Taiwan.
///
/// Source: the first six as above; Penghu, Kinmen and Matsu by their outlines.
const OUTSIDE: [Rectangle; 9] = [
    Rectangle(21.785_006, 119.921_265, 25.398_623, 122.497_559),
    Rectangle(20.0988, 101.8652, 22.284, 106.665),
    Rectangle(20.4878, 106.4525, 21.5422, 108.051),
    Rectangle(50.3257, 109.0323, 55.8175, 119.127),
    Rectangle(49.5574, 127.4568, 55.8175, 137.0227),
    Rectangle(42.5692, 131.2662, 44.8922, 137.0227),
    Rectangle(23.1, 119.25, 23.85, 119.921_265),
    Rectangle(24.37, 118.205, 24.53, 118.5),
    Rectangle(26.13, 119.905, 26.3, 120.05),
];

/// Hong Kong as a ring of (latitude, longitude).
///
/// Source: the boundary description in Order 221 of the State Council (1997): Sha Tau Kok, the
/// Shenzhen river, Deep Bay, the meridian 113°52′08.8″; the river and the bays with a few points.
const HONG_KONG: [(f64, f64); 17] = [
    (22.543_7, 114.226_3),
    (22.556_5, 114.206_7),
    (22.540_0, 114.150_0),
    (22.532_0, 114.113_0),
    (22.516_0, 114.066_0),
    (22.503_0, 114.030_0),
    (22.510_1, 113.995_1),
    (22.472_4, 113.947_8),
    (22.428_8, 113.869_1),
    (22.365_0, 113.869_1),
    (22.210_0, 113.840_0),
    (22.148_5, 113.840_0),
    (22.148_5, 114.502_4),
    (22.365_0, 114.502_4),
    (22.500_0, 114.470_0),
    (22.564_0, 114.430_0),
    (22.556_0, 114.300_0),
];

/// Macau as a ring of (latitude, longitude).
///
/// Source: the boundary description in Order 665 of the State Council (2015), which gives
/// landmarks: the border gate, the inner harbour, the channel to Hengqin; placed on the map.
const MACAU: [(f64, f64); 12] = [
    (22.211_0, 113.532_5),
    (22.216_0, 113.544_0),
    (22.216_8, 113.551_0),
    (22.213_0, 113.560_0),
    (22.213_0, 113.588_0),
    (22.190_0, 113.610_0),
    (22.106_0, 113.610_0),
    (22.106_0, 113.549_0),
    (22.148_0, 113.547_0),
    (22.156_0, 113.540_0),
    (22.185_0, 113.529_0),
    (22.200_0, 113.530_0),
];

/// Whether Chinese maps show this WGS-84 place shifted.
pub(super) fn is_shifted(place: Position) -> bool {
    let within = |rectangle: &Rectangle| rectangle.contains(place);
    MAINLAND.iter().any(within)
        && !OUTSIDE.iter().any(within)
        && !encloses(&HONG_KONG, place)
        && !encloses(&MACAU, place)
}

impl Rectangle {
    fn contains(&self, place: Position) -> bool {
        let Rectangle(south, west, north, east) = *self;
        (south..=north).contains(&place.latitude()) && (west..=east).contains(&place.longitude())
    }
}

/// Whether a line from the place to the east crosses the ring an odd number of times.
fn encloses(ring: &[(f64, f64)], place: Position) -> bool {
    let mut is_inside = false;
    let mut from = ring[ring.len() - 1];
    for &to in ring {
        if (from.0 > place.latitude()) != (to.0 > place.latitude()) {
            let share = (place.latitude() - from.0) / (to.0 - from.0);
            if place.longitude() < from.1 + share * (to.1 - from.1) {
                is_inside = !is_inside;
            }
        }
        from = to;
    }
    is_inside
}
