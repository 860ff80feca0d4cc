//! What can go wrong in the API, and what a client is told about it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::SimpleObject;
use sea_orm::DbErr;

use crate::scalar::Position;

mod database;

/// The result of everything a resolver calls.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The stable word for a kind of failure; clients see it in `extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Nobody is signed in, or the credential is not valid.
    Unauthenticated,
    /// The viewer is known but may not do this.
    Forbidden,
    /// There is no such thing in the viewer's sight.
    NotFound,
    /// The request's values make no sense.
    BadInput,
    /// The request contradicts what is stored.
    Conflict,
    /// Too many tries; `extensions.retryAfter` says how many seconds to wait.
    RateLimited,
    /// The document costs more than a request may.
    TooComplex,
    /// Our fault; the log knows more under the request id.
    Internal,
    /// The database is away; trying again later may help.
    Unavailable,
    /// A look at other people's positions could not be recorded, so it was refused.
    AccessLogUnavailable,
}

impl Code {
    /// The word as clients see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::BadInput => "BAD_INPUT",
            Self::Conflict => "CONFLICT",
            Self::RateLimited => "RATE_LIMITED",
            Self::TooComplex => "TOO_COMPLEX",
            Self::Internal => "INTERNAL",
            Self::Unavailable => "UNAVAILABLE",
            Self::AccessLogUnavailable => "ACCESS_LOG_UNAVAILABLE",
        }
    }
}

/// Why a mutation was refused for its business content; nothing was changed.
#[derive(Clone, Debug, PartialEq, SimpleObject)]
pub struct UserError {
    /// A stable word for the fault, such as REQUIRED, INVALID or TAKEN.
    pub code: String,
    /// The fault in a sentence for people.
    pub message: String,
    /// The input field at fault, with dots between levels; null when it is the whole input.
    pub field: Option<String>,
    /// Where on the map the fault is; null unless it is a fault of a shape with a place.
    pub position: Option<Position>,
}

impl UserError {
    /// A fault of one input field.
    pub fn new(
        code: impl Into<String>,
        field: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            field: Some(field.into()),
            position: None,
        }
    }

    /// The same fault, with its place on the map.
    #[must_use]
    pub fn at(self, position: Option<Position>) -> Self {
        Self { position, ..self }
    }
}

/// A failure with its code. Cheap to clone, so that one failed load can answer many fields.
#[derive(Clone, Debug)]
pub struct Error {
    code: Code,
    message: Cow<'static, str>,
    refusals: Vec<UserError>,
    retry_after: Option<Duration>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    fn with(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            refusals: Vec::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::with(Code::Unauthenticated, "sign in to see this")
    }

    /// The viewer may not do this; `message` says who may.
    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self::with(Code::Forbidden, message)
    }

    /// There is no such `thing` in the viewer's sight.
    pub fn not_found(thing: &str) -> Self {
        Self::with(Code::NotFound, format!("no such {thing}"))
    }

    /// A value of the request makes no sense.
    pub fn bad_input(message: impl Into<Cow<'static, str>>) -> Self {
        Self::with(Code::BadInput, message)
    }

    /// The request contradicts what is stored.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::with(Code::Conflict, message)
    }

    /// Too many tries; the next may succeed after `wait`.
    pub fn rate_limited(wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..Self::with(Code::RateLimited, "too many tries, wait and try again")
        }
    }

    /// Something the request needs is away for now.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            retry_after: Some(Duration::from_secs(1)),
            ..Self::with(Code::Unavailable, message)
        }
    }

    /// A look at other people's positions could not be recorded.
    pub fn access_log_unavailable(cause: Error) -> Self {
        Self {
            retry_after: Some(Duration::from_secs(1)),
            cause: cause.cause,
            ..Self::with(
                Code::AccessLogUnavailable,
                "the look cannot be recorded now, so it is refused",
            )
        }
    }

    /// Our fault. The message goes to the log alone.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(Arc::from(cause.into())),
            ..Self::with(Code::Internal, "something went wrong on our side")
        }
    }

    /// A mutation's input was refused; a payload shows it as `userErrors`.
    pub fn refused(refusals: impl IntoIterator<Item = UserError>) -> Self {
        let refusals: Vec<UserError> = refusals.into_iter().collect();
        let message = match refusals.first() {
            Some(first) => first.message.clone(),
            None => "refused".to_owned(),
        };
        Self {
            refusals,
            ..Self::with(Code::BadInput, message)
        }
    }

    /// One field of a mutation's input was refused.
    pub fn refuse(
        code: impl Into<String>,
        field: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::refused([UserError::new(code, field, message)])
    }

    /// The kind of failure.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How long to wait before another try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// What went wrong underneath; for the log alone.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.cause.as_deref()
    }

    /// Splits a refusal of the input, which a payload shows, from every other failure.
    pub fn into_refusals(self) -> Result<Vec<UserError>> {
        if self.refusals.is_empty() {
            Err(self)
        } else {
            Ok(self.refusals)
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match database::classify(&error) {
            database::Fault::Refused(refusal) => Self::refused([refusal]),
            database::Fault::Conflict => {
                Self::conflict("somebody changed this at the same time, try again")
            }
            database::Fault::Away => Self {
                cause: Some(Arc::new(error)),
                ..Self::unavailable("the database is away, try again")
            },
            database::Fault::Ours => Self::internal(error),
        }
    }
}

/// Declares a mutation's payload: the changed thing, or why the input was refused.
///
/// ```text
/// payload! {
///     /// What createTeam did.
///     CreateTeamPayload {
///         /// The new team; null when the input was refused.
///         team: Team,
///     }
/// }
/// CreateTeamPayload::of(verbs::create_team(…).await)
/// ```
#[macro_export]
macro_rules! payload {
    ($(#[$meaning:meta])* $payload:ident { $(#[$thing_meaning:meta])* $thing:ident : $type:ty $(,)? }) => {
        $(#[$meaning])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $payload {
            $(#[$thing_meaning])*
            pub $thing: Option<$type>,
            /// Why the input was refused; empty on success.
            pub user_errors: Vec<$crate::error::UserError>,
        }

        impl $payload {
            /// A refusal of the input becomes `userErrors`; any other failure stays an error.
            pub fn of(outcome: $crate::Result<impl Into<$type>>) -> $crate::Result<Self> {
                match outcome {
                    Ok(thing) => Ok(Self {
                        $thing: Some(thing.into()),
                        user_errors: Vec::new(),
                    }),
                    Err(error) => Ok(Self {
                        $thing: None,
                        user_errors: error.into_refusals()?,
                    }),
                }
            }
        }
    };
}
