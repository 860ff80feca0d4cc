//! Webhooks, from what happens to a receiver that fails, hangs and lies.

mod bed;
mod delivering;
mod receiver;
mod telling;
