//! Field: geofences, check-ins and their receipts, tracks, and the visits derived from them.

pub(crate) const SQL: &str = r"
CREATE TABLE geofence (
    id {uuid} NOT NULL,
    customer_id {uuid} NOT NULL,
    name text,
    created_at {instant} NOT NULL,
    retired_at {instant},
    CONSTRAINT geofence_pkey PRIMARY KEY (id),
    CONSTRAINT geofence_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id)
) {strict};
CREATE INDEX geofence_customer_id_idx ON geofence (customer_id);

CREATE TABLE geofence_version (
    geofence_id {uuid} NOT NULL,
    version {int} NOT NULL,
    valid_from {instant} NOT NULL,
    valid_to {instant},
    kind text NOT NULL,
    latitude {real},
    longitude {real},
    radius_m {real},
    geojson {json},
    area_m2 {real} NOT NULL,
    created_by {uuid},
    created_at {instant} NOT NULL,
    CONSTRAINT geofence_version_pkey PRIMARY KEY (geofence_id, version),
    CONSTRAINT geofence_version_geofence_id_fkey FOREIGN KEY (geofence_id) REFERENCES geofence (id),
    CONSTRAINT geofence_version_created_by_fkey FOREIGN KEY (created_by) REFERENCES user_account (id),
    CONSTRAINT geofence_version_version_check CHECK (version >= 1),
    CONSTRAINT geofence_version_valid_to_check CHECK (valid_to >= valid_from),
    CONSTRAINT geofence_version_kind_check CHECK (kind IN ('CIRCLE', 'POLYGON')),
    CONSTRAINT geofence_version_shape_check CHECK (
        (kind = 'CIRCLE' AND latitude IS NOT NULL AND longitude IS NOT NULL
            AND radius_m IS NOT NULL AND geojson IS NULL)
        OR (kind = 'POLYGON' AND latitude IS NULL AND longitude IS NULL
            AND radius_m IS NULL AND geojson IS NOT NULL)
    ),
    CONSTRAINT geofence_version_latitude_check CHECK (latitude BETWEEN -90 AND 90),
    CONSTRAINT geofence_version_longitude_check CHECK (longitude BETWEEN -180 AND 180),
    CONSTRAINT geofence_version_radius_m_check CHECK (radius_m > 0),
    CONSTRAINT geofence_version_area_m2_check CHECK (area_m2 >= 0)
) {keyed};

CREATE TABLE counter (
    name text NOT NULL,
    value {bigint} NOT NULL,
    CONSTRAINT counter_pkey PRIMARY KEY (name)
) {keyed};
INSERT INTO counter (name, value) VALUES ('fences', 0), ('changes', 0);

-- No foreign keys: at thousands of rows a second each would cost a lookup, and on PostgreSQL a
-- shared lock on the row of the user or the device. All of them were proved when the request was
-- let in, and none of those rows is ever deleted.
-- The primary key is the fix itself. -2147483648 in both coordinates stands for no position.
CREATE TABLE check_in (
    rep_id {uuid} NOT NULL,
    recorded_at {instant} NOT NULL,
    device_id {uuid} NOT NULL,
    kind text NOT NULL,
    customer_key {uuid} NOT NULL,
    latitude_e6 {int} NOT NULL,
    longitude_e6 {int} NOT NULL,
    id {uuid} NOT NULL,
    received_at {instant} NOT NULL,
    accuracy_m {real},
    altitude_m {real},
    speed_mps {real},
    heading_deg {real},
    battery_pct {smallint},
    is_mock {bool} NOT NULL,
    note text,
    outcome text,
    CONSTRAINT check_in_pkey PRIMARY KEY
        (rep_id, recorded_at, device_id, kind, customer_key, latitude_e6, longitude_e6),
    CONSTRAINT check_in_kind_check CHECK (
        kind IN ('TRAIL', 'ARRIVE', 'DEPART', 'HEARTBEAT', 'SHIFT_START', 'SHIFT_END', 'PAUSE', 'RESUME')
    ),
    CONSTRAINT check_in_position_check CHECK (
        (latitude_e6 BETWEEN -90000000 AND 90000000
            AND longitude_e6 BETWEEN -180000000 AND 180000000)
        OR (latitude_e6 = -2147483648 AND longitude_e6 = -2147483648)
    ),
    CONSTRAINT check_in_accuracy_m_check CHECK (accuracy_m >= 0),
    CONSTRAINT check_in_speed_mps_check CHECK (speed_mps >= 0),
    CONSTRAINT check_in_heading_deg_check CHECK (heading_deg BETWEEN 0 AND 360),
    CONSTRAINT check_in_battery_pct_check CHECK (battery_pct BETWEEN 0 AND 100),
    CONSTRAINT check_in_outcome_check CHECK (
        outcome IS NULL
        OR (kind = 'ARRIVE' AND outcome IN ('IN_RANGE', 'OUT_OF_RANGE', 'NO_FENCE', 'UNDECIDED'))
    )
) {postgres}PARTITION BY RANGE (recorded_at){/postgres}{sqlite}STRICT, WITHOUT ROWID{/sqlite};
CREATE INDEX check_in_id_idx ON check_in (id);
{postgres}
CREATE TABLE check_in_default PARTITION OF check_in DEFAULT;
{/postgres}

-- No foreign keys, for the reason given at check_in. Of an ignored point neither time nor content
-- may be kept.
CREATE TABLE receipt (
    rep_id {uuid} NOT NULL,
    device_id {uuid} NOT NULL,
    client_id text NOT NULL,
    status text NOT NULL,
    reason text,
    fix_digest {bigint},
    check_in_id {uuid},
    recorded_at {instant},
    quarantine_id {uuid},
    received_at {instant} NOT NULL,
    CONSTRAINT receipt_pkey PRIMARY KEY (rep_id, device_id, client_id),
    CONSTRAINT receipt_status_check CHECK (
        status IN ('ACCEPTED', 'DUPLICATE', 'QUARANTINED', 'IGNORED')
    ),
    CONSTRAINT receipt_ignored_check CHECK (
        status <> 'IGNORED'
        OR (fix_digest IS NULL AND check_in_id IS NULL AND recorded_at IS NULL
            AND quarantine_id IS NULL)
    )
) {keyed};
CREATE INDEX receipt_rep_id_idx ON receipt (rep_id, received_at);
CREATE INDEX receipt_received_at_idx ON receipt (received_at);
CREATE INDEX receipt_quarantined_idx ON receipt (received_at) WHERE status = 'QUARANTINED';

CREATE TABLE quarantine (
    id {uuid} NOT NULL,
    rep_id {uuid} NOT NULL,
    device_id {uuid} NOT NULL,
    client_id text NOT NULL,
    raw {bytes} NOT NULL,
    reason text NOT NULL,
    message text NOT NULL,
    received_at {instant} NOT NULL,
    resolution text NOT NULL,
    resolved_at {instant},
    resolved_by {uuid},
    CONSTRAINT quarantine_pkey PRIMARY KEY (id),
    CONSTRAINT quarantine_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id),
    CONSTRAINT quarantine_device_id_fkey FOREIGN KEY (device_id) REFERENCES device (id),
    CONSTRAINT quarantine_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES user_account (id),
    CONSTRAINT quarantine_resolution_check CHECK (resolution IN ('HELD', 'RELEASED', 'DISCARDED')),
    CONSTRAINT quarantine_resolved_at_check CHECK ((resolution = 'HELD') = (resolved_at IS NULL))
) {strict};
CREATE INDEX quarantine_rep_id_idx ON quarantine (rep_id, received_at);
CREATE INDEX quarantine_held_idx ON quarantine (received_at) WHERE resolution = 'HELD';

CREATE TABLE segment_seal (
    month {date} NOT NULL,
    sealed_at {instant} NOT NULL,
    CONSTRAINT segment_seal_pkey PRIMARY KEY (month)
) {keyed};

CREATE TABLE track (
    rep_id {uuid} NOT NULL,
    revision {bigint} NOT NULL,
    claim_token {uuid},
    claimed_until {instant},
    tries {smallint} NOT NULL,
    failed_at {instant},
    set_aside_at {instant},
    retry_at {instant},
    last_error text,
    due_at {instant},
    live {json},
    CONSTRAINT track_pkey PRIMARY KEY (rep_id),
    CONSTRAINT track_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id),
    CONSTRAINT track_revision_check CHECK (revision >= 0),
    CONSTRAINT track_tries_check CHECK (tries >= 0),
    CONSTRAINT track_claim_check CHECK ((claim_token IS NULL) = (claimed_until IS NULL))
) {strict};
CREATE INDEX track_due_at_idx ON track (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX track_retry_at_idx ON track (retry_at) WHERE set_aside_at IS NOT NULL;

-- No foreign key, for the reason given at check_in.
CREATE TABLE track_dirty (
    id {bigserial},
    rep_id {uuid} NOT NULL,
    earliest {instant} NOT NULL,
    latest {instant},
    queued_at {instant} NOT NULL{postgres},
    CONSTRAINT track_dirty_pkey PRIMARY KEY (id){/postgres}
) {strict};
CREATE INDEX track_dirty_rep_id_idx ON track_dirty (rep_id);

CREATE TABLE track_checkpoint (
    rep_id {uuid} NOT NULL,
    at {instant} NOT NULL,
    state text NOT NULL,
    CONSTRAINT track_checkpoint_pkey PRIMARY KEY (rep_id, at),
    CONSTRAINT track_checkpoint_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id)
) {strict};

CREATE TABLE planned_visit (
    id {uuid} NOT NULL,
    rep_id {uuid} NOT NULL,
    customer_id {uuid} NOT NULL,
    day {date} NOT NULL,
    note text,
    created_by {uuid} NOT NULL,
    created_at {instant} NOT NULL,
    cancelled_at {instant},
    CONSTRAINT planned_visit_pkey PRIMARY KEY (id),
    CONSTRAINT planned_visit_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id),
    CONSTRAINT planned_visit_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT planned_visit_created_by_fkey FOREIGN KEY (created_by) REFERENCES user_account (id)
) {strict};
CREATE INDEX planned_visit_rep_id_idx ON planned_visit (rep_id, day);
CREATE INDEX planned_visit_customer_id_idx ON planned_visit (customer_id, day);

CREATE TABLE visit_rule (
    id {uuid} NOT NULL,
    segment_id {uuid},
    valid_from {instant} NOT NULL,
    min_dwell_s {int} NOT NULL,
    max_accuracy_m {real} NOT NULL,
    exit_margin_m {real} NOT NULL,
    silence_s {int} NOT NULL,
    max_sample_gap_s {int} NOT NULL,
    max_speed_mps {real} NOT NULL,
    created_by {uuid},
    created_at {instant} NOT NULL,
    CONSTRAINT visit_rule_pkey PRIMARY KEY (id),
    CONSTRAINT visit_rule_segment_id_fkey FOREIGN KEY (segment_id) REFERENCES segment (id),
    CONSTRAINT visit_rule_created_by_fkey FOREIGN KEY (created_by) REFERENCES user_account (id),
    CONSTRAINT visit_rule_min_dwell_s_check CHECK (min_dwell_s >= 0),
    CONSTRAINT visit_rule_max_accuracy_m_check CHECK (max_accuracy_m > 0),
    CONSTRAINT visit_rule_exit_margin_m_check CHECK (exit_margin_m >= 0),
    CONSTRAINT visit_rule_silence_s_check CHECK (silence_s > 0),
    CONSTRAINT visit_rule_max_sample_gap_s_check CHECK (max_sample_gap_s > 0),
    CONSTRAINT visit_rule_max_speed_mps_check CHECK (max_speed_mps > 0)
) {strict};
CREATE INDEX visit_rule_segment_id_idx ON visit_rule (segment_id, valid_from);

CREATE TABLE visit (
    id {uuid} NOT NULL,
    rep_id {uuid} NOT NULL,
    customer_id {uuid} NOT NULL,
    geofence_id {uuid},
    geofence_version {int},
    visit_rule_id {uuid},
    planned_visit_id {uuid},
    arrived_at {instant} NOT NULL,
    left_at {instant},
    end_reason text,
    opened_by text NOT NULL,
    confidence {real} NOT NULL,
    revision {int} NOT NULL,
    reason text,
    evidence {json} NOT NULL,
    withdrawn_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    CONSTRAINT visit_pkey PRIMARY KEY (id),
    CONSTRAINT visit_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id),
    CONSTRAINT visit_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT visit_geofence_fkey FOREIGN KEY (geofence_id, geofence_version)
        REFERENCES geofence_version (geofence_id, version),
    CONSTRAINT visit_visit_rule_id_fkey FOREIGN KEY (visit_rule_id) REFERENCES visit_rule (id),
    CONSTRAINT visit_planned_visit_id_fkey FOREIGN KEY (planned_visit_id) REFERENCES planned_visit (id),
    CONSTRAINT visit_geofence_check CHECK ((geofence_id IS NULL) = (geofence_version IS NULL)),
    CONSTRAINT visit_left_at_check CHECK (left_at >= arrived_at),
    CONSTRAINT visit_end_reason_check CHECK (
        end_reason IN ('EXIT', 'DEPARTED', 'SILENCE', 'SUPERSEDED')
    ),
    CONSTRAINT visit_end_check CHECK ((left_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT visit_opened_by_check CHECK (
        opened_by IN ('TRAIL', 'ARRIVE', 'ACCEPTED', 'NO_FENCE', 'CORRECTION')
    ),
    CONSTRAINT visit_confidence_check CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT visit_revision_check CHECK (revision >= 1)
) {strict};
CREATE INDEX visit_rep_id_idx ON visit (rep_id, arrived_at);
CREATE INDEX visit_customer_id_idx ON visit (customer_id, arrived_at);
CREATE INDEX visit_arrived_at_idx ON visit (arrived_at, id);
-- Which customers a rep has visited, without reading the visits: it decides who sees a customer.
CREATE INDEX visit_seen_idx ON visit (rep_id, customer_id) WHERE withdrawn_at IS NULL;
CREATE INDEX visit_planned_visit_id_idx ON visit (planned_visit_id)
    WHERE planned_visit_id IS NOT NULL;

CREATE TABLE change (
    seq {bigint} NOT NULL,
    rep_id {uuid} NOT NULL,
    visit_id {uuid} NOT NULL,
    kind text NOT NULL,
    revision {int} NOT NULL,
    reason text,
    at {instant} NOT NULL,
    CONSTRAINT change_pkey PRIMARY KEY (seq),
    CONSTRAINT change_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id),
    CONSTRAINT change_visit_id_fkey FOREIGN KEY (visit_id) REFERENCES visit (id),
    CONSTRAINT change_kind_check CHECK (kind IN ('OPENED', 'AMENDED', 'CLOSED', 'WITHDRAWN'))
) {strict};
CREATE INDEX change_rep_id_idx ON change (rep_id, seq);
CREATE INDEX change_visit_id_idx ON change (visit_id, seq);

CREATE TABLE arrival_decision (
    id {uuid} NOT NULL,
    rep_id {uuid} NOT NULL,
    check_in_id {uuid} NOT NULL,
    recorded_at {instant} NOT NULL,
    decision text NOT NULL,
    reason text,
    decided_by {uuid} NOT NULL,
    decided_at {instant} NOT NULL,
    CONSTRAINT arrival_decision_pkey PRIMARY KEY (id),
    CONSTRAINT arrival_decision_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id),
    CONSTRAINT arrival_decision_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES user_account (id),
    CONSTRAINT arrival_decision_decision_check CHECK (decision IN ('ACCEPTED', 'REFUSED'))
) {strict};
CREATE INDEX arrival_decision_rep_id_idx ON arrival_decision (rep_id, recorded_at);

CREATE TABLE correction (
    id {uuid} NOT NULL,
    rep_id {uuid} NOT NULL,
    instant {instant} NOT NULL,
    customer_id {uuid},
    reason text NOT NULL,
    decided_by {uuid} NOT NULL,
    decided_at {instant} NOT NULL,
    CONSTRAINT correction_pkey PRIMARY KEY (id),
    CONSTRAINT correction_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id),
    CONSTRAINT correction_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT correction_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES user_account (id)
) {strict};
CREATE INDEX correction_rep_id_idx ON correction (rep_id, instant);
";
