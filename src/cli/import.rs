//! `fieldhub import`.

use std::{fs, io::Write, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use api::import::{ImportError, Kind, Mapping, Plan, Progress, Report, Source, import};
use domain::datum::Datum;

use super::progress;
use crate::{
    config::{Sources, store::DatabaseArgs},
    store,
    token::find,
};

/// What `import` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Tables as KIND=FILE, in any order; KIND is users, teams, customers, assignments, contacts,
    /// geofences, orders, orderlines, plans, courses, enrolments, training, targets or checkins;
    /// FILE is CSV (UTF-8 or GBK), .xlsx, .geojson, .json, .gpx or .rec
    #[arg(required = true, value_name = "KIND=FILE", value_parser = table)]
    tables: Vec<(Kind, PathBuf)>,
    /// What the columns are called: the hub's own labels, or those of another system's export
    #[arg(long, value_enum, default_value = "plain", value_name = "SYSTEM")]
    from: System,
    /// TOML that says what columns are called: sections by kind, lines such as `code = "Kundennummer"`
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Datum of the positions [default: WGS84, of 纷享销客 and 企业微信 GCJ02]
    #[arg(long, value_enum, value_name = "DATUM")]
    datum: Option<DatumName>,
    /// Customers with a position and without a geofence get a circle of this radius
    #[arg(long, value_name = "METRES", value_parser = radius)]
    fence_radius: Option<f64>,
    /// Who plans the visits and sets the targets, and whose a track is that names nobody
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// Try everything, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Leave rows with faults out, instead of refusing their whole file
    #[arg(long)]
    skip_bad: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum System {
    /// The labels of docs/import.md
    Plain,
    /// Zoho CRM
    Zoho,
    /// 纷享销客
    Fxiaoke,
    /// 企业微信: what `getcheckindata` answers
    Wecom,
    /// Positions of Traccar
    Traccar,
    /// What OwnTracks' Recorder keeps
    Owntracks,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum DatumName {
    Wgs84,
    Gcj02,
    Bd09,
}

impl From<DatumName> for Datum {
    fn from(name: DatumName) -> Self {
        match name {
            DatumName::Wgs84 => Self::Wgs84,
            DatumName::Gcj02 => Self::Gcj02,
            DatumName::Bd09 => Self::Bd09,
        }
    }
}

fn radius(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(metres @ 1.0..=50_000.0) => Ok(metres),
        _ => Err("a radius is 1 to 50000 metres".to_owned()),
    }
}

fn table(text: &str) -> Result<(Kind, PathBuf), String> {
    let (name, file) = text
        .split_once('=')
        .ok_or("write KIND=FILE, such as customers=Accounts.csv")?;
    let unknown = || {
        let known: Vec<&str> = Kind::ALL.into_iter().map(Kind::name).collect();
        format!("{name:?} is none of {}", known.join(", "))
    };
    let kind = Kind::from_name(name).ok_or_else(unknown)?;
    Ok((kind, file.into()))
}

/// Takes the tables in, what others refer to first. Fails if a row was refused and not left out on
/// purpose.
pub(crate) async fn run(args: Args, sources: &Sources) -> anyhow::Result<ExitCode> {
    let mapping = mapping(&args)?;
    let database = store::open(&args.database.resolve(sources)?).await?;
    let by = match &args.user {
        Some(email) => Some(find(&database, email).await?.id),
        None => None,
    };
    let mut tables = args.tables;
    tables.sort_by_key(|(kind, _)| *kind);
    let mut is_whole = true;
    for (kind, file) in tables {
        let plan = Plan {
            kind,
            mapping: mapping.clone(),
            is_dry: args.dry_run,
            skips_bad: args.skip_bad,
            datum: args.datum.map_or(source(args.from).datum(), Datum::from),
            fence_radius_m: args.fence_radius,
            by,
        };
        let shown = file.display();
        let bar = progress::share(&shown.to_string());
        let told = |file: &Progress, rows| progress::tell(&bar, file, rows);
        let report = import(&database, &file, &plan, told).await;
        bar.finish_and_clear();
        if let Err(ImportError::Nobody) = report {
            bail!(
                "{shown} was not imported: say with --user EMAIL whose plans or targets they are"
            );
        }
        let report = report.with_context(|| format!("{shown} was not imported"))?;
        tell(&format!("{} from {shown}", kind.name()), &report, &plan)?;
        is_whole &= report.refused == 0 || args.skip_bad;
    }
    Ok(if is_whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn source(from: System) -> Source {
    match from {
        System::Plain => Source::Plain,
        System::Zoho => Source::Zoho,
        System::Fxiaoke => Source::Fxiaoke,
        System::Wecom => Source::Wecom,
        System::Traccar => Source::Traccar,
        System::Owntracks => Source::Owntracks,
    }
}

fn mapping(args: &Args) -> anyhow::Result<Mapping> {
    let mapping = Mapping::of(source(args.from));
    let Some(file) = &args.mapping else {
        return Ok(mapping);
    };
    let shown = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("{shown} cannot be read"))?;
    match mapping.renamed(&text) {
        Ok(mapping) => Ok(mapping),
        Err(error) => bail!("{shown} cannot be used: {error}"),
    }
}

/// What became of a table, and each refusal with its line and column.
fn tell(what: &str, report: &Report, plan: &Plan) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let Report {
        new,
        changed,
        unchanged,
        passed_over,
        refused,
        ..
    } = report;
    let end = match (report.is_kept, plan.is_dry) {
        (true, _) => "",
        (false, true) => " (dry run: nothing was written)",
        (false, false) => " (nothing was written; --skip-bad leaves the refused rows out)",
    };
    let passed_over = match passed_over {
        0 => String::new(),
        count => format!("{count} passed over, "),
    };
    writeln!(
        out,
        "{what}: {new} new, {changed} changed, {unchanged} unchanged, {passed_over}{refused} refused{end}"
    )?;
    for refusal in &report.refusals {
        let column = refusal.column.as_deref().map(|name| format!(", {name}"));
        let column = column.unwrap_or_default();
        writeln!(out, "  line {}{column}: {}", refusal.line, refusal.reason)?;
    }
    let untold = refused.saturating_sub(report.refusals.len() as u64);
    if untold > 0 {
        writeln!(out, "  and {untold} more")?;
    }
    Ok(())
}
