//! Making, changing and retiring scorecards.

use async_graphql::{ID, InputObject};
use chrono::Utc;
use domain::scorecard::{Item, Scorecard, ScorecardError};
use entity::Database;
use entity::decimal::Exact;
use entity::id::{ScorecardId, ScorecardItemId};
use entity::performance::{scorecard, scorecard_item};
use entity::viewer::Scope;
use rust_decimal::Decimal as Number;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter,
};

use super::measure::stored;
use super::words::Metric;
use crate::error::{Error, Result};
use crate::input::{self, Faults, NAME_LENGTH};
use crate::scalar::{Decimal, whole_millis};

/// A new scorecard.
#[derive(Clone, Debug, InputObject)]
pub struct CreateScorecardInput {
    /// What people call it, unique, at most 200 characters.
    pub name: String,
    /// Its metrics; their weights sum to exactly 100.
    pub items: Vec<ScorecardItemInput>,
}

/// What is to be changed of a scorecard; what is left out stays.
#[derive(Clone, Debug, InputObject)]
pub struct EditScorecardInput {
    /// The scorecard.
    pub id: ID,
    /// What people call it, unique, at most 200 characters.
    pub name: Option<String>,
    /// All its metrics; their weights sum to exactly 100. Scores of open periods follow at once,
    /// frozen ones stay.
    pub items: Option<Vec<ScorecardItemInput>>,
}

/// Which scorecard is no longer used.
#[derive(Clone, Debug, InputObject)]
pub struct ArchiveScorecardInput {
    /// The scorecard.
    pub id: ID,
}

/// One metric of a scorecard.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct ScorecardItemInput {
    /// What is measured.
    pub metric: Metric,
    /// The points that reaching the target is worth, above 0.
    pub weight: Decimal,
    /// The attainment above which nothing more is gained, above 0 and at most 10; 1 when left out.
    pub cap: Option<Decimal>,
}

/// Makes a scorecard.
pub(super) async fn create(db: &Database, input: CreateScorecardInput) -> Result<scorecard::Model> {
    let card = card_of(&input.items)?;
    let row = scorecard::Model {
        id: ScorecardId::new(),
        name: name_of(&input.name)?,
        created_at: whole_millis(Utc::now()),
        archived_at: None,
    };
    let txn = db.begin().await?;
    let row = row.into_active_model().insert(&txn).await?;
    write_items(&txn, row.id, &card).await?;
    txn.commit().await?;
    Ok(row)
}

/// Changes a scorecard. Its row is locked first, so that of two edits one follows the other.
pub(super) async fn edit(db: &Database, input: EditScorecardInput) -> Result<scorecard::Model> {
    let card = input.items.as_deref().map(card_of).transpose()?;
    let name = input.name.as_deref().map(name_of).transpose()?;
    let txn = db.begin().await?;
    let row = find(&txn, &input.id).await?;
    let mut change = row.clone().into_active_model();
    change.name = Set(name.unwrap_or(row.name));
    let row = change.update(&txn).await?;
    if let Some(card) = card {
        scorecard_item::Entity::delete_many()
            .filter(scorecard_item::Column::ScorecardId.eq(row.id))
            .exec(&txn)
            .await?;
        write_items(&txn, row.id, &card).await?;
    }
    txn.commit().await?;
    Ok(row)
}

/// Retires a scorecard; its rankings can still be read.
pub(super) async fn archive(
    db: &Database,
    input: ArchiveScorecardInput,
) -> Result<scorecard::Model> {
    let txn = db.begin().await?;
    let row = find(&txn, &input.id).await?;
    let since = row.archived_at.unwrap_or_else(|| whole_millis(Utc::now()));
    let mut change = row.into_active_model();
    change.archived_at = Set(Some(since));
    let row = change.update(&txn).await?;
    txn.commit().await?;
    Ok(row)
}

async fn find(db: &impl ConnectionTrait, id: &ID) -> Result<scorecard::Model> {
    let visible = scorecard::Entity::visible_to;
    input::seen(
        db,
        &Scope::All,
        visible,
        ScorecardId::from_global,
        id,
        "scorecard",
    )
    .await
}

fn name_of(name: &str) -> Result<String> {
    let mut faults = Faults::default();
    let name = faults.required("name", name, NAME_LENGTH);
    faults.finish()?;
    Ok(name)
}

fn card_of(items: &[ScorecardItemInput]) -> Result<Scorecard> {
    let item = |item: &ScorecardItemInput| Item {
        metric: item.metric.into(),
        weight: item.weight.0.normalize(),
        cap: item.cap.map_or(Number::ONE, |cap| cap.0.normalize()),
    };
    Scorecard::new(items.iter().map(item).collect()).map_err(|error| {
        let at = |metric| {
            items
                .iter()
                .position(|item| domain::metric::Metric::from(item.metric) == metric)
        };
        let part = |metric, part: &str| match at(metric) {
            Some(index) => format!("items.{index}.{part}"),
            None => "items".to_owned(),
        };
        let (code, field) = match &error {
            ScorecardError::WeightsNot100 { .. } => ("WEIGHTS_NOT_100", "items".to_owned()),
            ScorecardError::WeightOutOfRange { metric, .. } => ("INVALID", part(*metric, "weight")),
            ScorecardError::CapOutOfRange { metric, .. } => ("INVALID", part(*metric, "cap")),
            ScorecardError::Repeated { .. } => ("REPEATED", "items".to_owned()),
        };
        Error::refuse(code, field, error.to_string())
    })
}

async fn write_items(db: &impl ConnectionTrait, id: ScorecardId, card: &Scorecard) -> Result<()> {
    let row = |item: &Item| scorecard_item::ActiveModel {
        id: Set(ScorecardItemId::new()),
        scorecard_id: Set(id),
        metric: Set(stored(item.metric)),
        weight: Set(Exact(item.weight)),
        cap: Set(Exact(item.cap)),
    };
    let rows = scorecard_item::Entity::insert_many(card.items().iter().map(row));
    rows.exec_without_returning(db).await?;
    Ok(())
}
