//! Check-ins from the request to the rows.

mod body;
mod duty;
mod faults;
mod imports;
mod keys;
mod points;
mod receipts;
mod shuffled;
mod wire;
