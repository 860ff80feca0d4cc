//! Which crate may import which: the layers, as a test.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Our crates, what each imports of ours, and what it must never import.
const LAYERS: &[(&str, &[&str], &[&str])] = &[
    (
        "domain",
        &[],
        &[
            "tokio",
            "sea-orm",
            "async-graphql",
            "redis",
            "axum",
            "rand",
            "uuid",
        ],
    ),
    ("entity", &[], &["axum", "redis", "async-graphql"]),
    ("migration", &[], &["axum", "redis", "async-graphql"]),
    (
        "presence",
        &["domain", "entity"],
        &["axum", "async-graphql"],
    ),
    (
        "ingest",
        &["domain", "entity", "presence"],
        &["async-graphql", "redis"],
    ),
    (
        "api",
        &["domain", "entity", "presence", "ingest"],
        &["redis"],
    ),
    (
        "testbed",
        &["entity", "migration"],
        &["axum", "async-graphql"],
    ),
    (
        "fieldhub",
        &["domain", "entity", "migration", "presence", "ingest", "api"],
        &["async-graphql"],
    ),
];

#[test]
fn each_crate_imports_only_what_its_layer_allows() {
    let metadata = metadata();
    let ours: BTreeSet<&str> = LAYERS.iter().map(|(name, ..)| *name).collect();
    for (name, allowed, never) in LAYERS {
        let imports = imports(&package(&metadata, name));
        for import in &imports {
            let is_allowed = !ours.contains(import.as_str()) || allowed.contains(&import.as_str());
            assert!(is_allowed, "{name} must not import {import}");
        }
        for banned in *never {
            assert!(
                !imports.contains(*banned),
                "{name} must never import {banned}"
            );
        }
    }
}

#[test]
fn every_crate_of_the_workspace_has_its_layer() {
    let members: BTreeSet<String> = metadata()
        .workspace_packages()
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let layers: BTreeSet<String> = LAYERS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(members, layers);
}

#[test]
fn the_test_servers_are_no_part_of_the_program() {
    let metadata = metadata();
    let mut users = BTreeMap::new();
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            if dependency.name == "testbed" {
                users.insert(package.name.to_string(), dependency.kind);
            }
        }
    }
    for (user, kind) in users {
        assert_eq!(
            kind,
            DependencyKind::Development,
            "{user} imports testbed outside its tests"
        );
    }
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .no_deps()
        .exec()
        .expect("cargo metadata answers")
}

fn package(metadata: &Metadata, name: &str) -> Package {
    let found = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == name);
    found
        .unwrap_or_else(|| panic!("{name} is a crate of the workspace"))
        .clone()
}

/// What the crate imports outside its tests.
fn imports(package: &Package) -> BTreeSet<String> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development)
        .map(|dependency| dependency.name.clone())
        .collect()
}
