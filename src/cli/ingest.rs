//! `fieldhub ingest`.

use std::process::ExitCode;

use crate::{
    config::{
        Sources,
        http::{MetricsArgs, ingest_listen},
        mqtt::MqttArgs,
        store::{DatabaseArgs, HubArgs, require_shared},
    },
    work::{self, WorkConfig},
};

/// What `ingest` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    hub: HubArgs,
    #[command(flatten)]
    mqtt: MqttArgs,
    /// Address and port for /healthz, /readyz and /metrics [default: none]
    #[arg(
        long,
        env = "FIELDHUB_INGEST_LISTEN",
        value_name = "ADDRESS",
        help_heading = "HTTP"
    )]
    ingest_listen: Option<String>,
    #[command(flatten)]
    metrics: MetricsArgs,
}

/// Works until stopped.
pub(crate) async fn run(args: Args, sources: &Sources) -> anyhow::Result<ExitCode> {
    let database = args.database.resolve(sources)?;
    let hub = args.hub.resolve(sources)?;
    let mqtt = args.mqtt.resolve(sources)?;
    require_shared("ingest", &database, &hub)?;
    let listen = ingest_listen(sources, args.ingest_listen.as_deref())?;
    let metrics = args.metrics.resolve(sources)?;
    work::work(WorkConfig {
        database,
        hub,
        mqtt,
        listen,
        metrics,
    })
    .await
}
