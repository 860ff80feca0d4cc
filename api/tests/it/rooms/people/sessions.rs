//! Signing in, renewing, signing out, changing the password.

use axum::Extension;
use axum::http::StatusCode;
use chrono::TimeDelta;
use entity::people::{refresh_token, user};
use rstest::rstest;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};
use testbed::Backend;

use super::company::{Company, PASSWORD, one, refusals};
use crate::app::{Reply, asking, call};

const SIGN_IN: &str = "mutation($email: String!, $password: String!) {
    signIn(input: { email: $email, password: $password }) {
        session { accessToken refreshToken expiresAt user { name } } userErrors { code field } } }";

async fn sign_in(company: &Company, email: &str, password: &str) -> Reply {
    company
        .ask(SIGN_IN, json!({ "email": email, "password": password }))
        .await
}

async fn session(company: &Company) -> (String, String) {
    let reply = sign_in(company, "Admin@Example.com ", PASSWORD).await;
    tokens(&reply.body["data"]["signIn"])
}

fn tokens(payload: &Value) -> (String, String) {
    let session = &payload["session"];
    let text = |name: &str| session[name].as_str().unwrap_or_default().to_owned();
    (text("accessToken"), text("refreshToken"))
}

async fn refresh(company: &Company, token: &str) -> Value {
    let query = "mutation($token: String!) { refreshSession(input: { refreshToken: $token }) {
        session { accessToken refreshToken } userErrors { code field } } }";
    let reply = company.ask(query, json!({ "token": token })).await;
    reply.body["data"]["refreshSession"].clone()
}

#[rstest]
#[tokio::test]
async fn a_password_opens_a_session_that_can_be_renewed_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let (access, first) = session(&company).await;
    assert_eq!(
        company.viewer(&access).await.unwrap().user,
        company.admin.id
    );

    let (access, second) = tokens(&refresh(&company, &first).await);
    assert_eq!(
        company.viewer(&access).await.unwrap().user,
        company.admin.id
    );
    assert_eq!(
        refusals(&refresh(&company, &first).await),
        one("INVALID", "refreshToken")
    );
    assert!(!tokens(&refresh(&company, &second).await).1.is_empty());
    assert_eq!(
        refusals(&refresh(&company, "fhr_x").await),
        one("INVALID", "refreshToken")
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_are_answered_alike() {
    let company = Company::sqlite().await;
    for email in [
        "admin@example.com",
        "nobody@example.com",
        "norma@example.com",
    ] {
        let reply = sign_in(&company, email, "wrong horse battery").await;
        let payload = &reply.body["data"]["signIn"];
        assert_eq!(
            refusals(payload),
            one("INVALID_CREDENTIALS", "password"),
            "{email}"
        );
        assert_eq!(payload["session"], Value::Null);
    }
}

#[tokio::test]
async fn the_sixth_guess_is_429_and_others_are_unaffected() {
    let company = Company::sqlite().await;
    for _ in 0..5 {
        let reply = sign_in(&company, "norma@example.com", "a guess of ten").await;
        assert_eq!(reply.status, StatusCode::OK);
    }
    let reply = sign_in(&company, "norma@example.com", "a guess of ten").await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(reply.code(), "RATE_LIMITED");
    let wait: u64 = reply.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait));
    session(&company).await;
}

#[tokio::test]
async fn signing_out_ends_the_session_and_everywhere_ends_all() {
    let company = Company::sqlite().await;
    let (access, first) = session(&company).await;
    let (_, second) = session(&company).await;
    let sign_out = "mutation($token: String) { signOut(input: { refreshToken: $token }) { done } }";
    company.ask(sign_out, json!({ "token": first })).await;
    assert_eq!(
        refusals(&refresh(&company, &first).await),
        one("INVALID", "refreshToken")
    );

    let viewer = company.viewer(&access).await.unwrap();
    let router = company.router.clone().layer(Extension(viewer));
    let everywhere =
        json!({ "query": "mutation { signOut(input: { everywhere: true }) { done } }" });
    let reply = call(&router, asking(everywhere)).await;
    assert_eq!(reply.body["data"]["signOut"]["done"], true);
    assert_eq!(
        company.viewer(&access).await.unwrap_err(),
        "the token was taken back"
    );
    assert_eq!(
        refusals(&refresh(&company, &second).await),
        one("INVALID", "refreshToken")
    );
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let company = Company::sqlite().await;
    let (access, refresh_token) = session(&company).await;
    let change = async |current: &str, new: &str| {
        let input = json!({ "currentPassword": current, "newPassword": new });
        let shape = "session { accessToken refreshToken }";
        company
            .verb(&company.admin, "changePassword", shape, input)
            .await
    };
    let refused = change("wrong horse battery", "another long one").await;
    assert_eq!(
        refusals(&refused),
        one("INVALID_CREDENTIALS", "currentPassword")
    );
    assert_eq!(
        refusals(&change(PASSWORD, "short").await),
        one("TOO_SHORT", "newPassword")
    );

    let (new_access, _) = tokens(&change(PASSWORD, "another long one").await);
    assert!(company.viewer(&new_access).await.is_ok());
    assert_eq!(
        company.viewer(&access).await.unwrap_err(),
        "the token was taken back"
    );
    let renewed = refresh(&company, &refresh_token).await;
    assert_eq!(refusals(&renewed), one("INVALID", "refreshToken"));
    let reply = sign_in(&company, "admin@example.com", PASSWORD).await;
    assert_eq!(reply.body["data"]["signIn"]["session"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn a_session_ends_by_age_by_theft_and_with_the_account(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let db = &company.bed.db.write;
    let ended = one("INVALID", "refreshToken");
    let set = async |column: refresh_token::Column| {
        let past = api::scalar::now() - TimeDelta::minutes(1);
        let all = refresh_token::Entity::update_many().col_expr(column, Expr::value(past));
        all.exec(db).await.unwrap();
    };
    let (_, old) = session(&company).await;
    set(refresh_token::Column::ExpiresAt).await;
    assert_eq!(refusals(&refresh(&company, &old).await), ended, "too old");

    let (_, stolen) = session(&company).await;
    let (_, mine) = tokens(&refresh(&company, &stolen).await);
    // The thief comes a minute later.
    let used = refresh_token::Entity::update_many()
        .col_expr(
            refresh_token::Column::RevokedAt,
            Expr::value(api::scalar::now() - TimeDelta::minutes(1)),
        )
        .filter(refresh_token::Column::RevokedAt.is_not_null());
    used.exec(db).await.unwrap();
    assert_eq!(refusals(&refresh(&company, &stolen).await), ended);
    assert_eq!(
        refusals(&refresh(&company, &mine).await),
        ended,
        "all of them"
    );

    let (_, token) = session(&company).await;
    let closed = user::ActiveModel {
        id: Set(company.admin.id),
        deactivated_at: Set(Some(api::scalar::now())),
        ..Default::default()
    };
    closed.update(db).await.unwrap();
    assert_eq!(refusals(&refresh(&company, &token).await), ended, "closed");
    let reply = sign_in(&company, "admin@example.com", PASSWORD).await;
    let refused = one("INVALID_CREDENTIALS", "password");
    assert_eq!(refusals(&reply.body["data"]["signIn"]), refused);
}

#[tokio::test]
async fn a_password_is_of_a_length_and_cannot_be_guessed_by_changing_it() {
    let company = Company::sqlite().await;
    let change = async |current: &str, new: &str| {
        let input = json!({ "currentPassword": current, "newPassword": new });
        company.wrong(&company.admin, "changePassword", input).await
    };
    assert_eq!(
        change(PASSWORD, &"p".repeat(201)).await,
        "TOO_LONG newPassword"
    );
    assert_eq!(change(PASSWORD, "").await, "TOO_SHORT newPassword");
    for _ in 0..5 {
        let refused = change("a guess of ten", "another long one").await;
        assert_eq!(refused, "INVALID_CREDENTIALS currentPassword");
    }
    assert_eq!(change(PASSWORD, "another long one").await, "RATE_LIMITED");
    let input = json!({ "currentPassword": "", "newPassword": "another long one" });
    let refused = company
        .wrong(&company.north_rep, "changePassword", input)
        .await;
    assert_eq!(
        refused, "INVALID_CREDENTIALS currentPassword",
        "who has none"
    );
}
