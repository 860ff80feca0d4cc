//! The room of people: who signs in, who sees whom, what the verbs refuse.

mod access;
mod company;
mod credentials;
mod devices;
mod sessions;
mod sight;
mod verbs;
