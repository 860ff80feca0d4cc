//! The rules of field sales: pure functions over places, times and people; no clock, no I/O.
