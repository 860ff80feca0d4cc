//! Settings of what may be asked over GraphQL: known documents, and how much a viewer may ask for.

use std::num::NonZeroU32;

use api::edge::{Budget, Manifest, Unlisted};
use clap::Args;

use crate::config::{SettingError, Sources, setting, value};

/// What may be asked.
#[derive(Debug, Default, Args)]
pub(crate) struct QueryArgs {
    /// Manifest of the documents that applications may ask for by id: a JSON object from ids to
    /// documents, as graphql-codegen and Relay write it [default: none]
    #[arg(long, env = "FIELDHUB_PERSISTED_DOCUMENTS", value_name = "FILE")]
    pub(crate) persisted_documents: Option<String>,
    /// What becomes of documents that are not in the manifest: `off` runs them, `log` runs and
    /// logs them, `enforce` refuses them, but for admins [default: off]
    #[arg(long, env = "FIELDHUB_PERSISTED_MODE", value_name = "MODE")]
    pub(crate) persisted_mode: Option<String>,
    /// Values that one viewer's answers may hold a second; ten times as many at once
    /// [default: 100000]
    #[arg(long, env = "FIELDHUB_QUERY_COST_PER_SECOND", value_name = "VALUES")]
    pub(crate) query_cost_per_second: Option<String>,
}

/// What may be asked, understood.
#[derive(Debug, Clone, Default)]
pub(crate) struct QueryConfig {
    pub(crate) manifest: Manifest,
    pub(crate) unlisted: Unlisted,
    pub(crate) budget: Budget,
}

impl QueryArgs {
    /// Understands what may be asked, and reads the manifest.
    pub(crate) fn resolve(&self, sources: &Sources) -> Result<QueryConfig, SettingError> {
        let file = sources.value(
            &setting::PERSISTED_DOCUMENTS,
            self.persisted_documents.as_deref(),
        );
        let manifest = match &file {
            Some(raw) => Some(raw.parse(value::manifest)?),
            None => None,
        };
        let mode = sources.value(&setting::PERSISTED_MODE, self.persisted_mode.as_deref());
        let unlisted = match mode {
            Some(raw) => raw.parse(value::unlisted)?,
            None => Unlisted::default(),
        };
        if manifest.is_none() && unlisted != Unlisted::Run {
            return Err(setting::PERSISTED_DOCUMENTS
                .missing("FIELDHUB_PERSISTED_MODE needs the list of documents"));
        }
        let rate = sources.value(
            &setting::QUERY_COST_PER_SECOND,
            self.query_cost_per_second.as_deref(),
        );
        let budget = match rate {
            Some(raw) => {
                let values = raw.parse(value::count)?;
                Budget::per_second(NonZeroU32::new(values).unwrap_or(NonZeroU32::MIN))
            }
            None => Budget::default(),
        };
        Ok(QueryConfig {
            manifest: manifest.unwrap_or_default(),
            unlisted,
            budget,
        })
    }
}
