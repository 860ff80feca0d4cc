//! The verbs of performance: targets, scorecards, freezing.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::Utc;

use super::cards::{self, ArchiveScorecardInput, CreateScorecardInput, EditScorecardInput};
use super::freeze;
use super::targets::{self, RemoveTargetInput, SetTargetInput};
use super::types::{Scorecard, Target, calendar};
use super::words::{Period, PeriodInput};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::{guard, payload};

payload! {
    /// What setTarget did.
    SetTargetPayload {
        /// The target; null when the input was refused.
        target: Target,
    }
}

payload! {
    /// What removeTarget did.
    RemoveTargetPayload {
        /// The target that is no more; null when the input was refused.
        target: Target,
    }
}

payload! {
    /// What createScorecard did.
    CreateScorecardPayload {
        /// The new scorecard; null when the input was refused.
        scorecard: Scorecard,
    }
}

payload! {
    /// What editScorecard did.
    EditScorecardPayload {
        /// The scorecard; null when the input was refused.
        scorecard: Scorecard,
    }
}

payload! {
    /// What archiveScorecard did.
    ArchiveScorecardPayload {
        /// The scorecard; null when the input was refused.
        scorecard: Scorecard,
    }
}

payload! {
    /// What freezePeriod did.
    FreezePeriodPayload {
        /// The frozen period; null when the input was refused.
        frozen: FrozenPeriod,
    }
}

/// A period whose results no longer move.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct FrozenPeriod {
    /// The period.
    pub period: Period,
    /// How many results were written now; 0 if all were frozen before.
    pub results: i32,
}

/// Which period is to be frozen.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct FreezePeriodInput {
    /// The period, which must be over.
    pub period: PeriodInput,
}

/// The verbs of performance.
#[derive(Default)]
pub struct PerformanceMutation;

#[Object]
impl PerformanceMutation {
    /// Sets a target, or replaces the value of the one that rep or team has for the same metric
    /// and period. Managers set those of the teams they manage.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn set_target(
        &self,
        ctx: &Context<'_>,
        input: SetTargetInput,
    ) -> Result<SetTargetPayload> {
        SetTargetPayload::of(targets::set(ctx.db()?, ctx.viewer()?, input).await)
    }

    /// Removes a target. Managers remove those of the teams they manage.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn remove_target(
        &self,
        ctx: &Context<'_>,
        input: RemoveTargetInput,
    ) -> Result<RemoveTargetPayload> {
        RemoveTargetPayload::of(targets::remove(ctx.db()?, ctx.viewer()?, input).await)
    }

    /// Makes a scorecard.
    #[graphql(guard = "guard::admin()")]
    async fn create_scorecard(
        &self,
        ctx: &Context<'_>,
        input: CreateScorecardInput,
    ) -> Result<CreateScorecardPayload> {
        CreateScorecardPayload::of(cards::create(ctx.db()?, input).await)
    }

    /// Changes a scorecard.
    #[graphql(guard = "guard::admin()")]
    async fn edit_scorecard(
        &self,
        ctx: &Context<'_>,
        input: EditScorecardInput,
    ) -> Result<EditScorecardPayload> {
        let edited = cards::edit(ctx.db()?, input).await;
        ctx.loaders()?.forget();
        EditScorecardPayload::of(edited)
    }

    /// Retires a scorecard. Its rankings can still be read, and no more are frozen.
    #[graphql(guard = "guard::admin()")]
    async fn archive_scorecard(
        &self,
        ctx: &Context<'_>,
        input: ArchiveScorecardInput,
    ) -> Result<ArchiveScorecardPayload> {
        ArchiveScorecardPayload::of(cards::archive(ctx.db()?, input).await)
    }

    /// Freezes all rankings of a period that is over, which otherwise happens by itself two days
    /// after its end. What comes in later shows as lateDelta.
    #[graphql(guard = "guard::admin()")]
    async fn freeze_period(
        &self,
        ctx: &Context<'_>,
        input: FreezePeriodInput,
    ) -> Result<FreezePeriodPayload> {
        FreezePeriodPayload::of(freeze_period(ctx, input).await)
    }
}

async fn freeze_period(ctx: &Context<'_>, input: FreezePeriodInput) -> Result<FrozenPeriod> {
    let calendar = calendar(ctx).await?;
    let period = input.period.read(&calendar)?;
    let now = Utc::now();
    if !period.is_closed(now, calendar.zone) {
        let message = format!("the {period} is not over yet");
        return Err(Error::refuse("NOT_CLOSED", "period", message));
    }
    let results = freeze::freeze(ctx.db()?, calendar, period, now).await?;
    Ok(FrozenPeriod {
        period: Period::of(period, &calendar),
        results: i32::try_from(results).unwrap_or(i32::MAX),
    })
}
