//! The columns of each kind of table, and what they are called.

use super::{Field, Labels, labels};

const CUSTOMER_CODE: Labels = labels(
    Field::CustomerCode,
    "customerCode",
    &["Account Name.id"],
    &["客户编号"],
);
const CUSTOMER: Labels = labels(
    Field::Customer,
    "customer",
    &["Account Name"],
    &["客户名称"],
);
/// What an event of Zoho belongs to, which may be something else than a customer.
const EVENT_CUSTOMER_CODE: Labels = labels(
    Field::CustomerCode,
    "customerCode",
    &["Related To.id"],
    &["客户编号"],
);
const EVENT_CUSTOMER: Labels = labels(Field::Customer, "customer", &["Related To"], &["客户名称"]);
/// Somebody who is expected to learn.
const LEARNER: Labels = labels(Field::Owner, "user", &[], &["姓名"]);
const COURSE: Labels = labels(Field::Course, "courseCode", &[], &["课程编号"]);

pub(super) const USERS: &[Labels] = &[
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

pub(super) const CUSTOMERS: &[Labels] = &[
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

pub(super) const CONTACTS: &[Labels] = &[
    CUSTOMER_CODE,
    CUSTOMER,
    labels(Field::Name, "name", &["Full Name"], &["姓名"]),
    labels(Field::FirstName, "firstName", &["First Name"], &[]),
    labels(Field::LastName, "lastName", &["Last Name"], &[]),
    labels(Field::Title, "title", &["Title"], &["职务"]),
    labels(Field::Mobile, "mobile", &["Mobile"], &["手机"]),
    labels(Field::Phone, "phone", &["Phone"], &["电话"]),
    labels(Field::Email, "email", &["Email"], &["邮件"]),
];

pub(super) const GEOFENCES: &[Labels] = &[
    CUSTOMER_CODE,
    labels(Field::Name, "name", &["Name"], &["名称"]),
    labels(Field::Latitude, "latitude", &["Latitude"], &["纬度"]),
    labels(Field::Longitude, "longitude", &["Longitude"], &["经度"]),
    labels(Field::Radius, "radiusM", &["Radius"], &["半径"]),
    labels(Field::Wkt, "wkt", &["wkt"], &["wkt"]),
    labels(Field::Geojson, "geojson", &["geojson"], &["geojson"]),
];

/// Zoho's deals are orders once they are won, which their stage says.
pub(super) const ORDERS: &[Labels] = &[
    labels(Field::Number, "number", &["Record Id"], &["订单编号"]),
    CUSTOMER_CODE,
    CUSTOMER,
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

pub(super) const ORDER_LINES: &[Labels] = &[
    labels(Field::Number, "number", &[], &["订单编号"]),
    labels(Field::Position, "position", &[], &["行号"]),
    labels(Field::Product, "product", &[], &["产品名称"]),
    labels(Field::Quantity, "quantity", &[], &["数量"]),
    labels(Field::Price, "unitPrice", &[], &["单价"]),
];

pub(super) const TEAMS: &[Labels] = &[
    labels(Field::Team, "name", &[], &["部门名称", "部门"]),
    labels(Field::Parent, "parent", &[], &["上级部门"]),
    labels(Field::Manager, "manager", &[], &["部门负责人"]),
];

pub(super) const ASSIGNMENTS: &[Labels] = &[
    CUSTOMER_CODE,
    CUSTOMER,
    labels(Field::Owner, "rep", &["Account Owner"], &["负责人"]),
    labels(Field::Team, "team", &["Territory"], &["部门"]),
    labels(Field::Every, "dueEveryDays", &[], &["拜访周期"]),
    labels(Field::ValidFrom, "validFrom", &[], &["开始日期"]),
    labels(Field::ValidTo, "validTo", &[], &["结束日期"]),
];

/// Zoho's events are plans until somebody checks in at them.
pub(super) const PLANS: &[Labels] = &[
    EVENT_CUSTOMER_CODE,
    EVENT_CUSTOMER,
    labels(
        Field::Owner,
        "rep",
        &["Event Owner", "Host"],
        &["拜访人", "负责人"],
    ),
    labels(
        Field::Day,
        "day",
        &["From", "Start DateTime"],
        &["计划日期", "计划时间"],
    ),
    labels(Field::Note, "note", &["Title", "Event Title"], &["备注"]),
];

pub(super) const COURSES: &[Labels] = &[
    labels(Field::Code, "code", &[], &["课程编号"]),
    labels(Field::Title, "title", &[], &["课程名称"]),
    labels(Field::Description, "description", &[], &["课程简介"]),
    labels(Field::ValidFor, "validForDays", &[], &["有效天数"]),
    labels(Field::PassScore, "passScore", &[], &["及格分"]),
];

pub(super) const ENROLMENTS: &[Labels] = &[
    COURSE,
    LEARNER,
    labels(Field::DueAt, "dueAt", &[], &["截止日期"]),
];

pub(super) const TRAINING: &[Labels] = &[
    COURSE,
    LEARNER,
    labels(Field::CompletedAt, "completedAt", &[], &["完成时间"]),
    labels(Field::Score, "score", &[], &["成绩"]),
    labels(Field::Outcome, "result", &[], &["结果"]),
    labels(Field::Certificate, "certificate", &[], &["证书编号"]),
];

pub(super) const TARGETS: &[Labels] = &[
    labels(Field::Owner, "rep", &[], &["负责人"]),
    labels(Field::Team, "team", &[], &["部门"]),
    labels(Field::Metric, "metric", &[], &["指标"]),
    labels(Field::Period, "period", &[], &["周期"]),
    labels(Field::Day, "day", &[], &["日期"]),
    labels(Field::Value, "value", &[], &["目标值"]),
];

/// Zoho's events at which somebody checked in, the 外勤签到 of 纷享销客, what WeCom's
/// `getcheckindata` answers (<https://developer.work.weixin.qq.com/document/path/90262>), Traccar's
/// positions, and the messages that OwnTracks' Recorder keeps.
pub(super) const CHECK_INS: &[Labels] = &[
    labels(Field::Id, "id", &["Record Id"], &["编号"]),
    labels(
        Field::Owner,
        "rep",
        &["Check_In_By", "Check In By", "Event Owner", "Host"],
        &["签到人"],
    )
    .wecom(&["userid"])
    .tracks(&["deviceId"], &["topic"]),
    labels(Field::Kind, "kind", &[], &[]).wecom(&["checkin_type"]),
    EVENT_CUSTOMER_CODE,
    EVENT_CUSTOMER,
    labels(
        Field::RecordedAt,
        "recordedAt",
        &["Check_In_Time", "Check In Time", "Check-In Time"],
        &["签到时间"],
    )
    .wecom(&["checkin_time"])
    .tracks(&["fixTime"], &["tst"]),
    labels(Field::Until, "leftAt", &[], &["签退时间"]),
    labels(Field::Latitude, "latitude", &["Latitude"], &["纬度"])
        .wecom(&["lat"])
        .tracks(&["latitude"], &["lat"]),
    labels(Field::Longitude, "longitude", &["Longitude"], &["经度"])
        .wecom(&["lng"])
        .tracks(&["longitude"], &["lon"]),
    labels(Field::Accuracy, "accuracyM", &[], &[]).tracks(&["accuracy"], &["acc"]),
    labels(Field::Altitude, "altitudeM", &[], &[]).tracks(&["altitude"], &["alt"]),
    labels(Field::Speed, "speedMps", &[], &[]).tracks(&["speed"], &["vel"]),
    labels(Field::Heading, "headingDeg", &[], &[]).tracks(&["course"], &["cog"]),
    labels(Field::Battery, "batteryPct", &[], &[]).tracks(&[], &["batt"]),
    labels(
        Field::Address,
        "address",
        &["Check_In_Address", "Check In Address"],
        &["签到地址"],
    )
    .wecom(&["location_detail", "location_title"]),
    labels(
        Field::Note,
        "note",
        &["Check_In_Comment", "Check In Comment"],
        &["备注"],
    )
    .wecom(&["notes"]),
    labels(
        Field::Status,
        "status",
        &["Check_In_Status", "Check In Status"],
        &[],
    )
    .wecom(&["exception_type"])
    .tracks(&["valid"], &["_type"]),
];
