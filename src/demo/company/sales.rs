//! Ninety days of orders.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use domain::zone;
use entity::{
    id::{OrderId, OrderLineId},
    sales::{order, order_line},
};
use rand::{Rng, RngExt};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;

use crate::demo::{
    city::{PRODUCTS, TIME_ZONE},
    company::{Shop, rows::insert},
};

/// How far the orders reach back.
const ORDER_DAYS: u64 = 90;
/// Days between two orders of a customer, least and most.
const BETWEEN: std::ops::RangeInclusive<u64> = 12..=34;

/// The rows, before they are written.
#[derive(Default)]
struct Book {
    orders: Vec<order::Model>,
    lines: Vec<order_line::Model>,
}

/// Writes the orders of every customer that has any.
pub(super) async fn sell(
    connection: &impl ConnectionTrait,
    random: &mut impl Rng,
    shops: &[Shop],
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let today = zone::day_of(now, TIME_ZONE);
    let mut book = Book::default();
    for shop in shops.iter().filter(|shop| !shop.is_prospect) {
        // Of ten customers two were won lately.
        let first = match random.random_range(0..10) {
            0 | 1 => random.random_range(5..=80),
            _ => ORDER_DAYS - random.random_range(0..=20),
        };
        orders_of(shop, first, today, random, &mut book);
    }
    // Numbers follow time.
    book.orders.sort_by_key(|order| order.placed_at);
    for (index, order) in book.orders.iter_mut().enumerate() {
        order.number = format!("O{:06}", index + 1);
    }
    insert::<order::ActiveModel>(connection, book.orders).await?;
    insert::<order_line::ActiveModel>(connection, book.lines).await?;
    Ok(())
}

/// The orders of one customer, from `first` days ago to yesterday.
fn orders_of(shop: &Shop, first: u64, today: NaiveDate, random: &mut impl Rng, book: &mut Book) {
    let mut ago = first;
    loop {
        if let Some(day) = today.checked_sub_days(Days::new(ago)).map(working_day)
            && day < today
        {
            place_order(shop, day, random, book);
        }
        let step = random.random_range(BETWEEN);
        if ago <= step {
            break;
        }
        ago -= step;
    }
}

fn place_order(shop: &Shop, day: NaiveDate, random: &mut impl Rng, book: &mut Book) {
    let morning = zone::instant_of(day.and_time(NaiveTime::MIN), TIME_ZONE) + TimeDelta::hours(9);
    let placed_at = morning + TimeDelta::minutes(random.random_range(0..480));
    let id = OrderId::new();
    let mut total_minor = 0;
    for position in 1..=random.random_range(1..=4) {
        let (product, unit_price_minor) = PRODUCTS[random.random_range(0..PRODUCTS.len())];
        let quantity: i64 = random.random_range(1..=12);
        let line_minor = unit_price_minor * quantity;
        total_minor += line_minor;
        book.lines.push(order_line::Model {
            id: OrderLineId::new(),
            order_id: id,
            position,
            product: product.to_owned(),
            quantity: Decimal::from(quantity).into(),
            unit_price_minor,
            total_minor: line_minor,
        });
    }
    book.orders.push(order::Model {
        id,
        number: String::new(),
        customer_id: shop.id,
        rep_id: shop.rep,
        placed_at,
        total_minor,
        currency: "EUR".to_owned(),
        status: order::Status::Placed,
        note: None,
        created_at: placed_at,
    });
}

/// The day itself, or the Friday before a weekend.
pub(crate) fn working_day(day: NaiveDate) -> NaiveDate {
    let back = match day.weekday() {
        Weekday::Sat => 1,
        Weekday::Sun => 2,
        _ => 0,
    };
    day.checked_sub_days(Days::new(back)).unwrap_or(day)
}
