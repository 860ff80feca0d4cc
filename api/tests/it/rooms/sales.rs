//! The room of sales: orders placed, corrected, cancelled, and what they add up to.

use entity::id::CustomerId;
use entity::people::user;
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use super::people::company::{Company, faults, with};

const SHAPE: &str = "order { id number placedAt total currency status note
    customer { name } rep { name } lines { nodes { position product quantity unitPrice total } } }";

/// A company with a customer of norma's.
async fn company(backend: Backend) -> (Company, CustomerId) {
    let company = Company::on(backend).await;
    let acme = company.customer("acme", Some(company.north_rep.id)).await;
    (company, acme)
}

fn tea(quantity: &str, price: &str) -> Value {
    json!({ "product": "tea", "quantity": quantity, "unitPrice": price })
}

/// The least of an order, of January 2026.
fn input(customer: CustomerId) -> Value {
    json!({ "number": "O-1", "customerId": customer.global(),
        "placedAt": "2026-01-20T02:00:00+00:00", "lines": [tea("1", "10")] })
}

impl Company {
    async fn order(&self, input: Value) -> Value {
        let placed = self.verb(&self.north_rep, "placeOrder", SHAPE, input).await;
        assert_eq!(faults(&placed), "");
        placed["order"].clone()
    }

    /// What norma is ranked by in January 2026: revenue, orders, new customers.
    async fn sums(&self) -> String {
        let of = |metric| {
            format!(
                "{metric}: ranking(period: {{kind: MONTH, of: \"2026-01-15\"}}, metric: {metric},
                    of: REPS) {{ entries {{ nodes {{ value rep {{ name }} }} }} }}"
            )
        };
        let metrics = ["REVENUE", "ORDERS", "NEW_CUSTOMERS"];
        let query = format!("{{ {} }}", metrics.map(of).join(" "));
        let seen = self.seen(&self.north_rep, &query).await;
        let values = metrics.map(|metric| {
            let value = &seen[metric]["entries"]["nodes"][0]["value"];
            value.as_str().unwrap().to_owned()
        });
        values.join(" ")
    }
}

#[rstest]
#[tokio::test]
async fn an_order_is_placed_seen_and_counted(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (company, acme) = company(backend).await;
    let lines =
        json!([tea("2.5", "10.20"), { "product": " cups ", "quantity": 3, "unitPrice": 0 }]);
    let order = company
        .order(with(
            &input(acme),
            json!({ "lines": lines, "note": " by hand " }),
        ))
        .await;
    let expected = json!({ "id": order["id"], "number": "O-1",
        "placedAt": "2026-01-20T02:00:00+00:00", "total": "25.50", "currency": "CNY",
        "status": "PLACED", "note": "by hand",
        "customer": { "name": "acme" }, "rep": { "name": "norma" },
        "lines": { "nodes": [
            { "position": 1, "product": "tea", "quantity": "2.5", "unitPrice": "10.20",
                "total": "25.50" },
            { "position": 2, "product": "cups", "quantity": "3", "unitPrice": "0.00",
                "total": "0.00" } ] } });
    assert_eq!(order, expected);
    let query = format!(
        "{{ orders {{ nodes {} }} }}",
        SHAPE.trim_start_matches("order ")
    );
    for user in [&company.north_rep, &company.manager, &company.admin] {
        let seen = company.seen(user, &query).await;
        assert_eq!(seen["orders"]["nodes"], json!([expected]), "{}", user.name);
    }
    let seen = company.seen(&company.south_rep, &query).await;
    assert_eq!(seen["orders"]["nodes"], json!([]));
    assert_eq!(company.sums().await, "25.50 1 1");
}

#[rstest]
#[tokio::test]
async fn an_order_is_ones_own_or_that_of_ones_people(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (company, acme) = company(backend).await;
    let place = async |user: &user::Model, number: &str, rep: Option<String>| {
        let input = with(&input(acme), json!({ "number": number, "repId": rep }));
        company.wrong(user, "placeOrder", input).await
    };
    let (norma, sue) = (company.north_rep.id.global(), company.south_rep.id.global());
    assert_eq!(place(&company.manager, "1", Some(norma.clone())).await, "");
    assert_eq!(place(&company.north_rep, "2", Some(norma)).await, "");
    assert_eq!(
        place(&company.north_rep, "3", Some(sue.clone())).await,
        "NOT_FOUND"
    );
    assert_eq!(place(&company.manager, "3", Some(sue)).await, "NOT_FOUND");
    assert_eq!(
        place(&company.manager, "3", Some("x".to_owned())).await,
        "NOT_FOUND"
    );
    assert_eq!(
        place(&company.south_rep, "3", None).await,
        "NOT_FOUND",
        "no customer of theirs"
    );
    assert_eq!(company.sums().await, "20.00 2 1");
}

#[rstest]
#[tokio::test]
async fn an_order_is_refused_with_every_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (company, acme) = company(backend).await;
    company.order(input(acme)).await;
    let free = with(&input(acme), json!({ "number": "O-2" }));
    let lines = |line: Value| json!({ "lines": [tea("1", "1"), line] });
    let most = "10000000000000";
    for (change, expected) in [
        (json!({ "number": "O-1" }), "TAKEN number"),
        (
            json!({ "number": " ", "note": "n".repeat(4_001) }),
            "REQUIRED number, TOO_LONG note",
        ),
        (json!({ "number": "n".repeat(201) }), "TOO_LONG number"),
        (json!({ "number": "1\u{0}" }), "INVALID number"),
        (json!({ "customerId": "x" }), "NOT_FOUND"),
        (json!({ "customerId": company.north.global() }), "NOT_FOUND"),
        (
            json!({ "placedAt": "2999-01-01T00:00:00Z" }),
            "OUT_OF_RANGE placedAt",
        ),
        (json!({ "placedAt": "yesterday" }), "BAD_INPUT"),
        (json!({ "currency": "cny" }), "INVALID currency"),
        (json!({ "currency": "ABC" }), "INVALID currency"),
        (json!({ "lines": [] }), "OUT_OF_RANGE lines"),
        (
            json!({ "lines": vec![tea("1", "1"); 201] }),
            "OUT_OF_RANGE lines",
        ),
        (lines(tea("0", "1")), "OUT_OF_RANGE lines.1.quantity"),
        (lines(tea("-1", "1")), "OUT_OF_RANGE lines.1.quantity"),
        (lines(tea("1", "-0.01")), "OUT_OF_RANGE lines.1.unitPrice"),
        (lines(tea("1", "0.001")), "TOO_PRECISE lines.1.unitPrice"),
        (
            lines(tea("1", "92233720368547758.08")),
            "OUT_OF_RANGE lines.1.unitPrice",
        ),
        (
            lines(tea("79228162514264337593543950335", "1")),
            "OUT_OF_RANGE lines.1.unitPrice",
        ),
        (lines(tea("1", most)), "OUT_OF_RANGE lines"),
        (
            lines(with(&tea("1", "1"), json!({ "product": "" }))),
            "REQUIRED lines.1.product",
        ),
        (
            lines(with(&tea("1", "1"), json!({ "product": "p".repeat(201) }))),
            "TOO_LONG lines.1.product",
        ),
        (lines(tea("a dozen", "1")), "BAD_INPUT"),
        (
            lines(json!({ "product": "tea", "quantity": 1.5, "unitPrice": "1" })),
            "BAD_INPUT",
        ),
        (
            lines(json!({ "product": "tea" })),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        let input = with(&free, change);
        let refused = company
            .wrong(&company.north_rep, "placeOrder", input.clone())
            .await;
        assert_eq!(
            refused,
            expected,
            "{}",
            input.to_string().get(..300).unwrap_or("short")
        );
    }
    let yen = json!({ "currency": "JPY", "lines": [tea("1", "1.5")] });
    let refused = company
        .wrong(&company.north_rep, "placeOrder", with(&free, yen))
        .await;
    assert_eq!(
        refused, "TOO_PRECISE lines.0.unitPrice",
        "yen have no cents"
    );
    assert_eq!(
        company.sums().await,
        "10.00 1 1",
        "nothing of it was counted"
    );
    let most = with(&free, json!({ "lines": [tea("1", most)] }));
    assert_eq!(
        company.wrong(&company.north_rep, "placeOrder", most).await,
        ""
    );
    assert_eq!(company.sums().await, "10000000000010.00 2 1");
}

#[rstest]
#[tokio::test]
async fn an_order_is_corrected_by_what_is_named_and_so_are_the_sums(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (company, acme) = company(backend).await;
    let before = company
        .order(with(&input(acme), json!({ "note": "by hand" })))
        .await;
    let edit = async |change: Value| {
        let input = with(&json!({ "id": before["id"] }), change);
        company
            .verb(&company.manager, "editOrder", SHAPE, input)
            .await["order"]
            .clone()
    };
    assert_eq!(edit(json!({})).await, before);
    let lines = json!([tea("1", "10"), tea("2", "3")]);
    let edited = edit(json!({ "lines": lines, "note": null })).await;
    assert_eq!(
        (&edited["total"], &edited["note"]),
        (&json!("16.00"), &Value::Null)
    );
    assert_eq!(edited["lines"]["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(company.sums().await, "16.00 1 1");
    edit(json!({ "placedAt": "2026-02-20T02:00:00Z" })).await;
    assert_eq!(company.sums().await, "0.00 0 0", "another month's");

    for (change, expected) in [
        (
            json!({ "placedAt": "2999-01-01T00:00:00Z" }),
            "OUT_OF_RANGE placedAt",
        ),
        (json!({ "note": "n".repeat(4_001) }), "TOO_LONG note"),
        (json!({ "lines": [] }), "OUT_OF_RANGE lines"),
        (
            json!({ "lines": [tea("0", "0.001")] }),
            "OUT_OF_RANGE lines.0.quantity, TOO_PRECISE lines.0.unitPrice",
        ),
        (json!({ "id": "x" }), "NOT_FOUND"),
        (json!({ "id": company.north.global() }), "NOT_FOUND"),
        (json!({ "currency": "EUR" }), "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let input = with(&json!({ "id": before["id"] }), change);
        let refused = company
            .wrong(&company.north_rep, "editOrder", input.clone())
            .await;
        assert_eq!(refused, expected, "{input}");
    }
    let foreign = json!({ "id": before["id"], "note": "mine" });
    let refused = company
        .wrong(&company.south_rep, "editOrder", foreign)
        .await;
    assert_eq!(refused, "NOT_FOUND");
    let seen = company
        .seen(&company.admin, "{ orders { nodes { total note } } }")
        .await;
    assert_eq!(
        seen["orders"]["nodes"],
        json!([{ "total": "16.00", "note": null }])
    );
}

#[rstest]
#[tokio::test]
async fn a_cancelled_order_stays_readable_counts_no_more_and_is_final(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (company, acme) = company(backend).await;
    let order = company.order(input(acme)).await;
    let cancel = async |user: &user::Model, id: &Value| {
        let call = format!("cancelOrder(id: {id})");
        company.call(user, &call, "order { status }").await
    };
    for (user, id) in [
        (&company.south_rep, order["id"].clone()),
        (&company.north_rep, json!("x")),
        (&company.north_rep, json!(company.north.global())),
    ] {
        assert_eq!(cancel(user, &id).await.unwrap_err(), "NOT_FOUND");
    }
    assert_eq!(company.sums().await, "10.00 1 1");
    let cancelled = cancel(&company.north_rep, &order["id"]).await.unwrap();
    assert_eq!(cancelled["order"]["status"], "CANCELLED");
    assert_eq!(company.sums().await, "0.00 0 0");
    let again = cancel(&company.north_rep, &order["id"]).await.unwrap();
    assert_eq!(faults(&again), "CANCELLED id");
    let edit = json!({ "id": order["id"], "note": "late" });
    let refused = company.wrong(&company.north_rep, "editOrder", edit).await;
    assert_eq!(refused, "CANCELLED id");
    let query = "{ orders { nodes { number status total } }
        standing: orders(filter: {status: PLACED}) { totalCount } }";
    let seen = company.seen(&company.north_rep, query).await;
    let kept = json!([{ "number": "O-1", "status": "CANCELLED", "total": "10.00" }]);
    assert_eq!(seen["orders"]["nodes"], kept);
    assert_eq!(seen["standing"]["totalCount"], 0);
}
