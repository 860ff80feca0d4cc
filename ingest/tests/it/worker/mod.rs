//! What the worker promises.

mod bed;
mod oracle;
mod tries;
mod verbs;
mod visits;
