//! The room of customers: who is added, whom one talks to there, who looks after them.

mod assigning;
mod contacts;
mod editing;
mod finding;
mod segments;
