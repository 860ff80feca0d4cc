//! The parts of a GraphQL request, checked one by one.

use std::sync::Arc;

use async_graphql::Variables;
use axum::extract::Query;
use axum::http::Uri;
use serde_json::{Map, Value};

/// What a client asks to run.
#[derive(Debug)]
pub(super) struct Params {
    pub(super) asked: Asked,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Variables,
}

/// Which document is to run.
#[derive(Debug)]
pub(super) enum Asked {
    /// This one.
    Text(Arc<str>),
    /// The one of the manifest with this id (`documentId`).
    Id(String),
    /// The one with this SHA-256, in hexadecimal (`extensions.persistedQuery`).
    Digest(String),
    /// This one, to be remembered under its SHA-256.
    Register { text: Arc<str>, hex: String },
}

impl Params {
    /// Reads a body. The message says which part is wrong.
    pub(super) fn from_body(body: &[u8]) -> Result<Self, String> {
        if std::str::from_utf8(body).is_err() {
            return Err("the body is not UTF-8".to_owned());
        }
        let body = serde_json::from_slice(body)
            .map_err(|error| format!("the body is not JSON: {error}"))?;
        Self::from_json(body)
    }

    /// Reads the JSON form, of a body or of a WebSocket message.
    pub(super) fn from_json(body: Value) -> Result<Self, String> {
        match body {
            Value::Object(parts) => Self::from_parts(parts),
            Value::Array(_) => Err("batches are not supported, send one request".to_owned()),
            _ => Err("a request is a JSON object".to_owned()),
        }
    }

    /// Reads the query string of a GET.
    pub(super) fn from_uri(uri: &Uri) -> Result<Self, String> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|error| format!("the query string cannot be read: {error}"))?;
        let mut parts = Map::new();
        for (name, text) in pairs {
            let value = match name.as_str() {
                "variables" | "extensions" if !text.is_empty() => serde_json::from_str(&text)
                    .map_err(|error| format!("{name} is not JSON: {error}"))?,
                "variables" | "extensions" => Value::Null,
                _ => Value::String(text),
            };
            if parts.insert(name.clone(), value).is_some() {
                return Err(format!("{name} is given twice"));
            }
        }
        Self::from_parts(parts)
    }

    fn from_parts(mut parts: Map<String, Value>) -> Result<Self, String> {
        let asked = asked(&mut parts)?;
        let operation_name = match parts.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name).filter(|name| !name.is_empty()),
            Some(_) => return Err("operationName must be a string".to_owned()),
        };
        let variables = match parts.remove("variables") {
            None | Some(Value::Null) => Variables::default(),
            Some(map @ Value::Object(_)) => Variables::from_json(map),
            Some(_) => return Err("variables must be an object".to_owned()),
        };
        Ok(Self {
            asked,
            operation_name,
            variables,
        })
    }
}

fn asked(parts: &mut Map<String, Value>) -> Result<Asked, String> {
    let text = match parts.remove("query") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(Arc::from(text)),
        Some(_) => return Err("query must be a string".to_owned()),
    };
    let digest = match parts.remove("extensions") {
        None | Some(Value::Null) => None,
        Some(Value::Object(extensions)) => digest(extensions)?,
        Some(_) => return Err("extensions must be an object".to_owned()),
    };
    let id = match parts.remove("documentId") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id),
        Some(_) => return Err("documentId must be a string".to_owned()),
    };
    match (text, digest, id) {
        (Some(text), None, None) => Ok(Asked::Text(text)),
        (Some(text), Some(hex), None) => Ok(Asked::Register { text, hex }),
        (None, Some(hex), None) => Ok(Asked::Digest(hex)),
        (None, None, Some(id)) => Ok(Asked::Id(id)),
        (None, None, None) => Err("query is missing".to_owned()),
        (_, _, Some(_)) => Err("give a documentId or a query, not both".to_owned()),
    }
}

/// What Apollo's clients say of a persisted query.
fn digest(mut extensions: Map<String, Value>) -> Result<Option<String>, String> {
    let Some(said) = extensions.remove("persistedQuery") else {
        return Ok(None);
    };
    match (said.get("version"), said.get("sha256Hash")) {
        (Some(version), Some(Value::String(hex))) if *version == 1 => Ok(Some(hex.to_lowercase())),
        _ => Err("persistedQuery must be {\"version\": 1, \"sha256Hash\": …}".to_owned()),
    }
}
