//! The way in over HTTP: bodies within limits, envelopes cut into points, points read field by
//! field, and errors as problem documents.

pub(crate) mod body;
pub(crate) mod document;
pub(crate) mod envelope;
mod fields;
pub(crate) mod media;
pub(crate) mod memory;
pub(crate) mod point;
pub(crate) mod problem;
pub(crate) mod rate;
