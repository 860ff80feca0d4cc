//! The features of a GeoJSON FeatureCollection, or JSON objects: in a list, or in the
//! `checkindata` of what WeCom answers. Each is handed over as it is read.

use std::fmt;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::source::rows_of;
use super::{Rows, TableError, clean};

/// The fields whose list is the table.
const LISTS: [&str; 2] = ["features", "checkindata"];
/// The column with a feature's geometry.
const GEOMETRY: &str = "geojson";
/// The most columns that a table has.
const MOST_COLUMNS: usize = 2_000;

type Object = Map<String, Value>;

/// Reads the file twice: which columns there are, then the rows.
pub(super) fn read(
    first: impl Read,
    second: impl Read + Send + 'static,
) -> Result<(Vec<String>, Rows), TableError> {
    let mut header: Vec<String> = Vec::new();
    let mut known = std::collections::HashSet::new();
    each(first, |object| {
        for name in names(&object) {
            if header.len() < MOST_COLUMNS && known.insert(name.to_owned()) {
                header.push(name.to_owned());
            }
        }
        ControlFlow::Continue(())
    })?;
    if header.is_empty() {
        return Err(TableError::Empty);
    }
    let columns = header.clone();
    let rows = rows_of(move |sink| {
        let mut line = 0;
        each(second, |object| {
            line += 1;
            let values = columns.iter().map(|name| cell(&object, name)).collect();
            match sink.put(line, values) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })
    })?;
    Ok((header, rows))
}

fn is_feature(object: &Object) -> bool {
    object.get("type").is_some_and(|kind| kind == "Feature")
}

/// What the columns of an object are called; of a feature those of its properties.
fn names(object: &Object) -> Vec<&str> {
    if !is_feature(object) {
        return object.keys().map(String::as_str).collect();
    }
    let properties = object.get("properties").and_then(Value::as_object);
    let properties = properties.into_iter().flat_map(Map::keys);
    let own = properties.map(String::as_str);
    std::iter::once(GEOMETRY).chain(own).collect()
}

fn cell(object: &Object, name: &str) -> String {
    let value = match (is_feature(object), name) {
        (true, GEOMETRY) => object.get("geometry"),
        (true, _) => object.get("properties").and_then(|all| all.get(name)),
        (false, _) => object.get(name),
    };
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => clean(text),
        Some(other) => other.to_string(),
    }
}

/// Gives each object of the list to `take`, until it has enough.
fn each(text: impl Read, take: impl FnMut(Object) -> ControlFlow<()>) -> Result<(), TableError> {
    let mut reader = serde_json::Deserializer::from_reader(BufReader::new(text));
    let mut list = List {
        take,
        is_enough: false,
    };
    let read = Whole(&mut list).deserialize(&mut reader);
    if list.is_enough {
        return Ok(());
    }
    read?;
    Ok(reader.end()?)
}

struct List<F> {
    take: F,
    is_enough: bool,
}

/// The whole file: a list, or an object with one.
struct Whole<'a, F>(&'a mut List<F>);
/// A list of objects.
struct Objects<'a, F>(&'a mut List<F>);

impl<'de, F: FnMut(Object) -> ControlFlow<()>> DeserializeSeed<'de> for Whole<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, F: FnMut(Object) -> ControlFlow<()>> Visitor<'de> for Whole<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a list of objects, or an object with {}",
            LISTS.join(" or ")
        )
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        Objects(self.0).visit_seq(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut is_found = false;
        while let Some(name) = fields.next_key::<String>()? {
            if LISTS.contains(&name.as_str()) {
                is_found = true;
                fields.next_value_seed(Objects(self.0))?;
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        match is_found {
            true => Ok(()),
            false => Err(serde::de::Error::custom(format!(
                "it has no {}",
                LISTS.join(" or ")
            ))),
        }
    }
}

impl<'de, F: FnMut(Object) -> ControlFlow<()>> DeserializeSeed<'de> for Objects<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Object) -> ControlFlow<()>> Visitor<'de> for Objects<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(object) = list.next_element()? {
            if (self.0.take)(object).is_break() {
                self.0.is_enough = true;
                return Err(serde::de::Error::custom("enough"));
            }
        }
        Ok(())
    }
}
