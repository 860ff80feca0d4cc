//! `/openapi.json`: the description of everything but GraphQL, made from the routes themselves.

use utoipa::openapi::{
    InfoBuilder, LicenseBuilder, OpenApi,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// What the routes say of themselves, with a title and the way to sign in.
pub(crate) fn description() -> OpenApi {
    let mut description = ingest::description();
    description.merge(api::export::description());
    description.info = InfoBuilder::new()
        .title("Fieldhub check-in API")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "What phones send, and the receipts they get. Queries go to /graphql.",
        ))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").build()))
        .build();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A device's credential, or a person's access token"))
        .build();
    let basic = HttpBuilder::new()
        .scheme(HttpAuthScheme::Basic)
        .description(Some("A device's credential as the password"))
        .build();
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("basic", SecurityScheme::Http(basic));
    description
}
