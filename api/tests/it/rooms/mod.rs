//! One file a room.

mod field;
mod people;
mod performance;
