//! `fieldhub serve`.

use std::process::ExitCode;

use crate::{
    config::{
        Sources,
        access::AuthArgs,
        http::HttpArgs,
        mqtt::MqttArgs,
        store::{DatabaseArgs, HubArgs, require_shared},
    },
    serve::{self, ServeConfig},
};

/// What `serve` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave the tracks to `fieldhub ingest` processes
    #[arg(long)]
    no_worker: bool,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    hub: HubArgs,
    #[command(flatten)]
    mqtt: MqttArgs,
    #[command(flatten)]
    auth: AuthArgs,
    #[command(flatten)]
    http: HttpArgs,
}

/// Serves until stopped.
pub(crate) async fn run(args: Args, sources: &Sources) -> anyhow::Result<ExitCode> {
    let database = args.database.resolve(sources)?;
    let hub = args.hub.resolve(sources)?;
    let mqtt = args.mqtt.resolve(sources)?;
    if args.no_worker {
        require_shared("serve --no-worker", &database, &hub)?;
    }
    let auth = args.auth.resolve(sources)?;
    let http = args.http.resolve(sources)?;
    serve::serve(ServeConfig {
        database,
        hub,
        mqtt,
        auth,
        http,
        has_worker: !args.no_worker,
    })
    .await
}
