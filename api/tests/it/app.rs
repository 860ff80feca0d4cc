//! Small readers for the tests: an edge over a toy schema, and what it replies.

use std::sync::Arc;
use std::time::Duration;

use api::auth::AuthError;
use api::edge::{Edge, Settings, SocketTimes};
use async_graphql::{
    Context, Executor, Object, ObjectType, Schema, Subscription, SubscriptionType,
};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::{Extension, Router};
use entity::Database;
use entity::id::UserId;
use entity::viewer::{Role, Scope, Viewer};
use futures_util::{FutureExt, Stream, StreamExt, stream};
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// A schema that does what tests of the edge need.
#[derive(Default)]
pub(crate) struct Toys;

#[Object]
impl Toys {
    async fn hello(&self) -> &str {
        "world"
    }
    async fn add(&self, left: i32, right: i32) -> i32 {
        left.saturating_add(right)
    }
    async fn boom(&self) -> i32 {
        let empty: Vec<i32> = Vec::new();
        empty[0]
    }
    async fn secret(&self) -> async_graphql::Result<i32> {
        Err(std::io::Error::other("the table secret_table is gone").into())
    }
    async fn missing(&self) -> Option<api::Result<i32>> {
        Some(Err(api::Error::not_found("toy")))
    }
    async fn busy(&self) -> api::Result<i32> {
        Err(api::Error::rate_limited(Duration::from_millis(1500)))
    }
    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_secs(60)).await;
        1
    }
    async fn who(&self, ctx: &Context<'_>) -> Option<String> {
        let viewer = ctx.data_opt::<Viewer>()?;
        Some(format!("{:?} for {}", viewer.role, viewer.purpose))
    }
    async fn toys(&self, #[graphql(default = 7)] first: i32) -> Vec<Toys> {
        (0..first).map(|_| Toys).collect()
    }
}

#[derive(Default)]
pub(crate) struct Change;

#[Object]
impl Change {
    async fn poke(&self) -> bool {
        true
    }
}

#[derive(Default)]
pub(crate) struct Ticks;

#[Subscription]
impl Ticks {
    async fn ticks(&self, count: i32) -> impl Stream<Item = i32> + 'static {
        stream::iter(0..count)
    }
    async fn silence(&self) -> impl Stream<Item = i32> + 'static {
        stream::pending()
    }
    async fn crash(&self) -> impl Stream<Item = i32> + 'static {
        stream::iter([Vec::new()]).map(|empty: Vec<i32>| empty[0])
    }
    async fn flood(&self) -> impl Stream<Item = String> + 'static {
        stream::repeat_with(|| "x".repeat(4096))
    }
}

pub(crate) fn toys() -> Schema<Toys, Change, Ticks> {
    Schema::new(Toys, Change, Ticks)
}

pub(crate) fn viewer(role: Role) -> Viewer {
    Viewer {
        user: UserId::new(),
        role,
        team: None,
        scope: Scope::All,
        device: None,
        expires_at: None,
        purpose: String::new(),
    }
}

/// Settings with short times.
pub(crate) fn quick() -> Settings {
    Settings {
        is_production: false,
        deadline: Duration::from_millis(300),
        allowed_origins: vec!["https://friend.example".to_owned()],
        socket: SocketTimes {
            init: Duration::from_millis(300),
            ping: Duration::from_secs(12),
            send: Duration::from_millis(500),
            recheck: Duration::from_millis(100),
        },
        ..Settings::default()
    }
}

/// A running edge.
pub(crate) struct Served {
    pub(crate) router: Router,
    pub(crate) stop: CancellationToken,
    pub(crate) sockets: TaskTracker,
}

/// The edge of a schema. The token `good` is a manager's; `brief` ends after 200 ms.
pub(crate) fn serve<Q, M, S>(schema: Schema<Q, M, S>, settings: Settings) -> Served
where
    Schema<Q, M, S>: Executor,
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let admit = |token: String, _purpose: String| {
        async move {
            match token.as_str() {
                "good" => Ok(viewer(Role::Manager)),
                "brief" => Ok(Viewer {
                    expires_at: Some(chrono::Utc::now() + chrono::TimeDelta::milliseconds(200)),
                    ..viewer(Role::Manager)
                }),
                _ => Err(AuthError::Rejected("unknown token".into())),
            }
        }
        .boxed()
    };
    let (stop, sockets) = (CancellationToken::new(), TaskTracker::new());
    let sdl = schema.sdl();
    let edge = Edge::new(
        schema,
        &sdl,
        settings,
        Arc::new(admit),
        stop.clone(),
        sockets.clone(),
    );
    Served {
        router: edge.unwrap().routes(),
        stop,
        sockets,
    }
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn code(&self) -> &str {
        let code = &self.body["errors"][0]["extensions"]["code"];
        code.as_str().unwrap_or_default()
    }
    pub(crate) fn content_type(&self) -> &str {
        self.headers["content-type"].to_str().unwrap()
    }
}

pub(crate) async fn call(router: &Router, request: Request<Body>) -> Reply {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Reply {
        status: parts.status,
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    }
}

pub(crate) fn query(text: &str) -> Request<Body> {
    asking(json!({ "query": text }))
}

pub(crate) fn asking(body: Value) -> Request<Body> {
    Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "application/graphql-response+json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

/// Makes a table take no more rows, as if the disk were full.
pub(crate) async fn refuse_inserts(db: &Database, table: &str) {
    let sql = match db.backend() {
        DbBackend::Postgres => {
            format!("ALTER TABLE {table} ADD CONSTRAINT refused CHECK (false) NOT VALID")
        }
        _ => format!(
            "CREATE TRIGGER refused BEFORE INSERT ON {table}
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        ),
    };
    db.write.execute_unprepared(&sql).await.unwrap();
}

/// Ends [`refuse_inserts`].
pub(crate) async fn take_inserts(db: &Database, table: &str) {
    let sql = match db.backend() {
        DbBackend::Postgres => format!("ALTER TABLE {table} DROP CONSTRAINT refused"),
        _ => "DROP TRIGGER refused".to_owned(),
    };
    db.write.execute_unprepared(&sql).await.unwrap();
}

pub(crate) fn seen_by(router: Router, viewer: Viewer) -> Router {
    router.layer(Extension(viewer))
}
