//! A picture as it is kept: upright, no larger than a screen, and with nothing in it but what can
//! be seen. All that a camera writes beside the picture, its place above all, is gone, because only
//! the pixels are written anew.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

use super::PhotoError;

/// The longer side of what is kept, in pixels.
const LONGEST_SIDE: u32 = 2_048;
/// The most pixels of what comes in; a picture of them is unpacked in about 400 MB at worst.
const MOST_PIXELS: u32 = 40_000_000;
/// What a decoder may allocate, in bytes.
const MOST_MEMORY: u64 = 400 << 20;
/// Of 100; the difference to a higher one is not seen.
const JPEG_QUALITY: u8 = 82;
/// What pixels are counted in while pictures are worked on.
const MEGAPIXEL: u32 = 1_000_000;

/// What is kept of a picture.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub(super) jpeg: Bytes,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Why a picture cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// It is of another kind.
    #[error("send a photo as JPEG, PNG or WebP")]
    Kind,
    /// It is broken or cut off.
    #[error("the photo cannot be read: {0}")]
    Unreadable(String),
    /// It has too many pixels.
    #[error("a photo may have {MOST_PIXELS} pixels, and this one has more; make it smaller")]
    TooManyPixels,
}

/// Where pictures are worked on: only so many pixels at once, whoever sends them.
#[derive(Clone, Debug)]
pub(super) struct Darkroom {
    megapixels: Arc<Semaphore>,
}

impl Default for Darkroom {
    fn default() -> Self {
        let all = MOST_PIXELS.div_ceil(MEGAPIXEL);
        Self {
            megapixels: Arc::new(Semaphore::new(all as usize)),
        }
    }
}

impl Darkroom {
    /// Makes of what came in what is kept, on a thread where it holds nobody up.
    pub(super) async fn develop(&self, bytes: Bytes) -> Result<Picture, PhotoError> {
        let pixels = pixels(&bytes)?;
        let share = self.megapixels.acquire_many(pixels.div_ceil(MEGAPIXEL));
        let _share = share.await.map_err(|_closed| PhotoError::Stopping)?;
        match tokio::task::spawn_blocking(move || develop(&bytes)).await {
            Ok(developed) => Ok(developed?),
            Err(error) if error.is_panic() => {
                Err(PictureError::Unreadable("its decoder gave up".to_owned()).into())
            }
            Err(_stopping) => Err(PhotoError::Stopping),
        }
    }
}

/// How many pixels the picture says that it has; nothing of it is unpacked.
fn pixels(bytes: &[u8]) -> Result<u32, PictureError> {
    let (width, height) = reader(bytes)?.into_dimensions().map_err(unreadable)?;
    match width.checked_mul(height) {
        Some(pixels) if pixels <= MOST_PIXELS => Ok(pixels),
        _ => Err(PictureError::TooManyPixels),
    }
}

/// Unpacks a picture, turns it upright, makes it small enough, and writes its pixels anew.
fn develop(bytes: &[u8]) -> Result<Picture, PictureError> {
    let mut decoder = reader(bytes)?.into_decoder().map_err(unreadable)?;
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    if image.width().max(image.height()) > LONGEST_SIDE {
        image = image.thumbnail(LONGEST_SIDE, LONGEST_SIDE);
    }
    image.apply_orientation(orientation);
    let image = image.into_rgb8();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY)
        .encode_image(&image)
        .map_err(unreadable)?;
    let side = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    Ok(Picture {
        jpeg: jpeg.into(),
        width: side(image.width()),
        height: side(image.height()),
    })
}

/// What a picture is, its bytes say, not its sender.
fn reader(bytes: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, PictureError> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| unreadable(error.into()))?;
    let Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) = reader.format() else {
        return Err(PictureError::Kind);
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    Ok(reader)
}

fn unreadable(error: ImageError) -> PictureError {
    PictureError::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use image::{ImageEncoder, Rgb, RgbImage};

    use super::*;

    /// Red above blue.
    fn flag(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |_, y| {
            if y < height / 2 {
                Rgb([230, 20, 20])
            } else {
                Rgb([20, 20, 230])
            }
        })
    }

    /// An Exif block that says which way is up, and where on Earth the picture was taken.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut exif = b"II*\0\x08\0\0\0\x02\0".to_vec();
        exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
        exif.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
        exif.extend([0; 4]);
        exif.extend([1, 0, 1, 0, 2, 0, 2, 0, 0, 0, b'N', 0, 0, 0]);
        exif.extend(*b"SECRET-PLACE");
        exif
    }

    fn jpeg(image: &RgbImage, exif: Vec<u8>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
        encoder.set_exif_metadata(exif).unwrap();
        encoder.encode_image(image).unwrap();
        bytes
    }

    fn written(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn contains(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn nothing_is_kept_of_what_the_camera_wrote_beside_the_picture() {
        let sent = jpeg(&flag(64, 32), exif(1));
        assert!(contains(&sent, b"SECRET-PLACE") && contains(&sent, b"Exif"));
        let kept = develop(&sent).unwrap();
        assert!(!contains(&kept.jpeg, b"SECRET-PLACE") && !contains(&kept.jpeg, b"Exif"));
        let mut decoder = reader(&kept.jpeg).unwrap().into_decoder().unwrap();
        assert_eq!(decoder.exif_metadata().unwrap(), None);
        assert_eq!(decoder.icc_profile().unwrap(), None);
    }

    #[test]
    fn a_picture_is_turned_upright_before_that_is_forgotten() {
        let kept = develop(&jpeg(&flag(64, 32), exif(6))).unwrap();
        assert_eq!((kept.width, kept.height), (32, 64));
        let image = image::load_from_memory(&kept.jpeg).unwrap().into_rgb8();
        // Turned clockwise, what was above is to the right.
        assert!(image.get_pixel(28, 32)[0] > 150 && image.get_pixel(4, 32)[2] > 150);
    }

    #[test]
    fn each_kind_is_known_by_its_bytes() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let kept = develop(&written(&flag(40, 30), format)).unwrap();
            assert_eq!((kept.width, kept.height), (40, 30), "{format:?}");
        }
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>";
        for other in [&svg[..], b"GIF89a\x01\0\x01\0", b"%PDF-1.7", b""] {
            assert_eq!(pixels(other), Err(PictureError::Kind));
        }
    }

    #[test]
    fn a_large_picture_is_made_to_fit_a_screen() {
        let kept = develop(&written(&flag(4_000, 1_000), ImageFormat::Png)).unwrap();
        assert_eq!((kept.width, kept.height), (2_048, 512));
    }

    #[test]
    fn a_bomb_is_known_by_its_header() {
        let mut bomb = written(&flag(2, 2), ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
        let checksum = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert_eq!(pixels(&bomb), Err(PictureError::TooManyPixels));
    }

    #[test]
    fn half_a_picture_is_refused() {
        let whole = written(&flag(400, 300), ImageFormat::Png);
        let half = &whole[..whole.len() / 2];
        assert!(matches!(develop(half), Err(PictureError::Unreadable(_))));
    }

    /// The checksum of a PNG's chunk, by the definition in its specification.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |mut crc, byte| {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
            }
            crc
        })
    }
}
