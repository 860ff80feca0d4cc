//! Reading a body within limits: so much packed, so much unpacked, and so much of all bodies
//! together in memory.

use std::io::{self, Write};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use futures_util::future::ready;
use futures_util::{StreamExt, stream};

use super::media::Packing;
use super::memory::{Memory, Share};
use super::problem::Problem;

/// The most bytes that a batch may have as sent.
pub(crate) const BATCH: Limit = Limit {
    bytes: 4 << 20,
    refusal: too_large,
};
/// The most bytes a body may have once unpacked.
pub(crate) const UNPACKED_LIMIT: usize = 16 << 20;
/// How long to wait for the next piece of a body.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of a refused body is read and forgotten, in bytes, and for how long.
const FORGOTTEN_LIMIT: usize = 64 << 20;
const LINGER: Duration = Duration::from_secs(10);

/// How large a body may be as sent, and how a larger one is refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) bytes: usize,
    pub(crate) refusal: fn() -> Problem,
}

/// A whole body, unpacked, with the memory it holds.
#[derive(Debug)]
pub(crate) struct Whole {
    /// The text.
    pub(crate) bytes: Bytes,
    /// To be kept for as long as the bytes.
    pub(crate) share: Share,
}

/// A body as it comes in.
#[derive(Debug)]
pub(crate) struct Coming {
    pieces: BodyDataStream,
    has_ended: bool,
}

impl Coming {
    pub(crate) fn new(body: Body) -> Self {
        Self {
            pieces: body.into_data_stream(),
            has_ended: false,
        }
    }

    /// Reads the body as sent, no further than the limit; refuses at once what says it is larger.
    pub(crate) async fn receive(
        &mut self,
        headers: &HeaderMap,
        memory: &Memory,
        limit: Limit,
    ) -> Result<Whole, Problem> {
        let stated = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if stated.is_some_and(|length| length > limit.bytes) {
            return Err((limit.refusal)());
        }
        let mut share = memory.share();
        let mut packed = Vec::new();
        share.grow_to(stated.unwrap_or(0))?;
        packed.reserve_exact(stated.unwrap_or(0));
        while let Some(piece) = self.next().await? {
            if packed.len() + piece.len() > limit.bytes {
                return Err((limit.refusal)());
            }
            packed.extend_from_slice(&piece);
            share.grow_to(packed.len())?;
        }
        Ok(Whole {
            bytes: packed.into(),
            share,
        })
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let next = tokio::time::timeout(PATIENCE, self.pieces.next());
        let next = next.await.map_err(|_elapsed| Problem::too_slow())?;
        self.has_ended = !matches!(next, Some(Ok(_)));
        next.transpose().map_err(|_broken| {
            let detail = "the body ended before its stated length";
            Problem::bad_request("BODY_INCOMPLETE", detail)
        })
    }

    /// The refusal, sent at once; what still comes in is then read and forgotten for a while. A
    /// client that writes all before it reads would otherwise see a broken connection instead.
    pub(crate) fn refuse(mut self, problem: Problem) -> Response {
        let response = problem.into_response();
        if self.has_ended {
            return response;
        }
        let (parts, body) = response.into_parts();
        let rest = async move {
            let forget = async {
                let mut forgotten = 0;
                while forgotten < FORGOTTEN_LIMIT
                    && let Ok(Some(piece)) = self.next().await
                {
                    forgotten += piece.len();
                }
            };
            let _elapsed = tokio::time::timeout(LINGER, forget).await;
        };
        let rest = stream::once(rest).filter_map(|()| ready(None));
        Response::from_parts(
            parts,
            Body::from_stream(body.into_data_stream().chain(rest)),
        )
    }
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
    Ok(Whole {
        bytes: std::mem::take(&mut sink.unpacked).into(),
        share: sink.share.take(),
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
            let capacity = (2 * length).clamp(16 << 10, UNPACKED_LIMIT);
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
    let detail = format!("a batch may have {} bytes; send it in parts", BATCH.bytes);
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
        assert_eq!(memory.free(), 1 << 20);
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let packed = gzip(&vec![b' '; UNPACKED_LIMIT + 1]);
        assert!(packed.len() < BATCH.bytes);
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
        let endless = Body::from_stream(stream::pending::<io::Result<Bytes>>());
        let memory = Memory::new(1 << 20);
        let problem = Coming::new(endless).receive(&headers, &memory, BATCH).await;
        assert_eq!(problem.unwrap_err().code(), "BODY_TOO_LARGE");
    }
}
