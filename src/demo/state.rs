//! What the demo remembers between two starts: its company and its secrets, in a file beside the database.

use std::{fs, io::Write, path::Path};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::demo::company::Company;

/// Written last, so that its presence says that the database is filled.
const FILE: &str = "demo.json";
/// Raised when what the demo writes changes; an older folder is filled anew.
const VERSION: u32 = 3;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    version: u32,
    /// Signs the tokens that are printed.
    pub(crate) jwt_secret: String,
    pub(crate) company: Company,
}

impl State {
    pub(crate) fn new(jwt_secret: String, company: Company) -> Self {
        Self {
            version: VERSION,
            jwt_secret,
            company,
        }
    }

    /// The file of a folder that was filled by this version; `None` for any other.
    pub(crate) fn load(folder: &Path) -> Option<Self> {
        let text = fs::read_to_string(folder.join(FILE)).ok()?;
        let state: State = serde_json::from_str(&text).ok()?;
        (state.version == VERSION).then_some(state)
    }

    /// Writes the file, for its owner's eyes.
    pub(crate) fn save(&self, folder: &Path) -> anyhow::Result<()> {
        use std::os::unix::fs::OpenOptionsExt;

        let path = folder.join(FILE);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        file.write_all(&serde_json::to_vec(self)?)?;
        Ok(())
    }
}
