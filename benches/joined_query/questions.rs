//! The questions, each as GraphQL and as one statement that returns the same JSON.

use serde_json::Value;

/// One question.
pub(crate) struct Question {
    pub(crate) name: &'static str,
    pub(crate) graphql: String,
    pub(crate) sql: String,
}

/// All questions, in order.
pub(crate) fn all() -> Vec<Question> {
    let today = chrono::Utc::now().date_naive().to_string();
    let question = |name, graphql: &str, sql: &str| Question {
        name,
        graphql: graphql.replace("TODAY", &today),
        sql: sql.replace("TODAY", &today),
    };
    vec![
        question("customers, visits, reps", CUSTOMERS, CUSTOMERS_SQL),
        question("teams, reps, training", TEAMS, TEAMS_SQL),
        question("ranking with all joined", RANKING, RANKING_SQL),
    ]
}

/// An answer's data with numbers in strings made comparable: `2.50` is `2.5`.
pub(crate) fn comparable(answer: &str) -> Value {
    let mut answer: Value = serde_json::from_str(answer).unwrap();
    let mut data = answer["data"].take();
    assert!(data.is_object(), "an answer without errors: {answer}");
    plain(&mut data);
    data
}

fn plain(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(plain),
        Value::Object(fields) => fields.values_mut().for_each(plain),
        Value::String(text) => {
            if let Ok(number) = text.parse::<f64>() {
                *value = Value::String(format!("{number:.4}"));
            }
        }
        _ => {}
    }
}

/// 50 customers, their last visits, by whom, of which team.
const CUSTOMERS: &str = "{ customers(first: 50) { nodes { name
    visits(first: 5, orderBy: {arrivedAt: DESC}) { nodes { arrivedAt leftAt
      rep { name team { name } } } } } } }";

const CUSTOMERS_SQL: &str = r#"
SELECT json_build_object('data', json_build_object('customers', json_build_object('nodes', (
  SELECT json_agg(json_build_object('name', c.name, 'visits', json_build_object('nodes', (
    SELECT coalesce(json_agg(json_build_object(
      'arrivedAt', to_char(v.arrived_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"'),
      'leftAt', to_char(v.left_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"'),
      'rep', json_build_object('name', u.name, 'team', json_build_object('name', t.name))
    ) ORDER BY v.arrived_at DESC, v.id DESC), '[]')
    FROM (SELECT * FROM visit WHERE customer_id = c.id AND withdrawn_at IS NULL
          ORDER BY arrived_at DESC, id DESC LIMIT 5) v
    JOIN user_account u ON u.id = v.rep_id LEFT JOIN team t ON t.id = u.team_id))) ORDER BY c.name, c.id)
  FROM (SELECT id, name FROM customer ORDER BY name, id LIMIT 50) c))))::text"#;

/// A month's ranking of all teams with their reps and what these have learnt.
const TEAMS: &str = "{ ranking(period: {kind: MONTH, of: \"TODAY\"}, metric: VISITS, of: TEAMS) {
    entries(first: 50) { nodes { rank value team { name
      reps(first: 20) { nodes { name
        trainingRecords(first: 5) { nodes { course { title } result expiresAt } } } } } } } } }";

const TEAMS_SQL: &str = r#"
WITH sums AS (
  SELECT u.team_id, sum(value) AS value FROM rep_day JOIN user_account u ON u.id = rep_id
  WHERE metric = 'VISITS' AND day >= date_trunc('month', date 'TODAY')
    AND day < date_trunc('month', date 'TODAY') + interval '1 month' GROUP BY 1),
ranked AS (
  SELECT t.id, t.name, coalesce(value, 0) AS value, rank() OVER (ORDER BY coalesce(value, 0) DESC) AS rank
  FROM team t LEFT JOIN sums ON team_id = t.id WHERE t.archived_at IS NULL
  ORDER BY rank, t.id LIMIT 50)
SELECT json_build_object('data', json_build_object('ranking', json_build_object('entries',
  json_build_object('nodes', json_agg(json_build_object('rank', rank, 'value', value::text, 'team',
    json_build_object('name', r.name, 'reps', json_build_object('nodes', (
      SELECT json_agg(json_build_object('name', u.name, 'trainingRecords', json_build_object('nodes', (
        SELECT coalesce(json_agg(json_build_object('course', json_build_object('title', course.title),
          'result', l.result,
          'expiresAt', to_char(l.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"')
        ) ORDER BY l.completed_at DESC, l.id DESC), '[]')
        FROM (SELECT * FROM training_record WHERE user_id = u.id ORDER BY completed_at DESC, id DESC LIMIT 5) l
        JOIN course ON course.id = l.course_id))) ORDER BY u.name, u.id)
      FROM (SELECT * FROM user_account WHERE team_id = r.id AND deactivated_at IS NULL ORDER BY name, id LIMIT 20) u
    )))) ORDER BY rank, r.id)))))::text
FROM ranked r"#;

/// The query of a manager's morning: everything at once.
const RANKING: &str =
    "{ ranking(period: {kind: MONTH, of: \"TODAY\"}, metric: REVENUE, of: TEAMS) {
    entries(first: 10) { nodes { rank value target attainment delta
      team { name manager { name } reps(first: 20) { nodes { name
        presence { state since age customer { name } }
        trainingRecords(first: 5) { nodes { course { title } result expiresAt } }
        visits(first: 5, orderBy: {arrivedAt: DESC}) { nodes { arrivedAt leftAt
          customer { name contacts(first: 2) { nodes { name phone } }
            orders(first: 3) { nodes { total placedAt } } } } } } } } } } } }";

/// Nobody has sent a position yet, so presence is a constant; the hub reads it from Redis.
const RANKING_SQL: &str = r#"
WITH sums AS (
  SELECT u.team_id,
    sum(value) FILTER (WHERE day >= date_trunc('month', date 'TODAY')) AS value,
    sum(value) FILTER (WHERE day < date_trunc('month', date 'TODAY')) AS before
  FROM rep_day JOIN user_account u ON u.id = rep_id
  WHERE metric = 'REVENUE' AND day >= date_trunc('month', date 'TODAY') - interval '1 month'
    AND day < date_trunc('month', date 'TODAY') + interval '1 month' GROUP BY 1),
ranked AS (
  SELECT t.id, t.name, m.name AS manager, g.value::numeric AS target,
    coalesce(sums.value, 0) / 100 AS value, coalesce(before, 0) / 100 AS before,
    rank() OVER (ORDER BY coalesce(sums.value, 0) DESC) AS rank
  FROM team t LEFT JOIN sums ON team_id = t.id LEFT JOIN user_account m ON m.id = t.manager_id
  LEFT JOIN target g ON g.team_id = t.id AND g.metric = 'REVENUE' AND g.period_kind = 'MONTH'
    AND g.period_start = date_trunc('month', date 'TODAY')
  WHERE t.archived_at IS NULL ORDER BY rank, t.id LIMIT 10)
SELECT json_build_object('data', json_build_object('ranking', json_build_object('entries',
  json_build_object('nodes', json_agg(json_build_object('rank', rank, 'value', r.value::text,
    'target', target::text, 'attainment', round(r.value / target, 6)::text,
    'delta', (r.value - before)::text, 'team', json_build_object('name', r.name,
    'manager', json_build_object('name', manager), 'reps', json_build_object('nodes', (
      SELECT json_agg(json_build_object('name', u.name,
        'presence', json_build_object('state', 'UNKNOWN', 'since', NULL, 'age', NULL, 'customer', NULL),
        'trainingRecords', json_build_object('nodes', (
          SELECT coalesce(json_agg(json_build_object('course', json_build_object('title', course.title),
            'result', l.result,
            'expiresAt', to_char(l.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"')
          ) ORDER BY l.completed_at DESC, l.id DESC), '[]')
          FROM (SELECT * FROM training_record WHERE user_id = u.id ORDER BY completed_at DESC, id DESC LIMIT 5) l
          JOIN course ON course.id = l.course_id)),
        'visits', json_build_object('nodes', (
          SELECT coalesce(json_agg(json_build_object(
            'arrivedAt', to_char(v.arrived_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"'),
            'leftAt', to_char(v.left_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"'),
            'customer', json_build_object('name', c.name,
              'contacts', json_build_object('nodes', (
                SELECT coalesce(json_agg(json_build_object('name', k.name, 'phone', k.phone)
                  ORDER BY k.is_primary DESC, k.id DESC), '[]')
                FROM (SELECT * FROM contact WHERE customer_id = c.id ORDER BY is_primary DESC, id DESC LIMIT 2) k)),
              'orders', json_build_object('nodes', (
                SELECT coalesce(json_agg(json_build_object('total', (o.total_minor::numeric / 100)::numeric(14, 2)::text,
                  'placedAt', to_char(o.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"'))
                  ORDER BY o.placed_at DESC, o.id DESC), '[]')
                FROM (SELECT * FROM sales_order WHERE customer_id = c.id ORDER BY placed_at DESC, id DESC LIMIT 3) o)))
          ) ORDER BY v.arrived_at DESC, v.id DESC), '[]')
          FROM (SELECT * FROM visit WHERE rep_id = u.id AND withdrawn_at IS NULL
                ORDER BY arrived_at DESC, id DESC LIMIT 5) v
          JOIN customer c ON c.id = v.customer_id))) ORDER BY u.name, u.id)
      FROM (SELECT * FROM user_account WHERE team_id = r.id AND deactivated_at IS NULL ORDER BY name, id LIMIT 20) u
    )))) ORDER BY rank, r.id)))))::text
FROM ranked r"#;
