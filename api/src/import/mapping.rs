//! What columns are called: by the hub itself, by Zoho CRM, by 纷享销客, or as a file says.
//!
//! Neither of the two publishes a list; Zoho's labels are those seen in real exports, those of
//! 纷享销客 are its usual ones, and both may be renamed by every company.

use std::collections::BTreeMap;

use domain::datum::Datum;
use serde::Deserialize;

use super::{ImportError, Kind};

/// Where a table comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The hub's own labels.
    #[default]
    Plain,
    /// An export of Zoho CRM.
    Zoho,
    /// An export of 纷享销客, whose positions are in GCJ-02.
    Fxiaoke,
}

impl Source {
    /// The datum of its positions, unless somebody says otherwise.
    pub fn datum(self) -> Datum {
        match self {
            Self::Fxiaoke => Datum::Gcj02,
            Self::Plain | Self::Zoho => Datum::Wgs84,
        }
    }
}

/// A value of a row, by the hub's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Code,
    Name,
    FirstName,
    LastName,
    Email,
    Phone,
    Mobile,
    Role,
    Team,
    Title,
    Segment,
    Address,
    City,
    District,
    Latitude,
    Longitude,
    Status,
    Owner,
    CustomerCode,
    Customer,
    Number,
    PlacedAt,
    Total,
    Currency,
    Note,
    Radius,
    Wkt,
    Geojson,
}

/// A field of a kind of table, and what each source calls it; of several labels the first that a
/// table has is taken.
struct Labels {
    field: Field,
    name: &'static str,
    zoho: &'static [&'static str],
    fxiaoke: &'static [&'static str],
}

const fn labels(
    field: Field,
    name: &'static str,
    zoho: &'static [&'static str],
    fxiaoke: &'static [&'static str],
) -> Labels {
    Labels {
        field,
        name,
        zoho,
        fxiaoke,
    }
}

const USERS: &[Labels] = &[
    labels(Field::Email, "email", &["Email"], &["邮箱", "邮件"]),
    labels(
        Field::Name,
        "name",
        &["Full Name", "Name"],
        &["姓名", "员工姓名"],
    ),
    labels(
        Field::Phone,
        "phone",
        &["Mobile", "Phone"],
        &["手机", "电话"],
    ),
    labels(Field::Role, "role", &[], &[]),
    labels(Field::Team, "team", &["Territory"], &["主属部门", "部门"]),
];

const CUSTOMERS: &[Labels] = &[
    labels(Field::Code, "code", &["Record Id"], &["客户编号"]),
    labels(Field::Name, "name", &["Account Name"], &["客户名称"]),
    labels(
        Field::Segment,
        "segment",
        &["Account Type", "Industry"],
        &["客户级别"],
    ),
    labels(
        Field::Address,
        "address",
        &["Billing Street", "Billing Address - Street"],
        &["详细地址"],
    ),
    labels(
        Field::City,
        "city",
        &["Billing City", "Billing Address - City"],
        &["市"],
    ),
    labels(Field::District, "district", &[], &["区"]),
    labels(Field::Latitude, "latitude", &["Latitude"], &["纬度"]),
    labels(Field::Longitude, "longitude", &["Longitude"], &["经度"]),
    labels(Field::Status, "status", &[], &[]),
    labels(Field::Owner, "owner", &["Account Owner"], &["负责人"]),
];

const CONTACTS: &[Labels] = &[
    labels(
        Field::CustomerCode,
        "customerCode",
        &["Account Name.id"],
        &["客户编号"],
    ),
    labels(
        Field::Customer,
        "customer",
        &["Account Name"],
        &["客户名称"],
    ),
    labels(Field::Name, "name", &["Full Name"], &["姓名"]),
    labels(Field::FirstName, "firstName", &["First Name"], &[]),
    labels(Field::LastName, "lastName", &["Last Name"], &[]),
    labels(Field::Title, "title", &["Title"], &["职务"]),
    labels(Field::Mobile, "mobile", &["Mobile"], &["手机"]),
    labels(Field::Phone, "phone", &["Phone"], &["电话"]),
    labels(Field::Email, "email", &["Email"], &["邮件"]),
];

const GEOFENCES: &[Labels] = &[
    labels(
        Field::CustomerCode,
        "customerCode",
        &["Account Name.id"],
        &["客户编号"],
    ),
    labels(Field::Name, "name", &["Name"], &["名称"]),
    labels(Field::Latitude, "latitude", &["Latitude"], &["纬度"]),
    labels(Field::Longitude, "longitude", &["Longitude"], &["经度"]),
    labels(Field::Radius, "radiusM", &["Radius"], &["半径"]),
    labels(Field::Wkt, "wkt", &["wkt"], &["wkt"]),
    labels(Field::Geojson, "geojson", &["geojson"], &["geojson"]),
];

/// Zoho's deals are orders once they are won, which their stage says.
const ORDERS: &[Labels] = &[
    labels(Field::Number, "number", &["Record Id"], &["订单编号"]),
    labels(
        Field::CustomerCode,
        "customerCode",
        &["Account Name.id"],
        &["客户编号"],
    ),
    labels(
        Field::Customer,
        "customer",
        &["Account Name"],
        &["客户名称"],
    ),
    labels(Field::Owner, "rep", &["Deal Owner"], &["负责人"]),
    labels(
        Field::PlacedAt,
        "placedAt",
        &["Closing Date"],
        &["下单日期"],
    ),
    labels(Field::Total, "total", &["Amount"], &["订单金额"]),
    labels(Field::Currency, "currency", &["Currency"], &["币种"]),
    labels(Field::Status, "status", &["Stage"], &[]),
    labels(Field::Note, "note", &["Deal Name"], &["备注"]),
];

impl Kind {
    const fn labels(self) -> &'static [Labels] {
        match self {
            Self::Users => USERS,
            Self::Customers => CUSTOMERS,
            Self::Contacts => CONTACTS,
            Self::Geofences => GEOFENCES,
            Self::Orders => ORDERS,
        }
    }

    /// What every row needs, each by one of these.
    const fn needed(self) -> &'static [&'static [Field]] {
        match self {
            Self::Users => &[&[Field::Email], &[Field::Name]],
            Self::Customers => &[&[Field::Code], &[Field::Name]],
            Self::Contacts => &[
                &[Field::CustomerCode, Field::Customer],
                &[Field::Name, Field::LastName],
            ],
            Self::Geofences => &[
                &[Field::CustomerCode],
                &[Field::Geojson, Field::Wkt, Field::Latitude],
            ],
            Self::Orders => &[
                &[Field::Number],
                &[Field::CustomerCode, Field::Customer],
                &[Field::Owner],
                &[Field::PlacedAt],
                &[Field::Total],
            ],
        }
    }
}

/// What the columns of tables are called.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    source: Source,
    renamed: Renamed,
}

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
            renamed: Renamed::new(),
        }
    }

    /// The same, with what a mapping file calls otherwise.
    pub fn renamed(self, toml: &str) -> Result<Self, MappingError> {
        let read = toml::Deserializer::parse(toml).and_then(Renamed::deserialize);
        let renamed = read.map_err(|error| MappingError::Form(error.to_string()))?;
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
        Ok(Self { renamed, ..self })
    }

    /// Where the fields of a kind stand in a table with this header.
    pub(super) fn columns(&self, kind: Kind, header: &[String]) -> Result<Columns, ImportError> {
        let mut places = Vec::new();
        for labels in kind.labels() {
            let renamed = self.renamed.get(kind.name());
            let renamed = renamed.and_then(|lines| lines.get(labels.name));
            let called = match (renamed, self.source) {
                (Some(label), _) => vec![label.as_str()],
                (None, Source::Plain) => vec![labels.name],
                (None, Source::Zoho) => labels.zoho.to_vec(),
                (None, Source::Fxiaoke) => labels.fxiaoke.to_vec(),
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

    /// How a needed field would be called.
    fn told(&self, kind: Kind, one_of: &[Field]) -> String {
        let labels = kind.labels().iter();
        let labels = labels.filter(|labels| one_of.contains(&labels.field));
        let called: Vec<&str> = labels
            .map(|labels| {
                let first = match self.source {
                    Source::Plain => None,
                    Source::Zoho => labels.zoho.first(),
                    Source::Fxiaoke => labels.fxiaoke.first(),
                };
                first.copied().unwrap_or(labels.name)
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
