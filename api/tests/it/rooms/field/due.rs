//! Who is due for a visit: what is told, to whom, and in how many statements.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use domain::zone;
use entity::customers::{assignment, customer};
use entity::field::visit;
use entity::id::{AssignmentId, VisitId};
use rstest::rstest;
use sea_orm::{ActiveModelTrait, Set};
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::Bed;

/// The company's day, some days from now.
fn day(from_today: i64) -> NaiveDate {
    let today = zone::day_of(Utc::now(), Shanghai);
    match u64::try_from(from_today) {
        Ok(later) => today + Days::new(later),
        Err(_) => today - Days::new(from_today.unsigned_abs()),
    }
}

/// Noon of a day, some days from now.
fn noon(from_today: i64) -> DateTime<Utc> {
    zone::instant_of(day(from_today).and_time(NaiveTime::MIN), Shanghai) + TimeDelta::hours(12)
}

impl Bed {
    /// `owner` is to visit a customer every so many days, since 100 days.
    async fn to_visit(&self, owner: &str, customer: &str, every: i32) {
        let row = self.obligation(owner, customer, every);
        self.insert(row).await;
    }

    fn obligation(&self, owner: &str, customer: &str, every: i32) -> assignment::Model {
        assignment::Model {
            id: AssignmentId::new(),
            customer_id: self.customers[customer],
            user_id: self.users.get(owner).copied(),
            team_id: self.teams.get(owner).copied(),
            due_every_days: Some(every),
            valid_from: noon(-100),
            valid_to: None,
            assigned_by: None,
        }
    }

    /// `rep` was at a customer, some days from now.
    async fn was_at(&self, rep: &str, customer: &str, from_today: i64) {
        self.insert(self.stay(rep, customer, from_today)).await;
    }

    fn stay(&self, rep: &str, customer: &str, from_today: i64) -> visit::Model {
        visit::Model {
            id: VisitId::new(),
            rep_id: self.users[rep],
            customer_id: self.customers[customer],
            geofence_id: None,
            geofence_version: None,
            visit_rule_id: None,
            planned_visit_id: None,
            arrived_at: noon(from_today),
            left_at: None,
            end_reason: None,
            opened_by: visit::OpenedBy::Trail,
            confidence: 1.0,
            revision: 1,
            reason: None,
            evidence: json!({}),
            withdrawn_at: None,
            created_at: noon(from_today),
            updated_at: noon(from_today),
        }
    }

    /// What somebody is told of ann's list: `acme MISSED -3, last -10 by ann`.
    async fn list_of_ann(&self, name: &str, arguments: &str) -> Vec<String> {
        let id = self.users["ann"].global();
        let query = format!(
            "{{ user(id: {id:?}) {{ dueCustomers(first: 10 {arguments}) {{ nodes {{ ...due }} }} }} }}
             {DUE}"
        );
        let data = self.data(name, &query).await;
        lines(&data["user"]["dueCustomers"]["nodes"])
    }

    /// What somebody is told of a customer.
    async fn due_at(&self, name: &str, customer: &str) -> Vec<String> {
        let id = self.customers[customer].global();
        let query = format!(
            "{{ node(id: {id:?}) {{ ... on Customer {{ due {{ totalCount nodes {{ ...due }} }} }} }} }}
             {DUE}"
        );
        let data = self.data(name, &query).await;
        let due = &data["node"]["due"];
        let told = lines(&due["nodes"]);
        assert_eq!(due["totalCount"], told.len());
        told
    }
}

const DUE: &str = "fragment due on CustomerDue { everyDays dueBy standing lastVisitOn
    customer { name } rep { name } team { name } assignment { dueEveryDays }
    lastVisit { rep { name } } }";

/// `acme MISSED -3, last -10 by ann, to ann`; days are counted from today.
fn lines(nodes: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let days = |value: &Value| match value.as_str() {
        Some(date) => (date.parse::<NaiveDate>().unwrap() - day(0))
            .num_days()
            .to_string(),
        None => "-".to_owned(),
    };
    let told = nodes.as_array().unwrap().iter().map(|due| {
        assert_eq!(due["everyDays"], due["assignment"]["dueEveryDays"]);
        format!(
            "{} {} {}, last {} by {}, to {}{}",
            text(&due["customer"]["name"]),
            text(&due["standing"]),
            days(&due["dueBy"]),
            days(&due["lastVisitOn"]),
            text(&due["lastVisit"]["rep"]["name"]),
            text(&due["rep"]["name"]),
            text(&due["team"]["name"]),
        )
    });
    told.collect()
}

#[rstest]
#[tokio::test]
async fn a_rep_is_told_what_is_due_first(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.to_visit("North", "bolt", 14).await;
    bed.to_visit("ann", "acme", 7).await;
    bed.to_visit("ann", "core", 120).await;
    bed.was_at("ann", "acme", -30).await;
    bed.was_at("ann", "acme", -10).await;
    let mut taken_back = bed.stay("ann", "acme", -2);
    taken_back.withdrawn_at = Some(noon(-1));
    bed.insert(taken_back).await;
    // A colleague keeps what is the team's, and nothing of what is ann's.
    bed.was_at("bob", "bolt", -4).await;
    bed.was_at("bob", "acme", -1).await;
    let all = [
        "acme MISSED -3, last -10 by ann, to ann-",
        "bolt COVERED 10, last -4 by bob, to -North",
        "core PENDING 20, last - by -, to ann-",
    ];
    assert_eq!(bed.list_of_ann("Nora", "").await, all);
    let by = |from_today: i64| format!("by: \"{}\"", day(from_today));
    assert_eq!(bed.list_of_ann("Nora", &by(0)).await, all[..1]);
    assert_eq!(bed.list_of_ann("Nora", &by(10)).await, all[..2]);
    assert!(bed.list_of_ann("Nora", &by(-4)).await.is_empty());
    // Ann herself is not told whose visit it was.
    let own = bed.list_of_ann("ann", "").await;
    assert_eq!(own[1], "bolt COVERED 10, last -4 by -, to -North");
}

#[rstest]
#[tokio::test]
async fn what_has_ended_or_is_hidden_is_not_due(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.to_visit("ann", "acme", 7).await;
    bed.to_visit("ann", "core", 7).await;
    let mut ended = bed.obligation("ann", "bolt", 7);
    ended.valid_to = Some(noon(-1));
    bed.insert(ended).await;
    let mut not_begun = bed.obligation("ann", "bolt", 7);
    not_begun.valid_from = noon(1);
    bed.insert(not_begun).await;
    let hidden = customer::ActiveModel {
        id: Set(bed.customers["core"]),
        archived_at: Set(Some(noon(-1))),
        ..Default::default()
    };
    hidden.update(&bed.db.write).await.unwrap();
    let told = bed.list_of_ann("Nora", "").await;
    assert_eq!(told, ["acme MISSED -93, last - by -, to ann-"]);
}

#[rstest]
#[tokio::test]
async fn a_customer_tells_who_is_to_come_of_those_in_sight(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    for (owner, every) in [("ann", 7), ("cy", 30), ("South", 60), ("Head", 120)] {
        bed.to_visit(owner, "acme", every).await;
    }
    bed.was_at("cy", "acme", -1).await;
    let ann = "acme MISSED -93, last - by -, to ann-";
    let head = "acme PENDING 20, last - by -, to -Head";
    let cy = "acme COVERED 29, last -1 by cy, to cy-";
    let south = "acme COVERED 59, last -1 by cy, to -South";
    assert_eq!(bed.due_at("Ada", "acme").await, [ann, head, cy, south]);
    assert_eq!(bed.due_at("Nora", "acme").await, [ann, head]);
    assert_eq!(bed.due_at("ann", "acme").await, [ann, head]);
    assert_eq!(bed.due_at("cy", "acme").await, [head, cy, south]);
}

#[rstest]
#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_what_is_due(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.to_visit("ann", "acme", 7).await;
    bed.to_visit("North", "bolt", 7).await;
    bed.was_at("ann", "acme", -1).await;
    let of_reps = format!(
        "{{ users(first: 100) {{ nodes {{ dueCustomers(first: 2) {{ nodes {{ ...due }} }} }} }} }} {DUE}"
    );
    let of_customers = format!(
        "{{ customers(first: 20) {{ nodes {{ due(first: 70) {{ nodes {{ ...due }} }} }} }} }} {DUE}"
    );
    let count = async || {
        let of_reps = bed.statements("Nora", &of_reps).await;
        (of_reps, bed.statements("Nora", &of_customers).await)
    };
    let few = count().await;
    for rep in bed.hire(60).await {
        let mut row = bed.obligation("ann", "acme", 7);
        row.user_id = Some(rep);
        bed.insert(row).await;
        let mut stay = bed.stay("ann", "acme", -1);
        stay.rep_id = rep;
        bed.insert(stay).await;
    }
    // The list; the calendar, the assignments and the visits; the links.
    assert_eq!((few, count().await), ((8, 8), (8, 8)));
}
