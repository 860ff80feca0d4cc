//! Taking data out, by command and over HTTP, as a company would.

use reqwest::{Client, StatusCode};

use crate::harness::{Process, Settings, run, write};

#[test]
fn what_was_taken_in_is_taken_out_as_somebody_may_see_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path());
    let users = "email,name,team\nann@x.example,Ann,North\nben@x.example,Ben,South\n";
    let users = write(folder.path(), "u.csv", users);
    let customers = "code,name,owner\nA1,=1+1,Ann\nB1,Bolt,Ben\n";
    let customers = write(folder.path(), "c.csv", customers);
    let tables = [format!("users={users}"), format!("customers={customers}")];
    let imported = run(&settings, &["import", &tables[0], &tables[1]]);
    assert!(imported.status.success(), "{imported:?}");

    let out = folder.path().join("customers.csv").display().to_string();
    let exported = run(
        &settings,
        &[
            "export",
            "customers",
            "--user",
            "ann@x.example",
            "--out",
            &out,
        ],
    );
    assert!(exported.status.success(), "{exported:?}");
    let text = std::fs::read_to_string(&out).expect("a file");
    assert!(text.contains("A1") && !text.contains("B1"), "{text}");
    assert!(text.contains("'=1+1"), "{text}");

    // A failed export leaves what was there.
    let refused = run(
        &settings,
        &[
            "export",
            "customers",
            "--user",
            "ann@x.example",
            "--out",
            &out,
            "--with",
            "colour=red",
        ],
    );
    assert!(!refused.status.success());
    let with = "filter={\"no\":1}";
    let failed = run(
        &settings,
        &[
            "export",
            "customers",
            "--user",
            "ann@x.example",
            "--out",
            &out,
            "--with",
            with,
        ],
    );
    assert!(!failed.status.success());
    assert_eq!(std::fs::read_to_string(&out).expect("a file"), text);
    let files = std::fs::read_dir(folder.path()).expect("a folder");
    let is_part = |name: &std::ffi::OsString| name.to_string_lossy().ends_with(".part");
    assert!(!files.flatten().any(|file| is_part(&file.file_name())));

    // What came out goes in again, and nothing is new.
    let again = run(&settings, &["import", &format!("customers={out}")]);
    let told = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(told.contains(": 0 new, 0 changed, 1 unchanged"), "{told}");
}

#[test]
fn what_cannot_be_exported_is_told_what_would_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path());
    let failed = |arguments: &[&str]| {
        let output = run(&settings, arguments);
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let told = failed(&["export", "shops", "--user", "a@x.example"]);
    assert!(
        told.contains("`fieldhub export --list` names them"),
        "{told}"
    );
    let told = failed(&["export", "visits", "--user", "a@x.example"]);
    assert!(told.contains("nobody has the address"), "{told}");
    let told = failed(&["export", "visits"]);
    assert!(told.contains("--user"), "{told}");
}

#[tokio::test]
async fn the_running_hub_gives_a_table_to_who_signed_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path());
    let admin = run(&settings, &["token", "--create-admin", "ada@x.example"]);
    let token = String::from_utf8_lossy(&admin.stdout).trim().to_owned();
    let customers = write(folder.path(), "c.csv", "code,name\nA1,Acme\n");
    let imported = run(&settings, &["import", &format!("customers={customers}")]);
    assert!(imported.status.success(), "{imported:?}");
    let hub = Process::serve(&settings).expect("a hub");
    let address = format!("{}/v1/export/customers?format=jsonl", hub.url);
    let nobody = Client::new().get(&address).send().await.expect("an answer");
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    let asked = Client::new().get(&address).bearer_auth(token);
    let answer = asked.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let rows = answer.text().await.expect("a body");
    assert!(
        rows.contains(r#""code":"A1""#) && rows.lines().count() == 1,
        "{rows}"
    );
}
