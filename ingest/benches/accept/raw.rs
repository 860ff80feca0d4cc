//! The limit: the same rows, written with nothing else by one client.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use entity::id::CheckInId;
use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

use crate::company::Company;

const CHECK_IN: &str = "rep_id, recorded_at, device_id, kind, customer_key, latitude_e6, \
                        longitude_e6, id, received_at, accuracy_m, speed_mps, battery_pct, is_mock";
const CHECK_IN_TYPES: &str = "$1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::uuid[], \
                              $6::int[], $7::int[], $8::uuid[], $9::timestamptz[], \
                              $10::double precision[], $11::double precision[], $12::smallint[], \
                              $13::boolean[]";
const RECEIPT: &str = "rep_id, device_id, client_id, status, fix_digest, check_in_id, \
                       recorded_at, received_at";
const RECEIPT_TYPES: &str = "$1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], \
                             $6::uuid[], $7::timestamptz[], $8::timestamptz[]";

/// Inserts so many check-ins with their receipts, so many a transaction.
pub(crate) async fn insert(company: &Company, rows: usize, size: usize) -> Duration {
    let batches: Vec<[Statement; 2]> = (0..rows / size).map(|n| batch(company, n, size)).collect();
    let started = Instant::now();
    for [check_ins, receipts] in batches {
        let transaction = company.db.begin().await.unwrap();
        transaction.execute_raw(check_ins).await.unwrap();
        transaction.execute_raw(receipts).await.unwrap();
        transaction.commit().await.unwrap();
    }
    started.elapsed()
}

fn batch(company: &Company, n: usize, size: usize) -> [Statement; 2] {
    let (rep, device) = company.reps[n % company.reps.len()];
    let now = Utc::now();
    let mut check_ins: Vec<Vec<Value>> = Vec::new();
    let mut receipts: Vec<Vec<Value>> = Vec::new();
    for point in n * size..(n + 1) * size {
        let id = CheckInId::new();
        let recorded_at = now - TimeDelta::days(1) + TimeDelta::milliseconds(point as i64);
        check_ins.push(vec![
            rep.into(),
            recorded_at.into(),
            device.into(),
            "TRAIL".into(),
            Uuid::nil().into(),
            (60_170_000 + point as i32).into(),
            24_940_000.into(),
            id.into(),
            now.into(),
            12.0.into(),
            1.2.into(),
            81_i16.into(),
            false.into(),
        ]);
        receipts.push(vec![
            rep.into(),
            device.into(),
            format!("{rep}-{point}").into(),
            "ACCEPTED".into(),
            (point as i64).into(),
            id.into(),
            recorded_at.into(),
            now.into(),
        ]);
    }
    let backend = company.db.backend();
    [
        statement(backend, "check_in", CHECK_IN, CHECK_IN_TYPES, check_ins),
        statement(backend, "receipt", RECEIPT, RECEIPT_TYPES, receipts),
    ]
}

fn statement(
    backend: DbBackend,
    table: &str,
    columns: &str,
    types: &str,
    rows: Vec<Vec<Value>>,
) -> Statement {
    if backend == DbBackend::Postgres {
        let width = rows[0].len();
        let mut arrays = vec![Vec::with_capacity(rows.len()); width];
        for row in rows {
            for (array, value) in arrays.iter_mut().zip(row) {
                array.push(value);
            }
        }
        let arrays = arrays
            .into_iter()
            .map(|array| Value::Array(array_type(&array[0]), Some(Box::new(array))));
        let text = format!("INSERT INTO {table} ({columns}) SELECT * FROM unnest({types})");
        return Statement::from_sql_and_values(backend, text, arrays);
    }
    let row = format!("({})", vec!["?"; rows[0].len()].join(","));
    let values = vec![row; rows.len()].join(",");
    let text = format!("INSERT INTO {table} ({columns}) VALUES {values}");
    Statement::from_sql_and_values(backend, text, rows.into_iter().flatten())
}

fn array_type(value: &Value) -> ArrayType {
    match value {
        Value::Uuid(_) => ArrayType::Uuid,
        Value::ChronoDateTimeUtc(_) => ArrayType::ChronoDateTimeUtc,
        Value::Int(_) => ArrayType::Int,
        Value::SmallInt(_) => ArrayType::SmallInt,
        Value::BigInt(_) => ArrayType::BigInt,
        Value::Double(_) => ArrayType::Double,
        Value::Bool(_) => ArrayType::Bool,
        _ => ArrayType::String,
    }
}
