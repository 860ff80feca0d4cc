//! A small company: head office with north and south below, and people in them.

use api::auth::{AuthError, AuthSettings, Authenticator};
use api::scalar::now;
use axum::{Extension, Router};
use chrono::TimeDelta;
use entity::customers::{assignment, customer};
use entity::id::{AssignmentId, CustomerId, TeamId, UserId};
use entity::people::{company, team, user};
use entity::viewer::{Role, Viewer};
use ingest::{PhotoStore, Photos};
use presence::Presence;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use serde_json::{Value, json};
use tempfile::TempDir;
use testbed::{Backend, TestDatabase};

use crate::app::{Reply, asking, call, quick, serve};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const SECRET: &str = "a secret of thirty-two bytes or more";

pub(crate) struct Company {
    pub(crate) bed: TestDatabase,
    pub(crate) authenticator: Authenticator,
    pub(crate) router: Router,
    pub(crate) photos: Photos,
    /// Where they lie; removed with this value.
    _album: TempDir,
    pub(crate) head: TeamId,
    pub(crate) north: TeamId,
    pub(crate) south: TeamId,
    pub(crate) admin: user::Model,
    /// Manages north.
    pub(crate) manager: user::Model,
    pub(crate) north_rep: user::Model,
    pub(crate) south_rep: user::Model,
}

pub(crate) fn settings() -> AuthSettings {
    AuthSettings {
        secret: Some(SECRET.to_owned().into()),
        issuer: "fieldhub".to_owned(),
        audience: "fieldhub".to_owned(),
        provider: None,
        access_lifetime: TimeDelta::minutes(15),
    }
}

pub(crate) fn person(name: &str, role: Role, team: Option<TeamId>) -> user::Model {
    user::Model {
        id: UserId::new(),
        email: format!("{name}@example.com"),
        name: name.to_owned(),
        phone: None,
        role,
        team_id: team,
        password_hash: None,
        subject: Some(format!("subject-{name}")),
        token_version: 0,
        created_at: now(),
        deactivated_at: None,
    }
}

fn team(name: &str, parent: Option<TeamId>) -> team::Model {
    team::Model {
        id: TeamId::new(),
        parent_id: parent,
        name: name.to_owned(),
        manager_id: None,
        created_at: now(),
        archived_at: None,
        presence_shared_at: None,
    }
}

impl Company {
    pub(crate) async fn on(backend: Backend) -> Self {
        let bed = testbed::database(backend).await.unwrap();
        let db = &bed.db.write;
        let head = team("head", None);
        let (north, south) = (team("north", Some(head.id)), team("south", Some(head.id)));
        let mut admin = person("admin", Role::Admin, Some(head.id));
        admin.password_hash = Some(api::auth::password::hash(PASSWORD).unwrap());
        let manager = person("manager", Role::Manager, Some(north.id));
        let north_rep = person("norma", Role::Rep, Some(north.id));
        let south_rep = person("sue", Role::Rep, Some(south.id));
        let company = company::Model {
            id: 1,
            name: "Try and Sons".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            week_start: 1,
            currency: "CNY".to_owned(),
        };
        company.into_active_model().insert(db).await.unwrap();
        for team in [&head, &north, &south] {
            team.clone().into_active_model().insert(db).await.unwrap();
        }
        for user in [&admin, &manager, &north_rep, &south_rep] {
            user.clone().into_active_model().insert(db).await.unwrap();
        }
        let mut managed = north.clone().into_active_model();
        managed.manager_id = Set(Some(manager.id));
        managed.update(db).await.unwrap();
        let authenticator = Authenticator::new(bed.db.clone(), settings()).unwrap();
        let album = tempfile::tempdir().unwrap();
        let store = PhotoStore::folder(album.path()).unwrap();
        let photos = Photos::new(bed.db.clone(), store);
        let schema = api::builder(bed.db.clone())
            .data(authenticator.clone())
            .data(Presence::local())
            .data(photos.clone());
        Self {
            photos,
            _album: album,
            router: serve(schema.finish(), quick()).router,
            authenticator,
            bed,
            head: head.id,
            north: north.id,
            south: south.id,
            admin,
            manager,
            north_rep,
            south_rep,
        }
    }

    pub(crate) async fn sqlite() -> Self {
        Self::on(Backend::Sqlite).await
    }

    /// A customer, in somebody's care or nobody's.
    pub(crate) async fn customer(&self, name: &str, rep: Option<UserId>) -> CustomerId {
        let db = &self.bed.db.write;
        let customer = customer::Model {
            id: CustomerId::new(),
            code: name.to_owned(),
            name: name.to_owned(),
            segment_id: None,
            address: None,
            city: None,
            latitude: None,
            longitude: None,
            status: customer::Status::Active,
            became_customer_at: None,
            created_at: now(),
            archived_at: None,
        };
        let id = customer.id;
        customer.into_active_model().insert(db).await.unwrap();
        if rep.is_some() {
            let assignment = assignment::Model {
                id: AssignmentId::new(),
                customer_id: id,
                user_id: rep,
                team_id: None,
                due_every_days: None,
                valid_from: now(),
                valid_to: None,
                assigned_by: None,
            };
            assignment.into_active_model().insert(db).await.unwrap();
        }
        id
    }

    pub(crate) async fn viewer(&self, bearer: &str) -> Result<Viewer, String> {
        match self.authenticator.viewer(bearer, "").await {
            Ok(viewer) => Ok(viewer),
            Err(AuthError::Rejected(why)) => Err(why.into_owned()),
            Err(AuthError::Unavailable(error)) => Err(format!("unavailable: {error}")),
        }
    }

    pub(crate) fn token(&self, user: &user::Model) -> String {
        self.authenticator.issue(user, None).unwrap().token
    }

    /// Asks as nobody.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Reply {
        let body = json!({ "query": query, "variables": variables });
        call(&self.router, asking(body)).await
    }

    /// Asks as a user.
    pub(crate) async fn ask_as(&self, user: &user::Model, query: &str, variables: Value) -> Reply {
        let viewer = self.viewer(&self.token(user)).await.unwrap();
        let router = self.router.clone().layer(Extension(viewer));
        let body = json!({ "query": query, "variables": variables });
        call(&router, asking(body)).await
    }

    /// The answer to a mutation with an `input`; `shape` is what to read of its payload.
    pub(crate) async fn verb(
        &self,
        user: &user::Model,
        verb: &str,
        shape: &str,
        input: Value,
    ) -> Value {
        let kind = format!("{}{}Input!", verb[..1].to_uppercase(), &verb[1..]);
        let query = format!(
            "mutation($input: {kind}) {{ {verb}(input: $input) {{ {shape} userErrors {{ code field message }} }} }}"
        );
        let reply = self.ask_as(user, &query, json!({ "input": input })).await;
        assert!(reply.body.get("errors").is_none(), "{}", reply.body);
        reply.body["data"][verb].clone()
    }
}

impl Company {
    /// What a call of a verb, such as `cancelOrder(id: "x")`, gives a user: its payload with what
    /// `shape` reads, or the code of the error.
    pub(crate) async fn call(
        &self,
        user: &user::Model,
        call: &str,
        shape: &str,
    ) -> Result<Value, String> {
        let query =
            format!("mutation {{ {call} {{ {shape} userErrors {{ code field message }} }} }}");
        answer(self.ask_as(user, &query, json!({})).await)
    }

    /// What is wrong with an input, as [`faults`] tells it; or the code of the error.
    pub(crate) async fn wrong(&self, user: &user::Model, verb: &str, input: Value) -> String {
        let kind = format!("{}{}Input!", verb[..1].to_uppercase(), &verb[1..]);
        let query = format!(
            "mutation($input: {kind}) {{ {verb}(input: $input) {{ userErrors {{ code field }} }} }}"
        );
        let reply = self.ask_as(user, &query, json!({ "input": input })).await;
        answer(reply).map_or_else(|code| code, |payload| faults(&payload))
    }

    /// The data of a query without errors.
    pub(crate) async fn seen(&self, user: &user::Model, query: &str) -> Value {
        let reply = self.ask_as(user, query, json!({})).await;
        assert_eq!(reply.body.get("errors"), None, "{}", reply.body);
        reply.body["data"].clone()
    }
}

fn answer(reply: Reply) -> Result<Value, String> {
    match reply.body.get("errors") {
        Some(_) => Err(reply.code().to_owned()),
        None => {
            let data = reply.body["data"].as_object().unwrap();
            Ok(data.values().next().unwrap().clone())
        }
    }
}

/// The refusals of a payload: `REQUIRED name, TAKEN code`; nothing if there are none.
pub(crate) fn faults(payload: &Value) -> String {
    let all = refusals(payload).into_iter();
    let all = all.map(|(code, field)| format!("{code} {field}"));
    all.collect::<Vec<_>>().join(", ")
}

/// An object with some of its members changed.
pub(crate) fn with(object: &Value, changes: Value) -> Value {
    let mut object = object.clone();
    for (name, value) in changes.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

/// The codes and fields of a payload's refusals.
pub(crate) fn refusals(payload: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let refusals = payload["userErrors"].as_array().unwrap().iter();
    refusals
        .map(|refusal| (text(&refusal["code"]), text(&refusal["field"])))
        .collect()
}

pub(crate) fn one(code: &str, field: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), field.to_owned())]
}
