//! `fieldhub import` as a company would use it: tried first, then done, then done again.

use std::process::Output;

use crate::harness::{Settings, run, write};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn tables_are_tried_then_taken_in_then_nothing_is_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path());
    let users = write(
        folder.path(),
        "u.csv",
        "email,name,team\nann@x.example,Ann,North\n",
    );
    let customers = "code,name,owner\nA1,Acme,Ann\nA2,Bolt,Ann\n";
    let customers = write(folder.path(), "c.csv", customers);
    let contacts = "customerCode,name\nA1,Mia\nA9,Tom\n";
    let contacts = write(folder.path(), "k.csv", contacts);
    // What others refer to comes last here, and is taken in first.
    let tables = [
        format!("contacts={contacts}"),
        format!("customers={customers}"),
        format!("users={users}"),
    ];
    let import = |more: &[&str]| {
        let tables = tables.iter().map(String::as_str);
        let arguments: Vec<&str> = ["import"]
            .into_iter()
            .chain(more.iter().copied())
            .chain(tables)
            .collect();
        run(&settings, &arguments)
    };

    let refused = import(&[]);
    assert_eq!(refused.status.code(), Some(1));
    let told = said(&refused);
    assert!(told.contains("users from"), "{told}");
    assert!(
        told.contains(": 2 new, 0 changed, 0 unchanged, 0 refused\n"),
        "{told}"
    );
    assert!(
        told.contains(": 1 new, 0 changed, 0 unchanged, 1 refused (nothing was written;"),
        "{told}"
    );
    let line = "  line 3, customerCode: no customer has the code \"A9\"; import customers first";
    assert!(told.contains(line), "{told}");

    let tried = said(&import(&["--dry-run", "--skip-bad"]));
    assert!(
        tried.contains("1 new, 0 changed, 0 unchanged, 1 refused (dry run"),
        "{tried}"
    );
    let done = import(&["--skip-bad"]);
    assert!(done.status.success());
    assert!(said(&done).contains("1 new, 0 changed, 0 unchanged, 1 refused\n"));
    let again = said(&import(&["--skip-bad"]));
    assert_eq!(again.matches(": 0 new, 0 changed").count(), 3, "{again}");
}

#[test]
fn what_cannot_be_imported_is_told_what_would_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path());
    let file = write(folder.path(), "c.csv", "number,name\n1,Acme\n");
    let failed = |arguments: &[&str]| {
        let output = run(&settings, arguments);
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let table = format!("customers={file}");
    let told = failed(&["import", &table]);
    assert!(
        told.contains("no column is called code; name it in a mapping file"),
        "{told}"
    );
    let told = failed(&["import", "shops=a.csv"]);
    assert!(
        told.contains("is neither users, customers, contacts, geofences nor orders"),
        "{told}"
    );
    let told = failed(&["import", "customers=/no/such.csv"]);
    assert!(told.contains("/no/such.csv was not imported"), "{told}");
}
