//! `fieldhub import` as a company would use it: tried first, then done, then done again.

use std::{process::Output, time::Duration};

use serde_json::{Value, json};

use crate::harness::{Process, Settings, graphql::ask, run, write};

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
        told.contains("\"shops\" is none of users, teams, customers"),
        "{told}"
    );
    let targets = "rep,metric,period,day,value\nann,VISITS,DAY,2026-11-29,3\n";
    let targets = write(folder.path(), "t.csv", targets);
    let told = failed(&["import", &format!("targets={targets}")]);
    assert!(
        told.contains("say with --user EMAIL whose plans or targets they are"),
        "{told}"
    );
    let told = failed(&["import", "customers=/no/such.csv"]);
    assert!(told.contains("/no/such.csv was not imported"), "{told}");
}

const VISITS: &str = "{ visits(first: 10, orderBy: {arrivedAt: ASC}) { nodes { \
    rep { name } customer { code } arrivedAt leftAt confidence } } }";

/// The visits, once there are so many.
async fn visits(hub: &Process, admin: &str, count: usize) -> Vec<Value> {
    for _ in 0..300 {
        let answer = ask(&hub.url, admin, VISITS, json!({})).await;
        let nodes = answer["visits"]["nodes"].as_array();
        let nodes = nodes.unwrap_or_else(|| panic!("{answer}"));
        if nodes.len() >= count {
            return nodes.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("there are never {count} visits")
}

#[tokio::test(flavor = "multi_thread")]
async fn check_ins_of_another_system_become_visits_while_the_hub_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path());
    let ran = |arguments: &[&str]| {
        let output = run(&settings, arguments);
        assert!(output.status.success(), "{output:?}");
        said(&output).trim().to_owned()
    };
    let file = |name: &str, text: &str| write(folder.path(), name, text);
    let admin = ran(&["token", "--create-admin", "ada@x.example"]);
    let hub = Process::serve(&settings).expect("a hub");
    let users = file("u.csv", "姓名,邮箱,主属部门\n张三,zhang@x.example,North\n");
    let customers = "客户编号,客户名称,负责人,纬度,经度\nA1,永辉超市,张三,31.228553,121.478251\n";
    let customers = file("c.csv", customers);
    let (users, customers) = (format!("users={users}"), format!("customers={customers}"));
    ran(&[
        "import",
        "--from",
        "fxiaoke",
        "--fence-radius",
        "100",
        &users,
        &customers,
    ]);

    let presses = "签到人,客户名称,签到时间,签退时间,纬度,经度\n\
        张三,永辉超市,2026-09-01 09:00,2026-09-01 09:40,31.228553,121.478251\n";
    let presses = format!("checkins={}", file("p.csv", presses));
    let told = ran(&["import", "--from", "fxiaoke", &presses]);
    assert!(
        told.ends_with("1 new, 0 changed, 0 unchanged, 0 refused"),
        "{told}"
    );
    let known = visits(&hub, &admin, 1).await;
    assert_eq!(known[0]["customer"]["code"], "A1");
    assert_eq!(known[0]["rep"]["name"], "张三");
    let minutes = |one: &Value| -> i64 {
        let at = |name: &str| {
            one[name]
                .as_str()
                .expect("an instant")
                .parse()
                .expect("one")
        };
        let (from, to): (chrono::DateTime<chrono::Utc>, _) = (at("arrivedAt"), at("leftAt"));
        (to - from).num_minutes()
    };
    assert_eq!(minutes(&known[0]), 40);

    let answer = r#"{"errcode":0,"checkindata":[{"userid":"zhang","checkin_type":"外出打卡",
        "exception_type":"","checkin_time":1788400000,"lat":31228553,"lng":121478251}]}"#;
    let answer = format!("checkins={}", file("w.json", answer));
    for new in [1, 0] {
        let told = ran(&["import", "--from", "wecom", &answer]);
        assert!(told.contains(&format!(": {new} new, 0 changed")), "{told}");
    }
    let known = visits(&hub, &admin, 2).await;
    assert_eq!(
        known[1]["customer"]["code"], "A1",
        "the nearest of their own"
    );
}
