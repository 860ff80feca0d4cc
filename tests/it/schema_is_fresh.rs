//! The published schema and the description of the check-in API are those of the binary.

use crate::harness::{Settings, run};

fn fresh(command: &str, file: &str) {
    let output = run(&Settings::over("sqlite://unused.db"), &[command]);
    assert!(output.status.success());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let stored = std::fs::read(path).unwrap_or_default();
    assert!(
        stored == output.stdout,
        "{file} is stale: run `just bless` and read the diff"
    );
}

#[test]
fn schema_graphql_is_what_the_binary_serves() {
    fresh("schema", "schema.graphql");
}

#[test]
fn openapi_json_is_what_the_binary_serves() {
    fresh("openapi", "openapi.json");
}
