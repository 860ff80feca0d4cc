//! One file a room.

mod performance;
