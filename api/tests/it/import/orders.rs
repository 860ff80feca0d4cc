//! Orders, and deals that are orders once they are won.

use api::import::{Kind, Source};
use rstest::rstest;
use testbed::Backend;

use super::{Bed, counts, plan, told};

#[rstest]
#[tokio::test]
async fn orders_count_as_soon_as_they_are_taken_in(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.company().await;
    bed.users().await;
    bed.take(Kind::Customers, "code,name\nA1,Acme\n").await;
    let orders = "number,customerCode,rep,placedAt,total,currency,status\n\
        O1,A1,Ann Lee,2026-03-02,\"1,250.50\",,\n\
        O2,A1,ann@x.example,2026-03-02 23:30,10,USD,\n\
        O3,A1,ann@x.example,2026-03-01T17:00:00Z,99,,cancelled\n";
    assert_eq!(bed.take(Kind::Orders, orders).await, (3, 0, 0, 0));
    let sums =
        "SELECT day::text || ' ' || metric || ' ' || value::text FROM rep_day ORDER BY metric";
    let counted = [
        "2026-03-02 NEW_CUSTOMERS 1",
        "2026-03-02 ORDERS 2",
        "2026-03-02 REVENUE 125050",
    ];
    assert_eq!(bed.column(sums).await, counted);
    assert_eq!(bed.take(Kind::Orders, orders).await, (0, 0, 3, 0));
    let more = orders.replace("1,250.50", "1,300");
    assert_eq!(bed.take(Kind::Orders, &more).await, (0, 1, 2, 0));
    assert_eq!(bed.column(sums).await[2], "2026-03-02 REVENUE 130000");

    let mut skipping = plan(Kind::Orders, Source::Plain);
    skipping.skips_bad = true;
    let bad = "number,customerCode,rep,placedAt,total,currency\n\
        P1,A9,Ann Lee,2026-03-02,1,\nP2,A1,,2026-03-02,1,\nP3,A1,Ann Lee,soon,1,\n\
        P4,A1,Ann Lee,2999-01-01,1,\nP5,A1,Ann Lee,2026-03-02,1.005,\nP6,A1,Ann Lee,2026-03-02,1,XX\n";
    let report = bed.run(&skipping, bad).await.unwrap();
    assert_eq!(
        told(&report),
        [
            "2 customerCode: no customer has the code \"A9\"; import customers first",
            "3 rep: is empty",
            "4 placedAt: \"soon\" is no time; write 2026-11-29 18:30 or RFC 3339",
            "5 placedAt: is in the future",
            "6 total: 1.005 has more than the 2 decimals of CNY",
            "7 currency: XX is not a currency code of ISO 4217",
        ]
    );
}

#[rstest]
#[tokio::test]
async fn deals_are_orders_once_they_are_won_and_cancelled_when_they_are_not_any_more(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.company().await;
    bed.users().await;
    bed.take(Kind::Customers, "code,name\nzcrm_7,Acme\n").await;
    let deals = "Record Id,Deal Owner.id,Deal Owner,Amount,Deal Name,Closing Date,Account Name.id,Account Name,Stage\n\
        zcrm_1,zcrm_9,Ann Lee,1250.50,Spring,2026-03-02,zcrm_7,Acme,Closed Won\n\
        zcrm_2,zcrm_9,Ann Lee,,Summer,2999-01-01,zcrm_7,Acme,Negotiation/Review\n\
        zcrm_3,zcrm_9,Nobody,1,Never,2026-03-02,zcrm_8,Bolt,Closed Lost to Competition\n";
    let zoho = plan(Kind::Orders, Source::Zoho);
    let report = bed.run(&zoho, deals).await.unwrap();
    assert_eq!(counts(&report), (1, 0, 0, 0));
    assert_eq!(report.passed_over, 2);
    let orders = "SELECT number || ' ' || total_minor::text || ' ' || status || ' ' || note FROM sales_order";
    assert_eq!(bed.column(orders).await, ["zcrm_1 125050 PLACED Spring"]);
    assert_eq!(counts(&bed.run(&zoho, deals).await.unwrap()), (0, 0, 1, 0));
    let lost = deals.replace("Closed Won", "Closed Lost");
    assert_eq!(counts(&bed.run(&zoho, &lost).await.unwrap()), (0, 1, 0, 0));
    assert_eq!(bed.column(orders).await, ["zcrm_1 125050 CANCELLED Spring"]);
    let wrong = deals.replace(",Ann Lee,1250", ",Nobody,1250");
    assert_eq!(bed.run(&zoho, &wrong).await.unwrap().refused, 1);
}

#[rstest]
#[tokio::test]
async fn what_was_ordered_is_priced_in_the_orders_currency(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.company().await;
    bed.users().await;
    bed.take(Kind::Customers, "code,name\nA1,Acme\n").await;
    let orders = "number,customerCode,rep,placedAt,total,currency\n\
        O1,A1,Ann Lee,2026-03-02,100,JPY\nO2,A1,Ann Lee,2026-03-03,7.5,\n";
    assert_eq!(bed.take(Kind::Orders, orders).await, (2, 0, 0, 0));
    let lines = "number,product,quantity,unitPrice\n\
        O1,Tea,2,50\nO2,Cup,1.5,5\nO1,Bag,1,0\n";
    assert_eq!(bed.take(Kind::OrderLines, lines).await, (3, 0, 0, 0));
    let stored = "SELECT number || ' ' || position || ' ' || product || ' ' || quantity || ' ' || \
        order_line.total_minor FROM order_line JOIN sales_order ON sales_order.id = order_id \
        ORDER BY number, position";
    assert_eq!(
        bed.column(stored).await,
        ["O1 1 Tea 2 100", "O1 2 Bag 1 0", "O2 1 Cup 1.5 750"]
    );
    assert_eq!(bed.take(Kind::OrderLines, lines).await, (0, 0, 3, 0));
    let dearer = "number,position,product,quantity,unitPrice\nO1,2,Bag,1,3\n";
    assert_eq!(bed.take(Kind::OrderLines, dearer).await, (0, 1, 0, 0));

    let mut skipping = plan(Kind::OrderLines, Source::Plain);
    skipping.skips_bad = true;
    let wrong = "number,position,product,quantity,unitPrice\nO9,,Tea,1,1\nO1,1,,1,1\n\
        O1,1,Tea,0,1\nO1,1,Tea,1,-1\nO1,1,Tea,1,1.5\nO1,999,Tea,1,1\n";
    let report = bed.run(&skipping, wrong).await.unwrap();
    assert_eq!(
        told(&report),
        [
            "2 number: no order has the number \"O9\"; import orders first",
            "3 product: is empty",
            "4 quantity: must be more than 0",
            "5 unitPrice: a price is not negative",
            "6 unitPrice: 1.5 has more than the 0 decimals of JPY",
            "7 position: must be 1 to 200",
        ]
    );
}
