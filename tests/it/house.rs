//! House rules that no compiler checks: how long a file is, how it begins, what it may not say.

use std::{
    fs,
    path::{Path, PathBuf},
};

const CRATES: [&str; 8] = [
    "domain",
    "entity",
    "migration",
    "presence",
    "ingest",
    "api",
    "testbed",
    ".",
];

#[test]
fn no_file_is_longer_than_500_lines() {
    let long: Vec<String> = sources()
        .iter()
        .filter_map(|(path, text)| {
            let lines = text.lines().count();
            (lines > 500).then(|| format!("{} has {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_file_begins_by_saying_what_it_is_for() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "no //! line first: {silent:#?}");
}

#[test]
fn no_module_is_named_after_nothing() {
    let empty = [
        "utils.rs",
        "util.rs",
        "helpers.rs",
        "common.rs",
        "misc.rs",
        "manager.rs",
    ];
    let found: Vec<_> = sources()
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| empty.iter().any(|e| name == *e))
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn nothing_is_left_to_do_and_nothing_is_switched_off() {
    // Put together at run time, so that this file does not find itself.
    let words = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["#[ig", "nore"].concat(),
    ];
    let found: Vec<String> = sources()
        .iter()
        .flat_map(|(path, text)| {
            text.lines().enumerate().filter_map(|(number, line)| {
                let is_said = words.iter().any(|word| line.contains(word.as_str()));
                is_said.then(|| format!("{}:{}: {}", path.display(), number + 1, line.trim()))
            })
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Every Rust file of the workspace with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for name in CRATES {
        for folder in ["src", "tests", "benches"] {
            collect(&root.join(name).join(folder), &mut files);
        }
    }
    assert!(files.len() > 10, "the sources are found");
    files
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "node_modules") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file is text");
            files.push((path, text));
        }
    }
}
