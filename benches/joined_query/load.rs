//! Asks the same again and again, with a client that costs next to nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// Where a question goes, as the bytes of a whole HTTP request.
pub(crate) struct Target {
    pub(crate) address: String,
    pub(crate) request: String,
}

/// How long each answer took.
pub(crate) struct Load {
    latencies: Vec<Duration>,
}

impl Load {
    pub(crate) fn requests(&self) -> usize {
        self.latencies.len()
    }

    /// The latency, in milliseconds, that such a share of the answers did not exceed.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let place = (self.latencies.len() as f64 * share) as usize;
        let latency = self.latencies[place.min(self.latencies.len() - 1)];
        latency.as_secs_f64() * 1e3
    }
}

impl Target {
    /// Asks once and gives the answer's body.
    pub(crate) fn ask(&self) -> String {
        self.connect().ask(&self.request)
    }

    fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection { stream }
    }
}

/// Asks from so many connections at once for a while.
pub(crate) fn put(target: &Target, connections: usize, duration: Duration) -> Load {
    let until = Instant::now() + duration;
    let mut latencies: Vec<Duration> = thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| ask_until(target, until)))
            .collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    });
    latencies.sort();
    Load { latencies }
}

fn ask_until(target: &Target, until: Instant) -> Vec<Duration> {
    let mut connection = target.connect();
    let mut latencies = Vec::new();
    while Instant::now() < until {
        let asked = Instant::now();
        connection.ask(&target.request);
        latencies.push(asked.elapsed());
    }
    latencies
}

struct Connection {
    stream: TcpStream,
}

impl Connection {
    /// Sends a request and reads its answer to the end; the status must be 200.
    fn ask(&mut self, request: &str) -> String {
        self.stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let mut piece = [0; 64 << 10];
        let (head_ends, length) = loop {
            let read = self.stream.read(&mut piece).unwrap();
            assert!(read > 0, "the server hung up");
            answer.extend_from_slice(&piece[..read]);
            if let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
                assert!(head.starts_with("http/1.1 200"), "{head}");
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "));
                break (end + 4, length.unwrap().parse::<usize>().unwrap());
            }
        };
        while answer.len() < head_ends + length {
            let read = self.stream.read(&mut piece).unwrap();
            assert!(read > 0, "the server hung up");
            answer.extend_from_slice(&piece[..read]);
        }
        String::from_utf8(answer.split_off(head_ends)).unwrap()
    }
}
