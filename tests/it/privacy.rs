//! Who is shown to whom, and what is kept of whom, asked of the built hub.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{
    faults::{
        deployment::{Deployment, Profile},
        scene::Scene,
    },
    harness::{graphql::ask, run},
};

const TEAMS: &str = "{ teams { nodes { id } } }";
const SHARE: &str = "mutation($input: ShareTeamPresenceInput!) { shareTeamPresence(input: $input) \
    { userErrors { message } } }";
const CLOSE: &str = "mutation($id: ID!) { deactivateUser(id: $id) { userErrors { message } } }";
const ERASE: &str = "mutation($input: ErasePersonInput!) { erasePerson(input: $input) \
    { user { name } userErrors { message } } }";

/// Whether some object in the reply is of this type.
fn has(reply: &Value, kind: &str) -> bool {
    let all = reply.as_array().into_iter().flatten();
    all.into_iter().any(|one| one["_type"] == kind)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teammate_is_shown_once_it_is_shared_and_an_erased_person_to_nobody() {
    let scene = Arc::new(Scene::new(2, 4, 1));
    let deployment = Deployment::start(Profile::Embedded, &scene).await.unwrap();
    let url = deployment.api.url.clone();
    let admin = ["token", "--user", "admin@scene.example"];
    let admin = run(&deployment.settings, &admin);
    let admin = String::from_utf8_lossy(&admin.stdout).trim().to_owned();
    let http = reqwest::Client::new();
    let at = (Utc::now() - TimeDelta::minutes(1)).timestamp();
    let location = json!({"_type": "location", "lat": 60.17, "lon": 24.94, "tst": at});
    let post = async |rep: usize| -> Value {
        let token = Some(&scene.reps[rep].token);
        let post = http.post(format!("{url}/owntracks")).basic_auth("x", token);
        let answer = post.json(&location).send().await.unwrap();
        answer.json().await.unwrap()
    };
    post(0).await;
    deployment.settle().await.unwrap();
    assert_eq!(post(1).await, json!([]));
    for team in ask(&url, &admin, TEAMS, json!({})).await["teams"]["nodes"]
        .as_array()
        .unwrap()
    {
        let input = json!({"input": {"teamId": team["id"], "isShared": true}});
        ask(&url, &admin, SHARE, input).await;
    }
    let shown = post(1).await;
    assert!(has(&shown, "card") && has(&shown, "location"), "{shown}");

    let rep = scene.reps[0].id.global();
    let whole = async || {
        let asked = http
            .get(format!("{url}/v1/export/person?user={rep}"))
            .bearer_auth(&admin);
        asked.send().await.unwrap().text().await.unwrap()
    };
    let told = whole().await;
    assert!(
        told.contains("rep0@scene.example") && told.contains("\"check_in\""),
        "{told}"
    );
    ask(&url, &admin, CLOSE, json!({ "id": rep })).await;
    let input = json!({"input": {"userId": rep, "email": "rep0@scene.example"}});
    let erased = ask(&url, &admin, ERASE, input).await;
    assert_eq!(
        erased["erasePerson"]["user"]["name"], "Erased person",
        "{erased}"
    );
    let left = whole().await;
    assert!(
        !left.contains("rep0@scene.example") && !left.contains("\"check_in\""),
        "{left}"
    );
    assert_eq!(post(1).await, json!([]), "nobody is left to be shown");
}
