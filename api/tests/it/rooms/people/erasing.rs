//! All of a person's data, and none of them any more.

use api::export::Slots;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::{Extension, Router};
use entity::people::{access_log, user};
use entity::viewer::Scope;
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;
use tower::ServiceExt;

use super::company::{Company, one, refusals};
use crate::app::{refuse_inserts, take_inserts};

impl Company {
    async fn whole(&self, viewer: Option<&user::Model>, of: &str) -> (StatusCode, String) {
        let (db, photos) = (self.bed.db.clone(), self.photos.clone());
        let mut router: Router = api::export::person_routes(db, photos, Slots::default()).into();
        if let Some(viewer) = viewer {
            let viewer = self.viewer(&self.token(viewer)).await.unwrap();
            router = router.layer(Extension(viewer));
        }
        let request = Request::get(format!("/v1/export/person{of}"));
        let request = request.body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn erase(&self, person: &user::Model, email: &str) -> Value {
        let input = json!({ "userId": person.id.global(), "email": email });
        let shape = "user { name email }";
        self.verb(&self.admin, "erasePerson", shape, input).await
    }

    async fn on_account(&self, verb: &str, person: &user::Model) -> Value {
        let query = format!(
            "mutation($id: ID!) {{ {verb}(id: $id) {{ user {{ name }} userErrors {{ code field }} }} }}"
        );
        let id = json!({ "id": person.id.global() });
        let reply = self.ask_as(&self.admin, &query, id).await;
        reply.body["data"][verb].clone()
    }
}

#[rstest]
#[tokio::test]
async fn a_person_has_all_of_their_data_and_an_administrator_too(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let rep = &company.north_rep;
    let of = format!("?user={}", rep.id.global());
    let (status, own) = company.whole(Some(rep), &of).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        own.contains("norma@example.com") && own.contains("\"user_account\""),
        "{own}"
    );
    assert!(!own.contains("sue@example.com"));
    let looks = async || {
        let looks = access_log::Entity::visible_to(&Scope::All);
        let looks = looks.all(&company.bed.db.read).await.unwrap();
        let purposes = looks.into_iter().map(|look| (look.viewer_id, look.purpose));
        purposes.collect::<Vec<_>>()
    };
    assert!(looks().await.is_empty());
    let (status, _) = company.whole(Some(&company.admin), &of).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        looks().await,
        [(company.admin.id, "personal data".to_owned())]
    );

    let refused = [
        (None, of.clone(), StatusCode::UNAUTHORIZED),
        (Some(&company.manager), of.clone(), StatusCode::FORBIDDEN),
        (Some(&company.south_rep), of.clone(), StatusCode::NOT_FOUND),
        (Some(rep), String::new(), StatusCode::BAD_REQUEST),
        (Some(rep), "?user=nobody".to_owned(), StatusCode::NOT_FOUND),
    ];
    for (viewer, of, expected) in refused {
        let (status, body) = company.whole(viewer, &of).await;
        assert_eq!(status, expected, "{body}");
        assert!(!body.contains("norma@"), "{body}");
    }
    let south = format!("?user={}", company.south_rep.id.global());
    refuse_inserts(&company.bed.db, "access_log").await;
    let (status, body) = company.whole(Some(&company.admin), &south).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("ACCESS_LOG_UNAVAILABLE"), "{body}");
    take_inserts(&company.bed.db, "access_log").await;
}

#[rstest]
#[tokio::test]
async fn a_person_is_erased_once_the_account_is_closed_and_for_good(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let rep = &company.north_rep;
    let open = company.erase(rep, "norma@example.com").await;
    assert_eq!(refusals(&open), one("OPEN", "userId"));
    company.on_account("deactivateUser", rep).await;
    let mistaken = company.erase(rep, "sue@example.com").await;
    assert_eq!(refusals(&mistaken), one("MISMATCH", "email"));
    let erased = company.erase(rep, " Norma@example.com ").await;
    assert_eq!(erased["user"]["name"], "Erased person", "{erased}");
    let email = erased["user"]["email"].as_str().unwrap().to_owned();
    assert!(email.starts_with("erased-") && email.ends_with("@erased.invalid"));
    let back = company.on_account("reactivateUser", rep).await;
    assert_eq!(refusals(&back), one("ERASED", "id"));
    let again = company.erase(rep, &email).await;
    assert_eq!(again["userErrors"], json!([]));
    let of = format!("?user={}", rep.id.global());
    let (_, left) = company.whole(Some(&company.admin), &of).await;
    assert!(!left.to_lowercase().contains("norma"), "{left}");
}
