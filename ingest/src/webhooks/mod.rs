//! Webhooks: other systems are told what happens.
//!
//! - [`tell`] writes the messages, in the transaction that made them true;
//! - [`outbox`] takes those whose time has come, the oldest of each rep, and writes what came of it;
//! - [`post`] sends one, to an address that [`reach`] allows, signed as [`message`] says;
//! - [`courier`] goes round, an endpoint a task, so that none waits for another.

mod courier;
mod message;
mod outbox;
mod post;
mod reach;
mod tell;

pub use courier::{Courier, Pace};
pub use message::new_secret;
pub(crate) use message::shown_instant;
pub use reach::Reach;
pub use tell::{Listeners, News, TRIED_FOR};
