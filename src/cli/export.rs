//! `fieldhub export`.

use std::{
    fs::{self, File},
    io::{BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use api::{
    auth::at_the_console,
    export::{Arguments, Format, Rows, Sheet, Tables},
};
use indicatif::ProgressBar;
use ingest::Fences;
use presence::Presence;

use super::progress;
use crate::{
    config::{Sources, store::DatabaseArgs},
    store,
    token::find,
};

/// What `export` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Such as:\n  \
    fieldhub export customers --user ann@example.com --out customers.xlsx\n  \
    fieldhub export visits --user ann@example.com --with 'orderBy={\"arrivedAt\":\"DESC\"}'\n  \
    fieldhub export --list")]
pub(crate) struct Args {
    /// A connection of the GraphQL schema, such as visits or team.reps
    #[arg(required_unless_present = "list", value_name = "TABLE")]
    table: Option<String>,
    /// Prints what can be exported, and stops
    #[arg(long)]
    list: bool,
    /// As whom: the rows are those this person may see, and their looks are recorded
    #[arg(long, required_unless_present = "list", value_name = "EMAIL")]
    user: Option<String>,
    /// csv, xlsx or jsonl [default: the file's ending, else csv]
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,
    /// Where to; standard output when left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// An argument of the connection, or of the object it belongs to, as in GraphQL
    #[arg(long, value_name = "NAME=VALUE", value_parser = argument)]
    with: Vec<(String, String)>,
    #[command(flatten)]
    database: DatabaseArgs,
}

fn format(text: &str) -> Result<Format, String> {
    Format::from_name(text).ok_or_else(|| "a format is csv, xlsx or jsonl".to_owned())
}

fn argument(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write NAME=VALUE, such as filter={}")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Writes the table.
pub(crate) async fn run(args: Args, sources: &Sources) -> anyhow::Result<ExitCode> {
    let tables = Tables::all().context("the schema cannot be read")?;
    let (Some(name), Some(user), false) = (&args.table, &args.user, args.list) else {
        let mut out = std::io::stdout();
        for name in tables.names() {
            writeln!(out, "{name}")?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let Some(table) = tables.get(name) else {
        bail!("there is no table {name:?}: `fieldhub export --list` names them");
    };
    let format = chosen(&args);
    if format == Format::Xlsx && args.out.is_none() && std::io::stdout().is_terminal() {
        bail!("a workbook is nothing for a terminal: give --out FILE");
    }
    let database = store::open(&args.database.resolve(sources)?).await?;
    let viewer = find(&database, user).await?;
    let viewer = at_the_console(&database, &viewer, "export").await?;
    let fences = Fences::load(&database).await?;
    let schema = api::builder(database)
        .data(Presence::local())
        .data(fences)
        .finish();
    let arguments: Arguments = args.with.into_iter().collect();
    let rows = Rows::of(schema, viewer, table, &arguments)?;
    let sheet = Sheet::new(format, table.columns.clone())?;
    let bar = progress::rows(name);
    match &args.out {
        None => write(rows, sheet, &bar, std::io::stdout()).await?,
        Some(file) => write_file(rows, sheet, &bar, file).await?,
    }
    bar.finish_and_clear();
    Ok(ExitCode::SUCCESS)
}

/// Writes beside the file first: what stood there stays until all of the new one is there.
async fn write_file(
    rows: Rows,
    sheet: Sheet,
    bar: &ProgressBar,
    file: &Path,
) -> anyhow::Result<()> {
    let shown = file.display();
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let begun = File::create(&part);
    let begun = begun.with_context(|| format!("{shown} cannot be written"))?;
    if let Err(error) = write(rows, sheet, bar, BufWriter::new(begun)).await {
        // What remains of it is of no use; that it cannot be removed is no news beside the error.
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    fs::rename(&part, file).with_context(|| format!("{shown} cannot be written"))
}

async fn write(
    mut rows: Rows,
    mut sheet: Sheet,
    bar: &ProgressBar,
    mut out: impl Write,
) -> anyhow::Result<()> {
    while let Some(page) = rows.next().await? {
        out.write_all(&sheet.write(&page)?)?;
        bar.inc(page.len().try_into().unwrap_or(u64::MAX));
    }
    out.write_all(&sheet.finish()?)?;
    Ok(out.flush()?)
}

fn chosen(args: &Args) -> Format {
    let ending = args.out.as_ref().and_then(|file| file.extension());
    let named = ending.and_then(|ending| Format::from_name(ending.to_str()?));
    args.format.or(named).unwrap_or(Format::Csv)
}
