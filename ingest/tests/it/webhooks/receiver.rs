//! A real HTTP receiver on a free port that answers well, fails, hangs or lies.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::bed::{eventually, spawn};

/// What it does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Answers with these lines for a head, and no body.
    Head(String),
    /// Never answers.
    Hang,
    /// Closes the connection without an answer.
    Close,
    /// Says 200 and promises a body that never comes.
    Promise,
    /// Says something that is not HTTP.
    Babble,
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The body's `type`.
    pub(crate) fn event(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }
}

type Script = dyn Fn(&Received) -> Reply + Send + Sync;

/// The receiver.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// A receiver that replies as the script says.
    pub(crate) async fn new(
        script: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Receiver {
            url: format!("http://{}/hook", listener.local_addr().unwrap()),
            received: Arc::default(),
        };
        let (kept, script): (_, Arc<Script>) = (receiver.received.clone(), Arc::new(script));
        spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, script) = (kept.clone(), script.clone());
                spawn(async move { serve(stream, kept, script).await });
            }
        });
        receiver
    }

    /// A receiver that takes everything.
    pub(crate) async fn good() -> Receiver {
        Receiver::new(|_| Reply::status(204)).await
    }

    /// What it has received so far, in order.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until it has received so many.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Received> {
        eventually("requests", async || self.received().len() >= count).await;
        self.received()
    }

    /// How often each message came, by its id.
    pub(crate) fn counts(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for received in self.received() {
            *counts.entry(received.header("webhook-id")).or_default() += 1;
        }
        counts
    }
}

impl Reply {
    /// An answer without anything but its status.
    pub(crate) fn status(status: u16) -> Reply {
        Reply::Head(format!("HTTP/1.1 {status} So\r\n"))
    }
}

async fn serve(stream: TcpStream, kept: Arc<Mutex<Vec<Received>>>, script: Arc<Script>) {
    let mut stream = BufReader::new(stream);
    let Some(received) = read(&mut stream).await else {
        return;
    };
    let reply = script(&received);
    kept.lock().unwrap().push(received);
    let text = match reply {
        Reply::Head(head) => format!("{head}content-length: 0\r\nconnection: close\r\n\r\n"),
        Reply::Promise => "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n".to_owned(),
        Reply::Babble => "220 mail.example.com ESMTP\r\n\r\n".to_owned(),
        Reply::Close => return,
        Reply::Hang => String::new(),
    };
    let is_over = !text.is_empty() && !text.contains("1000000");
    stream.get_mut().write_all(text.as_bytes()).await.ok();
    if !is_over {
        std::future::pending::<()>().await;
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut line = String::new();
    stream
        .read_line(&mut line)
        .await
        .ok()
        .filter(|read| *read > 0)?;
    let mut headers = HeaderMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        let name: HeaderName = name.parse().unwrap();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
    }
    let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Received { headers, body })
}
