//! What every resolver may ask of its request: who looks, the database, the batched loads.

use std::any::Any;

use async_graphql::Context;
use entity::Database;
use entity::viewer::{Scope, Viewer};

use crate::auth::Authenticator;
use crate::error::{Error, Result};
use crate::loader::Loaders;

/// The request, as resolvers see it.
pub trait Request {
    /// Whoever is signed in.
    fn viewer(&self) -> Result<&Viewer>;
    /// Which rows the viewer may see.
    fn scope(&self) -> Result<&Scope>;
    /// The database.
    fn db(&self) -> Result<&Database>;
    /// Who issues and judges credentials.
    fn authenticator(&self) -> Result<&Authenticator>;
    /// The loads of this request, batched.
    fn loaders(&self) -> Result<&Loaders>;
}

impl Request for Context<'_> {
    fn viewer(&self) -> Result<&Viewer> {
        self.data_opt::<Viewer>().ok_or_else(Error::unauthenticated)
    }

    fn scope(&self) -> Result<&Scope> {
        Ok(&self.viewer()?.scope)
    }

    fn db(&self) -> Result<&Database> {
        required(self, "a database")
    }

    fn authenticator(&self) -> Result<&Authenticator> {
        required(self, "an authenticator")
    }

    fn loaders(&self) -> Result<&Loaders> {
        required(self, "loaders: requests run through the edge")
    }
}

fn required<'a, T: Any + Send + Sync>(ctx: &'a Context<'_>, what: &'static str) -> Result<&'a T> {
    ctx.data_opt::<T>()
        .ok_or_else(|| Error::internal(format!("the schema lacks {what}")))
}
