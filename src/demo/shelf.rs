//! What the demo's reps photograph: a shelf, drawn, because nobody has been anywhere.

use image::{ExtendedColorType, Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

const WIDTH: u32 = 960;
const HEIGHT: u32 = 720;
const BOARDS: u32 = 4;
const BOARD_PX: u32 = 18;
const WALL: Rgb<u8> = Rgb([226, 221, 211]);
const WOOD: Rgb<u8> = Rgb([142, 108, 74]);
const TAG: Rgb<u8> = Rgb([250, 250, 245]);
/// What packages are printed in.
const COLOURS: [Rgb<u8>; 8] = [
    Rgb([186, 49, 52]),
    Rgb([31, 94, 150]),
    Rgb([232, 171, 48]),
    Rgb([58, 125, 83]),
    Rgb([240, 240, 238]),
    Rgb([94, 66, 120]),
    Rgb([209, 106, 60]),
    Rgb([43, 48, 58]),
];

/// A picture of a shelf as JPEG, another one for every seed.
pub(crate) fn photo(seed: u64) -> anyhow::Result<Vec<u8>> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut picture = RgbImage::from_pixel(WIDTH, HEIGHT, WALL);
    let height = HEIGHT / BOARDS;
    for board in 1..=BOARDS {
        let floor = board * height - BOARD_PX;
        stock(&mut picture, floor, height, &mut random);
        paint(&mut picture, (0, floor), (WIDTH, BOARD_PX), WOOD);
    }
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 85).encode(
        &picture,
        WIDTH,
        HEIGHT,
        ExtendedColorType::Rgb8,
    )?;
    Ok(jpeg)
}

/// Puts packages on a board: some of one kind side by side, a gap where one is sold out.
fn stock(picture: &mut RgbImage, floor: u32, height: u32, random: &mut impl Rng) {
    let mut left = random.random_range(8..30);
    while left < WIDTH {
        let wide = random.random_range(36..84);
        let high = random.random_range(height / 2..height - BOARD_PX - 16);
        let colour = COLOURS[random.random_range(0..COLOURS.len())];
        let label = COLOURS[random.random_range(0..COLOURS.len())];
        let count = random.random_range(2..6);
        paint(picture, (left, floor + 3), (wide, BOARD_PX - 6), TAG);
        for _ in 0..count {
            if random.random_bool(0.86) {
                paint(picture, (left, floor - high), (wide, high), colour);
                let band = (left, floor - high * 2 / 3);
                paint(picture, band, (wide, high / 3), label);
            }
            left += wide + 4;
        }
        left += random.random_range(6..18);
    }
}

/// Fills a rectangle, as far as it is in the picture.
fn paint(
    picture: &mut RgbImage,
    (left, top): (u32, u32),
    (wide, high): (u32, u32),
    colour: Rgb<u8>,
) {
    for y in top..(top + high).min(HEIGHT) {
        for x in left..(left + wide).min(WIDTH) {
            picture.put_pixel(x, y, colour);
        }
    }
}
