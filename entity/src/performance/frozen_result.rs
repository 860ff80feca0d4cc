//! A rank of a closed period, as it stood when the period was closed.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Select};
use serde::{Deserialize, Serialize};

use crate::decimal::Exact;
use crate::id::FrozenResultId;
use crate::performance::PeriodKind;
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// Who is ranked among whom.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    DeriveActiveEnum,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "Text",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Peers {
    /// Reps among reps.
    Reps,
    /// Teams among teams.
    Teams,
}

/// One frozen rank.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "frozen_result")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FrozenResultId,
    /// The metric's name, or the scorecard's global id.
    pub measure: String,
    /// How long the period was.
    pub period_kind: PeriodKind,
    /// Its first day, in the company's time zone of that time.
    pub period_start: Date,
    /// Who was ranked.
    pub peers: Peers,
    /// The rep or the team.
    pub subject_id: Uuid,
    /// What was reached; of money in whole units of the currency.
    pub value: Exact,
    /// The place, from 1; equal values share one.
    pub rank: i32,
    /// The target at that time.
    pub target: Option<Exact>,
    /// When it was closed.
    pub frozen_at: DateTimeUtc,
    /// The company's time zone when it was closed, by its IANA name.
    pub time_zone: String,
    /// The company's currency when it was closed, ISO 4217.
    pub currency: String,
}

belongs_to! {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members and of their teams.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(
            Condition::any()
                .add(
                    scope
                        .reps(Column::SubjectId)
                        .add(Column::Peers.eq(Peers::Reps)),
                )
                .add(
                    scope
                        .managed_teams(Column::SubjectId)
                        .add(Column::Peers.eq(Peers::Teams)),
                ),
        )
    }
}
