//! Visits, check-ins, presence, fences, plans and rules, on both databases.

mod bed;
mod history;
mod reading;
