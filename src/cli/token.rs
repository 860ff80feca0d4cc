//! `fieldhub token`.

use std::{
    io::{Read, Write},
    process::ExitCode,
};

use crate::{
    config::{Sources, access::AuthArgs, store::DatabaseArgs},
    token::{self, Order},
};

/// What `token` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "The credential alone goes to standard output:\n  \
    export TOKEN=$(fieldhub token --user ann@example.com)")]
pub(crate) struct Args {
    #[command(flatten)]
    what: What,
    /// With --create-admin: the person's name [default: the address before the @]
    /// With --device: the device's name [default: Phone]
    #[arg(long, value_name = "NAME", verbatim_doc_comment)]
    name: Option<String>,
    /// With --create-admin: reads a password for signing in from standard input
    #[arg(long, requires = "create_admin")]
    password_stdin: bool,
    /// How many hours an access token is good for
    #[arg(long, value_name = "HOURS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=8_760))]
    hours: u32,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    auth: AuthArgs,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct What {
    /// Makes the first admin, on a database without users, and prints an access token
    #[arg(long, value_name = "EMAIL")]
    create_admin: Option<String>,
    /// Prints an access token of a user
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// Enrols a device of a user as the one that tracks, and prints its credential
    #[arg(long, value_name = "EMAIL")]
    device: Option<String>,
}

/// Makes the credential and prints it.
pub(crate) async fn run(args: Args, sources: &Sources) -> anyhow::Result<ExitCode> {
    let database = args.database.resolve(sources)?;
    let What {
        create_admin,
        user,
        device,
    } = args.what;
    let order = match (create_admin, user, device) {
        (Some(email), ..) => {
            let password = if args.password_stdin {
                Some(password()?)
            } else {
                None
            };
            Order::Admin {
                email,
                name: args.name,
                password,
            }
        }
        (_, Some(email), _) => Order::User { email },
        (_, _, Some(email)) => Order::Device {
            email,
            name: args.name,
        },
        _ => anyhow::bail!("say one of --create-admin, --user and --device"),
    };
    let auth = match &order {
        Order::Device { .. } => None,
        _ => Some(args.auth.resolve(sources)?),
    };
    let credential = token::issue(&database, auth.as_ref(), order, args.hours).await?;
    writeln!(std::io::stdout(), "{credential}")?;
    Ok(ExitCode::SUCCESS)
}

fn password() -> anyhow::Result<String> {
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}
