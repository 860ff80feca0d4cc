//! The built binary as a test's own process: started on a free port, asked, stopped, killed.

use std::path::Path;

pub(crate) mod graphql;
mod process;

pub(crate) use process::{Process, Settings, run};

/// Writes a file into a folder; gives its path.
pub(crate) fn write(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    std::fs::write(&file, text).expect("it is written");
    file.display().to_string()
}
