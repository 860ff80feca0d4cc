//! Recorded tracks of other programs, driven through the public endpoint of the built hub.

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::json;

use crate::harness::{Process, Settings, graphql::ask, run, write};

const COUNT: &str = "{ checkIns(first: 1, orderBy: {recordedAt: ASC}) { totalCount \
    nodes { recordedAt speedMps accuracyM } } }";

/// A hub with an admin and a rep who has a phone.
struct Scene {
    folder: tempfile::TempDir,
    settings: Settings,
    hub: Process,
    admin: String,
    phone: String,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings::sqlite(folder.path());
        let said = |arguments: &[&str]| {
            let output = run(&settings, arguments);
            assert!(output.status.success(), "{output:?}");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let admin = said(&["token", "--create-admin", "ada@x.example"]);
        let users = write(
            folder.path(),
            "u.csv",
            "email,name,team\nann@x.example,Ann,North\n",
        );
        said(&["import", &format!("users={users}")]);
        let phone = said(&["token", "--device", "ann@x.example"]);
        let hub = Process::serve(&settings).expect("a hub");
        Self {
            folder,
            settings,
            hub,
            admin,
            phone,
        }
    }

    /// What a replay says, whether it succeeded.
    fn replay(&self, file: &str, more: &[&str]) -> (bool, String) {
        let arguments = [&["replay", file, "--url", &self.hub.url], more].concat();
        let settings = self.settings.clone().with("FIELDHUB_TOKEN", &self.phone);
        let output = run(&settings, &arguments);
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    fn file(&self, name: &str, text: &str) -> String {
        write(self.folder.path(), name, text)
    }
}

/// Minutes before now, as files write times.
fn ago(minutes: i64) -> String {
    let at = Utc::now() - TimeDelta::minutes(minutes);
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_other_programs_become_check_ins_once() {
    let scene = Scene::new();
    let points: String = (0..1_200)
        .map(|n| {
            let at = Utc::now() - TimeDelta::hours(4) + TimeDelta::seconds(10 * n);
            let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
            let latitude = 60.17 + n as f64 * 1e-5;
            format!("<trkpt lat=\"{latitude}\" lon=\"24.94\"><time>{at}</time></trkpt>")
        })
        .collect();
    let gpx = format!(
        "<?xml version=\"1.0\"?><gpx version=\"1.1\" creator=\"t\"><trk><trkseg>{points}</trkseg></trk></gpx>"
    );
    let gpx = scene.file("day.gpx", &gpx);
    let (is_well, told) = scene.replay(&gpx, &["--dry-run"]);
    assert!(is_well && told.starts_with("1200 fixes from "), "{told}");
    let (is_well, told) = scene.replay(&gpx, &["--speed", "max"]);
    assert!(is_well && told.contains("1200 ACCEPTED"), "{told}");
    // The same file again adds nothing.
    let (is_well, told) = scene.replay(&gpx, &["--speed", "max"]);
    assert!(is_well, "{told}");
    let seen = ask(&scene.hub.url, &scene.admin, COUNT, json!({})).await;
    assert_eq!(seen["checkIns"]["totalCount"], 1_200);

    let csv = format!(
        "id,deviceId,fixTime,valid,latitude,longitude,speed,accuracy\n\
         1,7,{},true,60.1,24.9,10,15\n2,8,{},true,60.2,24.9,0,0\n3,8,soon,true,60.2,24.9,0,0\n",
        ago(300),
        ago(299)
    );
    let csv = scene.file("traccar.csv", &csv);
    let (is_well, told) = scene.replay(&csv, &["--speed", "max", "--who", "7"]);
    assert!(
        !is_well && told.contains("traccar.csv:4: \"soon\" is not a time"),
        "{told}"
    );
    assert!(told.contains("--skip-bad"), "{told}");
    let (is_well, told) = scene.replay(&csv, &["--speed", "max", "--skip-bad"]);
    assert!(!is_well && told.contains("the file has 7, 8"), "{told}");
    let seven = ["--speed", "max", "--skip-bad", "--who", "7"];
    let (is_well, told) = scene.replay(&csv, &seven);
    assert!(is_well && told.contains("1 ACCEPTED"), "{told}");
    let seen = ask(&scene.hub.url, &scene.admin, COUNT, json!({})).await;
    let first = &seen["checkIns"]["nodes"][0];
    assert_eq!(first["accuracyM"], 15.0);
    assert!((first["speedMps"].as_f64().expect("a number") - 5.144).abs() < 0.001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_track_is_replayed_as_if_it_were_now_and_faster_than_it_was() {
    let scene = Scene::new();
    let line = |tst: i64| {
        format!(
            "2020-01-01T00:00:00Z\t*\t{{\"_type\":\"location\",\"lat\":60.17,\"lon\":24.94,\"tst\":{tst}}}\n"
        )
    };
    let rec = scene.file(
        "a.rec",
        &[line(1_577_836_800), line(1_577_836_860)].concat(),
    );
    let (is_well, told) = scene.replay(&rec, &["--speed", "max"]);
    assert!(
        is_well && told.contains("2 ACCEPTED"),
        "history is taken in: {told}"
    );
    let begin = ago(10);
    let (is_well, told) = scene.replay(&rec, &["--begin", &begin, "--speed", "600"]);
    assert!(is_well && told.contains("2 ACCEPTED"), "{told}");
}

#[test]
fn what_cannot_be_replayed_is_told_what_would_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::over("sqlite://unused.db");
    let failed = |arguments: &[&str]| {
        let output = run(&settings, arguments);
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let file = write(folder.path(), "a.txt", "");
    assert!(failed(&["replay", &file]).contains("none of .gpx, .csv, .rec and .json"));
    let told = failed(&["replay", "a.gpx", "--speed", "0"]);
    assert!(told.contains("a speed is a number"), "{told}");
    let row = format!("timestamp,latitude,longitude\n{},60.1,24.9\n", ago(5));
    let file = write(folder.path(), "a.csv", &row);
    assert!(failed(&["replay", &file]).contains("FIELDHUB_TOKEN"));
    let lost = [
        "replay",
        &file,
        "--token",
        "x",
        "--url",
        "http://127.0.0.1:9",
        "--dry-run",
    ];
    assert!(run(&settings, &lost).status.success());
}
