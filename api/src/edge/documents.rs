//! Documents that are known by an id: those of a manifest, and those a client has registered.
//!
//! A manifest is what graphql-codegen's and Relay's compilers write for an application: a JSON
//! object from ids to documents. Registering is Apollo's «automatic persisted queries»: the first
//! request sends the document with its SHA-256, later ones the SHA-256 alone.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::ServerError;
use lru::LruCache;
use sha2::{Digest, Sha256};

use super::answer;
use super::params::{Asked, Params};

/// Registered documents that are remembered; the least used is forgotten first.
const REGISTERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1_000 - 1);
/// A longer document is run and not remembered.
const LONGEST_REGISTERED: usize = 16 * 1024;

/// What becomes of documents that the manifest does not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unlisted {
    /// They run.
    #[default]
    Run,
    /// They run, and their names are logged.
    Log,
    /// They are refused, but for admins.
    Refuse,
}

/// The documents of the applications that are known.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    by_id: HashMap<String, Arc<str>>,
    digests: HashSet<Hash>,
}

type Hash = [u8; 32];

impl Manifest {
    /// Reads a manifest; the error says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let listed: HashMap<String, String> = serde_json::from_str(text)
            .map_err(|error| format!("not a JSON object from ids to documents ({error})"))?;
        for (id, document) in &listed {
            async_graphql::parser::parse_query(document)
                .map_err(|error| format!("the document {id:?} cannot be parsed ({error})"))?;
        }
        let digests = listed.values().map(|document| digest(document)).collect();
        let by_id = listed
            .into_iter()
            .map(|(id, document)| (id, document.into()));
        Ok(Self {
            by_id: by_id.collect(),
            digests,
        })
    }
}

/// The document to run.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) text: Arc<str>,
    pub(super) is_listed: bool,
    /// Under which digest it is to be remembered once it has parsed.
    register: Option<Hash>,
}

/// All documents that can be asked for by id.
#[derive(Debug)]
pub(super) struct Documents {
    manifest: Manifest,
    registered: Mutex<LruCache<Hash, Arc<str>>>,
}

impl Documents {
    pub(super) fn new(manifest: Manifest) -> Self {
        Self {
            manifest,
            registered: Mutex::new(LruCache::new(REGISTERED)),
        }
    }

    /// The document a request asks for, by its text, its id, or its digest.
    pub(super) fn find(&self, params: &Params) -> Result<Found, ServerError> {
        match &params.asked {
            Asked::Text(text) => Ok(self.unregistered(text)),
            Asked::Id(id) => self.listed(id).ok_or_else(not_found),
            Asked::Digest(hex) => self
                .listed(hex)
                .or_else(|| self.recalled(hex))
                .ok_or_else(not_found),
            Asked::Register { text, hex } => {
                let found = self.unregistered(text);
                let digest = digest(text);
                if read_hex(hex) != Some(digest) {
                    let message = "sha256Hash is not the SHA-256 of the query";
                    let error = ServerError::new(message, None);
                    return Err(answer::coded(error, "PERSISTED_QUERY_HASH_MISMATCH"));
                }
                let register = (text.len() <= LONGEST_REGISTERED).then_some(digest);
                Ok(Found { register, ..found })
            }
        }
    }

    /// Remembers a document that was sent to be registered, now that it has parsed.
    pub(super) fn parsed(&self, found: &Found) {
        if let Some(digest) = found.register {
            let mut registered = self
                .registered
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            registered.put(digest, found.text.clone());
        }
    }

    fn unregistered(&self, text: &Arc<str>) -> Found {
        Found {
            text: text.clone(),
            is_listed: !self.manifest.digests.is_empty()
                && self.manifest.digests.contains(&digest(text)),
            register: None,
        }
    }

    fn listed(&self, id: &str) -> Option<Found> {
        let text = self.manifest.by_id.get(id)?.clone();
        Some(Found {
            text,
            is_listed: true,
            register: None,
        })
    }

    fn recalled(&self, hex: &str) -> Option<Found> {
        let mut registered = self
            .registered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let text = registered.get(&read_hex(hex)?)?.clone();
        drop(registered);
        Some(self.unregistered(&text))
    }
}

/// The answer to which Apollo's clients send the whole document.
fn not_found() -> ServerError {
    let error = ServerError::new("PersistedQueryNotFound", None);
    answer::coded(error, "PERSISTED_QUERY_NOT_FOUND")
}

/// The answer to a document that the manifest does not list.
pub(super) fn not_allowed() -> ServerError {
    let message = "only the documents of known applications run here: send a documentId";
    answer::coded(ServerError::new(message, None), "DOCUMENT_NOT_ALLOWED")
}

fn digest(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

fn read_hex(hex: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, place) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hex[place..place + 2], 16).ok()?;
    }
    Some(hash)
}
