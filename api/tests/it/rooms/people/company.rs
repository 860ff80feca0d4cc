//! A small company: head office with north and south below, and people in them.

use api::auth::{AuthError, AuthSettings, Authenticator};
use api::scalar::now;
use axum::{Extension, Router};
use chrono::TimeDelta;
use entity::id::{TeamId, UserId};
use entity::people::{team, user};
use entity::viewer::{Role, Viewer};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use serde_json::{Value, json};
use testbed::{Backend, TestDatabase};

use crate::app::{Reply, asking, call, quick, serve};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const SECRET: &str = "a secret of thirty-two bytes or more";

pub(crate) struct Company {
    pub(crate) bed: TestDatabase,
    pub(crate) authenticator: Authenticator,
    pub(crate) router: Router,
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
        let schema = api::builder(bed.db.clone()).data(authenticator.clone());
        Self {
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
