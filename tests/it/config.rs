//! A wrong setting stops the start with one message: the setting, the fault, an example (F17).

use std::time::{Duration, Instant};

use rstest::rstest;

use crate::harness::{Settings, run};

/// A start that cannot succeed is over within this time.
const LIMIT: Duration = Duration::from_secs(5);

fn valid() -> Settings {
    Settings::over("sqlite://hub.db")
}

/// The one line that the command says before it fails.
fn message(settings: &Settings, arguments: &[&str]) -> String {
    let begun = Instant::now();
    let output = run(settings, arguments);
    let took = begun.elapsed();
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert!(!output.status.success(), "the start should fail: {said}");
    assert!(took < LIMIT, "it took {took:?}");
    assert_eq!(said.lines().count(), 1, "one message: {said}");
    said
}

#[rstest]
#[case(
    "FIELDHUB_DATABASE_URL",
    "mysql://h/d",
    "mysql:// is neither sqlite:// nor postgres://"
)]
#[case("FIELDHUB_DATABASE_CONNECTIONS", "0", "must be at least 1")]
#[case("FIELDHUB_REDIS_URL", "localhost:6379", "is not redis://")]
#[case("FIELDHUB_PHOTOS", "ftp://photos", "is neither a folder nor s3://")]
#[case("FIELDHUB_LISTEN", "localhost", "not an IP address and a port")]
#[case("FIELDHUB_TIMEZONE", "Moon/Base", "not the name of a time zone")]
#[case("FIELDHUB_CURRENCY", "euro", "not a currency code of ISO 4217")]
#[case("FIELDHUB_CURRENCY", "ABC", "not a currency code of ISO 4217")]
#[case("FIELDHUB_WEEK_START", "someday", "not a day of the week")]
#[case("FIELDHUB_MODE", "prod", "neither production nor development")]
#[case("FIELDHUB_JWT_SECRET", "short", "has 5 bytes of the 32 it needs")]
#[case(
    "FIELDHUB_JWKS_URL",
    "http://login.example.com",
    "can be swapped; use https"
)]
#[case("FIELDHUB_ALLOWED_ORIGINS", "*", "is not an origin")]
#[case(
    "FIELDHUB_TRUSTED_PROXIES",
    "10.0.0.0/99",
    "is neither an address nor a network"
)]
#[case("FIELDHUB_METRICS_TOKEN", "x", "has 1 bytes of the 32 it needs")]
#[case(
    "FIELDHUB_METRICS_ALLOW",
    "anyone",
    "is neither an address nor a network"
)]
#[case(
    "FIELDHUB_MAP_TILES",
    "https://a.example/{z}/{x}.png",
    "{y} is not in it, nor is it a .pmtiles file"
)]
#[case("FIELDHUB_MAP_TILES", "ftp://a.example/{z}/{x}/{y}", "is neither http")]
#[case("FIELDHUB_PERSISTED_DOCUMENTS", "/nowhere.json", "cannot be read")]
#[case(
    "FIELDHUB_PERSISTED_DOCUMENTS",
    "/dev/null",
    "not a JSON object from ids to documents"
)]
#[case("FIELDHUB_PERSISTED_MODE", "strict", "neither off, log nor enforce")]
#[case("FIELDHUB_QUERY_COST_PER_SECOND", "0", "must be at least 1")]
#[case("FIELDHUB_CHECK_IN_RETENTION_DAYS", "forever", "not a whole number")]
#[case("FIELDHUB_LOG_FORMAT", "xml", "neither text nor json")]
fn a_wrong_value_is_told_by_setting_fault_and_example(
    #[case] setting: &str,
    #[case] value: &str,
    #[case] fault: &str,
) {
    let said = message(&valid().with(setting, value), &["serve"]);
    assert!(said.contains(setting), "the setting: {said}");
    assert!(said.contains(fault), "the fault: {said}");
    assert!(
        said.contains(&format!("; for example {setting}=")),
        "an example: {said}"
    );
    assert!(said.contains("from the environment"), "the origin: {said}");
}

#[test]
fn a_secret_is_not_repeated_in_the_message() {
    let said = message(&valid().with("FIELDHUB_JWT_SECRET", "hunter2"), &["serve"]);
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn there_is_no_default_secret() {
    let said = message(&valid().without("FIELDHUB_JWT_SECRET"), &["serve"]);
    assert!(
        said.starts_with("fieldhub: FIELDHUB_JWT_SECRET is not set"),
        "{said}"
    );
}

#[rstest]
#[case(&["serve", "--no-worker"])]
#[case(&["ingest"])]
fn what_works_beside_other_processes_refuses_sqlite(#[case] arguments: &[&str]) {
    let said = message(&valid(), arguments);
    assert!(
        said.starts_with("fieldhub: FIELDHUB_DATABASE_URL cannot be used"),
        "{said}"
    );
    assert!(said.contains("which SQLite does not allow"), "{said}");
}

#[rstest]
#[case(&["serve", "--no-worker"])]
#[case(&["ingest"])]
fn what_works_beside_other_processes_refuses_to_be_without_redis(#[case] arguments: &[&str]) {
    let settings = Settings::over("postgres://u:p@127.0.0.1:1/d");
    let said = message(&settings, arguments);
    assert!(
        said.starts_with("fieldhub: FIELDHUB_REDIS_URL is not set"),
        "{said}"
    );
}

#[rstest]
#[case(&["serve", "--no-worker"])]
#[case(&["ingest"])]
fn what_works_beside_other_processes_is_told_where_photos_lie(#[case] arguments: &[&str]) {
    let settings = Settings::over("postgres://u:p@127.0.0.1:1/d")
        .with("FIELDHUB_REDIS_URL", "redis://127.0.0.1:1");
    let said = message(&settings, arguments);
    assert!(
        said.starts_with("fieldhub: FIELDHUB_PHOTOS is not set"),
        "{said}"
    );
}

#[rstest]
#[case::nobody_listens("postgres://u:hunter2@127.0.0.1:1/d", "127.0.0.1:1/d")]
#[case::nobody_answers("postgres://u:hunter2@192.0.2.1/d", "192.0.2.1:5432/d")]
#[case::no_such_folder("sqlite:///no/such/folder/hub.db", "sqlite:///no/such/folder/hub.db")]
fn a_database_that_cannot_be_reached_is_named_without_its_password(
    #[case] url: &str,
    #[case] place: &str,
) {
    let said = message(&valid().with("FIELDHUB_DATABASE_URL", url), &["serve"]);
    assert!(
        said.contains(&format!("the database at {place} cannot be reached")),
        "{said}"
    );
    assert!(!said.contains("hunter2"), "{said}");
}

#[tokio::test]
async fn a_database_of_somebody_else_is_left_alone() {
    let database = testbed::postgres().await.expect("a database");
    let foreign = testbed::PostgresServer::start_without_fsync().expect("a server");
    drop(database);
    let url = foreign.url("postgres");
    let connection = sea_orm::Database::connect(&url)
        .await
        .expect("a connection");
    use sea_orm::ConnectionTrait;
    connection
        .execute_unprepared("CREATE TABLE ledger (id int)")
        .await
        .expect("a table");
    let said = message(&valid().with("FIELDHUB_DATABASE_URL", &url), &["serve"]);
    assert!(
        said.contains("FIELDHUB_DATABASE_URL cannot be used"),
        "{said}"
    );
    assert!(said.contains("it has tables (ledger)"), "{said}");
}

#[test]
fn a_file_stands_behind_flags_and_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("other.toml");
    std::fs::write(&file, "listen = \"nowhere\"\nmode = \"x\"\n").expect("a file");
    let settings = valid().with("FIELDHUB_CONFIG", &file.display().to_string());
    let said = message(&settings, &["serve"]);
    let from = format!("FIELDHUB_MODE is \"x\" (from {})", file.display());
    assert!(said.contains(&from), "{said}");
    let said = message(&settings, &["serve", "--mode", "y"]);
    assert!(
        said.contains("FIELDHUB_MODE is \"y\" (given as --mode)"),
        "{said}"
    );
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = message(&valid().with("FIELDHUB_LISTEN", &address), &["serve"]);
    assert!(said.contains("FIELDHUB_LISTEN cannot be used"), "{said}");
}
