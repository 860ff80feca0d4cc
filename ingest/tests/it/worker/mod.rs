//! What the worker promises.

pub(crate) mod bed;
mod company;
mod fences;
mod oracle;
mod purge;
mod trial;
mod tries;
mod verbs;
mod visits;
