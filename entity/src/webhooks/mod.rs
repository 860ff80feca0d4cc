//! Endpoints of other systems that are told what happens, and what they were told.

pub mod delivery;
pub mod webhook;
