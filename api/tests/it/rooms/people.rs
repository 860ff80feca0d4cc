//! The room of people: who signs in, who sees whom, what the verbs refuse.

mod access;
pub(crate) mod company;
mod credentials;
mod devices;
mod erasing;
mod refusals;
mod sessions;
mod settings;
mod sight;
mod verbs;
