//! Apps that speak a format of their own: each message becomes the same point as one of
//! `POST /v1/check-ins`, and goes the same way from there.
//!
//! What is kept of a point in quarantine is the point in the hub's own form, with the message as it
//! came under `received`; so it can be released like any other.

mod loose;
pub mod osmand;
mod owntracks;
mod point;
mod routes;
mod secretbox;

pub use routes::Phones;
pub(crate) use routes::{osmand_described, owntracks_described};
