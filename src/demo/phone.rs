//! A phone that posts its check-ins through the public endpoint, and keeps what was not receipted.

use std::{collections::VecDeque, time::Duration};

use anyhow::{Context, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::demo::motion::Reading;

/// The hub takes this many points a batch.
const MOST_POINTS: usize = 1_000;
/// A phone gives up on an answer after this time and sends again.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// A check-in as the endpoint reads it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Point {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) recorded_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer_id: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) reading: Option<WireReading>,
}

/// The part of a point that a phone without a fix leaves out.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireReading {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    /// WGS-84 if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) datum: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accuracy_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) altitude_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) speed_mps: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) heading_deg: Option<f64>,
}

impl Point {
    /// A point under a fresh client id.
    pub(crate) fn new(kind: &'static str, at: DateTime<Utc>, reading: Option<Reading>) -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            kind,
            recorded_at: at.to_rfc3339_opts(SecondsFormat::Millis, true),
            customer_id: None,
            reading: reading.map(|reading| WireReading {
                latitude: micro(reading.place.latitude),
                longitude: micro(reading.place.longitude),
                datum: None,
                accuracy_m: Some(reading.accuracy_m),
                altitude_m: None,
                speed_mps: Some(reading.speed_mps),
                heading_deg: Some(reading.heading_deg),
            }),
        }
    }

    /// A press of a button, at a customer by its public id.
    pub(crate) fn at_customer(mut self, customer: String) -> Self {
        self.customer_id = Some(customer);
        self
    }
}

fn micro(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

/// What became of one point.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Receipt {
    pub(crate) status: String,
    /// Why a point was not accepted.
    pub(crate) reason: Option<String>,
}

#[derive(Deserialize)]
struct Receipts {
    receipts: Vec<Receipt>,
}

#[derive(Serialize)]
struct Batch<'a> {
    #[serde(rename = "checkIns")]
    check_ins: &'a [Point],
}

/// Where phones post, and over which connections.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    http: reqwest::Client,
    url: String,
}

impl Endpoint {
    /// The endpoint of the hub at `base`, such as `http://127.0.0.1:8080`.
    pub(crate) fn new(base: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(ANSWER_LIMIT).build()?;
        Ok(Self {
            http,
            url: format!("{}/v1/check-ins", base.trim_end_matches('/')),
        })
    }
}

/// One rep's phone.
#[derive(Debug)]
pub(crate) struct Phone {
    endpoint: Endpoint,
    token: String,
    unsent: VecDeque<Point>,
}

impl Phone {
    pub(crate) fn new(endpoint: Endpoint, token: String) -> Self {
        Self {
            endpoint,
            token,
            unsent: VecDeque::new(),
        }
    }

    /// Keeps a point until it is sent.
    pub(crate) fn keep(&mut self, point: Point) {
        self.unsent.push_back(point);
    }

    /// How many points wait to be sent.
    pub(crate) fn waiting(&self) -> usize {
        self.unsent.len()
    }

    /// Sends what is kept, oldest first. On a failure the points stay and are sent next time
    /// under the same ids, so that none is counted twice.
    pub(crate) async fn send(&mut self) -> anyhow::Result<Vec<Receipt>> {
        let mut receipts = Vec::new();
        while !self.unsent.is_empty() {
            let count = self.unsent.len().min(MOST_POINTS);
            let batch = &self.unsent.make_contiguous()[..count];
            let answer = self
                .endpoint
                .http
                .post(&self.endpoint.url)
                .bearer_auth(&self.token)
                .json(&Batch { check_ins: batch })
                .send()
                .await
                .context("the hub cannot be reached")?;
            let status = answer.status();
            if status != StatusCode::ACCEPTED {
                bail!("the hub answered {status}");
            }
            let answer: Receipts = answer.json().await.context("the receipts cannot be read")?;
            receipts.extend(answer.receipts);
            self.unsent.drain(..count);
        }
        Ok(receipts)
    }
}
