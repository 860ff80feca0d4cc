//! A small company with two branches, and rows of every kind in both.

use std::collections::HashMap;

use api::Schema;
use api::edge::{Budget, Settings};
use axum::Router;
use chrono::{DateTime, Utc};
use entity::Database;
use entity::id::{CustomerId, DeviceId, TeamId, UserId};
use entity::people::access_log;
use entity::viewer::{Scope, TeamNode, Viewer, scope_of};
use ingest::Fences;
use presence::Presence;
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use testbed::{Backend, TestDatabase};

use super::sight::{CUSTOMERS, PEOPLE, Row, Rows, Sight, TEAMS, person};
use crate::app::{Reply, asking, call, seen_by, serve, viewer};

/// The company, everything by name.
pub(super) struct Company {
    bed: TestDatabase,
    pub(super) schema: Schema,
    router: Router,
    pub(super) people: HashMap<&'static str, UserId>,
    pub(super) teams: HashMap<&'static str, TeamId>,
    pub(super) devices: HashMap<&'static str, DeviceId>,
    pub(super) customers: HashMap<&'static str, CustomerId>,
    pub(super) rows: Rows,
}

impl Company {
    pub(super) async fn new(backend: Backend) -> Self {
        let bed = testbed::database(backend).await.unwrap();
        let schema = schema_over(&bed.db).await;
        let mut company = Self {
            router: serve(schema.clone(), patient()).router,
            schema,
            bed,
            people: PEOPLE.map(|(name, ..)| (name, UserId::new())).into(),
            teams: TEAMS.map(|(name, ..)| (name, TeamId::new())).into(),
            devices: PEOPLE.map(|(name, ..)| (name, DeviceId::new())).into(),
            customers: CUSTOMERS.map(|name| (name, CustomerId::new())).into(),
            rows: Rows::new(),
        };
        company.fill().await;
        // The fences that have been drawn meanwhile.
        company.schema = schema_over(&company.bed.db).await;
        company.router = serve(company.schema.clone(), patient()).router;
        company
    }

    pub(super) fn db(&self) -> &Database {
        &self.bed.db
    }

    /// Writes a row.
    pub(super) async fn insert<M, A>(&self, row: M)
    where
        M: IntoActiveModel<A> + sea_orm::ModelTrait,
        A: ActiveModelTrait + ActiveModelBehavior + Send,
        A::Entity: EntityTrait<Model = M>,
    {
        A::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.db().write)
            .await
            .unwrap();
    }

    /// Notes down what clients know a row by, and to what it belongs.
    pub(super) fn note<const N: usize>(
        &mut self,
        kind: &'static str,
        id: String,
        sight: Sight,
        belongs_to: [Option<String>; N],
    ) {
        let row = Row {
            kind,
            sight,
            belongs_to: belongs_to.into_iter().flatten().collect(),
            is_listed: true,
        };
        assert!(self.rows.insert(id, row).is_none(), "two rows of one id");
    }

    /// Notes down the looks that the questions themselves have left behind.
    pub(super) async fn note_looks(&mut self) {
        let looks = access_log::Entity::visible_to(&Scope::All);
        for look in looks.all(&self.db().read).await.unwrap() {
            let mut subjects = self.people.iter();
            let (name, id) = subjects.find(|(_, id)| **id == look.subject_id).unwrap();
            let row = Row {
                kind: "AccessLogEntry",
                sight: Sight::Look(name),
                belongs_to: vec![id.global()],
                is_listed: true,
            };
            self.rows.insert(look.id.global(), row);
        }
    }

    /// Whom something is assigned to: a person or a team.
    pub(super) fn owner(&self, name: &str) -> (Option<UserId>, Option<TeamId>) {
        (
            self.people.get(name).copied(),
            self.teams.get(name).copied(),
        )
    }

    pub(super) fn viewer(&self, name: &'static str) -> Viewer {
        let (_, role, team) = person(name);
        let tree = TEAMS.map(|(name, parent, manager)| TeamNode {
            id: self.teams[name],
            parent: parent.map(|parent| self.teams[parent]),
            manager: manager.map(|manager| self.people[manager]),
        });
        let team = Some(self.teams[team]);
        Viewer {
            user: self.people[name],
            team,
            scope: scope_of(self.db().backend(), self.people[name], role, team, &tree),
            ..viewer(role)
        }
    }

    /// What the API answers somebody, or nobody who signed in.
    pub(super) async fn ask(&self, name: Option<&'static str>, query: &str) -> Reply {
        let router = match name {
            Some(name) => seen_by(self.router.clone(), self.viewer(name)),
            None => self.router.clone(),
        };
        call(&router, asking(json!({ "query": query }))).await
    }
}

/// The usual settings, but whoever walks the whole schema may ask for as much as they like.
fn patient() -> Settings {
    Settings {
        budget: Budget::per_second(std::num::NonZeroU32::MAX),
        ..Settings::default()
    }
}

async fn schema_over(db: &Database) -> Schema {
    let fences = Fences::load(db).await.unwrap();
    let builder = api::builder(db.clone()).data(Presence::local());
    builder.data(fences).finish()
}

/// The codes of an answer's errors.
pub(super) fn codes(body: &Value) -> Vec<&str> {
    let errors = body["errors"].as_array().into_iter().flatten();
    let codes = errors.map(|error| error["extensions"]["code"].as_str().unwrap_or_default());
    codes.collect()
}

/// A morning of 2024: `10-10`.
pub(super) fn at(day: &str) -> DateTime<Utc> {
    format!("2024-{day}T08:00:00Z").parse().unwrap()
}
