//! Phones that send until each point has its receipt, whatever happens to the hub.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, bail};
use chrono::SecondsFormat;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::faults::scene::{Rep, Scene, Sent};

/// A phone gives up on an answer after this time.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// Between two tries of the same batch.
const PAUSE: Duration = Duration::from_millis(50);
/// A batch that has no receipts after this time never gets them.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the phones were told.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// The last receipt of each (rep, client id).
    pub(crate) receipts: Mutex<BTreeMap<(usize, String), String>>,
    /// The statuses of the answers.
    pub(crate) statuses: Mutex<BTreeMap<u16, usize>>,
    /// Answers that broke off: no status at all.
    pub(crate) broken: AtomicUsize,
}

impl Heard {
    /// How many points were told to be stored.
    pub(crate) fn acknowledged(&self) -> usize {
        let receipts = self.receipts.lock().expect("the lock");
        receipts
            .values()
            .filter(|status| *status == "ACCEPTED" || *status == "DUPLICATE")
            .count()
    }

    /// How many points got a receipt of this status.
    pub(crate) fn count(&self, status: &str) -> usize {
        self.receipts
            .lock()
            .expect("the lock")
            .values()
            .filter(|is| *is == status)
            .count()
    }

    /// How many answers had a status that a phone should never see.
    pub(crate) fn unexpected(&self, expected: &[u16]) -> Vec<u16> {
        let statuses = self.statuses.lock().expect("the lock");
        statuses
            .keys()
            .copied()
            .filter(|status| !expected.contains(status))
            .collect()
    }
}

/// The batches of one rep's phone, to be sent.
pub(crate) struct Upload {
    pub(crate) number: usize,
    pub(crate) rep: Rep,
    pub(crate) batches: Vec<Vec<Sent>>,
}

/// The phones of a test.
#[derive(Clone)]
pub(crate) struct Phones {
    http: reqwest::Client,
    urls: Arc<[String]>,
    scene: Arc<Scene>,
    pub(crate) heard: Arc<Heard>,
    stopped: Arc<AtomicBool>,
}

impl Phones {
    /// Phones that know these hubs.
    pub(crate) fn new(scene: Arc<Scene>, urls: Vec<String>) -> Self {
        Self {
            http: reqwest::Client::builder()
                .timeout(ANSWER_LIMIT)
                .build()
                .expect("a client"),
            urls: urls.into(),
            scene,
            heard: Arc::default(),
            stopped: Arc::default(),
        }
    }

    /// Sends everything, `at_once` batches at a time, each until it has its receipts.
    pub(crate) async fn send_all(
        &self,
        uploads: Vec<Upload>,
        at_once: usize,
    ) -> anyhow::Result<()> {
        use futures_util::{StreamExt, TryStreamExt, stream};

        let batches = uploads.into_iter().flat_map(|upload| {
            let Upload {
                number,
                rep,
                batches,
            } = upload;
            batches
                .into_iter()
                .map(move |batch| (number, rep.clone(), batch))
        });
        let sending = batches.map(|(number, rep, batch)| {
            let phones = self.clone();
            async move { phones.send_until_receipted(number, &rep, &batch).await }
        });
        let all: Vec<_> = sending.collect();
        stream::iter(all)
            .buffer_unordered(at_once)
            .try_collect::<Vec<()>>()
            .await?;
        Ok(())
    }

    async fn send_until_receipted(
        &self,
        number: usize,
        rep: &Rep,
        batch: &[Sent],
    ) -> anyhow::Result<()> {
        let begun = tokio::time::Instant::now();
        while begun.elapsed() < PATIENCE && !self.stopped.load(Ordering::Relaxed) {
            match self.send_once(number, rep, batch).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(_) => {
                    self.heard.broken.fetch_add(1, Ordering::Relaxed);
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("a batch of rep {number} got no receipts within {PATIENCE:?}")
    }

    /// Sends a body as it is, by the phone of a rep, and gives the answer.
    pub(crate) async fn send_raw(&self, number: usize, body: &Value) -> Value {
        let answer = self
            .http
            .post(format!("{}/v1/check-ins", self.url(number)))
            .bearer_auth(&self.scene.reps[number].token)
            .json(body)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        answer.json().await.expect("receipts")
    }

    /// One try; whether the receipts came.
    pub(crate) async fn send_once(
        &self,
        number: usize,
        rep: &Rep,
        batch: &[Sent],
    ) -> anyhow::Result<bool> {
        let answer = self
            .http
            .post(format!("{}/v1/check-ins", self.url(number)))
            .bearer_auth(&rep.token)
            .json(&self.body(batch))
            .send()
            .await?;
        let status = answer.status();
        *self
            .heard
            .statuses
            .lock()
            .expect("the lock")
            .entry(status.as_u16())
            .or_default() += 1;
        if status != StatusCode::ACCEPTED {
            return Ok(false);
        }
        let receipts: Value = answer.json().await?;
        let receipts = receipts["receipts"].as_array().context("receipts")?;
        let mut heard = self.heard.receipts.lock().expect("the lock");
        for receipt in receipts {
            let id = receipt["id"].as_str().context("an id")?.to_owned();
            let status = receipt["status"].as_str().context("a status")?.to_owned();
            heard.insert((number, id), status);
        }
        Ok(true)
    }

    fn url(&self, number: usize) -> String {
        self.urls[number % self.urls.len()].clone()
    }

    /// A batch as the endpoint reads it.
    pub(crate) fn body(&self, batch: &[Sent]) -> Value {
        let points: Vec<Value> = batch.iter().map(|sent| self.point(sent)).collect();
        json!({ "checkIns": points })
    }

    fn point(&self, sent: &Sent) -> Value {
        let mut point = json!({
            "id": sent.id,
            "kind": sent.kind,
            "recordedAt": sent.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "latitude": f64::from(sent.latitude_e6) / 1e6,
            "longitude": f64::from(sent.longitude_e6) / 1e6,
            "accuracyM": sent.accuracy_m,
        });
        if let Some(number) = sent.shop {
            point["customerId"] = json!(self.scene.shops[number].id.global());
        }
        point
    }
}
