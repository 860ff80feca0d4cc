//! Who is shown to whom, and what is kept of whom, asked of the built hub.

use std::{sync::Arc, time::Duration};

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

/// Two teammates, and an administrator's token.
struct Team {
    deployment: Deployment,
    scene: Arc<Scene>,
    admin: String,
    http: reqwest::Client,
}

impl Team {
    async fn on(profile: Profile) -> Self {
        let scene = Arc::new(Scene::new(2, 4, 1));
        let deployment = Deployment::start(profile, &scene).await.unwrap();
        let admin = ["token", "--user", "admin@scene.example"];
        let admin = run(&deployment.settings, &admin);
        let admin = String::from_utf8_lossy(&admin.stdout).trim().to_owned();
        Self {
            deployment,
            scene,
            admin,
            http: reqwest::Client::new(),
        }
    }

    /// What a rep's phone is answered when it posts where it is.
    async fn post(&self, rep: usize) -> Value {
        let at = (Utc::now() - TimeDelta::minutes(1)).timestamp();
        let location = json!({"_type": "location", "lat": 60.17, "lon": 24.94, "tst": at});
        let token = Some(&self.scene.reps[rep].token);
        let url = format!("{}/owntracks", self.deployment.api.url);
        let post = self.http.post(url).basic_auth("x", token);
        let answer = post.json(&location).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        ask(&self.deployment.api.url, &self.admin, query, variables).await
    }

    /// Lets all teams see each other.
    async fn share(&self) {
        let teams = self.ask(TEAMS, json!({})).await;
        for team in teams["teams"]["nodes"].as_array().unwrap() {
            let input = json!({"input": {"teamId": team["id"], "isShared": true}});
            self.ask(SHARE, input).await;
        }
    }
}

/// Whether some object in the reply is of this type.
fn has(reply: &Value, kind: &str) -> bool {
    let all = reply.as_array().into_iter().flatten();
    all.into_iter().any(|one| one["_type"] == kind)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teammate_is_shown_only_while_it_is_known_who_is_on_duty() {
    let mut team = Team::on(Profile::Parted).await;
    team.post(0).await;
    team.share().await;
    team.deployment.settle().await.unwrap();
    let shown = team.post(1).await;
    assert!(has(&shown, "card") && has(&shown, "location"), "{shown}");
    let mut redis = team.deployment.redis.take().expect("Redis runs");
    redis.kill().expect("Redis is killed");
    assert_eq!(
        team.post(1).await,
        json!([]),
        "nobody knows where they are now"
    );
    redis.restart().expect("Redis is back");
    for _ in 0..200 {
        if has(&team.post(1).await, "card") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("they are not shown again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teammate_is_shown_once_it_is_shared_and_an_erased_person_to_nobody() {
    let team = Team::on(Profile::Embedded).await;
    team.post(0).await;
    team.deployment.settle().await.unwrap();
    assert_eq!(team.post(1).await, json!([]));
    team.share().await;
    let shown = team.post(1).await;
    assert!(has(&shown, "card") && has(&shown, "location"), "{shown}");

    let rep = team.scene.reps[0].id.global();
    let whole = async || {
        let url = &team.deployment.api.url;
        let url = format!("{url}/v1/export/person?user={rep}");
        let asked = team.http.get(url).bearer_auth(&team.admin);
        asked.send().await.unwrap().text().await.unwrap()
    };
    let told = whole().await;
    assert!(
        told.contains("rep0@scene.example") && told.contains("\"check_in\""),
        "{told}"
    );
    team.ask(CLOSE, json!({ "id": rep })).await;
    let input = json!({"input": {"userId": rep, "email": "rep0@scene.example"}});
    let erased = team.ask(ERASE, input).await;
    assert_eq!(
        erased["erasePerson"]["user"]["name"], "Erased person",
        "{erased}"
    );
    let left = whole().await;
    assert!(
        !left.contains("rep0@scene.example") && !left.contains("\"check_in\""),
        "{left}"
    );
    assert_eq!(team.post(1).await, json!([]), "nobody is left to be shown");
}
