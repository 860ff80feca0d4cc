//! Tokens that are not what they claim to be, and tokens of an identity provider.

use api::auth::{AuthError, Authenticator, ProviderSettings};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{TimeDelta, Utc};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::company::{Company, SECRET, settings};

/// Keys made for these tests, of no use elsewhere.
const PROVIDER_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqMI6HYUC3zW8qMq+
m6uOEvhqqVHqCzniJAQBLS11d7OhRANCAAQGbGycu8uvfSitHc9Hvi43v6gGYkRR
JdZZxarmnkJ03cswwFwHQySKGYZmeFnUL10E88A95B7kEUryJ6PP6zhB
-----END PRIVATE KEY-----";

fn claims(subject: &str) -> Value {
    let end = Utc::now() + TimeDelta::minutes(5);
    json!({ "iss": "fieldhub", "aud": "fieldhub", "sub": subject, "iat": 1, "exp": end.timestamp(), "ver": 0 })
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

fn signed(claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
}

#[rstest]
#[case::another_issuer("iss", json!("elsewhere"), "the token is of another issuer")]
#[case::another_audience("aud", json!("elsewhere"), "the token is for another audience")]
#[case::no_audience("aud", Value::Null, "the token is not valid")]
#[case::expired("exp", json!(1_700_000_000), "the token has expired")]
#[case::no_end("exp", Value::Null, "the token is not valid")]
#[case::an_old_version("ver", json!(7), "the token was taken back")]
#[case::nobody("sub", json!("018f6a3e-0000-7000-8000-000000000000"), "there is no such account")]
#[tokio::test]
async fn a_token_is_refused_for(#[case] claim: &str, #[case] value: Value, #[case] why: &str) {
    let company = Company::sqlite().await;
    let good = claims(&company.admin.id.uuid().to_string());
    assert!(company.viewer(&signed(&good, SECRET)).await.is_ok());
    let token = signed(&with(good, claim, value), SECRET);
    assert_eq!(company.viewer(&token).await.unwrap_err(), why);
}

#[tokio::test]
async fn a_token_signed_otherwise_is_refused() {
    let company = Company::sqlite().await;
    let good = claims(&company.admin.id.uuid().to_string());
    let forged = signed(&good, "another secret of thirty-two bytes!!");
    assert_eq!(
        company.viewer(&forged).await.unwrap_err(),
        "the token is not valid"
    );
    let longer = encode(
        &Header::new(Algorithm::HS512),
        &good,
        &EncodingKey::from_secret(SECRET.as_bytes()),
    );
    assert!(company.viewer(&longer.unwrap()).await.is_err());
    // {"alg":"none"} without a signature.
    let token = signed(&good, SECRET);
    let payload = token.split('.').nth(1).unwrap();
    let none = format!("eyJhbGciOiJub25lIn0.{payload}.");
    assert!(company.viewer(&none).await.is_err());
    for text in ["", "x", "a.b.c", "fhd_unknown"] {
        assert!(company.viewer(text).await.is_err());
    }
}

#[tokio::test]
async fn a_token_of_a_closed_account_is_refused() {
    let company = Company::sqlite().await;
    let token = company.token(&company.north_rep);
    assert!(company.viewer(&token).await.is_ok());
    let id = company.north_rep.id.global();
    let query = "mutation($id: ID!) { deactivateUser(id: $id) { user { deactivatedAt } } }";
    let reply = company
        .ask_as(&company.admin, query, json!({ "id": id }))
        .await;
    assert!(reply.body["data"]["deactivateUser"]["user"]["deactivatedAt"].is_string());
    assert_eq!(
        company.viewer(&token).await.unwrap_err(),
        "the account is closed"
    );
}

/// An identity provider with one key, and an authenticator that believes it.
async fn provider(company: &Company, user_claim: &str) -> Authenticator {
    let key = EncodingKey::from_ec_pem(PROVIDER_KEY.as_bytes()).unwrap();
    let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
    jwk.common.key_id = Some("one".to_owned());
    let set = JwkSet { keys: vec![jwk] };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/jwks", get(async move || Json(set)));
    #[expect(clippy::disallowed_methods, reason = "ends with the test")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut settings = settings();
    settings.provider = Some(ProviderSettings {
        jwks_url: format!("http://{address}/jwks"),
        user_claim: user_claim.to_owned(),
    });
    Authenticator::new(company.bed.db.clone(), settings).unwrap()
}

fn provided(claims: &Value, kid: &str) -> String {
    let key = EncodingKey::from_ec_pem(PROVIDER_KEY.as_bytes()).unwrap();
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(kid.to_owned());
    encode(&header, claims, &key).unwrap()
}

async fn judge(authenticator: &Authenticator, token: &str) -> Result<String, String> {
    match authenticator.viewer(token, "").await {
        Ok(viewer) => Ok(viewer.user.global()),
        Err(AuthError::Rejected(why)) => Err(why.into_owned()),
        Err(AuthError::Unavailable(error)) => Err(error.to_string()),
    }
}

#[tokio::test]
async fn a_providers_token_names_a_user_by_subject_or_by_email() {
    let company = Company::sqlite().await;
    let rep = Ok(company.north_rep.id.global());
    let by_subject = provider(&company, "sub").await;
    let token = provided(&claims("subject-norma"), "one");
    assert_eq!(judge(&by_subject, &token).await, rep);

    let by_email = provider(&company, "email").await;
    let named = with(claims("x"), "email", json!("Norma@example.com"));
    assert_eq!(judge(&by_email, &provided(&named, "one")).await, rep);
    let unverified = with(named, "email_verified", json!(false));
    let refused = judge(&by_email, &provided(&unverified, "one")).await;
    assert_eq!(refused.unwrap_err(), "the e-mail address is not verified");
}

#[tokio::test]
async fn a_providers_token_is_judged_as_strictly_as_ours() {
    let company = Company::sqlite().await;
    let authenticator = provider(&company, "sub").await;
    let good = claims("subject-norma");
    let why = async |claims: Value, kid: &str| {
        judge(&authenticator, &provided(&claims, kid))
            .await
            .unwrap_err()
    };
    let issuer = with(good.clone(), "iss", json!("elsewhere"));
    assert_eq!(why(issuer, "one").await, "the token is of another issuer");
    let audience = with(good.clone(), "aud", json!("elsewhere"));
    assert_eq!(
        why(audience, "one").await,
        "the token is for another audience"
    );
    let expired = with(good.clone(), "exp", json!(1_700_000_000));
    assert_eq!(why(expired, "one").await, "the token has expired");
    assert_eq!(
        why(good.clone(), "two").await,
        "the token's key is not known"
    );
    let stranger = claims("subject-nobody");
    assert_eq!(
        why(stranger, "one").await,
        "nobody here is named by this token"
    );

    // The public key used as a shared secret: the classic swap.
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("one".to_owned());
    let swapped = encode(
        &header,
        &good,
        &EncodingKey::from_secret(PROVIDER_KEY.as_bytes()),
    );
    assert!(judge(&authenticator, &swapped.unwrap()).await.is_err());
}

#[tokio::test]
async fn without_its_provider_a_token_cannot_be_judged() {
    let company = Company::sqlite().await;
    let mut settings = settings();
    settings.provider = Some(ProviderSettings {
        jwks_url: "http://127.0.0.1:9/jwks".to_owned(),
        user_claim: "sub".to_owned(),
    });
    let authenticator = Authenticator::new(company.bed.db.clone(), settings).unwrap();
    let token = provided(&claims("subject-norma"), "one");
    let verdict = authenticator.viewer(&token, "").await;
    assert!(matches!(verdict, Err(AuthError::Unavailable(_))));
}
