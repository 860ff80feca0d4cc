//! Check-ins of other systems: whose, where, at whom; once, whatever is imported again.

use api::import::{Kind, Source};
use rstest::rstest;
use testbed::Backend;

use super::{Bed, counts, plan, told};

/// What is stored, in the order of time: `rep kind time customer latitude,longitude`.
const STORED: &str = "SELECT user_account.name || ' ' || check_in.kind || ' ' || \
    COALESCE(customer.code, '-') || ' ' || check_in.latitude_e6 || ',' || check_in.longitude_e6 \
    FROM check_in JOIN user_account ON user_account.id = rep_id \
    LEFT JOIN customer ON customer.id = check_in.customer_key \
    ORDER BY check_in.recorded_at, check_in.kind";
const TIMES: &str = "SELECT CAST(recorded_at AS text) FROM check_in ORDER BY recorded_at";
const NOWHERE: &str = "-2147483648,-2147483648";

async fn company(backend: Backend) -> Bed {
    let bed = Bed::new(backend).await;
    bed.company().await;
    bed.users().await;
    let customers = "code,name,latitude,longitude,owner\n\
        A1,永辉超市,31.2304,121.4737,ann@x.example\nA2,Far,31.30,121.50,ann@x.example\n\
        B1,Bolt,52.5,13.4,Bob Ray\n";
    assert_eq!(bed.take(Kind::Customers, customers).await, (3, 0, 0, 0));
    bed
}

#[rstest]
#[tokio::test]
async fn wecoms_answer_becomes_shifts_and_arrivals_at_the_nearest_customer(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    // GCJ-02 of a place 20 m from A1, in millionths of a degree; and of one near nobody.
    let answer = r#"{"errcode":0,"errmsg":"ok","checkindata":[
        {"userid":"ann","checkin_type":"上班打卡","exception_type":"地点异常","checkin_time":1790000000,
         "location_title":"Gate","location_detail":"Road 1","notes":"","lat":31228553,"lng":121478251,"deviceid":"E"},
        {"userid":"ann","checkin_type":"外出打卡","exception_type":"","checkin_time":1790003600,
         "location_title":"永辉","location_detail":"Road 2","notes":"looked in","lat":31228553,"lng":121478251},
        {"userid":"ann","checkin_type":"外出打卡","exception_type":"","checkin_time":1790005000,
         "location_detail":"","notes":"","lat":39908822,"lng":116397470},
        {"userid":"ann","checkin_type":"下班打卡","exception_type":"未打卡","checkin_time":1790030000,
         "notes":"","lat":0,"lng":0},
        {"userid":"zhang","checkin_type":"外出打卡","exception_type":"","checkin_time":1790006000,
         "notes":"","lat":31228553,"lng":121478251},
        {"userid":"ann","checkin_type":"外出打卡","exception_type":"","checkin_time":1790007000,
         "notes":"","lat":0,"lng":0}]}"#;
    let mut plan = plan(Kind::CheckIns, Source::Wecom);
    let report = bed.run(&plan, answer).await.unwrap();
    assert_eq!(counts(&report), (3, 0, 0, 2));
    assert_eq!(report.passed_over, 1);
    assert!(!report.is_kept, "two lines are refused, so all are");
    assert_eq!(
        told(&report),
        [
            "5 userid: nobody is called \"zhang\"; import users first, or name them in [people] of \
             a mapping file",
            "6 lat: is empty: a check-in needs a position",
        ]
    );
    assert_eq!(bed.column(STORED).await, Vec::<String>::new());

    plan.skips_bad = true;
    plan.mapping = plan
        .mapping
        .renamed("[people]\nzhang = \"BOB@x.example\"\n")
        .unwrap();
    assert_eq!(counts(&bed.run(&plan, answer).await.unwrap()), (4, 0, 0, 1));
    let stored = bed.column(STORED).await;
    assert_eq!(stored[0], format!("Ann Lee SHIFT_START - {NOWHERE}"));
    assert!(
        stored[1].starts_with("Ann Lee ARRIVE A1 3123"),
        "{}",
        stored[1]
    );
    assert!(
        stored[2].starts_with("Ann Lee TRAIL - 39907"),
        "{}",
        stored[2]
    );
    assert!(
        stored[3].starts_with("Bob Ray TRAIL - 3123"),
        "not at a customer of Ann's"
    );
    assert_eq!(
        bed.column("SELECT note FROM check_in WHERE kind = 'ARRIVE'")
            .await,
        ["looked in\nRoad 2"]
    );
    let devices = "SELECT DISTINCT name || ' ' || platform FROM device";
    assert_eq!(bed.column(devices).await, ["企业微信 import"]);
    let dirty = "SELECT DISTINCT name FROM track_dirty JOIN user_account ON user_account.id = rep_id \
        ORDER BY name";
    assert_eq!(bed.column(dirty).await, ["Ann Lee", "Bob Ray"]);

    // A customer that is known by now takes nothing from what was settled before.
    let later = "code,name,latitude,longitude,owner\nA3,Square,39.9075,116.3912,ann@x.example\n";
    assert_eq!(bed.take(Kind::Customers, later).await, (1, 0, 0, 0));
    assert_eq!(counts(&bed.run(&plan, answer).await.unwrap()), (0, 0, 4, 1));
    assert_eq!(bed.column(STORED).await.len(), 4);
}

#[rstest]
#[tokio::test]
async fn a_stay_of_fxiaoke_begins_and_ends_in_the_companys_time(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    let table = "签到人,客户名称,签到时间,签到地址,签退时间,纬度,经度\n\
        Ann Lee,永辉超市,2026-09-01 09:00,Road 2,2026-09-01 09:40,31.228553,121.478251\n\
        Ann Lee,Nobody,2026-09-01 10:00,,,31.2,121.4\n\
        Ann Lee,永辉超市,2026-09-01 11:00,,2026-09-01 10:59,31.2,121.4\n\
        Ann Lee,永辉超市,2026-09-01 12:00,,,,\n\
        Ann Lee,永辉超市,2031-09-01 12:00,,,31.2,121.4\n";
    let table = encoding_rs::GB18030.encode(table).0.into_owned();
    let mut plan = plan(Kind::CheckIns, Source::Fxiaoke);
    plan.skips_bad = true;
    let report = bed.run(&plan, &table).await.unwrap();
    assert_eq!(counts(&report), (1, 0, 0, 4));
    assert_eq!(
        told(&report),
        [
            "3 客户名称: no customer is called \"Nobody\"; import customers first",
            "4 签退时间: is before the arrival",
            "5 纬度: is empty: a check-in needs a position",
            "6 签到时间: TIME_IN_FUTURE: recordedAt is more than 10 minutes in the future: check \
             the phone's clock",
        ]
    );
    let stored = bed.column(STORED).await;
    assert_eq!(stored.len(), 2);
    assert!(
        stored[0].starts_with("Ann Lee ARRIVE A1 3123"),
        "{}",
        stored[0]
    );
    assert!(
        stored[1].starts_with("Ann Lee DEPART A1 3123"),
        "{}",
        stored[1]
    );
    let times = bed.column(TIMES).await;
    assert!(
        times[0].contains("2026-09-01") && times[0].contains("01:00:00"),
        "{times:?}"
    );
    assert!(times[1].contains("01:40:00"), "{times:?}");
    let aside = "SELECT reason FROM quarantine";
    assert_eq!(
        bed.column(aside).await,
        ["TIME_IN_FUTURE"],
        "kept aside, as a phone's"
    );

    assert_eq!(counts(&bed.run(&plan, &table).await.unwrap()), (0, 0, 1, 4));
    assert_eq!(bed.column(aside).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn an_event_of_zoho_without_a_check_in_is_passed_over(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    let events = "Record Id,Event Title,Event Owner,Related To.id,Related To,From,Check_In_Time,\
        Check_In_By,Check_In_Comment,Check_In_Address,Latitude,Longitude,Check_In_Status\n\
        zcrm_1,Talk,Ann Lee,B1,Bolt,2026-09-01 10:00:00,\"Sep 1, 2026 6:55 PM\",Ann Lee,fine,Main 1,52.5,13.4,DONE\n\
        zcrm_2,Call,Ann Lee,zcrm_9,A deal,2026-09-02 10:00:00,2026-09-02 10:01:00,Ann Lee,,,31.2305,121.4737,DONE\n\
        zcrm_3,Tea,Ann Lee,A1,永辉超市,2031-09-03 10:00:00,,,,,,,PLANNED\n";
    let checked_in = plan(Kind::CheckIns, Source::Zoho);
    let report = bed.run(&checked_in, events).await.unwrap();
    assert_eq!(
        (counts(&report), report.passed_over),
        ((2, 0, 0, 0), 1),
        "{report:?}"
    );
    let stored = bed.column(STORED).await;
    assert_eq!(
        stored,
        [
            "Ann Lee ARRIVE B1 52500000,13400000",
            "Ann Lee ARRIVE A1 31230500,121473700",
        ],
        "what it is related to is a deal: the nearest customer"
    );
    assert!(bed.column(TIMES).await[0].contains("10:55:00"));
    let ids = "SELECT client_id FROM receipt ORDER BY client_id";
    assert_eq!(bed.column(ids).await, ["zcrm_1", "zcrm_2"]);

    let mut planned = plan(Kind::Plans, Source::Zoho);
    planned.by = Some(bed.somebody("bob@x.example").await);
    planned.skips_bad = true;
    let report = bed.run(&planned, events).await.unwrap();
    assert_eq!(counts(&report), (2, 0, 0, 1));
    let plans = "SELECT CAST(day AS text) || ' ' || note FROM planned_visit ORDER BY day";
    assert_eq!(
        bed.column(plans).await,
        ["2026-09-01 Talk", "2031-09-03 Tea"]
    );
    assert_eq!(
        counts(&bed.run(&planned, events).await.unwrap()),
        (0, 0, 2, 1)
    );
}

#[rstest]
#[tokio::test]
async fn plain_check_ins_say_what_they_are(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    let table = "id,rep,kind,recordedAt,customerCode,latitude,longitude,accuracyM\n\
        a,ann@x.example,TRAIL,2026-09-01T01:00:00Z,,31.1,121.1,12\n\
        b,ann@x.example,arrive,2026-09-01T02:00:00Z,A2,31.30,121.50,\n\
        c,ann@x.example,HEARTBEAT,2026-09-01T03:00:00Z,,,,\n\
        d,ann@x.example,LUNCH,2026-09-01T04:00:00Z,,31.1,121.1,\n\
        a,ann@x.example,TRAIL,2026-09-01T05:00:00Z,,31.1,121.1,\n";
    let mut plain = plan(Kind::CheckIns, Source::Plain);
    plain.skips_bad = true;
    let report = bed.run(&plain, table).await.unwrap();
    assert_eq!(counts(&report), (3, 0, 0, 2));
    assert_eq!(
        told(&report),
        [
            "5 kind: \"LUNCH\" is no kind of check-in",
            "6 id: stands in a line above already",
        ]
    );
    assert_eq!(
        bed.column(STORED).await,
        [
            "Ann Lee TRAIL - 31100000,121100000".to_owned(),
            "Ann Lee ARRIVE A2 31300000,121500000".to_owned(),
            format!("Ann Lee HEARTBEAT - {NOWHERE}"),
        ]
    );
    plain.is_dry = true;
    let more = "id,rep,recordedAt,latitude,longitude\ne,ann,2026-09-02 08:00,31.1,121.1\n";
    let report = bed.run(&plain, more).await.unwrap();
    assert_eq!((counts(&report), report.is_kept), ((1, 0, 0, 0), false));
    assert_eq!(bed.column(STORED).await.len(), 3, "tried, not written");
}
