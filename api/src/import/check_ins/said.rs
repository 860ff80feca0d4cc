//! What a row says of a check-in, in the terms of its source.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::position::Position;
use entity::field::check_in::Kind;
use entity::id::{CustomerId, UserId};
use sea_orm::ActiveEnum;
use serde_json::json;

use crate::import::labels::Field;
use crate::import::lookup::{NamedCustomers, People};
use crate::import::mapping::Source;
use crate::import::row::{Fault, Row};

/// The most characters of a note.
const NOTE_LENGTH: usize = 2_000;
/// The most characters of an own id; the hub takes 64, and the end of a stay adds some.
const ID_LENGTH: usize = 56;
/// WeCom's unit of degrees.
const MILLIONTH: f64 = 1e-6;
/// WeCom's word for a check-in that was due and did not come.
const MISSED: &str = "未打卡";
/// Metres a second of one knot, Traccar's unit.
const KNOT: f64 = 1852.0 / 3600.0;
/// Metres a second of one kilometre an hour, OwnTracks' unit.
const KMH: f64 = 1.0 / 3.6;

/// What a row says.
pub(super) struct Said {
    pub(super) row: Row,
    /// The same in every file.
    pub(super) id: String,
    pub(super) rep: UserId,
    pub(super) kind: Kind,
    pub(super) recorded_at: DateTime<Utc>,
    /// When the stay that it began ended.
    pub(super) until: Option<DateTime<Utc>>,
    /// In the datum of the table.
    pub(super) place: Option<Position>,
    pub(super) customer: Option<CustomerId>,
    pub(super) accuracy_m: Option<f64>,
    pub(super) altitude_m: Option<f64>,
    pub(super) speed_mps: Option<f64>,
    pub(super) heading_deg: Option<f64>,
    pub(super) battery_pct: Option<f64>,
    pub(super) note: Option<String>,
}

/// Reads rows of one table.
pub(super) struct Reader {
    pub(super) source: Source,
    /// Of times without an offset.
    zone: Tz,
    people: People,
    /// Whose the rows are that name nobody.
    by: Option<UserId>,
    /// The device of a track that nobody is named by: the first of the table.
    device: Option<String>,
    seen: HashSet<(UserId, String)>,
}

impl Reader {
    pub(super) fn new(source: Source, zone: Tz, people: People, by: Option<UserId>) -> Self {
        let zone = match source {
            Source::Traccar => Tz::UTC,
            _ => zone,
        };
        Self {
            source,
            zone,
            people,
            by,
            device: None,
            seen: HashSet::new(),
        }
    }

    /// Whether a row tells of a check-in at all.
    pub(super) fn is_one(&self, row: &Row) -> bool {
        let status = row.text(Field::Status);
        match self.source {
            Source::Zoho => row.text(Field::RecordedAt).is_some(),
            Source::Wecom => !status.is_some_and(|status| status.contains(MISSED)),
            Source::Traccar => !status.is_some_and(|valid| valid.eq_ignore_ascii_case("false")),
            // A line that cannot be read is refused, not passed over.
            Source::Owntracks => status.is_none_or(|kind| kind == "location"),
            Source::Plain | Source::Fxiaoke => true,
        }
    }

    pub(super) fn read(&mut self, row: &Row, named: &NamedCustomers) -> Result<Said, Fault> {
        if self.source == Source::Owntracks && row.text(Field::Status).is_none() {
            return Err(row.fault(Field::Status, "the line is no message of OwnTracks"));
        }
        let recorded_at = row.instant(Field::RecordedAt, self.zone)?;
        let recorded_at = recorded_at.ok_or_else(|| row.fault(Field::RecordedAt, "is empty"))?;
        let kind = self.kind(row)?;
        let until = row.instant(Field::Until, self.zone)?;
        if until.is_some_and(|until| until < recorded_at) {
            return Err(row.fault(Field::Until, "is before the arrival"));
        }
        let place = self.place(row)?;
        let has_place = matches!(kind, Kind::Trail | Kind::Arrive | Kind::Depart);
        if has_place && place.is_none() {
            return Err(row.fault(Field::Latitude, "is empty: a check-in needs a position"));
        }
        let customer = self.customer(row, named)?;
        let rep = self.rep(row)?;
        let id = own_id(row, rep, kind, recorded_at);
        if !self.seen.insert((rep, id.clone())) {
            return Err(row.fault(Field::Id, "stands in a line above already"));
        }
        let number = |field| row.read::<f64>(field, "number");
        Ok(Said {
            row: row.clone(),
            id,
            rep,
            kind,
            recorded_at,
            until,
            place,
            customer,
            accuracy_m: self.known(number(Field::Accuracy)?.filter(|metres| *metres != 0.0)),
            altitude_m: number(Field::Altitude)?,
            speed_mps: self
                .known(number(Field::Speed)?)
                .map(|speed| speed * self.unit()),
            heading_deg: self.known(number(Field::Heading)?),
            battery_pct: self.known(number(Field::Battery)?),
            note: note(row),
        })
    }

    /// Whose it is. A track of one device, which names nobody here, is the importer's word.
    fn rep(&mut self, row: &Row) -> Result<UserId, Fault> {
        let Some(called) = row.text(Field::Owner) else {
            let reason = "is empty; say with --user whose check-ins they are";
            return self.by.ok_or_else(|| row.fault(Field::Owner, reason));
        };
        let is_track = matches!(self.source, Source::Traccar | Source::Owntracks);
        let name = match self.source {
            // owntracks/USER/DEVICE
            Source::Owntracks => called.split('/').nth(1).unwrap_or(called),
            _ => called,
        };
        let unknown = match (self.people.called(name), self.by) {
            (Ok(rep), _) => return Ok(rep),
            (Err(unknown), by) => match by.filter(|_| is_track) {
                Some(by) if self.device.get_or_insert_with(|| called.to_owned()) == called => {
                    return Ok(by);
                }
                Some(_) => "is another device than that of the lines above; name whose each is in \
                     [people] of a mapping file"
                    .to_owned(),
                None => unknown,
            },
        };
        Err(row.fault(Field::Owner, unknown))
    }

    fn kind(&self, row: &Row) -> Result<Kind, Fault> {
        let word = row.text(Field::Kind);
        match self.source {
            Source::Traccar | Source::Owntracks => Ok(Kind::Trail),
            Source::Wecom => match word {
                Some("上班打卡") => Ok(Kind::ShiftStart),
                Some("下班打卡") => Ok(Kind::ShiftEnd),
                Some("外出打卡") => Ok(Kind::Arrive),
                _ => Err(row.fault(Field::Kind, "is none of 上班打卡, 下班打卡 and 外出打卡")),
            },
            Source::Plain | Source::Zoho | Source::Fxiaoke => {
                let Some(word) = word else {
                    return Ok(Kind::Arrive);
                };
                Kind::try_from_value(&word.to_uppercase())
                    .map_err(|_| row.fault(Field::Kind, format!("{word:?} is no kind of check-in")))
            }
        }
    }

    /// Where it was; WeCom says 0, 0 where it does not know.
    fn place(&self, row: &Row) -> Result<Option<Position>, Fault> {
        let latitude: Option<f64> = row.read(Field::Latitude, "number of degrees")?;
        let longitude: Option<f64> = row.read(Field::Longitude, "number of degrees")?;
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
            return Ok(None);
        };
        let unit = match self.source {
            Source::Wecom if latitude == 0.0 && longitude == 0.0 => return Ok(None),
            Source::Wecom => MILLIONTH,
            _ => 1.0,
        };
        let place = Position::new(latitude * unit, longitude * unit);
        place
            .map(Some)
            .map_err(|error| row.fault(Field::Latitude, error.to_string()))
    }

    /// The customer that a row names. An event of Zoho may belong to something else.
    fn customer(&self, row: &Row, named: &NamedCustomers) -> Result<Option<CustomerId>, Fault> {
        if row.text(Field::CustomerCode).is_none() && row.text(Field::Customer).is_none() {
            return Ok(None);
        }
        match (named.find(row), self.source) {
            (Ok(customer), _) => Ok(Some(customer)),
            (Err(_), Source::Zoho) => Ok(None),
            (Err(fault), _) => Err(fault),
        }
    }

    /// Trackers say something negative for what they do not know.
    fn known(&self, value: Option<f64>) -> Option<f64> {
        let is_track = matches!(self.source, Source::Traccar | Source::Owntracks);
        value.filter(|value| !is_track || *value >= 0.0)
    }

    /// Metres a second of one unit of speed.
    fn unit(&self) -> f64 {
        match self.source {
            Source::Traccar => KNOT,
            Source::Owntracks => KMH,
            _ => 1.0,
        }
    }
}

/// The id of a check-in in every file: the other system's, else a digest of what does not change.
fn own_id(row: &Row, rep: UserId, kind: Kind, recorded_at: DateTime<Utc>) -> String {
    if let Some(id) = row.text(Field::Id)
        && id.chars().count() <= ID_LENGTH
        && !id.chars().any(char::is_control)
    {
        return id.to_owned();
    }
    let named = row.text(Field::CustomerCode).or(row.text(Field::Customer));
    let place = [Field::Latitude, Field::Longitude].map(|field| row.text(field));
    let at = recorded_at.timestamp_millis();
    let fix = json!([rep.global(), kind.to_value(), at, named, place]);
    let digest = blake3::hash(fix.to_string().as_bytes()).to_hex();
    format!("import-{}", &digest[..32])
}

/// The rep's words, and where the other system says that they were.
fn note(row: &Row) -> Option<String> {
    let words = [Field::Note, Field::Address].map(|field| row.text(field));
    let words: Vec<&str> = words.into_iter().flatten().collect();
    let note: String = words.join("\n").chars().take(NOTE_LENGTH).collect();
    (!note.is_empty()).then_some(note)
}
