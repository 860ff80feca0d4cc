//! A small company in the field: two teams under a head office, a customer each.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use api::edge::Settings;
use api::loader::{DrivenStream, Loaders};
use axum::Router;
use chrono::{DateTime, NaiveDateTime, Utc};
use entity::Database;
use entity::customers::{assignment, customer};
use entity::id::{AssignmentId, CustomerId, DeviceId, TeamId, UserId};
use entity::people::{company, device, team, user};
use entity::viewer::{Role, Scope, TeamNode, Viewer, scope_of};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use ingest::{Fences, Intake};
use presence::Presence;
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use testbed::{Backend, TestDatabase};
use tokio_util::sync::CancellationToken;

use crate::app::{Reply, asking, call, seen_by, serve, viewer};

/// The company, everybody by name.
pub(super) struct Bed {
    bed: TestDatabase,
    pub(super) db: Database,
    pub(super) presence: Presence,
    pub(super) fences: Fences,
    pub(super) users: HashMap<&'static str, UserId>,
    pub(super) teams: HashMap<&'static str, TeamId>,
    pub(super) devices: HashMap<&'static str, DeviceId>,
    pub(super) customers: HashMap<&'static str, CustomerId>,
    schema: api::Schema,
    router: Router,
    statements: Arc<AtomicUsize>,
}

const TEAMS: [(&str, Option<&str>); 3] = [
    ("Head", None),
    ("North", Some("Head")),
    ("South", Some("Head")),
];
const USERS: [(&str, Role, &str); 5] = [
    ("Ada", Role::Admin, "Head"),
    ("Nora", Role::Manager, "North"),
    ("ann", Role::Rep, "North"),
    ("bob", Role::Rep, "North"),
    ("cy", Role::Rep, "South"),
];
/// Each with who looks after it.
const CUSTOMERS: [(&str, &str); 3] = [("acme", "ann"), ("bolt", "North"), ("core", "cy")];

impl Bed {
    pub(super) async fn new(backend: Backend) -> Self {
        Self::with(backend, Presence::local()).await
    }

    /// The same over another live state.
    pub(super) async fn with(backend: Backend, presence: Presence) -> Self {
        let bed = testbed::database(backend).await.unwrap();
        let statements = Arc::new(AtomicUsize::new(0));
        let mut db = bed.db.clone();
        for connection in [&mut db.read, &mut db.write] {
            let counted = statements.clone();
            connection.set_metric_callback(move |_| {
                counted.fetch_add(1, Ordering::SeqCst);
            });
        }
        let fences = Fences::load(&bed.db).await.unwrap();
        let around = fences.surroundings();
        let (intake, committer) = Intake::new(bed.db.clone(), presence.clone(), around);
        #[expect(clippy::disallowed_methods, reason = "ends with the test")]
        tokio::spawn(committer.run(CancellationToken::new()));
        let schema = api::builder(db.clone())
            .data(presence.clone())
            .data(fences.clone())
            .data(intake)
            .finish();
        let made = Self {
            router: serve(schema.clone(), Settings::default()).router,
            bed,
            db,
            presence,
            fences,
            schema,
            users: USERS.map(|(name, ..)| (name, UserId::new())).into(),
            teams: TEAMS.map(|(name, _)| (name, TeamId::new())).into(),
            devices: USERS.map(|(name, ..)| (name, DeviceId::new())).into(),
            customers: CUSTOMERS.map(|(name, _)| (name, CustomerId::new())).into(),
            statements,
        };
        made.people().await;
        made.customers().await;
        made
    }

    async fn people(&self) {
        self.insert(company::Model {
            id: 1,
            name: "Try and Sons".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            week_start: 1,
            currency: "CNY".to_owned(),
        })
        .await;
        for (name, parent) in TEAMS {
            let team = self.team(name, parent, None);
            self.insert(team).await;
        }
        for (name, role, team) in USERS {
            self.insert(self.user(name, self.users[name], role, self.teams[team]))
                .await;
            self.insert(device::Model {
                id: self.devices[name],
                user_id: self.users[name],
                name: "phone".to_owned(),
                platform: "android 15".to_owned(),
                kind: device::Kind::App,
                token_hash: None,
                enrolled_at: DateTime::UNIX_EPOCH,
                revoked_at: None,
            })
            .await;
        }
        let managed = self.team("North", Some("Head"), Some("Nora"));
        let managed = managed.into_active_model().reset_all();
        managed.update(&self.db.write).await.unwrap();
    }

    fn team(&self, name: &str, parent: Option<&str>, manager: Option<&str>) -> team::Model {
        team::Model {
            id: self.teams[name],
            parent_id: parent.map(|parent| self.teams[parent]),
            name: name.to_owned(),
            manager_id: manager.map(|manager| self.users[manager]),
            created_at: DateTime::UNIX_EPOCH,
            archived_at: None,
            presence_shared_at: None,
        }
    }

    fn user(&self, name: &str, id: UserId, role: Role, team: TeamId) -> user::Model {
        user::Model {
            id,
            email: format!("{name}@example.com"),
            name: name.to_owned(),
            phone: None,
            role,
            team_id: Some(team),
            password_hash: None,
            subject: None,
            token_version: 0,
            created_at: DateTime::UNIX_EPOCH,
            deactivated_at: None,
        }
    }

    /// More reps of North.
    pub(super) async fn hire(&self, count: usize) -> Vec<UserId> {
        let mut hired = Vec::new();
        for number in 0..count {
            let id = UserId::new();
            let rep = self.user(&format!("rep{number}"), id, Role::Rep, self.teams["North"]);
            self.insert(rep).await;
            hired.push(id);
        }
        hired
    }

    async fn customers(&self) {
        for (name, owner) in CUSTOMERS {
            self.insert(customer::Model {
                id: self.customers[name],
                code: name.to_owned(),
                name: name.to_owned(),
                segment_id: None,
                address: None,
                city: None,
                latitude: Some(31.23),
                longitude: Some(121.47),
                status: customer::Status::Active,
                became_customer_at: None,
                created_at: DateTime::UNIX_EPOCH,
                archived_at: None,
            })
            .await;
            self.insert(assignment::Model {
                id: AssignmentId::new(),
                customer_id: self.customers[name],
                user_id: self.users.get(owner).copied(),
                team_id: self.teams.get(owner).copied(),
                due_every_days: None,
                valid_from: DateTime::UNIX_EPOCH,
                valid_to: None,
                assigned_by: None,
            })
            .await;
        }
    }

    /// Writes a row.
    pub(super) async fn insert<M, A>(&self, row: M)
    where
        M: IntoActiveModel<A> + sea_orm::ModelTrait,
        A: ActiveModelTrait + ActiveModelBehavior + Send,
        A::Entity: EntityTrait<Model = M>,
    {
        A::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.bed.db.write)
            .await
            .unwrap();
    }

    /// Somebody who signed in.
    pub(super) fn viewer(&self, name: &str) -> Viewer {
        let (_, role, team) = USERS.into_iter().find(|user| user.0 == name).unwrap();
        Viewer {
            user: self.users[name],
            team: Some(self.teams[team]),
            scope: self.scope(name, role, team),
            ..viewer(role)
        }
    }

    fn scope(&self, name: &str, role: Role, team: &str) -> Scope {
        let tree = TEAMS.map(|(name, parent)| TeamNode {
            id: self.teams[name],
            parent: parent.map(|parent| self.teams[parent]),
            manager: (name == "North").then(|| self.users["Nora"]),
        });
        let team = Some(self.teams[team]);
        scope_of(self.db.backend(), self.users[name], role, team, &tree)
    }

    /// What the API answers somebody.
    pub(super) async fn ask(&self, name: &str, query: &str, variables: Value) -> Reply {
        let router = seen_by(self.router.clone(), self.viewer(name));
        let request = asking(json!({ "query": query, "variables": variables }));
        call(&router, request).await
    }

    /// The data of an answer without errors.
    pub(super) async fn data(&self, name: &str, query: &str) -> Value {
        let reply = self.ask(name, query, json!({})).await;
        assert!(reply.body.get("errors").is_none(), "{}", reply.body);
        reply.body["data"].clone()
    }

    /// What somebody hears from a subscription.
    pub(super) fn listen(&self, name: &str, query: &str) -> Heard {
        let loaders = Loaders::default();
        let request = async_graphql::Request::new(query)
            .data(self.viewer(name))
            .data(loaders.clone());
        let answers = self.schema.execute_stream(request).boxed();
        let driven = DrivenStream::new(loaders, answers);
        Heard(
            driven
                .map(|answer| serde_json::to_value(answer).unwrap())
                .boxed(),
        )
    }

    /// How many statements an answer without errors takes.
    pub(super) async fn statements(&self, name: &str, query: &str) -> usize {
        self.counted(self.data(name, query)).await.1
    }

    /// What comes of something, and how many statements it took.
    pub(super) async fn counted<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        self.statements.store(0, Ordering::SeqCst);
        let outcome = work.await;
        (outcome, self.statements.load(Ordering::SeqCst))
    }
}

/// What somebody hears; each answer within 15 s.
pub(super) struct Heard(BoxStream<'static, Value>);

impl Heard {
    pub(super) async fn next(&mut self) -> Value {
        let next = tokio::time::timeout(Duration::from_secs(15), self.0.next()).await;
        next.expect("an answer in time").expect("no end")
    }

    /// Whether there is nothing to hear for a while.
    pub(super) async fn is_quiet(&mut self, length: Duration) -> bool {
        tokio::time::timeout(length, self.0.next()).await.is_err()
    }
}

/// An instant of 2026: `11-03 10:00`, in UTC.
pub(super) fn at(text: &str) -> DateTime<Utc> {
    let (day, time) = text.split_once(' ').unwrap();
    let at: NaiveDateTime = format!("2026-{day}T{time}:00").parse().unwrap();
    at.and_utc()
}
