//! The built binary as a test's own process: started on a free port, asked, stopped, killed.

pub(crate) mod graphql;
mod process;

pub(crate) use process::{Process, Settings, run};
