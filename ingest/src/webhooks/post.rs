//! Sending one message.

use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::webhooks::webhook;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, StatusCode, redirect};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};

use super::message;
use super::outbox::Due;
use super::reach::Reach;

/// The most characters kept of why a try failed.
const LONGEST_ERROR: usize = 500;

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The endpoint took it, with this status.
    Taken(u16),
    /// The endpoint says that it is gone for good.
    Gone,
    /// It is to be tried again.
    Failed {
        /// The answer's status, if there was one.
        status: Option<u16>,
        /// What went wrong, for people.
        error: String,
        /// After how long the endpoint wants to be tried again.
        wait: Option<TimeDelta>,
    },
}

/// What sends messages.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    reach: Reach,
    /// For `https`.
    sealed: Client,
    /// For `http`, inside the house.
    plain: Client,
}

impl Sender {
    /// A sender whose tries last at most `limit`.
    pub(super) fn new(reach: Reach, limit: Duration) -> Result<Sender, reqwest::Error> {
        let client = |is_plain| {
            Client::builder()
                .timeout(limit)
                // Where a redirect leads was not judged.
                .redirect(redirect::Policy::none())
                .no_proxy()
                .user_agent(concat!("fieldhub/", env!("CARGO_PKG_VERSION")))
                .dns_resolver(reach.resolver(is_plain))
                .build()
        };
        Ok(Sender {
            sealed: client(false)?,
            plain: client(true)?,
            reach,
        })
    }

    /// Tries to send a message. The answer counts from its head on: its body is not waited for.
    pub(super) async fn send(
        &self,
        webhook: &webhook::Model,
        due: &Due,
        now: DateTime<Utc>,
    ) -> Outcome {
        let url = match self.reach.read(&webhook.url) {
            Ok(url) => url,
            Err(error) => return failed(error),
        };
        let (id, body) = (due.id.to_string(), message::body(due));
        let signature = match message::signature(webhook, &id, &body, now) {
            Ok(signature) => signature,
            Err(error) => return failed(format!("the message cannot be signed: {error}")),
        };
        let client = match url.scheme() {
            "https" => &self.sealed,
            _ => &self.plain,
        };
        let request = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, id)
            .header(HEADER_WEBHOOK_TIMESTAMP, now.timestamp())
            .header(HEADER_WEBHOOK_SIGNATURE, signature)
            .body(body);
        match request.send().await {
            Ok(answer) => judge(answer.status(), answer.headers()),
            Err(error) => failed(told(&error)),
        }
    }
}

/// What an answer means.
fn judge(status: StatusCode, headers: &HeaderMap) -> Outcome {
    if status.is_success() {
        return Outcome::Taken(status.as_u16());
    }
    if status == StatusCode::GONE {
        return Outcome::Gone;
    }
    let wait = headers.get(RETRY_AFTER).and_then(|wait| {
        let seconds: u32 = wait.to_str().ok()?.trim().parse().ok()?;
        Some(TimeDelta::seconds(seconds.into()))
    });
    let error = if status.is_redirection() {
        format!(
            "the endpoint answered {status}: redirects are not followed, give the final address"
        )
    } else {
        format!("the endpoint answered {status}")
    };
    Outcome::Failed {
        status: Some(status.as_u16()),
        error,
        wait,
    }
}

fn failed(error: String) -> Outcome {
    Outcome::Failed {
        status: None,
        error: error.chars().take(LONGEST_ERROR).collect(),
        wait: None,
    }
}

/// The error with its causes, without the address, which may hold a secret.
fn told(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the endpoint did not answer in time".to_owned();
    }
    let mut words = vec!["the endpoint could not be asked".to_owned()];
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    words.dedup();
    words.join(": ")
}
