//! Lists in pages: forward and backward are the whole list, in a fixed number of statements.

use std::cmp::Ordering;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering as Atomic};

use api::page::{Connection, Direction, Page};
use api::people::{Team, User};
use api::{context::Request as _, order_by};
use async_graphql::{Context, EmptyMutation, EmptySubscription, ID, Object, Schema};
use axum::Router;
use chrono::{TimeDelta, Utc};
use entity::Database;
use entity::id::{TeamId, UserId};
use entity::people::{team, user};
use entity::viewer::Role;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rstest::rstest;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use testbed::{Backend, TestDatabase};

use crate::app::{asking, call, quick, seen_by, serve, viewer};

order_by! {
    /// Orders of which one column may be absent.
    PersonOrder of user, by default Name Asc {
        /// Never absent, often equal.
        Name,
        /// Often absent.
        Phone,
        /// Often absent, an instant.
        DeactivatedAt,
        /// Often equal, an instant.
        CreatedAt,
        /// A number.
        TokenVersion,
    }
}

#[derive(Default)]
struct Lists;

#[Object]
impl Lists {
    async fn people(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        order_by: Option<PersonOrder>,
    ) -> api::Result<Connection<User>> {
        let rows = user::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    async fn teams(&self, ctx: &Context<'_>) -> api::Result<Vec<Group>> {
        let page = Page::new(Some(100), None, None, None)?;
        let rows = team::Entity::visible_to(ctx.scope()?);
        let page = page.ordered(rows, team::Column::Name, Direction::Asc)?;
        let teams: Connection<Team> = page.read(ctx).await?;
        Ok(teams
            .nodes()
            .iter()
            .map(|team| Group(team.id.clone()))
            .collect())
    }
}

struct Group(ID);

#[Object]
impl Group {
    async fn id(&self) -> &ID {
        &self.0
    }

    async fn people(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        order_by: Option<PersonOrder>,
    ) -> api::Result<Connection<User>> {
        let rows = user::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        let team = TeamId::from_global(self.0.as_str()).unwrap();
        page.read_for(ctx, user::Column::TeamId, team).await
    }
}

/// A company of random people.
struct Company {
    _bed: TestDatabase,
    router: Router,
    people: Vec<user::Model>,
    statements: Arc<AtomicUsize>,
}

async fn company(backend: Backend, teams: usize, people: usize) -> Company {
    let bed = testbed::database(backend).await.unwrap();
    let mut random = SmallRng::seed_from_u64(people as u64);
    let now = api::scalar::whole_millis(Utc::now());
    let teams: Vec<TeamId> = (0..teams).map(|_| TeamId::new()).collect();
    let team_rows = teams.iter().enumerate().map(|(n, id)| {
        let row = team::Model {
            id: *id,
            parent_id: None,
            name: format!("team {n:03}"),
            manager_id: None,
            created_at: now,
            archived_at: None,
            presence_shared_at: None,
        };
        row.into_active_model().reset_all()
    });
    team::Entity::insert_many(team_rows)
        .exec(&bed.db.write)
        .await
        .unwrap();
    let people: Vec<user::Model> = (0..people)
        .map(|n| user::Model {
            id: UserId::new(),
            email: format!("{n}@example.com"),
            name: ["ann", "bob", "cho", "dee"][random.random_range(0..4)].to_owned(),
            phone: random
                .random_bool(0.6)
                .then(|| random.random_range(0..5).to_string()),
            role: Role::Rep,
            team_id: random
                .random_bool(0.9)
                .then(|| teams[random.random_range(0..teams.len())]),
            password_hash: None,
            subject: None,
            token_version: random.random_range(0..3),
            created_at: now + TimeDelta::milliseconds(random.random_range(0..3) * 250),
            deactivated_at: random
                .random_bool(0.5)
                .then(|| now + TimeDelta::milliseconds(random.random_range(0..4) * 500)),
        })
        .collect();
    for chunk in people.chunks(500) {
        let rows = chunk
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        user::Entity::insert_many(rows)
            .exec(&bed.db.write)
            .await
            .unwrap();
    }
    let statements = Arc::new(AtomicUsize::new(0));
    let router = router(bed.db.clone(), &statements);
    Company {
        _bed: bed,
        router,
        people,
        statements,
    }
}

fn router(mut db: Database, statements: &Arc<AtomicUsize>) -> Router {
    let counted = statements.clone();
    db.read.set_metric_callback(move |_| {
        counted.fetch_add(1, Atomic::SeqCst);
    });
    let schema = Schema::build(Lists, EmptyMutation, EmptySubscription)
        .data(db)
        .finish();
    seen_by(serve(schema, quick()).router, viewer(Role::Admin))
}

impl Company {
    async fn ask(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let reply = call(&self.router, asking(body)).await;
        assert!(reply.body.get("errors").is_none(), "{}", reply.body);
        reply.body["data"].clone()
    }

    /// The ids in the order of a column, by a plain sort.
    fn sorted(&self, column: &str, direction: &str) -> Vec<String> {
        let mut people: Vec<&user::Model> = self.people.iter().collect();
        people.sort_by(|a, b| order(a, b, column, direction == "DESC"));
        people.iter().map(|person| person.id.global()).collect()
    }
}

/// Absent values last either way; equal rows by id, the same way.
fn order(a: &user::Model, b: &user::Model, column: &str, is_descending: bool) -> Ordering {
    fn absent_last<T: Ord>(a: &Option<T>, b: &Option<T>, is_descending: bool) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => turned(a.cmp(b), is_descending),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
    fn turned(order: Ordering, is_descending: bool) -> Ordering {
        if is_descending {
            order.reverse()
        } else {
            order
        }
    }
    let by_column = match column {
        "name" => turned(a.name.cmp(&b.name), is_descending),
        "phone" => absent_last(&a.phone, &b.phone, is_descending),
        "deactivatedAt" => absent_last(&a.deactivated_at, &b.deactivated_at, is_descending),
        "createdAt" => turned(a.created_at.cmp(&b.created_at), is_descending),
        _ => turned(a.token_version.cmp(&b.token_version), is_descending),
    };
    by_column.then_with(|| turned(a.id.cmp(&b.id), is_descending))
}

const COLUMNS: [&str; 5] = [
    "name",
    "phone",
    "deactivatedAt",
    "createdAt",
    "tokenVersion",
];

#[rstest]
#[tokio::test]
async fn forward_and_backward_are_the_whole_list(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = company(backend, 3, 83).await;
    for (column, direction) in COLUMNS.iter().flat_map(|c| [(*c, "ASC"), (*c, "DESC")]) {
        let whole = company.sorted(column, direction);
        for size in [1, 7, 83, 100] {
            let what = format!("{column} {direction} by {size}");
            assert_eq!(
                walk(&company, column, direction, size, true).await,
                whole,
                "{what}"
            );
            assert_eq!(
                walk(&company, column, direction, size, false).await,
                whole,
                "{what} back"
            );
        }
    }
}

/// Reads the whole list page by page, checking what each page says of its place.
async fn walk(
    company: &Company,
    column: &str,
    direction: &str,
    size: usize,
    is_forward: bool,
) -> Vec<String> {
    let arguments = match is_forward {
        true => "first: $size, after: $cursor",
        false => "last: $size, before: $cursor",
    };
    let query = format!(
        "query($size: Int, $cursor: String) {{
            people({arguments}, orderBy: {{ {column}: {direction} }}) {{
                nodes {{ id }} edges {{ cursor node {{ id }} }} totalCount
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
            }}
        }}"
    );
    let mut ids: Vec<String> = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let data = company
            .ask(&query, json!({ "size": size, "cursor": cursor }))
            .await;
        let (page, info) = (&data["people"], &data["people"]["pageInfo"]);
        assert_eq!(page["totalCount"], company.people.len());
        let edges = page["edges"].as_array().unwrap();
        let seen = edges
            .iter()
            .map(|edge| edge["node"]["id"].as_str().unwrap().to_owned());
        assert_eq!(info["startCursor"], edges[0]["cursor"]);
        assert_eq!(info["endCursor"], edges[edges.len() - 1]["cursor"]);
        let (further, beginning, next) = match is_forward {
            true => ("hasNextPage", "hasPreviousPage", "endCursor"),
            false => ("hasPreviousPage", "hasNextPage", "startCursor"),
        };
        assert_eq!(info[beginning], !ids.is_empty());
        ids = match is_forward {
            true => ids.into_iter().chain(seen).collect(),
            false => seen.chain(ids).collect(),
        };
        if info[further] == false {
            return ids;
        }
        cursor = info[next].clone();
    }
}

#[rstest]
#[tokio::test]
async fn the_top_of_each_parent_is_what_a_plain_sort_finds(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = company(backend, 9, 150).await;
    for (column, direction) in COLUMNS.iter().flat_map(|c| [(*c, "ASC"), (*c, "DESC")]) {
        let whole = company.sorted(column, direction);
        let query = format!(
            "{{ teams {{ id
                top: people(first: 3, orderBy: {{ {column}: {direction} }}) {{
                    nodes {{ id }} totalCount pageInfo {{ hasNextPage hasPreviousPage }} }}
                end: people(last: 2, orderBy: {{ {column}: {direction} }}) {{ nodes {{ id }} }}
            }} }}"
        );
        let data = company.ask(&query, json!({})).await;
        for team in data["teams"].as_array().unwrap() {
            let of_team = |id: &&String| {
                let person = company
                    .people
                    .iter()
                    .find(|person| person.id.global() == **id);
                let team_id = person.unwrap().team_id;
                team_id.is_some_and(|id| team["id"] == id.global())
            };
            let members: Vec<&String> = whole.iter().filter(of_team).collect();
            let ids = |list: &Value| -> Vec<String> {
                let nodes = list["nodes"].as_array().unwrap().iter();
                nodes
                    .map(|node| node["id"].as_str().unwrap().to_owned())
                    .collect()
            };
            let top: Vec<&String> = members.iter().copied().take(3).collect();
            assert_eq!(ids(&team["top"]).iter().collect::<Vec<_>>(), top);
            let end = members.len().saturating_sub(2);
            assert_eq!(ids(&team["end"]).iter().collect::<Vec<_>>(), members[end..]);
            assert_eq!(team["top"]["totalCount"], members.len());
            assert_eq!(team["top"]["pageInfo"]["hasNextPage"], members.len() > 3);
        }
    }
}

#[rstest]
#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_rows(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let query = "{ teams { people(first: 20) { totalCount nodes { name
        team { name reps(first: 5) { nodes { name devices(first: 2) { nodes { name } } } } } } } } }";
    let mut counts = Vec::new();
    for (teams, people) in [(1, 1), (1, 20), (10, 200)] {
        let company = company(backend, teams, people).await;
        company.statements.store(0, Atomic::SeqCst);
        company.ask(query, json!({})).await;
        counts.push(company.statements.load(Atomic::SeqCst));
    }
    assert_eq!(counts, [6, 6, 6]);
}

#[rstest]
#[case::too_many("people(first: 101)", "first must be from 1 to 100, it is 101")]
#[case::none("people(last: 0)", "last must be from 1 to 100, it is 0")]
#[case::negative("people(first: -5)", "first must be from 1 to 100, it is -5")]
#[case::both("people(first: 1, last: 1)", "give first or last, not both")]
#[case::no_cursor(
    "people(after: \"x\")",
    "after is not a cursor of this list in this order"
)]
#[case::forged(
    "people(after: \"WyJuYW1lKyxpZCsiXQ\")",
    "after is not a cursor of this list in this order"
)]
#[tokio::test]
async fn a_window_that_makes_no_sense_is_refused(#[case] field: &str, #[case] message: &str) {
    let company = company(Backend::Sqlite, 1, 1).await;
    let body = json!({ "query": format!("{{ {field} {{ nodes {{ id }} }} }}") });
    let reply = call(&company.router, asking(body)).await;
    assert_eq!(reply.code(), "BAD_INPUT");
    assert_eq!(reply.body["errors"][0]["message"], message);
    assert_eq!(company.statements.load(Atomic::SeqCst), 0);
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let company = company(Backend::Sqlite, 1, 5).await;
    let data = company
        .ask("{ people { pageInfo { startCursor } } }", json!({}))
        .await;
    let cursor = data["people"]["pageInfo"]["startCursor"]
        .as_str()
        .unwrap()
        .to_owned();
    let query = format!(
        "{{ people(after: \"{cursor}\", orderBy: {{ phone: ASC }}) {{ nodes {{ id }} }} }}"
    );
    assert_eq!(
        call(&company.router, asking(json!({ "query": query })))
            .await
            .code(),
        "BAD_INPUT"
    );
}

#[tokio::test]
async fn a_page_of_nothing_has_no_cursors() {
    let company = company(Backend::Sqlite, 1, 1).await;
    let query =
        "{ teams { people(first: 3, orderBy: { name: DESC }) { nodes { id devices { totalCount
        nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } } }";
    let data = company.ask(query, json!({})).await;
    let nodes = data["teams"][0]["people"]["nodes"].as_array().unwrap();
    for node in nodes {
        assert_eq!(node["devices"]["totalCount"], 0);
        let info = json!({ "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null });
        assert_eq!(node["devices"]["pageInfo"], info);
    }
}
