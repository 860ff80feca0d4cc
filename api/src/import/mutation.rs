//! Importing a small table through the API; `fieldhub import` takes any size.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::id::UserId;
use entity::people::user;

use super::{ImportError, Kind, Mapping, Plan, Report, Source, Table, import_table};
use crate::context::Request;
use crate::datum::Datum;
use crate::error::{Error, Result};
use crate::{guard, input, payload};

/// The most characters of a table.
const LONGEST: usize = 200_000;

/// A table to be taken in.
#[derive(Clone, Debug, InputObject)]
pub struct ImportTableInput {
    /// What it holds.
    pub kind: Kind,
    /// The table: CSV with a header line, a GeoJSON FeatureCollection of geofences, a list of JSON
    /// objects, or a track as GPX; at most 200,000 characters.
    pub text: String,
    /// Whose labels the columns have.
    #[graphql(default)]
    pub source: Source,
    /// What columns are called otherwise, as TOML.
    pub mapping: Option<String>,
    /// The datum of its positions; the source's when left out.
    pub datum: Option<Datum>,
    /// Customers with a position and without a geofence get a circle of this radius, in metres.
    pub fence_radius_m: Option<f64>,
    /// Whose the check-ins are that name nobody, as those of a track; yours when left out.
    pub user_id: Option<ID>,
    /// Try everything, write nothing.
    #[graphql(default)]
    pub dry_run: bool,
    /// Leave rows with faults out, instead of refusing all.
    #[graphql(default)]
    pub skip_bad: bool,
}

/// What became of a table's rows.
#[derive(Clone, Debug, SimpleObject)]
pub struct ImportReport {
    /// Rows that made something new.
    pub new: i32,
    /// Rows that changed what was there.
    pub changed: i32,
    /// Rows that said what was known.
    pub unchanged: i32,
    /// Rows that are none of the hub's business, such as deals that are not won.
    pub passed_over: i32,
    /// Rows that were refused.
    pub refused: i32,
    /// The first hundred of them.
    pub refusals: Vec<ImportRefusal>,
    /// Whether the result was kept; not of a dry run, nor where one refusal refused all.
    pub is_kept: bool,
}

/// Why a row was refused.
#[derive(Clone, Debug, SimpleObject)]
pub struct ImportRefusal {
    /// The line, from 1; the header is line 1. Of GeoJSON the number of the feature.
    pub line: i32,
    /// The column, as the table calls it; null where the row as a whole is at fault.
    pub column: Option<String>,
    /// What is wrong, for people.
    pub reason: String,
}

impl From<Report> for ImportReport {
    fn from(report: Report) -> Self {
        let whole = |count: u64| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            new: whole(report.new),
            changed: whole(report.changed),
            unchanged: whole(report.unchanged),
            passed_over: whole(report.passed_over),
            refused: whole(report.refused),
            refusals: report
                .refusals
                .into_iter()
                .map(|refusal| ImportRefusal {
                    line: whole(refusal.line),
                    column: refusal.column,
                    reason: refusal.reason,
                })
                .collect(),
            is_kept: report.is_kept,
        }
    }
}

payload! {
    /// What importTable did.
    ImportTablePayload {
        /// What became of the rows; null when the input was refused.
        report: ImportReport,
    }
}

/// Importing tables.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Takes a small table in, as a whole or not at all. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn import_table(
        &self,
        ctx: &Context<'_>,
        input: ImportTableInput,
    ) -> Result<ImportTablePayload> {
        ImportTablePayload::of(taken(ctx, input).await.map(ImportReport::from))
    }
}

async fn taken(ctx: &Context<'_>, input: ImportTableInput) -> Result<Report> {
    if input.text.len() > LONGEST {
        let message = format!("a table may have {LONGEST} characters; use fieldhub import");
        return Err(Error::refuse("TOO_LONG", "text", message));
    }
    let source = input.source;
    let mut mapping = Mapping::of(source);
    if let Some(toml) = &input.mapping {
        let renamed = mapping.renamed(toml);
        mapping =
            renamed.map_err(|error| Error::refuse("INVALID", "mapping", error.to_string()))?;
    }
    if input
        .fence_radius_m
        .is_some_and(|metres| !(1.0..=50_000.0).contains(&metres))
    {
        let message = "a radius is 1 to 50000 metres";
        return Err(Error::refuse("OUT_OF_RANGE", "fenceRadiusM", message));
    }
    let by = match (&input.user_id, input.kind) {
        (Some(id), Kind::CheckIns) => {
            let (visible, read) = (user::Entity::visible_to, UserId::from_global);
            let db = &ctx.db()?.read;
            let user = input::seen(db, ctx.scope()?, visible, read, id, "user").await?;
            user.id
        }
        _ => ctx.viewer()?.user,
    };
    let plan = Plan {
        kind: input.kind,
        mapping,
        is_dry: input.dry_run,
        skips_bad: input.skip_bad,
        datum: input.datum.map_or(source.datum(), Into::into),
        fence_radius_m: input.fence_radius_m,
        by: Some(by),
    };
    let table = Table::of_text(&input.text)
        .map_err(|error| Error::refuse("INVALID", "text", error.to_string()))?;
    match import_table(ctx.db()?, table, &plan, |_, _| {}).await {
        Ok(report) => {
            if plan.kind.moves_scopes() {
                ctx.authenticator()?.forget();
            }
            Ok(report)
        }
        Err(ImportError::Database(error)) => Err(error.into()),
        Err(ImportError::Hub(error)) => Err(error),
        Err(error) => Err(Error::refuse("INVALID", "text", error.to_string())),
    }
}
