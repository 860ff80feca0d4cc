//! Where the fields stand in a table: by the labels of its source, or as a mapping file says.

use std::collections::BTreeMap;

use async_graphql::Enum;
use domain::datum::Datum;
use serde::Deserialize;

use super::labels::Field;
use super::{ImportError, Kind};

/// Whose labels the columns have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(name = "ImportSource")]
pub enum Source {
    /// The hub's own.
    #[default]
    Plain,
    /// Zoho CRM's.
    Zoho,
    /// Those of 纷享销客.
    Fxiaoke,
    /// The check-ins of WeCom, as its API answers.
    Wecom,
    /// Positions of Traccar.
    Traccar,
    /// Messages that OwnTracks' Recorder keeps.
    Owntracks,
}

impl Source {
    /// What people call the other system.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "Import",
            Self::Zoho => "Zoho CRM",
            Self::Fxiaoke => "纷享销客",
            Self::Wecom => "企业微信",
            Self::Traccar => "Traccar",
            Self::Owntracks => "OwnTracks",
        }
    }

    /// The datum of its positions, unless somebody says otherwise.
    pub fn datum(self) -> Datum {
        match self {
            Self::Fxiaoke | Self::Wecom => Datum::Gcj02,
            Self::Plain | Self::Zoho | Self::Traccar | Self::Owntracks => Datum::Wgs84,
        }
    }
}

/// What the columns of tables and the people of the company are called.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    source: Source,
    renamed: Renamed,
    people: BTreeMap<String, String>,
}

/// The section of a mapping file with people's names in the other system, and their addresses.
const PEOPLE: &str = "people";

/// `[customers]` with lines such as `code = "Kundennummer"`; an empty label leaves a field out.
type Renamed = BTreeMap<String, BTreeMap<String, String>>;

/// Why a mapping file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// It is no TOML of this form.
    #[error("it is no mapping: {0}")]
    Form(String),
    /// A section is no kind of table.
    #[error("[{0}] is no kind of table")]
    Kind(String),
    /// A line names no field.
    #[error("{field} is no field of {kind}; it has {known}")]
    Field {
        /// The field.
        field: String,
        /// The kind of table.
        kind: &'static str,
        /// The fields that it has.
        known: String,
    },
}

impl Mapping {
    /// Whose labels they are.
    pub fn source(&self) -> Source {
        self.source
    }

    /// The labels of a source.
    pub fn of(source: Source) -> Self {
        Self {
            source,
            ..Self::default()
        }
    }

    /// The same, with what a mapping file calls otherwise.
    pub fn renamed(self, toml: &str) -> Result<Self, MappingError> {
        let read = toml::Deserializer::parse(toml).and_then(Renamed::deserialize);
        let mut renamed = read.map_err(|error| MappingError::Form(error.to_string()))?;
        let people = renamed.remove(PEOPLE).unwrap_or_default();
        for (section, lines) in &renamed {
            let mut kinds = Kind::ALL.into_iter();
            let kind = kinds.find(|kind| kind.name() == section);
            let kind = kind.ok_or_else(|| MappingError::Kind(section.clone()))?;
            for field in lines.keys() {
                if kind.labels().iter().all(|labels| labels.name != field) {
                    let known: Vec<&str> = kind.labels().iter().map(|one| one.name).collect();
                    return Err(MappingError::Field {
                        field: field.clone(),
                        kind: kind.name(),
                        known: known.join(", "),
                    });
                }
            }
        }
        Ok(Self {
            renamed,
            people,
            ..self
        })
    }

    /// What the other system calls people, with their e-mail addresses.
    pub(super) fn people(&self) -> &BTreeMap<String, String> {
        &self.people
    }

    /// Where the fields of a kind stand in a table with this header.
    pub(super) fn columns(&self, kind: Kind, header: &[String]) -> Result<Columns, ImportError> {
        let mut places = Vec::new();
        let source = self.source_of(kind);
        for labels in kind.labels() {
            let renamed = self.renamed.get(kind.name());
            let renamed = renamed.and_then(|lines| lines.get(labels.name));
            let called = match renamed {
                Some(label) => vec![label.as_str()],
                None => labels.called(source).to_vec(),
            };
            let place = called.iter().find_map(|label| {
                let is_it = |column: &String| !label.is_empty() && same(column, label);
                header.iter().position(is_it)
            });
            if let Some(place) = place {
                places.push((labels.field, place, header[place].clone()));
            }
        }
        for one_of in kind.needed() {
            if !one_of
                .iter()
                .any(|field| places.iter().any(|(known, ..)| known == field))
            {
                return Err(ImportError::NoColumn(self.told(kind, one_of)));
            }
        }
        Ok(Columns { places })
    }

    /// Whose labels a kind of table has: the hub's own where its source knows no such table.
    fn source_of(&self, kind: Kind) -> Source {
        let mut labels = kind.labels().iter();
        match labels.any(|labels| !labels.called(self.source).is_empty()) {
            true => self.source,
            false => Source::Plain,
        }
    }

    /// How a needed field would be called.
    fn told(&self, kind: Kind, one_of: &[Field]) -> String {
        let labels = kind.labels().iter();
        let labels = labels.filter(|labels| one_of.contains(&labels.field));
        let called: Vec<&str> = labels
            .map(|labels| {
                let called = labels.called(self.source_of(kind));
                called.first().copied().unwrap_or(labels.name)
            })
            .collect();
        called.join(" or ")
    }
}

/// Labels are the same whatever their case.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Where the fields stand.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    places: Vec<(Field, usize, String)>,
}

impl Columns {
    /// The place of a field, and what the table calls it.
    pub(super) fn find(&self, field: Field) -> Option<(usize, &str)> {
        let mut places = self.places.iter();
        let (_, place, label) = places.find(|(known, ..)| *known == field)?;
        Some((*place, label))
    }
}
