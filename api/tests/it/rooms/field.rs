//! Visits, check-ins, presence, fences, plans and rules, on both databases.

mod activity;
mod bed;
mod datums;
mod day;
mod deciding;
mod drawing;
mod due;
mod history;
mod listening;
mod looking;
mod photos;
mod planning;
mod reading;
mod trying;
