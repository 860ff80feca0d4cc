//! Where a person stands with each course that is a matter of theirs: the cells of a training
//! matrix.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use chrono::{DateTime, Utc};
use domain::training::{self, History, Pass};
use entity::id::{CourseId, UserId};
use entity::learning::training_record::Outcome;
use entity::learning::{course, enrolment, training_record};
use entity::viewer::Scope;
use entity::{Database, keys};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait};

use super::types::{Course, Enrolment, TrainingRecord};
use crate::context::Request;
use crate::error::Result;
use crate::loader::{self, Load};
use crate::page::{Connection, Page};
use crate::scalar::now;

/// How a person stands with a course, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "training::Standing")]
pub enum CourseState {
    /// They should have passed by now.
    Overdue,
    /// They passed, and the pass holds no longer.
    Expired,
    /// They are asked to pass it, and there is time.
    Due,
    /// They failed, and nobody asks for more.
    Failed,
    /// They passed, and the pass holds.
    Passed,
}

/// How a person stands with a course.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct CourseStanding {
    /// How they stand now.
    pub state: CourseState,
    /// By when they should pass; null where nobody asks, or no day was set.
    pub due_at: Option<DateTime<Utc>>,
    /// Until when the newest pass holds; null without one, and where it holds for ever.
    pub expires_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    standing: training::Standing,
    #[graphql(skip)]
    course: CourseId,
    #[graphql(skip)]
    known: Known,
}

#[ComplexObject]
impl CourseStanding {
    /// The course.
    async fn course(&self, ctx: &Context<'_>) -> Option<Result<Course>> {
        loader::link(ctx, course::Entity::visible_to, Some(self.course)).await
    }

    /// The newest enrolment, fulfilled or not; null where nobody asked.
    async fn enrolment(&self) -> Option<Enrolment> {
        self.known.enrolment.clone().map(Enrolment::from)
    }

    /// The newest pass, else the newest try; null without any.
    async fn training_record(&self) -> Option<TrainingRecord> {
        let record = self.known.pass.clone().or(self.known.failure.clone());
        record.map(TrainingRecord::from)
    }
}

/// How somebody stands with every course that is a matter of theirs.
pub(crate) async fn standings(
    ctx: &Context<'_>,
    user: UserId,
    page: Page,
) -> Result<Connection<CourseStanding>> {
    let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
    let standings = ctx.loaders()?.load(|| Standings { database, scope }, user);
    let standings = standings.await?.unwrap_or_default();
    page.of_computed(standings.to_vec(), |standing| {
        standing.course.uuid().simple().to_string()
    })
}

/// The newest rows of a person and a course.
#[derive(Clone, Debug, Default)]
struct Known {
    enrolment: Option<enrolment::Model>,
    pass: Option<training_record::Model>,
    failure: Option<training_record::Model>,
}

impl Known {
    fn history(&self) -> History {
        History {
            enrolment: self.enrolment.as_ref().map(|row| training::Enrolment {
                enrolled_at: row.enrolled_at,
                due_at: row.due_at,
            }),
            pass: self.pass.as_ref().map(|row| Pass {
                completed_at: row.completed_at,
                expires_at: row.expires_at,
            }),
            has_failed: self.failure.is_some(),
        }
    }

    fn standing(self, course: CourseId, now: DateTime<Utc>) -> Option<CourseStanding> {
        let history = self.history();
        let standing = history.standing(now)?;
        Some(CourseStanding {
            state: standing.into(),
            due_at: history.open().and_then(|enrolment| enrolment.due_at),
            expires_at: history.pass.and_then(|pass| pass.expires_at),
            standing,
            course,
            known: self,
        })
    }
}

/// Loads the standings of many people, with two statements.
struct Standings {
    database: Database,
    scope: Scope,
}

impl Load for Standings {
    type Key = UserId;
    type Value = Arc<[CourseStanding]>;

    async fn load(&self, users: Vec<UserId>) -> Result<HashMap<UserId, Self::Value>> {
        let mut known: HashMap<UserId, BTreeMap<CourseId, Known>> = HashMap::new();
        for row in self.enrolments(&users).await? {
            let known = known.entry(row.user_id).or_default();
            let known = known.entry(row.course_id).or_default();
            known.enrolment = Some(row);
        }
        for row in self.records(&users).await? {
            let known = known.entry(row.user_id).or_default();
            let known = known.entry(row.course_id).or_default();
            match row.result {
                Outcome::Passed => known.pass = Some(row),
                Outcome::Failed => known.failure = Some(row),
            }
        }
        let now = now();
        let standings = known.into_iter().map(|(user, courses)| {
            let standings = courses
                .into_iter()
                .filter_map(|(course, known)| known.standing(course, now));
            let mut standings: Vec<CourseStanding> = standings.collect();
            standings.sort_by_key(|one| {
                let until = one.due_at.or(one.expires_at);
                (one.standing, until.is_none(), until, one.course)
            });
            (user, standings.into())
        });
        Ok(standings.collect())
    }
}

impl Standings {
    /// The enrolments that stand, the newest of a person and a course last.
    async fn enrolments(&self, users: &[UserId]) -> Result<Vec<enrolment::Model>, DbErr> {
        let column = enrolment::Column::UserId.into_expr();
        enrolment::Entity::visible_to(&self.scope)
            .join(JoinType::InnerJoin, enrolment::Relation::Course.def())
            .filter(course::Column::ArchivedAt.is_null())
            .filter(enrolment::Column::CancelledAt.is_null())
            .filter(keys::any_of(self.database.backend(), column, users))
            .order_by_asc(enrolment::Column::EnrolledAt)
            .order_by_asc(enrolment::Column::Id)
            .all(&self.database.read)
            .await
    }

    /// The newest record of each result of a person and a course.
    async fn records(&self, users: &[UserId]) -> Result<Vec<training_record::Model>, DbErr> {
        const IS_NEWEST: &str = "NOT EXISTS (SELECT 1 FROM training_record n \
            WHERE n.user_id = training_record.user_id AND n.course_id = training_record.course_id \
              AND n.result = training_record.result AND (n.completed_at, n.id) > \
                (training_record.completed_at, training_record.id))";
        let column = training_record::Column::UserId.into_expr();
        training_record::Entity::visible_to(&self.scope)
            .join(JoinType::InnerJoin, training_record::Relation::Course.def())
            .filter(course::Column::ArchivedAt.is_null())
            .filter(keys::any_of(self.database.backend(), column, users))
            .filter(Expr::cust(IS_NEWEST))
            .all(&self.database.read)
            .await
    }
}
