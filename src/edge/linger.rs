//! Closing a connection without cutting off an answer.
//!
//! Where an answer is given before the whole request was read (413, say), closing at once makes
//! the system reset the connection, and the client never sees the answer. So the rest is read and
//! thrown away for a moment.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};

/// How long the rest of a request is waited for.
const LIMIT: Duration = Duration::from_secs(2);
/// How much of it is thrown away, in bytes; more than any client sends before it looks.
const MOST: usize = 64 << 20;

/// A stream with two owners: the connection, and whoever closes it afterwards.
#[derive(Clone)]
pub(crate) struct Shared {
    stream: Arc<Mutex<TcpStream>>,
}

impl Shared {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream: Arc::new(Mutex::new(stream)),
        }
    }

    fn with<T>(&self, act: impl FnOnce(Pin<&mut TcpStream>) -> T) -> T {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        act(Pin::new(&mut stream))
    }

    /// Reads until the other side has closed too, within limits.
    pub(crate) async fn linger(mut self) {
        let reading = async {
            let mut waste = [0; 16 * 1024];
            let mut count = 0;
            while count < MOST {
                let mut buffer = ReadBuf::new(&mut waste);
                let read = poll_fn(|cx| Pin::new(&mut self).poll_read(cx, &mut buffer)).await;
                match (read, buffer.filled().len()) {
                    (Err(_), _) | (Ok(()), 0) => break,
                    (Ok(()), more) => count += more,
                }
            }
        };
        // Either way the stream is closed next.
        let _ = timeout(LIMIT, reading).await;
    }
}

impl AsyncRead for Shared {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_read(cx, buffer))
    }
}

impl AsyncWrite for Shared {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|stream| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.with(|stream| stream.poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_shutdown(cx))
    }
}
