//! Nobody is told an id of a row that they may not see: questions made from the schema's own
//! description, their answers compared with an oracle in plain Rust.

mod company;
mod export;
mod failing;
mod filters;
mod people;
mod points;
mod shape;
mod sight;
mod told;
mod trade;
mod verbs;
mod verdict;
mod walk;

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::Value;
use testbed::Backend;

use company::{Company, codes};
use shape::Shape;
use sight::sees;
use verdict::{Verdict, ids, is_in, same};

/// An administrator, a manager, a rep, one of another branch, and nobody who signed in.
const VIEWERS: [Option<&str>; 5] = [Some("Ada"), Some("Nora"), Some("ann"), Some("cy"), None];

/// Whether a refusal is as it should be.
fn is_due(viewer: Option<&str>, root: &str, codes: &[&str]) -> bool {
    let is_rep = matches!(viewer, Some("ann" | "cy"));
    let is_admin = viewer == Some("Ada");
    codes.iter().all(|code| match *code {
        "UNAUTHENTICATED" => viewer.is_none(),
        "FORBIDDEN" if matches!(root, "webhooks" | "webhookDeliveries") => !is_admin,
        "FORBIDDEN" => is_rep && matches!(root, "stalledTracks" | "activityMap" | "simulateRule"),
        _ => false,
    })
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[rstest]
#[tokio::test]
async fn every_way_through_the_schema_leads_only_to_what_is_in_sight(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut company = Company::new(backend).await;
    let shape = Shape::of(&company.schema).await;
    let mut faults = Vec::new();
    for viewer in VIEWERS {
        let mut verdict = Verdict::new(&shape, viewer);
        for question in walk::questions(&shape) {
            let root = question.root;
            let mut depth = walk::DEEPEST;
            let mut reply = company.ask(viewer, &question.text(&shape, depth)).await;
            while codes(&reply.body) == ["TOO_COMPLEX"] && depth > 0 {
                depth -= 1;
                reply = company.ask(viewer, &question.text(&shape, depth)).await;
            }
            if !is_due(viewer, &root.name, &codes(&reply.body)) {
                verdict.fault(&question.path(), &reply.body["errors"]);
            }
            if root.name == "accessLog" {
                company.note_looks().await;
            }
            verdict.data(&company.rows, root, &reply.body["data"]);
        }
        if viewer == Some("Ada") {
            let missed = shape.node_types().filter(|ty| !verdict.met.contains(*ty));
            let missed: Vec<&str> = missed.collect();
            assert!(missed.is_empty(), "no way led to {missed:?}");
        }
        faults.append(&mut verdict.faults);
    }
    assert_none(&faults);
}

#[rstest]
#[tokio::test]
async fn every_row_in_sight_leads_only_to_what_is_in_sight(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::new(backend).await;
    let shape = Shape::of(&company.schema).await;
    let mut faults = Vec::new();
    for viewer in VIEWERS {
        let mut verdict = Verdict::new(&shape, viewer);
        for kind in shape.node_types() {
            let of_kind = company.rows.iter().filter(|(_, row)| row.kind == kind);
            let visible = of_kind.filter(|(_, row)| sees(viewer, row.sight));
            let visible: Vec<&str> = visible.map(|(id, _)| id.as_str()).collect();
            for id in visible {
                let query = walk::from_id(&shape, kind, id);
                let reply = company.ask(viewer, &query).await;
                let place = format!("node as {kind}");
                if !codes(&reply.body).is_empty() {
                    verdict.fault(&place, &reply.body["errors"]);
                }
                let thing = &reply.body["data"]["node"];
                verdict.things(&company.rows, kind, thing, &place);
            }
        }
        faults.append(&mut verdict.faults);
    }
    assert_none(&faults);
}

#[rstest]
#[tokio::test]
async fn every_list_holds_exactly_what_is_in_sight(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut company = Company::new(backend).await;
    let shape = Shape::of(&company.schema).await;
    let mut faults = Vec::new();
    for viewer in VIEWERS {
        let mut verdict = Verdict::new(&shape, viewer);
        for root in shape.roots() {
            let Some(kind) = shape.nodes_of(&root.of) else {
                continue;
            };
            let (name, has_id) = (&root.name, shape.has_id(kind));
            let fields = if has_id { "id" } else { "__typename" };
            let query = format!("{{ {name}(first: 100) {{ totalCount nodes {{ {fields} }} }} }}");
            company.note_looks().await;
            let reply = company.ask(viewer, &query).await;
            let codes = codes(&reply.body);
            if !is_due(viewer, name, &codes) {
                verdict.fault(name, &reply.body["errors"]);
            }
            if codes.is_empty() {
                let visible = verdict.visible(&company.rows, kind);
                let visible = visible.into_iter().filter(|(_, row)| is_in(name, row));
                let expected: BTreeSet<&str> = visible.map(|(id, _)| id).collect();
                same(
                    &mut verdict,
                    name,
                    &reply.body["data"][name],
                    &expected,
                    has_id,
                );
            }
        }
        faults.append(&mut verdict.faults);
    }
    assert_none(&faults);
}

#[rstest]
#[tokio::test]
async fn an_id_finds_only_what_is_in_sight(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::new(backend).await;
    let shape = Shape::of(&company.schema).await;
    let nodes: BTreeSet<&str> = shape.node_types().collect();
    let mut faults = Vec::new();
    for viewer in VIEWERS {
        let mut verdict = Verdict::new(&shape, viewer);
        for root in shape.roots().iter().filter(|root| walk::is_by_id(root)) {
            let is_of = |kind: &str| nodes.contains(kind) && (root.of == "Node" || root.of == kind);
            let rows = company.rows.iter().filter(|(_, row)| is_of(row.kind));
            let all: Vec<(&str, bool)> = rows
                .map(|(id, row)| (id.as_str(), sees(viewer, row.sight)))
                .collect();
            for some in all.chunks(10) {
                for (id, found) in found(&company, viewer, &root.name, some).await {
                    let expected = some.iter().find(|(of, _)| *of == id).unwrap().1;
                    if found != expected {
                        let what = &company.rows[&id];
                        verdict.fault(&root.name, format!("found {found}: {id} {what:?}"));
                    }
                }
            }
        }
        faults.append(&mut verdict.faults);
    }
    assert_none(&faults);
}

/// Which of the ids a field of the root finds.
async fn found(
    company: &Company,
    viewer: Option<&'static str>,
    root: &str,
    ids: &[(&str, bool)],
) -> Vec<(String, bool)> {
    let ids: Vec<&str> = ids.iter().map(|(id, _)| *id).collect();
    let query = match root {
        "nodes" => format!("{{ nodes(ids: {ids:?}) {{ id }} }}"),
        _ => {
            let one = |(place, id)| format!("a{place}: {root}(id: {id:?}) {{ id }}");
            let all: Vec<String> = ids.iter().enumerate().map(one).collect();
            format!("{{ {} }}", all.join(" "))
        }
    };
    let reply = company.ask(viewer, &query).await;
    let refusals = codes(&reply.body);
    assert!(is_due(viewer, root, &refusals), "{root}: {}", reply.body);
    let data = &reply.body["data"];
    let answers = ids.into_iter().enumerate().map(|(place, id)| {
        let one = match root {
            "nodes" => &data["nodes"][place],
            _ => &data[format!("a{place}")],
        };
        assert!(one.is_null() || one["id"] == id, "{root}({id}): {one}");
        (id.to_owned(), !one.is_null())
    });
    answers.collect()
}

#[rstest]
#[tokio::test]
async fn a_filter_by_an_id_tells_nothing_of_what_is_out_of_sight(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut company = Company::new(backend).await;
    let shape = Shape::of(&company.schema).await;
    let all = filters::all(&shape);
    let asked: BTreeSet<&str> = all.iter().flat_map(|by| by.filters.clone()).collect();
    let missed: Vec<&str> = shape
        .id_filters()
        .filter(|by| !asked.contains(by))
        .collect();
    assert!(missed.is_empty(), "no list takes {missed:?}");
    let mut faults = Vec::new();
    for viewer in VIEWERS {
        let mut verdict = Verdict::new(&shape, viewer);
        for by in &all {
            company.note_looks().await;
            let of_kind = company
                .rows
                .iter()
                .filter(|(_, row)| row.kind == by.id_kind);
            let wanted: Vec<&str> = of_kind.map(|(id, _)| id.as_str()).collect();
            for ids in wanted.chunks(10) {
                let lists = ids.iter().enumerate();
                let lists: Vec<String> = lists.map(|(place, id)| by.text(place, id)).collect();
                let query = format!("{{ {} }}", lists.join(" "));
                let reply = company.ask(viewer, &query).await;
                let refusals = codes(&reply.body);
                if !is_due(viewer, &by.root.name, &refusals) {
                    verdict.fault(&by.path(), &reply.body["errors"]);
                } else if refusals.is_empty() {
                    for (place, id) in ids.iter().enumerate() {
                        let list = &reply.body["data"][format!("a{place}")];
                        filtered(&mut verdict, &company, by, id, list);
                    }
                }
            }
        }
        faults.append(&mut verdict.faults);
    }
    assert_none(&faults);
}

#[rstest]
#[tokio::test]
async fn what_is_out_of_sight_is_no_id_that_a_row_has(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut company = Company::new(backend).await;
    let shape = Shape::of(&company.schema).await;
    let own = filters::all(&shape).into_iter();
    // Of a check-in only what was accepted can name a customer.
    let own =
        own.filter(|by| by.related.is_none() && by.path() != "checkIns(filter: {customerId})");
    let own: Vec<_> = own.collect();
    let mut faults = Vec::new();
    for viewer in VIEWERS {
        let mut verdict = Verdict::new(&shape, viewer);
        for by in &own {
            company.note_looks().await;
            let reply = company.ask(viewer, &by.text_without()).await;
            let refusals = codes(&reply.body);
            if !is_due(viewer, &by.root.name, &refusals) {
                verdict.fault(&by.path(), &reply.body["errors"]);
            } else if refusals.is_empty() {
                let has_seen = |row: &sight::Row| {
                    let owners = row.belongs_to.iter().map(|id| &company.rows[id]);
                    let mut owners = owners.filter(|owner| owner.kind == by.id_kind);
                    owners.any(|owner| sees(viewer, owner.sight))
                };
                let visible = verdict.visible(&company.rows, by.kind).into_iter();
                let expected = visible.filter(|(_, row)| !has_seen(row)).map(|(id, _)| id);
                let list = &reply.body["data"][&by.root.name];
                same(&mut verdict, &by.path(), list, &expected.collect(), true);
            }
        }
        faults.append(&mut verdict.faults);
    }
    assert_none(&faults);
}

/// A filtered list holds what is in sight and has the id, if the id is in sight itself; through a
/// relation, what is in sight, if there is anything in sight that has the id.
fn filtered(
    verdict: &mut Verdict<'_>,
    company: &Company,
    by: &filters::ByIds<'_>,
    id: &str,
    list: &Value,
) {
    let sight = company.rows[id].sight;
    let place = format!("{} {id} {sight:?}", by.path());
    let is_seen = sees(verdict.viewer, sight);
    let has_id = |row: &sight::Row| is_seen && row.belongs_to.iter().any(|owner| owner == id);
    let visible = verdict.visible(&company.rows, by.kind).into_iter();
    let Some(related) = by.related else {
        let expected = visible.filter(|(_, row)| has_id(row)).map(|(id, _)| id);
        return same(verdict, &place, list, &expected.collect(), true);
    };
    let visible: BTreeSet<&str> = visible.map(|(id, _)| id).collect();
    let found = ids(list);
    let is_counted = list["totalCount"].as_u64() == u64::try_from(found.len()).ok();
    if !found.is_subset(&visible) || !is_counted {
        verdict.fault(&place, format!("leaks one of {found:?} or counts wrong"));
    }
    let mut related = verdict.visible(&company.rows, related).into_iter();
    if !found.is_empty() && !related.any(|(_, row)| has_id(row)) {
        verdict.fault(&place, "tells that there is something out of sight");
    }
}
