//! A small company on a database of its own, with the intake running on it.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use entity::Database;
use entity::id::{CustomerId, DeviceId, GeofenceId, TeamId, UserId};
use entity::viewer::{Role, Scope, TeamSet, Viewer};
use ingest::{Fences, Intake, Rate};
use presence::Presence;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value as Bound};
use serde_json::{Value, json};
use testbed::{Backend, TestDatabase};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// The middle of the corner shop's fence, 50 m around.
pub(crate) const SHOP: (f64, f64) = (60.17, 24.94);

/// What the tests drive.
pub(crate) struct Bed {
    pub(crate) db: Database,
    pub(crate) intake: Intake,
    pub(crate) app: Router,
    pub(crate) ann: Viewer,
    pub(crate) ben: Viewer,
    pub(crate) team: TeamId,
    /// Assigned to Ann.
    pub(crate) shop: CustomerId,
    pub(crate) fence: GeofenceId,
    /// Assigned to nobody.
    pub(crate) foreign: CustomerId,
    /// Two hours ago, to the minute.
    pub(crate) start: DateTime<Utc>,
    stop: CancellationToken,
    running: JoinHandle<()>,
    _database: Option<TestDatabase>,
}

/// A company on an empty database of this kind.
pub(crate) async fn bed(backend: Backend) -> Bed {
    let database = testbed::database(backend).await.unwrap();
    let db = database.db.clone();
    bed_on(db, Some(database)).await
}

/// A company on an empty, migrated database.
pub(crate) async fn bed_on(db: Database, database: Option<TestDatabase>) -> Bed {
    let (shop, fence, foreign) = (CustomerId::new(), GeofenceId::new(), CustomerId::new());
    let team = TeamId::new();
    let people = Seed { db: &db, team };
    people.company().await;
    let (ann, ben) = (people.rep("ann").await, people.rep("ben").await);
    people.customers(ann.user, shop, foreign).await;

    people.fence(shop, fence).await;
    let surroundings = Fences::load(&db).await.unwrap().surroundings();
    let (intake, committer) = Intake::new(db.clone(), Presence::local(), surroundings);
    let stop = CancellationToken::new();
    let (app, _description) = ingest::routes(intake.clone(), Rate::default()).split_for_parts();
    Bed {
        running: spawn(committer.run(stop.clone())),
        intake,
        app,
        ann,
        ben,
        team,
        shop,
        fence,
        foreign,
        start: (Utc::now() - TimeDelta::hours(2)).trunc_subsecs(0),
        stop,
        db,
        _database: database,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test has no lifecycle; its runtime ends its tasks"
)]
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(future)
}

struct Seed<'a> {
    db: &'a Database,
    team: TeamId,
}

impl Seed<'_> {
    async fn company(&self) {
        let sql = "INSERT INTO company (id, name, time_zone, week_start, currency) \
                   VALUES (1, 'Acme', 'Europe/Helsinki', 1, 'EUR')";
        run(self.db, sql, []).await;
        let sql = "INSERT INTO team (id, name, created_at) VALUES ($1, 'north', $2)";
        run(self.db, sql, [self.team.into(), Utc::now().into()]).await;
    }

    async fn rep(&self, name: &str) -> Viewer {
        let (user, device) = (UserId::new(), DeviceId::new());
        let sql = "INSERT INTO user_account (id, email, name, role, team_id, token_version, created_at) \
                   VALUES ($1, $2, $2, 'REP', $3, 0, $4)";
        let now = Utc::now();
        let values = [user.into(), name.into(), self.team.into(), now.into()];
        run(self.db, sql, values).await;
        let sql = "INSERT INTO device (id, user_id, name, platform, kind, enrolled_at) \
                   VALUES ($1, $2, 'phone', 'android', 'APP', $3)";
        run(self.db, sql, [device.into(), user.into(), now.into()]).await;
        Viewer {
            user,
            role: Role::Rep,
            team: Some(self.team),
            scope: Scope::Own {
                viewer: user,
                team: Some(self.team),
                teams_above: TeamSet::new(self.db.backend(), []),
            },
            device: Some(device),
            expires_at: None,
            purpose: "test".to_owned(),
        }
    }

    async fn customers(&self, rep: UserId, shop: CustomerId, foreign: CustomerId) {
        for (id, code) in [(shop, "shop"), (foreign, "foreign")] {
            let sql = "INSERT INTO customer (id, code, name, status, created_at) \
                       VALUES ($1, $2, $2, 'ACTIVE', $3)";
            let values = [id.into(), code.into(), Utc::now().into()];
            run(self.db, sql, values).await;
        }
        let sql = "INSERT INTO assignment (id, customer_id, user_id, valid_from) \
                   VALUES ($1, $2, $3, $4)";
        let id = entity::id::AssignmentId::new();
        let since = Utc::now() - TimeDelta::days(30);
        let values = [id.into(), shop.into(), rep.into(), since.into()];
        run(self.db, sql, values).await;
    }

    async fn fence(&self, shop: CustomerId, fence: GeofenceId) {
        let since = Utc::now() - TimeDelta::days(30);
        let sql = "INSERT INTO geofence (id, customer_id, created_at) VALUES ($1, $2, $3)";
        run(self.db, sql, [fence.into(), shop.into(), since.into()]).await;
        let sql = "INSERT INTO geofence_version (geofence_id, version, valid_from, kind, \
                   latitude, longitude, radius_m, area_m2, created_at) \
                   VALUES ($1, 1, $2, 'CIRCLE', $3, $4, 50, 7854, $2)";
        let values = [fence.into(), since.into(), SHOP.0.into(), SHOP.1.into()];
        run(self.db, sql, values).await;
    }
}

/// Runs a statement.
pub(crate) async fn run<const N: usize>(db: &Database, sql: &str, values: [Bound; N]) {
    let statement = Statement::from_sql_and_values(db.backend(), sql, values);
    db.write.execute_raw(statement).await.unwrap();
}

impl Bed {
    /// An instant so many seconds after the start, as a phone writes it.
    pub(crate) fn at(&self, seconds: i64) -> String {
        (self.start + TimeDelta::seconds(seconds)).to_rfc3339()
    }

    /// A trail point near the shop, so many seconds after the start.
    pub(crate) fn trail(&self, id: &str, seconds: i64) -> Value {
        json!({
            "id": id, "kind": "TRAIL", "recordedAt": self.at(seconds),
            "latitude": SHOP.0, "longitude": SHOP.1 + seconds as f64 * 1e-5, "accuracyM": 10,
        })
    }

    /// A point without a position.
    pub(crate) fn bare(&self, id: &str, kind: &str, seconds: i64) -> Value {
        json!({"id": id, "kind": kind, "recordedAt": self.at(seconds)})
    }

    /// Sends a request as someone.
    pub(crate) async fn request(
        &self,
        viewer: Option<&Viewer>,
        request: Request<Body>,
    ) -> (StatusCode, HeaderMap, Value) {
        answer(self.app.clone(), viewer, request).await
    }

    /// Posts a body as Ann's phone, with headers given as pairs.
    pub(crate) async fn post(
        &self,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> (StatusCode, HeaderMap, Value) {
        let mut request = Request::post("/v1/check-ins");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        self.request(Some(&self.ann), request).await
    }

    /// Posts points as someone; gives the receipts.
    pub(crate) async fn send_as(&self, viewer: &Viewer, points: &[Value]) -> Vec<Value> {
        let body = json!({"checkIns": points}).to_string();
        let (status, _, body) = self.request(Some(viewer), json_post(body)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{body}");
        body["receipts"].as_array().unwrap().clone()
    }

    /// Posts points as Ann's phone; gives the receipts in short.
    pub(crate) async fn send(&self, points: &[Value]) -> Vec<String> {
        let receipts = self.send_as(&self.ann, points).await;
        receipts.iter().map(in_short).collect()
    }

    /// The same through the routes of another process on the same database.
    pub(crate) async fn send_through(&self, app: &Router, points: &[Value]) -> Vec<String> {
        let body = json!({"checkIns": points}).to_string();
        let (status, _, body) = answer(app.clone(), Some(&self.ann), json_post(body)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{body}");
        let receipts = body["receipts"].as_array().unwrap();
        receipts.iter().map(in_short).collect()
    }

    /// Asks for a receipt as someone.
    pub(crate) async fn look_up(&self, viewer: &Viewer, id: &str) -> (StatusCode, Value) {
        let request = Request::get(format!("/v1/check-ins/{id}"));
        let request = request.body(Body::empty()).unwrap();
        let (status, _, body) = self.request(Some(viewer), request).await;
        (status, body)
    }

    /// One column of all rows, in order.
    pub(crate) async fn column(&self, sql: &str) -> Vec<String> {
        let sql = match self.db.backend() {
            DbBackend::Postgres => sql.to_owned(),
            _ => sql.replace("::text", ""),
        };
        let statement = Statement::from_string(self.db.backend(), sql);
        let rows = self.db.read.query_all_raw(statement).await.unwrap();
        let texts = rows.iter().map(|row| row.try_get_by_index(0).unwrap());
        texts.collect()
    }

    /// The number that a query gives.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.db.backend(), sql);
        let row = self.db.read.query_one_raw(statement).await.unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    }

    /// Stops the committer and waits until it has written everything it took.
    pub(crate) async fn stop(&mut self) {
        self.stop.cancel();
        (&mut self.running).await.unwrap();
    }
}

/// `a: ACCEPTED`, or `a: QUARANTINED NULL_ISLAND`.
pub(crate) fn in_short(receipt: &Value) -> String {
    let (id, status) = (&receipt["id"], &receipt["status"]);
    let short = format!("{}: {}", id.as_str().unwrap(), status.as_str().unwrap());
    match receipt["reason"].as_str() {
        Some(reason) => format!("{short} {reason}"),
        None => short,
    }
}

/// Posts a JSON document as someone.
pub(crate) async fn post_to(app: Router, viewer: &Viewer, body: String) -> (StatusCode, HeaderMap) {
    let (status, headers, _) = answer(app, Some(viewer), json_post(body)).await;
    (status, headers)
}

fn json_post(body: String) -> Request<Body> {
    Request::post("/v1/check-ins")
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

async fn answer(
    app: Router,
    viewer: Option<&Viewer>,
    mut request: Request<Body>,
) -> (StatusCode, HeaderMap, Value) {
    if let Some(viewer) = viewer {
        request.extensions_mut().insert(viewer.clone());
    }
    let response = app.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    (parts.status, parts.headers, value)
}

/// Waits until something is so; fails when it is not for long.
pub(crate) async fn eventually(what: &str, is_so: impl AsyncFn() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), wait).await;
    waited.unwrap_or_else(|_| unreachable!("waited in vain for {what}"));
}
