//! The messages of graphql-transport-ws, and the codes by which a socket is closed.

use async_graphql::ServerError;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::auth::AuthError;
use crate::edge::answer::Answer;
use crate::edge::params::Params;

/// What a client says.
#[derive(Debug)]
pub(super) enum Said {
    Init(Map<String, Value>),
    Ping(Option<Value>),
    Pong,
    Subscribe { id: String, params: Params },
    Complete { id: String },
}

impl Said {
    /// Reads a text message; the error says what is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let message: Value =
            serde_json::from_str(text).map_err(|_| "a message is JSON".to_owned())?;
        let Value::Object(mut message) = message else {
            return Err("a message is a JSON object".to_owned());
        };
        let payload = message
            .remove("payload")
            .filter(|payload| !payload.is_null());
        let kind = message
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match kind {
            "connection_init" => Ok(Self::Init(object(payload)?.unwrap_or_default())),
            "ping" => Ok(Self::Ping(object(payload)?.map(Value::Object))),
            "pong" => object(payload).map(|_| Self::Pong),
            "subscribe" => Ok(Self::Subscribe {
                id: id(&message)?,
                params: Params::from_json(payload.unwrap_or_default())?,
            }),
            "complete" => Ok(Self::Complete { id: id(&message)? }),
            _ => Err("unknown type of message".to_owned()),
        }
    }
}

fn object(payload: Option<Value>) -> Result<Option<Map<String, Value>>, String> {
    match payload {
        None => Ok(None),
        Some(Value::Object(payload)) => Ok(Some(payload)),
        Some(_) => Err("payload must be an object".to_owned()),
    }
}

fn id(message: &Map<String, Value>) -> Result<String, String> {
    match message.get("id").and_then(Value::as_str) {
        Some(id) if !id.is_empty() && id.len() <= 128 => Ok(id.to_owned()),
        _ => Err("id must be a string of 1 to 128 bytes".to_owned()),
    }
}

/// What we say.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Say<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
    Next {
        id: &'a str,
        payload: &'a Answer,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

/// Why a socket is closed.
#[derive(Debug)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: String,
}

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        // A close frame carries at most 123 bytes of reason.
        let mut reason: String = reason.into();
        while reason.len() > 120 {
            reason.pop();
        }
        Self { code, reason }
    }

    pub(super) fn going_away() -> Self {
        Self::new(1001, "the hub is stopping")
    }

    pub(super) fn too_big() -> Self {
        Self::new(1009, "message too big")
    }

    /// Whether reading failed because a message was too big.
    pub(super) fn is_too_big(error: &axum::Error) -> bool {
        error.to_string().contains("too long") || error.to_string().contains("too big")
    }

    /// The viewer's rights changed: a client connects again and sees by the new ones.
    pub(super) fn changed() -> Self {
        Self::new(1012, "rights changed, connect again")
    }

    pub(super) fn bad_message(why: impl Into<String>) -> Self {
        Self::new(4400, why)
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized")
    }

    pub(super) fn forbidden(why: impl Into<String>) -> Self {
        Self::new(4403, why)
    }

    pub(super) fn wrong_protocol() -> Self {
        Self::new(4406, "Subprotocol not acceptable")
    }

    pub(super) fn init_timeout() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    pub(super) fn duplicate(id: &str) -> Self {
        Self::new(4409, format!("Subscriber for {id} already exists"))
    }

    pub(super) fn second_init() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    pub(super) fn fault() -> Self {
        Self::new(4500, "Internal server error")
    }
}

impl From<AuthError> for Close {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Rejected(why) => Self::forbidden(why),
            AuthError::Unavailable(_) => Self::fault(),
        }
    }
}
