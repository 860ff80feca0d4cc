//! From a checked request to its answer, the same for HTTP and WebSocket.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Pos, Request, Response, ServerError};
use entity::viewer::Role;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use tokio::time::timeout;
use uuid::Uuid;

use super::answer::{self, Answer, Cost, Extensions};
use super::documents::{self, Found, Unlisted};
use super::params::Params;
use super::{Caller, Edge, limits, operation, tokens};
use crate::loader::{Driven, DrivenStream, Loaders};

/// A request that was measured and may run.
pub(super) struct Prepared {
    request: Request,
    pub(super) kind: OperationType,
    voice: Voice,
}

/// How the answers to one request are worded.
#[derive(Clone)]
struct Voice {
    cost: Cost,
    request_id: String,
    hints: bool,
}

impl Voice {
    fn word(&self, response: Response) -> Answer {
        answer::worded(response, self.cost, &self.request_id, self.hints)
    }

    fn refuse(&self, error: ServerError) -> Answer {
        Answer {
            extensions: Some(Extensions { cost: self.cost }),
            ..Answer::refused(error)
        }
    }

    fn panicked(&self) -> Answer {
        // The panic's own message went to the log through the panic hook.
        tracing::error!(request.id = %self.request_id, "a resolver panicked");
        self.refuse(answer::internal(
            ServerError::new("", None),
            &self.request_id,
        ))
    }
}

impl<E: Executor> Edge<E> {
    /// Parses and measures a request; nothing has run when this refuses.
    pub(super) fn prepare(
        &self,
        params: Params,
        caller: Caller,
        request_id: String,
    ) -> Result<Prepared, ServerError> {
        let settings = &self.inner.settings;
        let limits = &settings.limits;
        let found = self.inner.documents.find(&params)?;
        let counted = tokens::count(&found.text);
        if counted.count > limits.tokens || counted.nesting > 2 * limits.introspection_depth {
            let message = format!(
                "a document has at most {} tokens, not deeply nested",
                limits.tokens
            );
            return Err(limits::too_complex(message, Pos { line: 1, column: 1 }));
        }
        let document = parse_query(&found.text)
            .map_err(|error| answer::coded(error.into(), "GRAPHQL_PARSE_FAILED"))?;
        let (name, operation) = operation::chosen(&document, params.operation_name.as_deref())?;
        let (name, kind) = (name.map(|name| name.to_string()), operation.ty);
        self.admit_document(&found, &caller, name.as_deref())?;
        operation::check_variables(operation, &params.variables)?;
        let sees_all = !settings.is_production
            || caller
                .viewer
                .as_ref()
                .is_some_and(|viewer| viewer.role == Role::Admin);
        if !sees_all && operation::introspects(operation) {
            let message = "introspection is off here; the schema is published as schema.graphql";
            return Err(answer::coded(ServerError::new(message, None), "FORBIDDEN"));
        }
        let requested = limits::measure(
            limits,
            &self.inner.shape,
            &document,
            operation,
            &params.variables,
        )?;
        metrics::histogram!("fieldhub_graphql_cost").record(requested as f64);
        self.inner
            .spending
            .spend(&caller, requested)
            .map_err(answer::rate_limited)?;

        let mut request = Request::new(&*found.text).variables(params.variables);
        request.operation_name = params.operation_name;
        request.set_parsed_query(document);
        if !sees_all {
            request = request.disable_introspection();
        }
        if let Some(address) = caller.address {
            request = request.data(address);
        }
        if let Some(mut viewer) = caller.viewer {
            if viewer.purpose.is_empty() {
                viewer.purpose = name.unwrap_or_else(|| "unnamed operation".to_owned());
            }
            request = request.data(viewer);
        }
        let voice = Voice {
            cost: Cost {
                requested,
                limit: limits.cost,
            },
            request_id,
            hints: sees_all,
        };
        Ok(Prepared {
            request,
            kind,
            voice,
        })
    }

    /// Refuses a document that no known application sends, where only those may run.
    fn admit_document(
        &self,
        found: &Found,
        caller: &Caller,
        name: Option<&str>,
    ) -> Result<(), ServerError> {
        let is_admin = caller
            .viewer
            .as_ref()
            .is_some_and(|viewer| viewer.role == Role::Admin);
        match self.inner.settings.unlisted {
            Unlisted::Refuse if !found.is_listed && !is_admin => {
                return Err(documents::not_allowed());
            }
            Unlisted::Log if !found.is_listed => {
                metrics::counter!("fieldhub_graphql_unlisted_documents_total").increment(1);
                tracing::warn!(operation.name = name, "a document is not in the manifest");
            }
            _ => {}
        }
        self.inner.documents.parsed(found);
        Ok(())
    }

    /// Runs a query or a mutation within the deadline.
    pub(super) async fn execute(&self, prepared: Prepared) -> Answer {
        let Prepared {
            request,
            kind,
            voice,
        } = prepared;
        let started = Instant::now();
        let loaders = Loaders::default();
        let request = request.data(loaders.clone());
        let work = AssertUnwindSafe(Driven::new(loaders, self.inner.executor.execute(request)));
        let answer = match timeout(self.inner.settings.deadline, work.catch_unwind()).await {
            Ok(Ok(response)) => voice.word(response),
            Ok(Err(_panic)) => voice.panicked(),
            Err(_elapsed) => {
                let message = format!("not done within {:?}", self.inner.settings.deadline);
                voice.refuse(answer::coded(
                    ServerError::new(message, None),
                    "DEADLINE_EXCEEDED",
                ))
            }
        };
        let outcome = match (answer.is_request_error(), answer.errors.is_empty()) {
            (true, _) => "refused",
            (false, false) => "failed",
            (false, true) => "ok",
        };
        metrics::counter!("fieldhub_graphql_requests_total", "type" => kind.to_string(), "outcome" => outcome)
            .increment(1);
        metrics::histogram!("fieldhub_graphql_request_seconds", "type" => kind.to_string())
            .record(started.elapsed().as_secs_f64());
        answer
    }

    /// Runs a subscription: one answer an event, asked for only when the last one was taken.
    pub(super) fn subscribe(&self, prepared: Prepared) -> BoxStream<'static, Answer> {
        let Prepared { request, voice, .. } = prepared;
        let loaders = Loaders::default();
        let events = self
            .inner
            .executor
            .execute_stream(request.data(loaders.clone()), None);
        let driven = AssertUnwindSafe(DrivenStream::new(loaders, events)).catch_unwind();
        let answers = driven.map(move |event| match event {
            Ok(response) => voice.word(response),
            Err(_panic) => voice.panicked(),
        });
        answers.boxed()
    }
}

/// A name for one request, for the log and for the client.
pub(super) fn new_request_id() -> String {
    Uuid::now_v7().to_string()
}
