//! The room of webhooks: endpoints added, changed, tried, and messages sent again.

use entity::viewer::Scope;
use entity::webhooks::delivery;
use ingest::webhooks::{Listeners, News};
use rstest::rstest;
use sea_orm::{EntityTrait, QueryOrder, Set};
use serde_json::{Value, json};
use testbed::Backend;

use super::people::company::{Company, one, refusals};

const SHAPE: &str =
    "webhook { id name url events disabledAt disabledReason createdBy { name } } secret";

impl Company {
    async fn webhook(&self) -> (String, String) {
        let input = json!({
            "name": " CRM ", "url": "https://crm.example.com/hook",
            "events": ["VISIT_CLOSED", "VISIT_OPENED", "VISIT_CLOSED"],
        });
        let made = self.verb(&self.admin, "createWebhook", SHAPE, input).await;
        assert_eq!(made["userErrors"], json!([]));
        assert_eq!(made["webhook"]["name"], "CRM");
        assert_eq!(
            made["webhook"]["events"],
            json!(["VISIT_OPENED", "VISIT_CLOSED"])
        );
        assert_eq!(made["webhook"]["createdBy"]["name"], "admin");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["webhook"]["id"]), text(&made["secret"]))
    }

    /// A verb whose only argument is an id.
    async fn on_id(&self, verb: &str, shape: &str, id: &str) -> Value {
        let query = format!(
            "mutation($id: ID!) {{ {verb}(id: $id) {{ {shape} userErrors {{ code field message }} }} }}"
        );
        let reply = self.ask_as(&self.admin, &query, json!({ "id": id })).await;
        assert!(reply.body.get("errors").is_none(), "{}", reply.body);
        reply.body["data"][verb].clone()
    }

    async fn messages(&self) -> Vec<delivery::Model> {
        let rows = delivery::Entity::visible_to(&Scope::All).order_by_asc(delivery::Column::Seq);
        rows.all(&self.bed.db.read).await.unwrap()
    }

    async fn happen(&self, event: entity::webhooks::webhook::Event) {
        let txn = self.bed.db.begin().await.unwrap();
        let news = News {
            rep: self.north_rep.id,
            event,
            data: json!({"visit": {"revision": 1}}),
        };
        let listeners = Listeners::read(&txn).await.unwrap();
        let now = chrono::Utc::now();
        listeners.tell(&txn, &[news], now).await.unwrap();
        txn.commit().await.unwrap();
    }

    /// All messages are given up.
    async fn give_up(&self) {
        let failed = delivery::ActiveModel {
            state: Set(delivery::State::Failed),
            tries: Set(16),
            last_error: Set(Some("the endpoint answered 500".to_owned())),
            ..Default::default()
        };
        let all = delivery::Entity::update_many().set(failed);
        all.exec(&self.bed.db.write).await.unwrap();
    }
}

#[rstest]
#[tokio::test]
async fn an_endpoint_hears_what_it_asked_for_until_it_is_disabled_or_removed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    use entity::webhooks::webhook::Event;
    let company = Company::on(backend).await;
    let (id, secret) = company.webhook().await;
    assert!(secret.starts_with("whsec_") && secret.len() > 40);
    company.happen(Event::VisitOpened).await;
    company.happen(Event::VisitAmended).await;
    assert_eq!(company.messages().await.len(), 1);

    let shape = "webhook { name url events disabledAt }";
    let input = json!({"id": id, "isEnabled": false, "events": ["VISIT_AMENDED"]});
    let edited = company
        .verb(&company.admin, "editWebhook", shape, input)
        .await;
    assert!(edited["webhook"]["disabledAt"].is_string(), "{edited}");
    company.happen(Event::VisitAmended).await;
    let tried = company.on_id("testWebhook", "delivery { id }", &id).await;
    assert_eq!(refusals(&tried), one("DISABLED", "id"));
    assert_eq!(company.messages().await.len(), 1);

    let input = json!({"id": id, "isEnabled": true});
    let edited = company
        .verb(&company.admin, "editWebhook", shape, input)
        .await;
    assert_eq!(edited["webhook"]["events"], json!(["VISIT_AMENDED"]));
    assert_eq!(edited["webhook"]["disabledAt"], Value::Null);
    company.happen(Event::VisitAmended).await;
    let shape = "delivery { event state rep { name } webhook { name } }";
    let tried = company.on_id("testWebhook", shape, &id).await;
    let expected = json!({
        "event": "TEST", "state": "WAITING", "rep": {"name": "admin"}, "webhook": {"name": "CRM"},
    });
    assert_eq!(tried["delivery"], expected);
    assert_eq!(company.messages().await.len(), 3);

    let gone = company.on_id("removeWebhook", "removedId", &id).await;
    assert_eq!(gone["removedId"], json!(id));
    assert!(company.messages().await.is_empty());
}

#[tokio::test]
async fn an_endpoint_that_makes_no_sense_is_refused_with_all_its_faults() {
    let company = Company::sqlite().await;
    let (id, _) = company.webhook().await;
    let cases = [
        (json!({"name": " "}), vec![("REQUIRED", "name")]),
        (json!({"events": []}), vec![("REQUIRED", "events")]),
        (json!({"events": ["TEST"]}), vec![("INVALID", "events")]),
        (
            json!({"url": "http://crm.example.com/"}),
            vec![("INVALID", "url")],
        ),
        (
            json!({"url": "https://169.254.169.254/"}),
            vec![("INVALID", "url")],
        ),
        (
            json!({"url": "nowhere", "name": "", "events": []}),
            vec![
                ("REQUIRED", "name"),
                ("INVALID", "url"),
                ("REQUIRED", "events"),
            ],
        ),
    ];
    for (wrong, faults) in cases {
        let whole = json!({"name": "n", "url": "https://x.example/", "events": ["VISIT_OPENED"]});
        let input = super::people::company::with(&whole, wrong.clone());
        let made = company
            .verb(&company.admin, "createWebhook", SHAPE, input)
            .await;
        let own = |(code, field): &(&str, &str)| ((*code).to_owned(), (*field).to_owned());
        let faults: Vec<_> = faults.iter().map(own).collect();
        assert_eq!(refusals(&made), faults, "{wrong}");
        assert_eq!(made["secret"], Value::Null);
        let mut input = wrong.clone();
        input["id"] = json!(id);
        let edited = company
            .verb(&company.admin, "editWebhook", "webhook { id }", input)
            .await;
        assert_eq!(refusals(&edited), faults, "{wrong}");
    }
    for _ in 1..20 {
        company.webhook().await;
    }
    let whole = json!({"name": "n", "url": "https://x.example/", "events": ["VISIT_OPENED"]});
    let one_more = company
        .verb(&company.admin, "createWebhook", SHAPE, whole)
        .await;
    assert_eq!(refusals(&one_more), one("TOO_MANY", "name"));
}

#[tokio::test]
async fn a_new_secret_leaves_the_old_one_a_day() {
    let company = Company::sqlite().await;
    let (id, secret) = company.webhook().await;
    let rotated = company.on_id("rotateWebhookSecret", SHAPE, &id).await;
    assert_ne!(rotated["secret"], json!(secret));
    let rows = entity::webhooks::webhook::Entity::visible_to(&Scope::All);
    let row = rows.one(&company.bed.db.read).await.unwrap().unwrap();
    assert_eq!(json!(row.secret), rotated["secret"]);
    assert_eq!(row.old_secret, Some(secret));
    let hours = (row.old_secret_until.unwrap() - chrono::Utc::now()).num_hours();
    assert_eq!(hours, 23);
}

#[rstest]
#[tokio::test]
async fn what_was_given_up_is_sent_again_by_hand(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    use entity::webhooks::webhook::Event;
    let company = Company::on(backend).await;
    let (id, _) = company.webhook().await;
    for _ in 0..3 {
        company.happen(Event::VisitOpened).await;
    }
    company.give_up().await;
    let query = "{ webhooks { nodes { waiting: deliveries(filter: {state: [WAITING]}) { totalCount }
        deliveries(filter: {state: [FAILED]}) { nodes { id event tries lastError nextTryAt data } } } } }";
    let reply = company.ask_as(&company.admin, query, json!({})).await;
    let webhook = &reply.body["data"]["webhooks"]["nodes"][0];
    assert_eq!(webhook["waiting"]["totalCount"], 0, "{}", reply.body);
    let failed = webhook["deliveries"]["nodes"].as_array().unwrap();
    assert_eq!(failed.len(), 3);
    assert_eq!(failed[0]["lastError"], "the endpoint answered 500");
    assert_eq!(failed[0]["nextTryAt"], Value::Null);
    assert_eq!(failed[0]["data"]["visit"]["revision"], 1);

    let shape = "delivery { state tries nextTryAt }";
    let again = company
        .on_id("redeliver", shape, failed[0]["id"].as_str().unwrap())
        .await;
    assert_eq!(again["delivery"]["state"], "WAITING");
    assert_eq!(again["delivery"]["tries"], 0);
    assert!(again["delivery"]["nextTryAt"].is_string());

    let future = chrono::Utc::now() + chrono::TimeDelta::hours(1);
    for (since, count) in [(json!(future), 0), (Value::Null, 2)] {
        let input = json!({"webhookId": id, "since": since});
        let again = company
            .verb(&company.admin, "redeliverFailed", "count", input)
            .await;
        assert_eq!(again["count"], count);
    }
    for message in company.messages().await {
        assert_eq!(
            (message.state, message.tries),
            (delivery::State::Waiting, 0)
        );
        let hours = (message.give_up_at - chrono::Utc::now()).num_hours();
        assert_eq!(hours, 23);
    }
}
