//! A small company to rank: two teams of two reps under a head office without reps.

use std::collections::HashMap;
use std::sync::Mutex;

use anyhow::{Context, Result};
use api::edge::Settings;
use api::performance::calendar::Calendar;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::zone;
use entity::Database;
use entity::customers::customer;
use entity::id::{CustomerId, TeamId, UserId};
use entity::people::{company, team, user};
use entity::viewer::{Role, Scope, TeamNode, Viewer, scope_of};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::{Value, json};
use testbed::TestDatabase;
use uuid::Uuid;

use crate::app::{Reply, asking, call, seen_by, serve, viewer};

/// The company, its people by name, and its customers as they turn up.
pub(super) struct Company {
    pub(super) bed: TestDatabase,
    pub(super) calendar: Calendar,
    pub(super) users: HashMap<&'static str, UserId>,
    pub(super) teams: HashMap<&'static str, TeamId>,
    pub(super) customers: Mutex<HashMap<String, CustomerId>>,
}

const TEAMS: [(&str, Option<&str>); 3] = [
    ("Head", None),
    ("North", Some("Head")),
    ("South", Some("Head")),
];
const USERS: [(&str, Role, &str); 6] = [
    ("Ada", Role::Admin, "Head"),
    ("Nora", Role::Manager, "North"),
    ("ann", Role::Rep, "North"),
    ("bob", Role::Rep, "North"),
    ("cy", Role::Rep, "South"),
    ("dee", Role::Rep, "South"),
];

impl Company {
    pub(super) async fn new(bed: TestDatabase) -> Result<Self> {
        let company = company::Model {
            id: 1,
            name: "Try and Sons".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            week_start: 1,
            currency: "CNY".to_owned(),
        };
        let db = bed.db.write.clone();
        company.into_active_model().insert(&db).await?;
        let teams: HashMap<_, _> = TEAMS.map(|(name, _)| (name, TeamId::new())).into();
        let users: HashMap<_, _> = USERS.map(|(name, ..)| (name, UserId::new())).into();
        for (name, parent) in TEAMS {
            let team = team::Model {
                id: teams[name],
                parent_id: parent.map(|parent| teams[parent]),
                name: name.to_owned(),
                manager_id: None,
                created_at: DateTime::UNIX_EPOCH,
                archived_at: None,
                presence_shared_at: None,
            };
            team.into_active_model().insert(&db).await?;
        }
        for (name, role, team) in USERS {
            let user = user::Model {
                id: users[name],
                email: format!("{name}@example.com"),
                name: name.to_owned(),
                phone: None,
                role,
                team_id: Some(teams[team]),
                password_hash: None,
                subject: None,
                token_version: 0,
                created_at: DateTime::UNIX_EPOCH,
                deactivated_at: None,
            };
            user.into_active_model().insert(&db).await?;
        }
        let north = team::ActiveModel {
            id: Set(teams["North"]),
            manager_id: Set(Some(users["Nora"])),
            ..Default::default()
        };
        north.update(&db).await?;
        let calendar = told(Calendar::read(&db).await)?;
        Ok(Self {
            bed,
            calendar,
            users,
            teams,
            customers: Mutex::default(),
        })
    }

    pub(super) fn db(&self) -> &Database {
        &self.bed.db
    }

    /// What somebody may see.
    pub(super) fn scope(&self, name: &str) -> Scope {
        let (_, role, team) = USERS
            .into_iter()
            .find(|user| user.0 == name)
            .expect("a user");
        let tree = TEAMS.map(|(name, parent)| TeamNode {
            id: self.teams[name],
            parent: parent.map(|parent| self.teams[parent]),
            manager: (name == "North").then(|| self.users["Nora"]),
        });
        let team = Some(self.teams[team]);
        scope_of(self.db().backend(), self.users[name], role, team, &tree)
    }

    /// What the API answers somebody.
    pub(super) async fn ask(&self, name: &str, query: &str, variables: Value) -> Reply {
        let served = serve(api::schema(self.db().clone()), Settings::default());
        let scope = self.scope(name);
        let (_, role, team) = USERS.into_iter().find(|user| user.0 == name).unwrap();
        let viewer = Viewer {
            user: self.users[name],
            team: Some(self.teams[team]),
            scope,
            ..viewer(role)
        };
        let request = asking(json!({ "query": query, "variables": variables }));
        call(&seen_by(served.router, viewer), request).await
    }

    /// The data of an answer without errors.
    pub(super) async fn data(&self, name: &str, query: &str) -> Value {
        let reply = self.ask(name, query, json!({})).await;
        assert_eq!(reply.body["errors"], Value::Null, "{query}");
        reply.body["data"].clone()
    }

    /// Who is meant by an id in a ranking.
    pub(super) fn name_of(&self, subject: Uuid) -> &'static str {
        let users = self.users.iter().map(|(name, id)| (*name, id.uuid()));
        let teams = self.teams.iter().map(|(name, id)| (*name, id.uuid()));
        let mut all = users.chain(teams);
        all.find(|(_, id)| *id == subject)
            .expect("a rep or a team")
            .0
    }

    /// An instant of 2026 by the company's clock.
    pub(super) fn instant(&self, day: &str, time: &str) -> DateTime<Utc> {
        let local: NaiveDateTime = format!("2026-{day}T{time}:00")
            .parse()
            .expect("a local time");
        zone::instant_of(local, self.calendar.zone)
    }

    /// All sums, one a line: `11-03 ann REVENUE 12050`, then `11-03 ann acme 1` for visits.
    pub(super) async fn sums(&self) -> Result<String> {
        use entity::performance::{rep_customer_day, rep_day};

        let db = &self.db().read;
        let mut lines = Vec::new();
        for sum in rep_day::Entity::visible_to(&Scope::All).all(db).await? {
            if sum.value != 0 {
                let rep = self.name_of(sum.rep_id.uuid());
                lines.push(format!(
                    "{} {rep} {:?} {}",
                    short(sum.day),
                    sum.metric,
                    sum.value
                ));
            }
        }
        for count in rep_customer_day::Entity::visible_to(&Scope::All)
            .all(db)
            .await?
        {
            let rep = self.name_of(count.rep_id.uuid());
            let customers = self.customers.lock().expect("no panic");
            let customer = customers.iter().find(|(_, id)| **id == count.customer_id);
            let customer = customer.context("a customer")?.0;
            lines.push(format!(
                "{} {rep} at {customer} {}",
                short(count.day),
                count.visits
            ));
        }
        lines.sort();
        Ok(lines.join("\n"))
    }

    /// Since when a customer is one.
    pub(super) async fn became_customer(&self, name: &str) -> Result<Option<DateTime<Utc>>> {
        use sea_orm::{ColumnTrait, QueryFilter};

        let id = self.customer(name).await?;
        let rows = customer::Entity::visible_to(&Scope::All);
        let row = rows
            .filter(customer::Column::Id.eq(id))
            .one(&self.db().read)
            .await?;
        Ok(row.context("a customer")?.became_customer_at)
    }
}

/// The first fault of a payload: `CODE field: message`.
pub(super) fn fault(payload: &Value) -> String {
    let error = &payload["userErrors"][0];
    let [code, field, message] =
        ["code", "field", "message"].map(|part| error[part].as_str().unwrap_or("none"));
    format!("{code} {field}: {message}")
}

/// An API failure as a test tells it.
pub(super) fn told<T>(outcome: api::Result<T>) -> Result<T> {
    outcome.map_err(|error| anyhow::anyhow!("{error:?}"))
}

fn short(day: NaiveDate) -> String {
    day.format("%m-%d").to_string()
}
