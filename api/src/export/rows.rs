//! The rows of a table, page by page.

use async_graphql::{Request, Response, Variables};
use entity::viewer::Viewer;
use serde_json::Value;

use super::Fault;
use super::document::{Arguments, Document};
use super::tables::Table;
use crate::auth::{AuthError, Authenticator};
use crate::error::{Code, Error};
use crate::loader::{Driven, Loaders};
use crate::page::MAX_SIZE;
use crate::schema::Schema;

/// The rows of a table, as one viewer may see them.
pub struct Rows {
    schema: Schema,
    viewer: Viewer,
    /// Who judges the viewer anew before each page.
    judge: Option<Authenticator>,
    document: Document,
    table: Table,
    after: Option<String>,
    is_over: bool,
}

impl Rows {
    /// Begins at the first row. Arguments that the table does not take are refused.
    pub fn of(
        schema: Schema,
        mut viewer: Viewer,
        table: &Table,
        arguments: &Arguments,
    ) -> Result<Self, Fault> {
        if viewer.purpose.is_empty() {
            viewer.purpose = "export".to_owned();
        }
        Ok(Self {
            schema,
            viewer,
            judge: None,
            document: Document::of(table, arguments)?,
            table: table.clone(),
            after: None,
            is_over: false,
        })
    }

    /// The same, with the viewer judged anew before each page: what takes long ends with their
    /// account, and follows their role and their teams.
    pub(super) fn judged_by(self, judge: Authenticator) -> Self {
        Self {
            judge: Some(judge),
            ..self
        }
    }

    /// The next rows, each a value a column; none after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<Vec<Value>>>, Fault> {
        if self.is_over {
            return Ok(None);
        }
        if let Some(judge) = &self.judge {
            self.viewer = judge.again(&self.viewer).await?;
        }
        let mut variables = self.document.variables.clone();
        variables.insert("first".to_owned(), MAX_SIZE.into());
        variables.insert("after".to_owned(), self.after.clone().into());
        let loaders = Loaders::default();
        let request = Request::new(&self.document.text)
            .variables(Variables::from_json(Value::Object(variables)))
            .data(self.viewer.clone())
            .data(loaders.clone());
        let response = Driven::new(loaders, self.schema.execute(request)).await;
        let data = answered(response)?;
        let mut connection = &data;
        for field in &self.table.path {
            connection = &connection[field.name.node.as_str()];
        }
        if connection.is_null() {
            return Err(Fault::new("NOT_FOUND", "no such thing in your sight"));
        }
        self.is_over = connection["pageInfo"]["hasNextPage"] != Value::Bool(true);
        self.after = connection["pageInfo"]["endCursor"]
            .as_str()
            .map(str::to_owned);
        let nodes = connection["nodes"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        Ok(Some(nodes.iter().map(|node| self.cells(node)).collect()))
    }

    fn cells(&self, node: &Value) -> Vec<Value> {
        let columns = self.table.columns.iter();
        let cell = |path: &[String]| path.iter().fold(node, |value, name| &value[name]).clone();
        columns.map(|column| cell(&column.path)).collect()
    }
}

/// The data of an answer without errors.
fn answered(response: Response) -> Result<Value, Fault> {
    if let Some(error) = response.errors.first() {
        return Err(match error.source::<Error>() {
            Some(known) if known.code() == Code::Internal => {
                Fault::internal(known.cause().map_or_else(String::new, ToString::to_string))
            }
            Some(known) => Fault::new(known.code().as_str(), known.message()),
            None => Fault::bad_input(error.message.clone()),
        });
    }
    response.data.into_json().map_err(Fault::internal)
}

impl From<AuthError> for Fault {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unavailable(_) => Self::new("UNAVAILABLE", "the database is unavailable"),
            AuthError::Rejected(why) => Self::new("UNAUTHENTICATED", why),
        }
    }
}
