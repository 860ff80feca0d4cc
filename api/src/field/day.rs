//! A rep's day: what was planned, where they were, and what came of it.

use std::collections::HashMap;
use std::ops::Range;

use async_graphql::{Context, Object};
use chrono::{DateTime, NaiveDate, Utc};
use domain::period::Kind;
use entity::Database;
use entity::field::{planned_visit, receipt, visit};
use entity::id::UserId;
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::check_in::{CheckIn, looked};
use super::check_in_filter::CheckInFilter;
use super::plan::PlannedVisit;
use super::track::{Span, Track};
use super::visit::Visit;
use crate::context::Request;
use crate::error::Result;
use crate::filter::{Filter, Filtering};
use crate::loader::Load;
use crate::page::{Connection, Direction, Page};
use crate::performance::calendar::Calendar;
use crate::scalar::Date;

/// A day of a rep, from midnight to midnight in the company's time zone.
pub struct RepDay {
    rep: UserId,
    date: NaiveDate,
    instants: Range<DateTime<Utc>>,
}

impl RepDay {
    pub(super) async fn of(ctx: &Context<'_>, rep: UserId, date: NaiveDate) -> Result<Self> {
        let database = ctx.db()?.clone();
        let instants = || Midnights { database };
        let instants = ctx.loaders()?.load(instants, date).await?;
        Ok(Self {
            rep,
            date,
            instants: instants.unwrap_or_default(),
        })
    }
}

/// A day of a rep, from midnight to midnight in the company's time zone.
#[Object]
impl RepDay {
    /// Which day.
    async fn date(&self) -> Date {
        Date(self.date)
    }

    /// The instant it begins.
    async fn starts_at(&self) -> DateTime<Utc> {
        self.instants.start
    }

    /// The instant the next day begins.
    async fn ends_at(&self) -> DateTime<Utc> {
        self.instants.end
    }

    /// The visits that lasted into the day or began on it, the earliest first.
    async fn visits(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Visit>> {
        use visit::Column;

        let not_over = Condition::any()
            .add(Column::LeftAt.is_null())
            .add(Column::LeftAt.gte(self.instants.start));
        let rows = visit::Entity::visible_to(ctx.scope()?)
            .filter(Column::WithdrawnAt.is_null())
            .filter(Column::ArrivedAt.lt(self.instants.end))
            .filter(not_over);
        let page = Page::new(first, after, last, before)?;
        let page = page.ordered(rows, Column::ArrivedAt, Direction::Asc)?;
        page.apart(&self.date)
            .read_for(ctx, Column::RepId, self.rep)
            .await
    }

    /// Where they should go on the day, as it was planned; what was called off is left out.
    async fn planned_visits(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<PlannedVisit>> {
        use planned_visit::Column;

        let rows = planned_visit::Entity::visible_to(ctx.scope()?)
            .filter(Column::Day.eq(self.date))
            .filter(Column::CancelledAt.is_null());
        let page = Page::new(first, after, last, before)?;
        let page = page.ordered(rows, Column::CreatedAt, Direction::Asc)?;
        page.apart(&self.date)
            .read_for(ctx, Column::RepId, self.rep)
            .await
    }

    /// Where they were. The look at somebody else's track is recorded.
    async fn track(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default = 200,
            desc = "At most this many positions, evenly in time, 1 to 1000."
        )]
        first: i32,
    ) -> Option<Result<Track>> {
        let Range { start, end } = self.instants;
        Some(match Span::new(start, end, first) {
            Ok(span) => span.track_of(ctx, self.rep).await,
            Err(error) => Err(error),
        })
    }

    /// What their phones recorded on the day, the earliest first; what was not accepted has no
    /// day. The look at somebody else's check-ins is recorded.
    async fn check_ins(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<CheckInFilter>,
    ) -> Result<Connection<CheckIn>> {
        use receipt::Column;

        let rows = receipt::Entity::visible_to(ctx.scope()?)
            .filter(Column::RecordedAt.gte(self.instants.start))
            .filter(Column::RecordedAt.lt(self.instants.end))
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        let page = page.ordered(rows, Column::RecordedAt, Direction::Asc)?;
        let page = page.apart(&self.date);
        looked(ctx, page.read_for(ctx, Column::RepId, self.rep).await?).await
    }
}

/// When days of the company begin and end, whatever their number, with one statement.
struct Midnights {
    database: Database,
}

impl Load for Midnights {
    type Key = NaiveDate;
    type Value = Range<DateTime<Utc>>;

    async fn load(&self, dates: Vec<NaiveDate>) -> Result<HashMap<NaiveDate, Self::Value>> {
        let calendar = Calendar::read(&self.database.read).await?;
        let instants = dates.into_iter().map(|date| {
            let day = calendar.period(Kind::Day, date)?;
            Ok((date, day.instants(calendar.zone)))
        });
        instants.collect()
    }
}
