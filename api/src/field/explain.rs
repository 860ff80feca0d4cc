//! Why a visit is what it is, from the evidence stored with it.

use std::collections::HashMap;

use async_graphql::{Context, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::visit::{Closing, End, FenceRef, OpenedBy, Reason, Visit, Words, explain};
use entity::Database;
use entity::customers::customer;
use entity::field::{geofence, visit, visit_rule};
use entity::id::CustomerId;
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::words::VisitReasonCode as Code;
use crate::context::Request;
use crate::customers::Customer;
use crate::error::Result;
use crate::loader::{self, Load};
use crate::performance::calendar::Calendar;

/// What is said of somebody or something that the viewer may not see.
const UNSEEN: &str = "(not in your sight)";

/// One reason behind a visit. Numbers that a reason does not speak of are null.
#[derive(Clone, Debug, SimpleObject)]
pub struct VisitReason {
    /// What it speaks of.
    pub code: Code,
    /// The reason in plain English, with its numbers and times in the company's zone.
    pub sentence: String,
    /// The instant it speaks of.
    pub at: Option<DateTime<Utc>>,
    /// A distance in metres; to a fence, negative inside.
    pub distance_m: Option<f64>,
    /// A length of time in seconds.
    pub seconds: Option<i32>,
    /// How many.
    pub count: Option<i32>,
    /// The other customers it speaks of, of those in your sight.
    pub customers: Vec<Customer>,
}

/// The reasons behind a stored visit.
pub(super) async fn reasons(ctx: &Context<'_>, row: &visit::Model) -> Result<Vec<VisitReason>> {
    let Some(visit) = derived(row) else {
        return Ok(vec![purged()]);
    };
    let reasons = explain(&visit);
    let names = Names::of(ctx, &visit, &reasons);
    let (names, zone) = futures_util::try_join!(names, zone(ctx))?;
    let told = reasons.iter().map(|reason| names.told(reason, zone));
    Ok(told.collect())
}

/// A stored visit as the rules know it; none if its evidence is kept no longer in detail.
fn derived(row: &visit::Model) -> Option<Visit<Uuid>> {
    let fence = row.geofence_id.zip(row.geofence_version);
    Some(Visit {
        customer: row.customer_id.uuid(),
        fence: fence.map(|(fence, version)| FenceRef {
            fence: fence.uuid(),
            version,
        }),
        rule: row.visit_rule_id.map(Uuid::from),
        plan: row.planned_visit_id.map(Uuid::from),
        arrived_at: row.arrived_at,
        left_at: row.left_at,
        end: row.end_reason.map(|end| match end {
            visit::EndReason::Exit => End::Exit,
            visit::EndReason::Departed => End::Departed,
            visit::EndReason::Silence => End::Silence,
            visit::EndReason::Superseded => End::Superseded,
        }),
        opened_by: match row.opened_by {
            visit::OpenedBy::Trail => OpenedBy::Trail,
            visit::OpenedBy::Arrive => OpenedBy::Arrive,
            visit::OpenedBy::Accepted => OpenedBy::Accepted,
            visit::OpenedBy::NoFence => OpenedBy::NoFence,
            visit::OpenedBy::Correction => OpenedBy::Correction,
        },
        confidence: row.confidence,
        evidence: serde_json::from_value(row.evidence.clone()).ok()?,
    })
}

fn purged() -> VisitReason {
    VisitReason {
        code: Code::Purged,
        sentence: "The check-ins behind it have been purged, and with them the details.".to_owned(),
        at: None,
        distance_m: None,
        seconds: None,
        count: None,
        customers: Vec::new(),
    }
}

/// The zone of the company.
async fn zone(ctx: &Context<'_>) -> Result<Tz> {
    let database = ctx.db()?.clone();
    let zone = ctx.loaders()?.load(|| CompanyZone { database }, ()).await?;
    Ok(zone.unwrap_or(Tz::UTC))
}

/// Read once, whatever the number of visits.
struct CompanyZone {
    database: Database,
}

impl Load for CompanyZone {
    type Key = ();
    type Value = Tz;

    async fn load(&self, _: Vec<()>) -> Result<HashMap<(), Tz>> {
        let calendar = Calendar::read(&self.database.read).await?;
        Ok(HashMap::from([((), calendar.zone)]))
    }
}

/// The things that some reasons name, as far as the viewer may see them.
#[derive(Default)]
struct Names {
    customers: HashMap<Uuid, Customer>,
    others: HashMap<Uuid, String>,
}

impl Names {
    /// Reads them in one batch a table, together with those of the other visits of the answer.
    async fn of(ctx: &Context<'_>, visit: &Visit<Uuid>, reasons: &[Reason<Uuid>]) -> Result<Self> {
        let customers = reasons.iter().flat_map(customers_of);
        let customers =
            try_join_all(customers.map(|id| loader::row(ctx, customer::Entity::visible_to, id)));
        let fence = async {
            match visit.fence {
                Some(fence) => loader::row(ctx, geofence::Entity::visible_to, fence.fence).await,
                None => Ok(None),
            }
        };
        let rule = async {
            match visit.rule {
                Some(rule) => loader::row(ctx, visit_rule::Entity::visible_to, rule).await,
                None => Ok(None),
            }
        };
        let (customers, fence, rule) = futures_util::try_join!(customers, fence, rule)?;
        let mut names = Self::default();
        for row in customers.into_iter().flatten() {
            names.customers.insert(row.id.uuid(), row.into());
        }
        if let Some(fence) = fence {
            let name = fence.name.unwrap_or_else(|| "of the customer".to_owned());
            names.others.insert(fence.id.uuid(), name);
        }
        if let Some(rule) = rule {
            let name = format!("of {}", rule.valid_from.format("%Y-%m-%d"));
            names.others.insert(rule.id.uuid(), name);
        }
        Ok(names)
    }

    fn name(&self, key: Uuid) -> String {
        let customer = self
            .customers
            .get(&key)
            .map(|customer| customer.name.clone());
        customer
            .or_else(|| self.others.get(&key).cloned())
            .unwrap_or_else(|| UNSEEN.to_owned())
    }

    fn told(&self, reason: &Reason<Uuid>, zone: Tz) -> VisitReason {
        let words = Words {
            name: &|key| self.name(key),
            zone,
        };
        let mut told = VisitReason {
            sentence: reason.sentence(&words),
            customers: customers_of(reason)
                .filter_map(|id| self.customers.get(&id.uuid()).cloned())
                .collect(),
            ..purged()
        };
        match reason {
            Reason::Place {
                circle_radius_m, ..
            } => {
                told.code = Code::Place;
                told.distance_m = *circle_radius_m;
            }
            Reason::Opened {
                decided_at,
                distance_m,
                observed,
                ..
            } => {
                told.code = Code::Opened;
                told.at = Some(*decided_at);
                told.distance_m = *distance_m;
                told.seconds = Some(whole_seconds(*observed));
            }
            Reason::Chosen { others, .. } => {
                told.code = Code::Chosen;
                told.count = i32::try_from(others.len()).ok();
            }
            Reason::Evidence {
                inside,
                last_inside_at,
                observed,
                ..
            } => {
                told.code = Code::Evidence;
                told.at = Some(*last_inside_at);
                told.seconds = Some(whole_seconds(*observed));
                told.count = i32::try_from(*inside).ok();
            }
            Reason::Bridged { count, total, .. } => {
                told.code = Code::Bridged;
                told.seconds = Some(whole_seconds(*total));
                told.count = i32::try_from(*count).ok();
            }
            Reason::Open { silence } => {
                told.code = Code::Open;
                told.seconds = Some(whole_seconds(*silence));
            }
            Reason::Closed { left_at, .. } => {
                told.code = Code::Closed;
                told.at = Some(*left_at);
            }
            Reason::Corrected { decided_at, .. } => {
                told.code = Code::Corrected;
                told.at = Some(*decided_at);
            }
            Reason::Rule { .. } => told.code = Code::Rule,
        }
        told
    }
}

/// The other customers a reason names.
fn customers_of(reason: &Reason<Uuid>) -> impl Iterator<Item = CustomerId> {
    let named: Vec<Uuid> = match reason {
        Reason::Chosen { others, .. } => others.clone(),
        Reason::Closed {
            closing: Closing::Superseded { by_customer, .. },
            ..
        } => {
            vec![*by_customer]
        }
        Reason::Corrected {
            derived_customer, ..
        } => vec![*derived_customer],
        _ => Vec::new(),
    };
    named.into_iter().map(CustomerId::from)
}

fn whole_seconds(length: TimeDelta) -> i32 {
    i32::try_from(length.num_seconds()).unwrap_or(i32::MAX)
}
