//! Reading a file, and telling how far.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::{Cells, Rows, TableError};

/// Rows that a reader is ahead of who takes them.
const AHEAD: usize = 500;

/// How far a file has been read. A clone is a handle on the same count.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    done: Arc<AtomicU64>,
    total: u64,
}

impl Progress {
    pub(super) fn of(file: &Path) -> io::Result<Self> {
        Ok(Self {
            done: Arc::default(),
            total: file.metadata()?.len(),
        })
    }

    /// The bytes that were read; a reader may be some rows ahead.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed).min(self.total)
    }

    /// The bytes of the file.
    pub fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn count<R>(&self, inner: R) -> Counted<R> {
        Counted {
            inner,
            done: Arc::clone(&self.done),
        }
    }
}

/// A reader whose bytes are counted.
pub(super) struct Counted<R> {
    inner: R,
    done: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Where a reader of its own thread puts its rows.
pub(super) struct Sink(SyncSender<Result<Cells, TableError>>);

impl Sink {
    /// Hands a row over; false once nobody takes rows any more.
    pub(super) fn put(&self, line: u64, values: Vec<String>) -> bool {
        self.0.send(Ok(Cells { line, values })).is_ok()
    }
}

/// The rows that a thread reads, for readers that call and cannot be called.
pub(super) fn rows_of(
    read: impl FnOnce(&Sink) -> Result<(), TableError> + Send + 'static,
) -> io::Result<Rows> {
    let (sender, rows): (_, Receiver<Result<Cells, TableError>>) = sync_channel(AHEAD);
    let work = move || {
        let sink = Sink(sender);
        if let Err(error) = read(&sink) {
            // Nobody may be there any more to be told.
            let _gone = sink.0.send(Err(error));
        }
    };
    thread::Builder::new()
        .name("table".to_owned())
        .spawn(work)?;
    Ok(Box::new(rows.into_iter()))
}
