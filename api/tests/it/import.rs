//! Tables of other systems: taken in once, refused with line and column, tried without a trace.

mod check_ins;
mod orders;
mod people;
mod tables;
mod tracks;

use std::path::PathBuf;

use api::edge::Settings;
use api::import::{ImportError, Kind, Mapping, MappingError, Plan, Report, Source, import};
use domain::datum::Datum;
use domain::position::Position;
use entity::Database;
use entity::id::UserId;
use entity::people::user;
use entity::viewer::{Role, Scope};
use rstest::rstest;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, Statement};
use serde_json::{Value, json};
use tempfile::TempDir;
use testbed::{Backend, TestDatabase};

use crate::app::{asking, call, seen_by, serve, viewer};

/// An empty hub, and a folder for files.
struct Bed {
    bed: TestDatabase,
    folder: TempDir,
}

impl Bed {
    async fn new(backend: Backend) -> Self {
        Self {
            bed: testbed::database(backend).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn db(&self) -> &Database {
        &self.bed.db
    }

    fn file(&self, bytes: impl AsRef<[u8]>) -> PathBuf {
        let is_geojson = bytes.as_ref().starts_with(b"{") || bytes.as_ref().starts_with(b"[");
        let name = if is_geojson { "t.geojson" } else { "t.csv" };
        let file = self.folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    }

    async fn run(&self, plan: &Plan, bytes: impl AsRef<[u8]>) -> Result<Report, ImportError> {
        import(self.db(), &self.file(bytes), plan, |_, _| {}).await
    }

    async fn run_named(&self, plan: &Plan, name: &str, text: &str) -> Result<Report, ImportError> {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        import(self.db(), &file, plan, |_, _| {}).await
    }

    /// Takes a table of our own labels in; tells `new changed unchanged refused`.
    async fn take(&self, kind: Kind, bytes: impl AsRef<[u8]>) -> (u64, u64, u64, u64) {
        counts(&self.run(&plan(kind, Source::Plain), bytes).await.unwrap())
    }

    async fn column(&self, sql: &str) -> Vec<String> {
        let sql = match self.db().backend() {
            sea_orm::DbBackend::Postgres => sql.to_owned(),
            _ => sql.replace("::text", ""),
        };
        let statement = Statement::from_string(self.db().backend(), sql);
        let rows = self.db().read.query_all_raw(statement).await.unwrap();
        rows.iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    }

    /// The company's settings: days begin in Shanghai.
    async fn company(&self) {
        let row = "INSERT INTO company (id, name, time_zone, week_start, currency) \
            VALUES (1, 'Acme', 'Asia/Shanghai', 1, 'CNY')";
        self.execute(row).await;
    }

    async fn execute(&self, sql: &str) {
        self.db().write.execute_unprepared(sql).await.unwrap();
    }

    /// The id of a user.
    async fn somebody(&self, email: &str) -> UserId {
        let users = user::Entity::visible_to(&Scope::All).filter(user::Column::Email.eq(email));
        users.one(&self.db().read).await.unwrap().unwrap().id
    }

    async fn users(&self) {
        let users = "email,name,role,team\nann@x.example,Ann Lee,rep,North\n\
            bob@x.example,Bob Ray,MANAGER,North\n";
        assert_eq!(self.take(Kind::Users, users).await, (2, 0, 0, 0));
    }
}

fn plan(kind: Kind, source: Source) -> Plan {
    Plan {
        kind,
        mapping: Mapping::of(source),
        is_dry: false,
        skips_bad: false,
        datum: source.datum(),
        fence_radius_m: None,
        by: None,
    }
}

fn counts(report: &Report) -> (u64, u64, u64, u64) {
    (report.new, report.changed, report.unchanged, report.refused)
}

/// `3 Email: is empty`.
fn told(report: &Report) -> Vec<String> {
    let refusals = report.refusals.iter();
    let told = refusals.map(|one| {
        let column = one.column.as_deref().unwrap_or("-");
        format!("{} {column}: {}", one.line, one.reason)
    });
    told.collect()
}

const CUSTOMERS: &str = "code,name,segment,address,city,latitude,longitude,status,owner\n\
    A1,永辉超市,A,Main 1,Berlin,52.5,13.4,active,ann@x.example\n\
    A2,Bolt,,,,,,,Bob Ray\n";

#[rstest]
#[tokio::test]
async fn what_is_taken_in_twice_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.users().await;
    assert_eq!(
        bed.column(
            "SELECT email || ' ' || role || ' ' || team.name FROM user_account \
            JOIN team ON team.id = team_id ORDER BY email"
        )
        .await,
        ["ann@x.example REP North", "bob@x.example MANAGER North"]
    );
    assert_eq!(bed.take(Kind::Customers, CUSTOMERS).await, (2, 0, 0, 0));
    let contacts = "customerCode,name,title,phone\nA1,Mia Kurz,Owner,+49 30 1\nA2,Tom Ohm,,\n";
    assert_eq!(bed.take(Kind::Contacts, contacts).await, (2, 0, 0, 0));
    assert_eq!(
        bed.column(
            "SELECT customer.code || ' ' || user_account.name FROM assignment \
            JOIN customer ON customer.id = customer_id \
            JOIN user_account ON user_account.id = user_id ORDER BY 1"
        )
        .await,
        ["A1 Ann Lee", "A2 Bob Ray"]
    );

    let users = "email,name\nANN@x.example,Ann Lee\n";
    assert_eq!(bed.take(Kind::Users, users).await, (0, 0, 1, 0));
    assert_eq!(bed.take(Kind::Customers, CUSTOMERS).await, (0, 0, 2, 0));
    assert_eq!(bed.take(Kind::Contacts, contacts).await, (0, 0, 2, 0));

    // What is changed is told; what is left empty stays.
    let moved = "code,name,address,city,owner\nA1,永辉超市,Side 2,,ann@x.example\nA2,Bolt,,,\n";
    assert_eq!(bed.take(Kind::Customers, moved).await, (0, 1, 1, 0));
    assert_eq!(
        bed.column(
            "SELECT address || ', ' || city || ' ' || status FROM customer WHERE code = 'A1'"
        )
        .await,
        ["Side 2, Berlin ACTIVE"]
    );
}

#[rstest]
#[tokio::test]
async fn a_bad_row_is_told_by_line_and_column_and_refuses_its_file(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.users().await;
    let file = "code;name;latitude;longitude;status;owner\n\
        B1;Good;52.5;13.4;;\n\
        B2;;;;;\n\
        B1;Again;;;;\n\
        B3;Far;91;13.4;;\n\
        B4;Half;52.5;;;\n\
        B5;Word;north;13.4;;\n\
        B6;State;;;open;\n\
        B7;Owned;;;;Nobody\n";
    let mut plan = plan(Kind::Customers, Source::Plain);
    let report = bed.run(&plan, file).await.unwrap();
    assert_eq!(counts(&report), (1, 0, 0, 7));
    assert!(!report.is_kept);
    assert_eq!(
        told(&report),
        [
            "3 name: is empty",
            "4 code: stands in a line above already",
            "5 latitude: latitude 91 is out of range: it must be between -90 and 90 degrees",
            "6 longitude: is empty",
            "7 latitude: \"north\" is no number of degrees",
            "8 status: must be PROSPECT, ACTIVE or CLOSED",
            "9 owner: nobody is called \"Nobody\"; import users first, or name them in [people] of a \
             mapping file",
        ]
    );
    assert!(bed.column("SELECT code FROM customer").await.is_empty());

    plan.skips_bad = true;
    plan.is_dry = true;
    assert!(!bed.run(&plan, file).await.unwrap().is_kept);
    assert!(bed.column("SELECT code FROM customer").await.is_empty());

    plan.is_dry = false;
    assert!(bed.run(&plan, file).await.unwrap().is_kept);
    assert_eq!(bed.column("SELECT code FROM customer").await, ["B1"]);
}

#[rstest]
#[tokio::test]
async fn an_export_of_zoho_is_joined_by_its_record_ids(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.users().await;
    let accounts = "Record Id,Account Owner.id,Account Owner,Account Name,Phone,Parent Account.id,\
        Parent Account,Website,Account Type,Industry,Created Time,Billing Street,Billing City,Tag,Locked\n\
        zcrm_41,zcrm_7,Ann Lee,\"King, Inc\",555-555,,,,Customer,ASP,2025-10-07 18:55:00,1 Road,Austin,,false\n\
        zcrm_42,zcrm_7,Ann Lee,\"King, Inc\",,,,,,,2025-10-07 18:55:00,,,,false\n";
    let zoho = |kind| plan(kind, Source::Zoho);
    let report = bed.run(&zoho(Kind::Customers), accounts).await.unwrap();
    assert_eq!(counts(&report), (2, 0, 0, 0));
    let contacts = "Record Id,Contact Owner.id,Contact Owner,Lead Source,First Name,Last Name,\
        Account Name.id,Account Name,Email,Title,Department,Phone,Mobile\n\
        zcrm_51,zcrm_7,Ann Lee,,Kris,Marrier,zcrm_42,\"King, Inc\",kris@king.example,Buyer,,1,2\n\
        zcrm_52,zcrm_7,Ann Lee,,,Sage,zcrm_49,\"Gone\",,,,,\n";
    let mut skipping = zoho(Kind::Contacts);
    skipping.skips_bad = true;
    let report = bed.run(&skipping, contacts).await.unwrap();
    assert_eq!(
        told(&report),
        ["3 Account Name.id: no customer has the code \"zcrm_49\"; import customers first"]
    );
    assert_eq!(
        bed.column(
            "SELECT code || ' ' || contact.name || ' ' || phone FROM contact \
            JOIN customer ON customer.id = customer_id"
        )
        .await,
        ["zcrm_42 Kris Marrier 2"]
    );
}

#[rstest]
#[tokio::test]
async fn an_export_of_fxiaoke_is_in_gbk_and_in_gcj02(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let place = Position::new(31.2304, 121.4737).unwrap();
    let shown = Datum::Gcj02.from_wgs84(place);
    let text = format!(
        "客户编号,客户名称,客户级别,省,市,区,详细地址,经度,纬度\n\
         K1,永辉超市,重点,上海,上海,黄浦区,南京东路1号,{},{}\n",
        shown.longitude(),
        shown.latitude()
    );
    let gbk = encoding_rs::GBK.encode(&text).0;
    let report = bed.run(&plan(Kind::Customers, Source::Fxiaoke), gbk).await;
    assert_eq!(counts(&report.unwrap()), (1, 0, 0, 0));
    assert_eq!(
        bed.column(
            "SELECT name || ' ' || city || ' ' || address || ' ' || \
            ROUND(latitude * 10000)::text || ' ' || ROUND(longitude * 10000)::text FROM customer"
        )
        .await[0]
            .replace(".0", ""),
        "永辉超市 上海 黄浦区南京东路1号 312304 1214737"
    );
}

#[tokio::test]
async fn a_mapping_says_what_columns_are_called() {
    let bed = Bed::new(Backend::Sqlite).await;
    let toml = "[customers]\ncode = \"Kundennummer\"\nname = \"Firma\"\nowner = \"\"\n";
    let mut plan = plan(Kind::Customers, Source::Plain);
    plan.mapping = plan.mapping.renamed(toml).unwrap();
    let file = "kundennummer,FIRMA,owner\nX1,Müller,Nobody\n";
    assert_eq!(counts(&bed.run(&plan, file).await.unwrap()), (1, 0, 0, 0));

    let missing = bed.run(&plan, "code,name\n1,2\n").await.unwrap_err();
    assert_eq!(
        missing.to_string(),
        "no column is called code; name it in a mapping file"
    );
    let wrong = |toml| Mapping::default().renamed(toml).unwrap_err();
    assert!(matches!(wrong("[shops]\na = \"b\""), MappingError::Kind(_)));
    assert!(matches!(
        wrong("[customers]\nnmae = \"b\""),
        MappingError::Field { .. }
    ));
    assert!(matches!(wrong("customers = 1"), MappingError::Form(_)));
}

#[tokio::test]
async fn names_that_two_have_are_not_guessed() {
    let bed = Bed::new(Backend::Sqlite).await;
    let users = "email,name,team\na@x.example,Li Wei,East\nb@x.example,Li Wei,East\n";
    bed.take(Kind::Users, users).await;
    let file = "code,name,owner\n1,Shop,Li Wei\n2,Shop,a@x.example\n3,Shop,b@x.example\n";
    let mut plan = plan(Kind::Customers, Source::Plain);
    plan.skips_bad = true;
    let report = bed.run(&plan, file).await.unwrap();
    let owner = "2 owner: two people are called \"Li Wei\"; write the e-mail address";
    assert_eq!(told(&report), [owner]);
    plan.kind = Kind::Contacts;
    let report = bed.run(&plan, "customer,name\nShop,Mia\n").await.unwrap();
    let customer = "2 customer: two customers are called \"Shop\"; write the code";
    assert_eq!(told(&report), [customer]);
}

/// Half a kilometre about Alexanderplatz.
const SQUARE: &str = "13.41 52.52, 13.42 52.52, 13.42 52.525, 13.41 52.525, 13.41 52.52";

#[rstest]
#[tokio::test]
async fn fences_come_as_circles_as_wkt_and_as_geojson(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.take(Kind::Customers, "code,name\nA1,Acme\nA2,Bolt\nA3,Core\n")
        .await;
    let table = format!(
        "customerCode,name,latitude,longitude,radiusM,wkt\n\
         A1,door,52.5,13.4,80,\nA1,yard,,,,\"POLYGON (({SQUARE}))\"\nA2,,,,60,POINT (13.4 52.5)\n"
    );
    assert_eq!(bed.take(Kind::Geofences, &table).await, (3, 0, 0, 0));
    let ring: Vec<String> = SQUARE
        .split(", ")
        .map(|corner| format!("[{}]", corner.replace(' ', ",")))
        .collect();
    let feature = |properties: &str, geometry: &str| {
        format!("{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":{geometry}}}")
    };
    let polygon = format!(
        "{{\"type\":\"Polygon\",\"coordinates\":[[{}]]}}",
        ring.join(",")
    );
    let collection = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{},{}]}}",
        feature("{\"customerCode\":\"A1\",\"name\":\"yard\"}", &polygon),
        feature(
            "{\"customerCode\":\"A3\",\"radiusM\":70}",
            "{\"type\":\"Point\",\"coordinates\":[13.4,52.5]}"
        ),
    );
    assert_eq!(bed.take(Kind::Geofences, &collection).await, (1, 0, 1, 0));
    assert_eq!(bed.take(Kind::Geofences, &table).await, (0, 0, 3, 0));
    let kinds = "SELECT code || ' ' || COALESCE(geofence.name, '-') || ' ' || kind || ' ' || \
        ROUND(area_m2 / 1000)::text FROM geofence_version \
        JOIN geofence ON geofence.id = geofence_id JOIN customer ON customer.id = customer_id \
        ORDER BY code, geofence.name, version";
    let plain = |rows: Vec<String>| -> Vec<String> {
        rows.into_iter().map(|row| row.replace(".0", "")).collect()
    };
    assert_eq!(
        plain(bed.column(kinds).await),
        [
            "A1 door CIRCLE 20",
            "A1 yard POLYGON 378",
            "A2 - CIRCLE 11",
            "A3 - CIRCLE 15"
        ]
    );

    // Another shape is another version; the old one counted until now.
    let moved = "customerCode,name,latitude,longitude,radiusM\nA1,door,52.5,13.4,90\n";
    let counter = "SELECT value::text || '' FROM counter WHERE name = 'fences'";
    let before = bed.column(counter).await;
    assert_eq!(bed.take(Kind::Geofences, moved).await, (0, 1, 0, 0));
    assert_ne!(bed.column(counter).await, before, "the workers are told");
    assert_eq!(
        plain(bed.column(kinds).await)[..2],
        ["A1 door CIRCLE 20", "A1 door CIRCLE 25"]
    );

    let mut skipping = plan(Kind::Geofences, Source::Plain);
    skipping.skips_bad = true;
    let bad = "customerCode,latitude,longitude,radiusM,wkt\nA9,52,13,5,\nA1,52,13,,\nA2,,,,\n\
        A3,,,,\"POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))\"\nA3,,,,LINESTRING (0 0 1 1)\n";
    let report = bed.run(&skipping, bad).await.unwrap();
    let told = told(&report);
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(told[0].starts_with("2 customerCode: no customer has the code \"A9\""));
    assert_eq!(told[1], "3 radiusM: a point needs a radius");
    assert_eq!(told[2], "4 latitude: neither a shape nor a centre is there");
    assert!(told[3].starts_with("5 wkt: "), "{told:?}");
}

#[rstest]
#[tokio::test]
async fn customers_without_a_fence_may_get_a_circle(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let table = "code,name,latitude,longitude\nA1,Acme,52.5,13.4\nA2,Bolt,,\n";
    let mut plan = plan(Kind::Customers, Source::Plain);
    plan.fence_radius_m = Some(75.0);
    for _ in 0..2 {
        bed.run(&plan, table).await.unwrap();
        let fences = "SELECT code || ' ' || ROUND(radius_m)::text FROM geofence_version \
            JOIN geofence ON geofence.id = geofence_id JOIN customer ON customer.id = customer_id";
        assert_eq!(bed.column(fences).await[0].replace(".0", ""), "A1 75");
        assert_eq!(
            bed.column("SELECT code FROM geofence JOIN customer ON customer.id = customer_id")
                .await
                .len(),
            1
        );
    }
}

const IMPORT: &str = "mutation ($input: ImportTableInput!) { importTable(input: $input) {
    report { new changed unchanged refused isKept refusals { line column reason } }
    userErrors { code field message } } }";

#[tokio::test]
async fn a_small_table_goes_through_the_api() {
    let bed = Bed::new(Backend::Sqlite).await;
    let router = serve(api::schema(bed.db().clone()), Settings::default()).router;
    let ask = async |role: Role, input: Value| {
        let router = seen_by(router.clone(), viewer(role));
        let asked = asking(json!({ "query": IMPORT, "variables": { "input": input } }));
        call(&router, asked).await.body
    };
    let table = json!({ "kind": "CUSTOMERS", "text": "code,name\nA1,Acme\n,Bolt\n" });
    let refused = ask(Role::Admin, table.clone()).await;
    assert_eq!(
        refused["data"]["importTable"]["report"],
        json!({ "new": 1, "changed": 0, "unchanged": 0, "refused": 1, "isKept": false,
            "refusals": [{ "line": 3, "column": "code", "reason": "is empty" }] })
    );
    let mut skipping = table.clone();
    skipping["skipBad"] = json!(true);
    let taken = ask(Role::Admin, skipping).await;
    assert_eq!(
        taken["data"]["importTable"]["report"]["isKept"], true,
        "{taken}"
    );
    assert_eq!(bed.column("SELECT code FROM customer").await, ["A1"]);

    let wrong = json!({ "kind": "CUSTOMERS", "text": "number\n1\n" });
    let told = ask(Role::Admin, wrong).await;
    let fault = &told["data"]["importTable"]["userErrors"][0];
    assert_eq!(
        (&fault["code"], &fault["field"]),
        (&json!("INVALID"), &json!("text"))
    );
    let forbidden = ask(Role::Manager, table).await;
    assert_eq!(forbidden["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[tokio::test]
async fn a_track_through_the_api_is_whose_it_is_said_to_be() {
    let bed = Bed::new(Backend::Sqlite).await;
    bed.company().await;
    bed.users().await;
    let router = serve(api::schema(bed.db().clone()), Settings::default()).router;
    let router = seen_by(router, viewer(Role::Admin));
    let gpx = r#"<gpx version="1.1" creator="x"><trk><trkseg><trkpt lat="39.74" lon="-104.97">
        <time>2026-09-01T01:00:00Z</time></trkpt></trkseg></trk></gpx>"#;
    let ann = bed.somebody("ann@x.example").await.global();
    let ask = async |user: &str| {
        let input = json!({ "kind": "CHECK_INS", "text": gpx, "userId": user });
        let asked = asking(json!({ "query": IMPORT, "variables": { "input": input } }));
        call(&router, asked).await.body
    };
    let unknown = ask("VXNlcjox").await;
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let taken = ask(&ann).await;
    assert_eq!(taken["data"]["importTable"]["report"]["new"], 1, "{taken}");
    let whose = "SELECT name FROM check_in JOIN user_account ON user_account.id = rep_id";
    assert_eq!(bed.column(whose).await, ["Ann Lee"]);
}

#[rstest]
#[tokio::test]
async fn of_many_new_fences_everybodys_track_hears_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.users().await;
    bed.execute("INSERT INTO track (rep_id, revision, tries) SELECT id, 1, 0 FROM user_account")
        .await;
    let mut customers = "code,name\n".to_owned();
    let mut fences = "customerCode,latitude,longitude,radiusM\n".to_owned();
    for number in 0..600 {
        customers += &format!("C{number},Customer {number}\n");
        fences += &format!("C{number},52.{number:03},13.4,80\n");
    }
    assert_eq!(bed.take(Kind::Customers, &customers).await, (600, 0, 0, 0));
    assert_eq!(bed.take(Kind::Geofences, &fences).await, (600, 0, 0, 0));
    let dirty = "SELECT CAST(COUNT(*) AS text) FROM track_dirty";
    assert_eq!(bed.column(dirty).await, ["2"], "one note a track");
    let few = "customerCode,name,latitude,longitude,radiusM\nC1,gate,52.1,13.4,80\n";
    assert_eq!(bed.take(Kind::Geofences, few).await, (1, 0, 0, 0));
    assert_eq!(bed.column(dirty).await, ["2"], "C1 is nobody's");
}
