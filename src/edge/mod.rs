//! The HTTP edge that every route shares: connections, identity, addresses, logs, health, pages.

pub(crate) mod address;
pub(crate) mod cors;
pub(crate) mod health;
pub(crate) mod identity;
pub(crate) mod linger;
pub(crate) mod metrics;
pub(crate) mod observe;
pub(crate) mod openapi;
pub(crate) mod pages;
pub(crate) mod phones;
pub(crate) mod problem;
pub(crate) mod server;
