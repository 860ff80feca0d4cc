//! One file a room.

mod people;
mod performance;
