//! A company of the size that the figures are about.

use entity::Database as Connection;
use sea_orm::ConnectionTrait;
use testbed::PostgresServer;

use crate::hub;

/// A filled database.
pub(crate) struct Database {
    pub(crate) url: String,
    /// PostgreSQL's first process.
    pub(crate) postmaster: u32,
    /// A token of somebody who may see everything.
    pub(crate) admin_token: String,
}

/// Migrates and fills a database.
pub(crate) fn found(postgres: &PostgresServer) -> Database {
    let url = postgres.url("bench");
    run(&postgres.url("postgres"), &["CREATE DATABASE bench"]);
    let made = hub::command(&url)
        .args(["token", "--create-admin", "admin@bench.example"])
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    run(&url, FILL);
    Database {
        postmaster: postgres.pid().unwrap(),
        admin_token: String::from_utf8(made.stdout).unwrap().trim().to_owned(),
        url,
    }
}

#[tokio::main]
async fn run(url: &str, statements: &[&str]) {
    let database = Connection::connect(url, 1).await.unwrap();
    for statement in statements {
        database.write.execute_unprepared(statement).await.unwrap();
    }
}

/// Ids are made of a letter for the kind and a number; instants have milliseconds, so that both
/// sides write them with as many digits.
const FILL: &[&str] = &[
    "INSERT INTO team (id, name, created_at)
     SELECT md5('t' || n)::uuid, 'Team ' || lpad(n::text, 2, '0'), now()
     FROM generate_series(0, 49) n",
    "INSERT INTO user_account (id, email, name, role, team_id, token_version, created_at)
     SELECT md5('u' || n)::uuid, 'rep' || n || '@bench.example', 'Rep ' || lpad(n::text, 3, '0'),
            'REP', md5('t' || n % 50)::uuid, 0, now()
     FROM generate_series(0, 499) n",
    "INSERT INTO user_account (id, email, name, role, token_version, created_at)
     SELECT md5('m' || n)::uuid, 'manager' || n || '@bench.example', 'Manager ' || n, 'MANAGER', 0, now()
     FROM generate_series(0, 49) n",
    "UPDATE team SET manager_id = md5('m' || right(name, 2)::int)::uuid",
    "INSERT INTO customer (id, code, name, city, latitude, longitude, status, created_at)
     SELECT md5('c' || n)::uuid, 'C' || n, 'Shop ' || lpad(n::text, 5, '0'), 'Berlin',
            52.4 + n % 200 * 0.001, 13.2 + n / 200 * 0.003, 'ACTIVE', now()
     FROM generate_series(0, 19999) n",
    "INSERT INTO assignment (id, customer_id, user_id, due_every_days, valid_from)
     SELECT md5('a' || n)::uuid, md5('c' || n)::uuid, md5('u' || n % 500)::uuid, 14, now() - interval '300 days'
     FROM generate_series(0, 19999) n",
    "INSERT INTO contact (id, customer_id, name, phone, is_primary, created_at)
     SELECT md5('k' || n)::uuid, md5('c' || n / 2)::uuid, 'Contact ' || n, '+49 30 ' || n, n % 2 = 0, now()
     FROM generate_series(0, 39999) n",
    "INSERT INTO visit (id, rep_id, customer_id, arrived_at, left_at, end_reason, opened_by,
                        confidence, revision, evidence, created_at, updated_at)
     SELECT md5('v' || n)::uuid, md5('u' || n % 500)::uuid, md5('c' || n % 20000)::uuid,
            at, at + interval '20 minutes', 'EXIT', 'TRAIL', 0.9, 1, '{}', at, at
     FROM generate_series(0, 499999) n,
          LATERAL (SELECT date_trunc('day', now()) - n / 2500 * interval '1 day'
                          + n % 2500 * interval '11 seconds' + interval '123 ms' AS at) AS visited",
    "INSERT INTO sales_order (id, number, customer_id, rep_id, placed_at, total_minor, currency, status, created_at)
     SELECT md5('o' || n)::uuid, 'O' || n, md5('c' || n % 20000)::uuid, md5('u' || n % 500)::uuid,
            at, 1000 + n * 7919::bigint % 50000, 'EUR', 'PLACED', at
     FROM generate_series(0, 99999) n,
          LATERAL (SELECT date_trunc('day', now()) - n / 600 * interval '1 day'
                          + n % 600 * interval '40 seconds' + interval '123 ms' AS at) AS placed",
    "INSERT INTO rep_day (rep_id, day, metric, value)
     SELECT rep_id, (arrived_at AT TIME ZONE 'UTC')::date, 'VISITS', count(*) FROM visit GROUP BY 1, 2
     UNION ALL
     SELECT rep_id, (placed_at AT TIME ZONE 'UTC')::date, 'ORDERS', count(*) FROM sales_order GROUP BY 1, 2
     UNION ALL
     SELECT rep_id, (placed_at AT TIME ZONE 'UTC')::date, 'REVENUE', sum(total_minor) FROM sales_order GROUP BY 1, 2",
    "INSERT INTO rep_customer_day (rep_id, day, customer_id, visits)
     SELECT rep_id, (arrived_at AT TIME ZONE 'UTC')::date, customer_id, count(*) FROM visit GROUP BY 1, 2, 3",
    "INSERT INTO target (id, metric, period_kind, period_start, team_id, value, created_by, created_at)
     SELECT md5('g' || n)::uuid, 'REVENUE', 'MONTH', date_trunc('month', now() AT TIME ZONE 'UTC')::date,
            md5('t' || n)::uuid, '40000', md5('m0')::uuid, now()
     FROM generate_series(0, 49) n",
    "INSERT INTO course (id, code, title, created_at)
     SELECT md5('l' || n)::uuid, 'L' || n, 'Course ' || n, now() FROM generate_series(0, 9) n",
    "INSERT INTO training_record (id, course_id, user_id, completed_at, result, expires_at)
     SELECT md5('r' || n)::uuid, md5('l' || n % 10)::uuid, md5('u' || n / 8)::uuid, at,
            CASE WHEN n % 7 = 0 THEN 'FAILED' ELSE 'PASSED' END, at + interval '2 years'
     FROM generate_series(0, 3999) n,
          LATERAL (SELECT date_trunc('day', now()) - n % 300 * interval '1 day' + interval '123 ms' AS at) AS completed",
    "VACUUM ANALYZE",
];
