//! Reading a body within limits: so much packed, so much unpacked, and so much of all bodies
//! together in memory.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::media::Packing;
use super::problem::Problem;

/// The most bytes a body may have as sent.
pub(crate) const PACKED_LIMIT: usize = 4 << 20;
/// The most bytes a body may have once unpacked.
pub(crate) const UNPACKED_LIMIT: usize = 16 << 20;
/// How long to wait for the next piece of a body.
const PATIENCE: Duration = Duration::from_secs(30);
/// The unit in which memory is given out.
const UNIT: usize = 4 << 10;

/// The memory that bodies in flight may take together.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    units: Arc<Semaphore>,
}

impl Memory {
    /// Room for this many bytes of bodies.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            units: Arc::new(Semaphore::new(bytes / UNIT)),
        }
    }

    fn share(&self) -> Share {
        Share {
            units: Arc::clone(&self.units),
            held: None,
            bytes: 0,
        }
    }
}

/// The part of the memory that one body holds, given back on drop.
#[derive(Debug)]
pub(crate) struct Share {
    units: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl Share {
    /// Takes more, or says that the server is full.
    fn grow(&mut self, more: usize) -> Result<(), Problem> {
        self.bytes += more;
        let held = self
            .held
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = self.bytes.div_ceil(UNIT).saturating_sub(held);
        let Ok(missing @ 1..) = u32::try_from(missing) else {
            return Ok(());
        };
        let permit = Arc::clone(&self.units)
            .try_acquire_many_owned(missing)
            .map_err(|_full| {
                Problem::unavailable("BUSY", "too many large batches at once; try again", 2)
            })?;
        match &mut self.held {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        Ok(())
    }
}

/// A whole body, unpacked, with the memory it holds.
#[derive(Debug)]
pub(crate) struct Whole {
    /// The text.
    pub(crate) bytes: Bytes,
    /// To be kept for as long as the bytes.
    pub(crate) share: Share,
}

/// Reads the body as sent, no further than the limit; refuses at once what says it is larger.
pub(crate) async fn receive(
    headers: &HeaderMap,
    body: Body,
    memory: &Memory,
) -> Result<Whole, Problem> {
    let stated = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if stated.is_some_and(|length| length > PACKED_LIMIT) {
        return Err(too_large());
    }
    let mut share = memory.share();
    let mut pieces = body.into_data_stream();
    let mut packed = Vec::new();
    share.grow(stated.unwrap_or(0))?;
    packed.reserve_exact(stated.unwrap_or(0));
    loop {
        let next = tokio::time::timeout(PATIENCE, pieces.next());
        match next.await.map_err(|_elapsed| Problem::too_slow())? {
            None => break,
            Some(Err(_broken)) => {
                let detail = "the body ended before its stated length";
                return Err(Problem::bad_request("BODY_INCOMPLETE", detail));
            }
            Some(Ok(piece)) if packed.len() + piece.len() > PACKED_LIMIT => {
                return Err(too_large());
            }
            Some(Ok(piece)) => {
                packed.extend_from_slice(&piece);
                share.grow(packed.len().saturating_sub(share.bytes))?;
            }
        }
    }
    Ok(Whole {
        bytes: packed.into(),
        share,
    })
}

/// Unpacks a body, no further than the limit. Takes time in proportion to the unpacked size.
pub(crate) fn unpack(whole: Whole, packing: Packing) -> Result<Whole, Problem> {
    if packing == Packing::Plain {
        return Ok(whole);
    }
    let mut decoder = MultiGzDecoder::new(Limited {
        unpacked: Vec::new(),
        share: whole.share,
        refusal: None,
    });
    let outcome = decoder
        .write_all(&whole.bytes)
        .and_then(|()| decoder.try_finish());
    // The decoder hands its sink over only after a successful end, so the sink is read in place.
    let sink = decoder.get_mut();
    if let Some(refusal) = sink.refusal.take() {
        return Err(refusal);
    }
    if let Err(error) = outcome {
        let detail = format!("the body is not whole gzip: {error}");
        return Err(Problem::bad_request("INVALID_GZIP", detail));
    }
    let share = Share {
        units: Arc::clone(&sink.share.units),
        held: sink.share.held.take(),
        bytes: sink.share.bytes,
    };
    Ok(Whole {
        bytes: std::mem::take(&mut sink.unpacked).into(),
        share,
    })
}

/// Takes what is unpacked, up to the limit.
struct Limited {
    unpacked: Vec<u8>,
    share: Share,
    refusal: Option<Problem>,
}

impl Limited {
    fn take(&mut self, piece: &[u8]) -> Result<(), Problem> {
        let length = self.unpacked.len() + piece.len();
        if length > UNPACKED_LIMIT {
            let detail = format!("a batch may unpack to {UNPACKED_LIMIT} bytes");
            return Err(Problem::too_large("UNPACKED_TOO_LARGE", detail));
        }
        self.share.grow(piece.len())?;
        if length > self.unpacked.capacity() {
            let capacity = (2 * length).clamp(4 * UNIT, UNPACKED_LIMIT);
            self.unpacked.reserve_exact(capacity - self.unpacked.len());
        }
        self.unpacked.extend_from_slice(piece);
        Ok(())
    }
}

impl Write for Limited {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match self.take(piece) {
            Ok(()) => Ok(piece.len()),
            Err(refusal) => {
                self.refusal = Some(refusal);
                Err(io::Error::other("over the limit"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn too_large() -> Problem {
    let detail = format!("a batch may have {PACKED_LIMIT} bytes; send it in parts");
    Problem::too_large("BODY_TOO_LARGE", detail)
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(memory: &Memory, packed: Vec<u8>) -> Result<Bytes, &'static str> {
        let whole = Whole {
            bytes: packed.into(),
            share: memory.share(),
        };
        unpack(whole, Packing::Gzip)
            .map(|whole| whole.bytes)
            .map_err(|problem| problem.code())
    }

    #[test]
    fn gzip_is_unpacked_even_in_several_members() {
        let memory = Memory::new(1 << 20);
        let packed = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(unpacked(&memory, packed).unwrap(), "one two");
        assert_eq!(memory.units.available_permits(), (1 << 20) / UNIT);
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let packed = gzip(&vec![b' '; UNPACKED_LIMIT + 1]);
        assert!(packed.len() < PACKED_LIMIT);
        let memory = Memory::new(64 << 20);
        assert_eq!(unpacked(&memory, packed), Err("UNPACKED_TOO_LARGE"));
    }

    #[test]
    fn what_exceeds_the_memory_of_all_bodies_is_put_off() {
        let packed = gzip(&vec![b' '; 1 << 20]);
        let memory = Memory::new(1 << 19);
        assert_eq!(unpacked(&memory, packed), Err("BUSY"));
    }

    #[test]
    fn half_a_gzip_and_no_gzip_are_refused() {
        let memory = Memory::new(1 << 20);
        let packed = gzip(&[b'x'; 5_000]);
        let half = packed[..packed.len() / 2].to_vec();
        assert_eq!(unpacked(&memory, half), Err("INVALID_GZIP"));
        assert_eq!(unpacked(&memory, b"{}".to_vec()), Err("INVALID_GZIP"));
    }

    #[tokio::test]
    async fn a_stated_length_over_the_limit_is_refused_unread() {
        let headers = HeaderMap::from_iter([(header::CONTENT_LENGTH, (30 << 20).into())]);
        let endless = Body::from_stream(futures_util::stream::pending::<io::Result<Bytes>>());
        let problem = receive(&headers, endless, &Memory::new(1 << 20)).await;
        assert_eq!(problem.unwrap_err().code(), "BODY_TOO_LARGE");
    }
}
