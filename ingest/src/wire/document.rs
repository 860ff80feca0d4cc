//! The documents of `/v1/check-ins`, as its description and its clients know them. What comes in
//! is read field by field instead, so that one bad field spoils one point.

use serde::Serialize;
use utoipa::ToSchema;

use crate::intake::Receipt;

/// A batch of check-ins.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// At most 1,000.
    #[schema(max_items = 1000)]
    pub check_ins: Vec<CheckIn>,
}

/// A check-in as a phone sends it. Unknown further fields are ignored.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckIn {
    /// The phone's own id of the point: the idempotency key. The same one on every retry.
    #[schema(min_length = 1, max_length = 64)]
    pub id: String,
    /// `TRAIL`, `ARRIVE`, `DEPART`, `HEARTBEAT`, `SHIFT_START`, `SHIFT_END`, `PAUSE` or `RESUME`.
    pub kind: String,
    /// The phone's time, RFC 3339 with an offset.
    #[schema(format = "date-time")]
    pub recorded_at: String,
    /// Degrees; `TRAIL`, `ARRIVE` and `DEPART` need a position, the other kinds have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: Option<f64>,
    /// Degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: Option<f64>,
    /// `WGS84` (unless said otherwise), `GCJ02` or `BD09`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datum: Option<String>,
    /// Radius of 68 % confidence in metres; 0 means unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub accuracy_m: Option<f64>,
    /// Metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub altitude_m: Option<f64>,
    /// Metres a second; -1 means unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -1, maximum = 1000)]
    pub speed_mps: Option<f64>,
    /// Degrees clockwise from north; -1 means unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -1, maximum = 360)]
    pub heading_deg: Option<f64>,
    /// Charge in per cent; -1 means unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -1, maximum = 100)]
    pub battery_pct: Option<f64>,
    /// The phone says that an app made the position up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mock: Option<bool>,
    /// The customer that `ARRIVE` or `DEPART` names, by its GraphQL id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// The rep's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// A receipt a point, in the order of the batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Receipts {
    /// The receipts.
    pub receipts: Vec<Receipt>,
}
