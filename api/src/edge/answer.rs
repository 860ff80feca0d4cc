//! How an answer is worded: a code on every error, nothing of ours in any message.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use serde::Serialize;

use crate::error::{Code, Error};

/// An answer as it is written to the wire.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extensions: Option<Extensions>,
    /// The longest wait an error asks for, in seconds.
    #[serde(skip)]
    pub(super) retry_after: Option<u64>,
}

/// What an answer says besides its data.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Extensions {
    pub(super) cost: Cost,
}

/// What the request could have cost, and what it may.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Cost {
    pub(super) requested: u64,
    pub(super) limit: u64,
}

impl Answer {
    /// The answer to a request that never ran.
    pub(super) fn refused(error: ServerError) -> Self {
        Self {
            retry_after: wait_of(&error),
            errors: vec![error],
            data: None,
            extensions: None,
        }
    }

    /// Whether the request was refused as a whole: then there is no `data`.
    pub(super) fn is_request_error(&self) -> bool {
        self.data.is_none()
    }

    /// Whether an error of this kind took all data away.
    pub(super) fn failed_with(&self, code: &str) -> bool {
        let is_empty = matches!(self.data, None | Some(Value::Null));
        is_empty && self.errors.iter().any(|error| code_of(error) == Some(code))
    }
}

/// Words the executor's response. `hints` lets "did you mean" through.
pub(super) fn worded(response: Response, cost: Cost, request_id: &str, hints: bool) -> Answer {
    let is_request_error = !response.errors.is_empty()
        && response.data == Value::Null
        && response.errors.iter().all(|error| error.path.is_empty());
    let mut logged = HashSet::new();
    let mut retry_after = None;
    let errors = response.errors.into_iter().map(|error| {
        let known = error.source::<Error>().cloned();
        retry_after = retry_after.max(known.as_ref().and_then(seconds));
        word(error, known, request_id, hints, &mut logged)
    });
    Answer {
        errors: errors.collect(),
        data: (!is_request_error).then_some(response.data),
        extensions: Some(Extensions { cost }),
        retry_after,
    }
}

fn word(
    mut error: ServerError,
    known: Option<Error>,
    request_id: &str,
    hints: bool,
    logged: &mut HashSet<usize>,
) -> ServerError {
    match (known, error.source.take()) {
        (Some(known), _) => {
            if let Some(cause) = known.cause()
                && logged.insert(std::ptr::from_ref(cause).addr())
            {
                tracing::error!(request.id = %request_id, code = known.code().as_str(), error = %cause, "a resolver failed");
            }
            error.message = known.message().to_owned();
            let mut worded = coded(error, known.code().as_str());
            if let Some(seconds) = seconds(&known) {
                extend(&mut worded, "retryAfter", seconds);
            }
            if known.code() == Code::Internal {
                extend(&mut worded, "requestId", request_id);
            }
            worded
        }
        (None, Some(source)) => {
            if logged.insert(Arc::as_ptr(&source).addr()) {
                tracing::error!(request.id = %request_id, error = %error.message, "a resolver failed");
            }
            internal(error, request_id)
        }
        (None, None) if code_of(&error).is_some() => error,
        (None, None) if error.path.is_empty() => {
            if !hints && let Some(hint) = error.message.find(" Did you mean") {
                error.message.truncate(hint);
            }
            invalid(error)
        }
        (None, None) => coded(error, Code::BadInput.as_str()),
    }
}

fn seconds(error: &Error) -> Option<u64> {
    error.retry_after().map(whole_seconds)
}

fn whole_seconds(wait: Duration) -> u64 {
    let seconds = wait.as_millis().div_ceil(1000).max(1);
    seconds.try_into().unwrap_or(u64::MAX)
}

/// The refusal of somebody who asks for too much in too short a time.
pub(super) fn rate_limited(wait: Duration) -> ServerError {
    let seconds = whole_seconds(wait);
    let message = format!("you have asked for a lot in a short time: ask again in {seconds} s");
    let mut error = coded(ServerError::new(message, None), Code::RateLimited.as_str());
    extend(&mut error, "retryAfter", seconds);
    error
}

/// The failure as a stranger may see it.
pub(super) fn internal(mut error: ServerError, request_id: &str) -> ServerError {
    error.message = "something went wrong on our side".to_owned();
    let mut error = coded(error, Code::Internal.as_str());
    extend(&mut error, "requestId", request_id);
    error
}

/// A document that does not fit the schema.
pub(super) fn invalid(error: ServerError) -> ServerError {
    coded(error, "GRAPHQL_VALIDATION_FAILED")
}

/// The error with its code.
pub(super) fn coded(mut error: ServerError, code: &str) -> ServerError {
    extend(&mut error, "code", code);
    error
}

fn extend(error: &mut ServerError, name: &str, value: impl Into<Value>) {
    error
        .extensions
        .get_or_insert_with(ErrorExtensionValues::default)
        .set(name, value);
}

fn wait_of(error: &ServerError) -> Option<u64> {
    match error.extensions.as_ref()?.get("retryAfter")? {
        Value::Number(seconds) => seconds.as_u64(),
        _ => None,
    }
}

fn code_of(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}
