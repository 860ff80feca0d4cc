//! Visits, check-ins, presence, fences, plans and rules, on both databases.

mod activity;
mod bed;
mod deciding;
mod drawing;
mod history;
mod listening;
mod looking;
mod planning;
mod reading;
