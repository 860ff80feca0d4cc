//! Recorded tracks: GPX, positions of Traccar, messages of OwnTracks.

use api::import::{Kind, Report, Source};
use rstest::rstest;
use testbed::Backend;

use super::{Bed, counts, plan, told};

const STORED: &str = "SELECT user_account.name || ' ' || check_in.kind || ' ' || latitude_e6 || ' ' \
    || COALESCE(CAST(accuracy_m AS text), '-') || ' ' \
    || COALESCE(CAST(ROUND(speed_mps) AS text), '-') || ' ' || COALESCE(CAST(battery_pct AS text), '-') \
    FROM check_in JOIN user_account ON user_account.id = rep_id ORDER BY recorded_at, latitude_e6";

async fn company(backend: Backend) -> Bed {
    let bed = Bed::new(backend).await;
    bed.company().await;
    bed.users().await;
    bed
}

impl Bed {
    /// Takes a file in as somebody's.
    async fn track(&self, source: Source, email: Option<&str>, name: &str, text: &str) -> Report {
        let mut plan = plan(Kind::CheckIns, source);
        plan.skips_bad = true;
        plan.by = match email {
            Some(email) => Some(self.somebody(email).await),
            None => None,
        };
        self.run_named(&plan, name, text).await.unwrap()
    }
}

/// Without the fraction that one of the databases writes.
fn plain(rows: Vec<String>) -> Vec<String> {
    rows.iter().map(|row| row.replace(".0 ", " ")).collect()
}

#[rstest]
#[tokio::test]
async fn a_gpx_is_the_track_of_whoever_it_is_said_to_be(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    let gpx = r#"<?xml version="1.0"?><gpx version="1.1" creator="x"><trk>
        <trkseg><trkpt lat="39.74" lon="-104.97"><ele>1609</ele>
        <time>2020-01-01T01:00:00+01:00</time></trkpt></trkseg>
        <trkseg><trkpt lon="-104.97" lat="39.75"></trkpt></trkseg></trk></gpx>"#;
    let nobody = bed.track(Source::Plain, None, "a.gpx", gpx).await;
    assert_eq!(
        told(&nobody),
        [
            "1 -: is empty; say with --user whose check-ins they are",
            "2 recordedAt: is empty",
        ]
    );
    let ann = Some("ann@x.example");
    let report = bed.track(Source::Plain, ann, "a.gpx", gpx).await;
    assert_eq!(counts(&report), (1, 0, 0, 1));
    assert_eq!(
        plain(bed.column(STORED).await),
        ["Ann Lee TRAIL 39740000 - - -"]
    );
    let report = bed.track(Source::Plain, ann, "a.gpx", gpx).await;
    assert_eq!(counts(&report), (0, 0, 1, 1));
}

#[rstest]
#[tokio::test]
async fn traccars_speed_is_in_knots_and_its_times_in_utc(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    let csv = "id,deviceId,protocol,serverTime,deviceTime,fixTime,valid,latitude,longitude,altitude,\
        speed,course,address,accuracy\n\
        1,7,osmand,,,2026-09-01T08:00:00.000+00:00,true,60.17,24.94,3.5,10,90,\"A, B\",0\n\
        2,7,osmand,,,2026-09-01 08:01:00,false,60.17,24.94,3.5,10,90,,12\n\
        3,7,osmand,,,2026-09-01 08:02:00,true,60.18,24.94,,-1,,,12\n\
        4,8,osmand,,,2026-09-01 08:03:00,true,60.19,24.94,,,,,12\n";
    let ann = Some("ann@x.example");
    let report = bed.track(Source::Traccar, ann, "p.csv", csv).await;
    assert_eq!((counts(&report), report.passed_over), ((2, 0, 0, 1), 1));
    assert_eq!(
        told(&report),
        [
            "5 deviceId: is another device than that of the lines above; name whose each is in \
             [people] of a mapping file"
        ]
    );
    assert_eq!(
        plain(bed.column(STORED).await),
        [
            "Ann Lee TRAIL 60170000 - 5 -",
            "Ann Lee TRAIL 60180000 12 - -"
        ]
    );
    let times = "SELECT CAST(recorded_at AS text) FROM check_in ORDER BY recorded_at";
    assert!(bed.column(times).await[1].contains("08:02:00"));

    let mut both = plan(Kind::CheckIns, Source::Traccar);
    let people = "[people]\n7 = \"ann@x.example\"\n8 = \"bob@x.example\"\n";
    both.mapping = both.mapping.renamed(people).unwrap();
    let report = bed.run_named(&both, "p.csv", csv).await.unwrap();
    assert_eq!(
        counts(&report),
        (1, 0, 2, 0),
        "the second device's is Bob's"
    );
}

#[rstest]
#[tokio::test]
async fn owntracks_messages_are_a_track_and_others_are_passed_over(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    let rec = "2026-09-01T08:00:00Z\t*                 \t{\"_type\":\"location\",\"lat\":60.17,\
        \"lon\":24.94,\"tst\":1788249600,\"acc\":12,\"vel\":36,\"batt\":77,\"topic\":\"owntracks/ann/phone\"}\n\
        2026-09-01T08:00:01Z\tlwt\t{\"_type\":\"lwt\",\"tst\":1}\n\n\
        2026-09-01T08:00:02Z\t*\t{\"_type\":\"location\",\"lat\":60.17}\n\
        no tabs\n";
    let report = bed.track(Source::Owntracks, None, "2026-09.rec", rec).await;
    assert_eq!((counts(&report), report.passed_over), ((1, 0, 0, 2), 1));
    assert_eq!(
        told(&report),
        [
            "4 tst: is empty",
            "5 _type: the line is no message of OwnTracks"
        ]
    );
    assert_eq!(
        plain(bed.column(STORED).await),
        ["Ann Lee TRAIL 60170000 12 10 77"]
    );
}
