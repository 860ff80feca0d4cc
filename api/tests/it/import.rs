//! Tables of other systems: taken in once, refused with line and column, tried without a trace.

mod check_ins;
mod fences;
mod mutation;
mod orders;
mod people;
mod tables;
mod tracks;

use std::path::PathBuf;

use api::import::{ImportError, Kind, Mapping, MappingError, Plan, Report, Source, import};
use domain::datum::Datum;
use domain::position::Position;
use entity::Database;
use entity::id::UserId;
use entity::people::user;
use entity::viewer::Scope;
use rstest::rstest;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, Statement};
use tempfile::TempDir;
use testbed::{Backend, TestDatabase};

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
