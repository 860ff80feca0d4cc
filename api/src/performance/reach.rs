//! Coverage of a whole peer group: who was to see which customers, and did.
//!
//! A rep's own assignments are kept by the rep's visits, a team's by those of any direct member. A
//! team's share is that of its own and of its members' assignments together.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;

use chrono::{Days, NaiveDate};
use domain::coverage::{Obligation, Share, Standing, coverage};
use entity::customers::assignment;
use entity::id::{CustomerId, TeamId, UserId};
use entity::performance::frozen_result::Peers;
use entity::viewer::Scope;
use rust_decimal::Decimal;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, FromQueryResult, QueryFilter, Statement, Value,
};
use uuid::Uuid;

use super::figures::{Question, Span};
use crate::customers::due::obligation_of;

/// Whoever a customer is assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Rep(UserId),
    Team(TeamId),
}

type Obligations = BTreeMap<Owner, Vec<Obligation<CustomerId>>>;
type Visits = HashMap<UserId, Vec<(CustomerId, NaiveDate)>>;

/// How one customer that fell due in the period asked for stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// The customer.
    pub(super) customer: CustomerId,
    /// The rep who was to come; none if it was the team.
    pub(super) rep: Option<UserId>,
    /// How it stands.
    pub(super) standing: Standing,
}

/// Coverage by subject.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// The covered share of those for whom anything fell due.
    pub(super) ratios: Vec<(Span, Uuid, Decimal)>,
    /// What fell due in the period asked for.
    pub(super) due: HashMap<Uuid, Vec<Due>>,
}

/// Who covered what, with two statements.
pub(super) async fn reach(
    db: &impl ConnectionTrait,
    question: &Question<'_>,
) -> Result<Reach, DbErr> {
    let obligations = obligations(db, question).await?;
    let longest = obligations
        .values()
        .flatten()
        .map(|obligation| obligation.every_days)
        .max();
    let Some(longest) = longest else {
        return Ok(Reach::default());
    };
    let visits = visits(db, question, longest).await?;
    let members = members(question);
    let today = question.calendar.day(question.now);
    let before = question.period.previous();
    let mut reach = Reach::default();
    let mut shares: BTreeMap<Uuid, [Share; 2]> = BTreeMap::new();
    for (owner, owed) in &obligations {
        let Some(subject) = question.subject(*owner) else {
            continue;
        };
        let days: Vec<(CustomerId, NaiveDate)> = match owner {
            Owner::Rep(rep) => visits.get(rep).cloned().unwrap_or_default(),
            Owner::Team(team) => {
                let members = members.get(team).into_iter().flatten();
                members
                    .filter_map(|member| visits.get(member))
                    .flatten()
                    .copied()
                    .collect()
            }
        };
        let now = coverage(question.period, today, owed, &days);
        let [share_now, share_before] = shares.entry(subject).or_default();
        *share_now = *share_now + now.share();
        *share_before = *share_before + coverage(before, today, owed, &days).share();
        let due = now.customers.iter().map(|(customer, standing)| Due {
            customer: *customer,
            rep: owner.rep(),
            standing: *standing,
        });
        reach.due.entry(subject).or_default().extend(due);
    }
    for (subject, [now, before]) in shares {
        for (span, share) in [(Span::Now, now), (Span::Before, before)] {
            reach
                .ratios
                .extend(share.ratio().map(|ratio| (span, subject, ratio)));
        }
    }
    Ok(reach)
}

impl Owner {
    fn rep(self) -> Option<UserId> {
        match self {
            Owner::Rep(rep) => Some(rep),
            Owner::Team(_) => None,
        }
    }
}

/// Whose visits keep a team's own assignments.
fn members(question: &Question<'_>) -> HashMap<TeamId, Vec<UserId>> {
    let mut members: HashMap<TeamId, Vec<UserId>> = HashMap::new();
    if question.group.peers == Peers::Teams {
        for (user, team) in &question.group.counts_for {
            members.entry((*team).into()).or_default().push(*user);
        }
    }
    members
}

impl Question<'_> {
    fn subject(&self, owner: Owner) -> Option<Uuid> {
        match owner {
            Owner::Rep(rep) => self.group.counts_for.get(&rep).copied(),
            Owner::Team(team) => self.group.subjects.get(&team.uuid()).copied(),
        }
    }
}

async fn obligations(
    db: &impl ConnectionTrait,
    question: &Question<'_>,
) -> Result<Obligations, DbErr> {
    let start = question
        .period
        .previous()
        .instants(question.calendar.zone)
        .start;
    let end = question.period.instants(question.calendar.zone).end;
    let not_over = Condition::any()
        .add(assignment::Column::ValidTo.is_null())
        .add(assignment::Column::ValidTo.gt(start));
    let assignments = assignment::Entity::visible_to(&Scope::All)
        .filter(assignment::Column::DueEveryDays.gt(0))
        .filter(assignment::Column::ValidFrom.lt(end))
        .filter(not_over)
        .all(db)
        .await?;
    let mut obligations = Obligations::new();
    for assignment in assignments {
        let owner = match (assignment.user_id, assignment.team_id) {
            (Some(rep), _) => Owner::Rep(rep),
            (None, Some(team)) => Owner::Team(team),
            (None, None) => continue,
        };
        if let Some(obligation) = obligation_of(&assignment, question.calendar) {
            obligations.entry(owner).or_default().push(obligation);
        }
    }
    Ok(obligations)
}

/// Every day of both periods on which a rep visited a customer, and the last one before them as far
/// back as the longest interval reaches.
async fn visits(
    db: &impl ConnectionTrait,
    question: &Question<'_>,
    longest: NonZeroU32,
) -> Result<Visits, DbErr> {
    const TEXT: &str = "SELECT rep_id, customer_id, day FROM rep_customer_day \
        WHERE visits > 0 AND day >= $2 AND day <= $3 \
        UNION ALL SELECT rep_id, customer_id, MAX(day) AS day FROM rep_customer_day \
        WHERE visits > 0 AND day >= $1 AND day < $2 GROUP BY rep_id, customer_id";
    let first = question.period.previous().first();
    let reach = first
        .checked_sub_days(Days::new(longest.get().into()))
        .unwrap_or(NaiveDate::MIN);
    let days = [reach, first, question.period.last()].map(Value::from);
    let statement = Statement::from_sql_and_values(db.get_database_backend(), TEXT, days);
    let mut visits = Visits::new();
    for visit in Visit::find_by_statement(statement).all(db).await? {
        visits
            .entry(visit.rep_id)
            .or_default()
            .push((visit.customer_id, visit.day));
    }
    Ok(visits)
}

#[derive(FromQueryResult)]
struct Visit {
    rep_id: UserId,
    customer_id: CustomerId,
    day: NaiveDate,
}
