//! Performance: targets, scorecards, frozen results, and the sums by day.
//!
//! The names of metrics are not checked here: new ones come with new releases, and the rows are
//! read into an enumeration that refuses what it does not know.

pub(crate) const SQL: &str = r"
CREATE TABLE target (
    id {uuid} NOT NULL,
    metric text NOT NULL,
    period_kind text NOT NULL,
    period_start {date} NOT NULL,
    user_id {uuid},
    team_id {uuid},
    value text NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {instant} NOT NULL,
    CONSTRAINT target_pkey PRIMARY KEY (id),
    CONSTRAINT target_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id),
    CONSTRAINT target_team_id_fkey FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT target_created_by_fkey FOREIGN KEY (created_by) REFERENCES user_account (id),
    CONSTRAINT target_period_kind_check CHECK (
        period_kind IN ('DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR')
    ),
    CONSTRAINT target_holder_check CHECK ((user_id IS NULL) <> (team_id IS NULL))
) {strict};
CREATE UNIQUE INDEX target_user_key ON target (user_id, metric, period_kind, period_start)
    WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX target_team_key ON target (team_id, metric, period_kind, period_start)
    WHERE team_id IS NOT NULL;

CREATE TABLE scorecard (
    id {uuid} NOT NULL,
    name text NOT NULL,
    created_at {instant} NOT NULL,
    archived_at {instant},
    CONSTRAINT scorecard_pkey PRIMARY KEY (id),
    CONSTRAINT scorecard_name_key UNIQUE (name)
) {strict};

-- Weights and caps are exact decimals in text; their range is cast for the check alone.
CREATE TABLE scorecard_item (
    id {uuid} NOT NULL,
    scorecard_id {uuid} NOT NULL,
    metric text NOT NULL,
    weight text NOT NULL,
    cap text NOT NULL,
    CONSTRAINT scorecard_item_pkey PRIMARY KEY (id),
    CONSTRAINT scorecard_item_metric_key UNIQUE (scorecard_id, metric),
    CONSTRAINT scorecard_item_scorecard_id_fkey FOREIGN KEY (scorecard_id) REFERENCES scorecard (id),
    CONSTRAINT scorecard_item_weight_check CHECK (
        CAST(weight AS {real}) > 0 AND CAST(weight AS {real}) <= 100
    ),
    CONSTRAINT scorecard_item_cap_check CHECK (CAST(cap AS {real}) > 0)
) {strict};

CREATE TABLE frozen_result (
    id {uuid} NOT NULL,
    measure text NOT NULL,
    period_kind text NOT NULL,
    period_start {date} NOT NULL,
    peers text NOT NULL,
    subject_id {uuid} NOT NULL,
    value text NOT NULL,
    rank {int} NOT NULL,
    target text,
    frozen_at {instant} NOT NULL,
    CONSTRAINT frozen_result_pkey PRIMARY KEY (id),
    CONSTRAINT frozen_result_subject_key
        UNIQUE (measure, period_kind, period_start, peers, subject_id),
    CONSTRAINT frozen_result_period_kind_check CHECK (
        period_kind IN ('DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR')
    ),
    CONSTRAINT frozen_result_peers_check CHECK (peers IN ('REPS', 'TEAMS')),
    CONSTRAINT frozen_result_rank_check CHECK (rank >= 1)
) {strict};
CREATE INDEX frozen_result_rank_idx
    ON frozen_result (measure, period_kind, period_start, peers, rank);

CREATE TABLE rep_day (
    rep_id {uuid} NOT NULL,
    day {date} NOT NULL,
    metric text NOT NULL,
    value {bigint} NOT NULL,
    CONSTRAINT rep_day_pkey PRIMARY KEY (rep_id, day, metric),
    CONSTRAINT rep_day_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id)
) {keyed};
CREATE INDEX rep_day_metric_idx ON rep_day (metric, day);

CREATE TABLE rep_customer_day (
    rep_id {uuid} NOT NULL,
    day {date} NOT NULL,
    customer_id {uuid} NOT NULL,
    visits {int} NOT NULL,
    CONSTRAINT rep_customer_day_pkey PRIMARY KEY (rep_id, day, customer_id),
    CONSTRAINT rep_customer_day_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id),
    CONSTRAINT rep_customer_day_customer_id_fkey
        FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT rep_customer_day_visits_check CHECK (visits >= 0)
) {keyed};
CREATE INDEX rep_customer_day_customer_id_idx ON rep_customer_day (customer_id, day);
CREATE INDEX rep_customer_day_day_idx ON rep_customer_day (day, rep_id, customer_id)
    WHERE visits > 0;
";
