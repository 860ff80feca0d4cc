//! Where the reps should go today.

use chrono::{DateTime, Utc};
use domain::zone;
use entity::{field::planned_visit, id::PlannedVisitId};
use sea_orm::ConnectionTrait;

use crate::demo::{
    city::TIME_ZONE,
    company::{Shop, people::People, rows::insert},
};

/// Visits that are planned for a rep and a day.
const A_DAY: usize = 4;

/// Plans the day of every rep.
pub(super) async fn plan(
    connection: &impl ConnectionTrait,
    people: &People,
    shops: &[Shop],
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let day = zone::day_of(now, TIME_ZONE);
    let mut plans = Vec::new();
    for rep in &people.reps {
        let own = shops.iter().filter(|shop| shop.rep == rep.id);
        plans.extend(
            own.take(A_DAY)
                .enumerate()
                .map(|(place, shop)| planned_visit::Model {
                    id: PlannedVisitId::new(),
                    rep_id: rep.id,
                    customer_id: shop.id,
                    day,
                    note: (place == 0).then(|| "Take the new price list along".to_owned()),
                    created_by: people.admin.id,
                    created_at: now,
                    cancelled_at: None,
                }),
        );
    }
    insert::<planned_visit::ActiveModel>(connection, plans).await?;
    Ok(())
}
