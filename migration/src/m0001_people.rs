//! People: the company, teams, users, devices, duty, and the access log.

pub(crate) const SQL: &str = r"
CREATE TABLE company (
    id {smallint} NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    week_start {smallint} NOT NULL,
    currency text NOT NULL,
    CONSTRAINT company_pkey PRIMARY KEY (id),
    CONSTRAINT company_id_check CHECK (id = 1),
    CONSTRAINT company_week_start_check CHECK (week_start BETWEEN 1 AND 7),
    CONSTRAINT company_currency_check CHECK (length(currency) = 3)
) {strict};

-- Teams and users refer to each other: SQLite takes a reference to a table that comes later,
-- PostgreSQL wants it added afterwards.
CREATE TABLE team (
    id {uuid} NOT NULL,
    parent_id {uuid},
    name text NOT NULL,
    manager_id {uuid},
    created_at {instant} NOT NULL,
    archived_at {instant},
    CONSTRAINT team_pkey PRIMARY KEY (id),
    CONSTRAINT team_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES team (id),
    {sqlite}CONSTRAINT team_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES user_account (id),{/sqlite}
    CONSTRAINT team_parent_id_check CHECK (parent_id <> id)
) {strict};
CREATE INDEX team_parent_id_idx ON team (parent_id);
CREATE INDEX team_manager_id_idx ON team (manager_id);

CREATE TABLE user_account (
    id {uuid} NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    phone text,
    role text NOT NULL,
    team_id {uuid},
    password_hash text,
    subject text,
    token_version {int} NOT NULL,
    created_at {instant} NOT NULL,
    deactivated_at {instant},
    CONSTRAINT user_account_pkey PRIMARY KEY (id),
    CONSTRAINT user_account_email_key UNIQUE (email),
    CONSTRAINT user_account_subject_key UNIQUE (subject),
    CONSTRAINT user_account_team_id_fkey FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT user_account_role_check CHECK (role IN ('ADMIN', 'MANAGER', 'REP'))
) {strict};
CREATE INDEX user_account_team_id_idx ON user_account (team_id);
{postgres}
ALTER TABLE team
    ADD CONSTRAINT team_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES user_account (id);
{/postgres}

CREATE TABLE refresh_token (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    token_hash {bytes} NOT NULL,
    created_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    revoked_at {instant},
    CONSTRAINT refresh_token_pkey PRIMARY KEY (id),
    CONSTRAINT refresh_token_token_hash_key UNIQUE (token_hash),
    CONSTRAINT refresh_token_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id)
) {strict};
CREATE INDEX refresh_token_user_id_idx ON refresh_token (user_id);

CREATE TABLE device (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    name text NOT NULL,
    platform text NOT NULL,
    kind text NOT NULL,
    token_hash {bytes},
    enrolled_at {instant} NOT NULL,
    revoked_at {instant},
    CONSTRAINT device_pkey PRIMARY KEY (id),
    CONSTRAINT device_token_hash_key UNIQUE (token_hash),
    CONSTRAINT device_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id),
    CONSTRAINT device_kind_check CHECK (kind IN ('APP', 'BROWSER')),
    CONSTRAINT device_token_hash_check CHECK (kind = 'APP' OR token_hash IS NULL)
) {strict};
CREATE INDEX device_user_id_idx ON device (user_id);
CREATE UNIQUE INDEX device_browser_key ON device (user_id) WHERE kind = 'BROWSER';

CREATE TABLE tracking_device (
    user_id {uuid} NOT NULL,
    valid_from {instant} NOT NULL,
    device_id {uuid} NOT NULL,
    CONSTRAINT tracking_device_pkey PRIMARY KEY (user_id, valid_from),
    CONSTRAINT tracking_device_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id),
    CONSTRAINT tracking_device_device_id_fkey FOREIGN KEY (device_id) REFERENCES device (id)
) {keyed};

CREATE TABLE working_hours (
    id {uuid} NOT NULL,
    user_id {uuid},
    team_id {uuid},
    valid_from {instant} NOT NULL,
    weekly {json} NOT NULL,
    CONSTRAINT working_hours_pkey PRIMARY KEY (id),
    CONSTRAINT working_hours_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id),
    CONSTRAINT working_hours_team_id_fkey FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT working_hours_owner_check CHECK (user_id IS NULL OR team_id IS NULL)
) {strict};
CREATE INDEX working_hours_user_id_idx ON working_hours (user_id, valid_from);
CREATE INDEX working_hours_team_id_idx ON working_hours (team_id, valid_from);

CREATE TABLE duty_event (
    user_id {uuid} NOT NULL,
    recorded_at {instant} NOT NULL,
    kind text NOT NULL,
    CONSTRAINT duty_event_pkey PRIMARY KEY (user_id, recorded_at, kind),
    CONSTRAINT duty_event_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id),
    CONSTRAINT duty_event_kind_check CHECK (
        kind IN ('SHIFT_START', 'SHIFT_END', 'PAUSE', 'RESUME', 'ARRIVE', 'DEPART')
    )
) {keyed};

CREATE TABLE access_log (
    id {uuid} NOT NULL,
    viewer_id {uuid} NOT NULL,
    subject_id {uuid} NOT NULL,
    purpose text NOT NULL,
    hour {instant} NOT NULL,
    first_at {instant} NOT NULL,
    CONSTRAINT access_log_pkey PRIMARY KEY (id),
    CONSTRAINT access_log_look_key UNIQUE (viewer_id, subject_id, purpose, hour),
    CONSTRAINT access_log_viewer_id_fkey FOREIGN KEY (viewer_id) REFERENCES user_account (id),
    CONSTRAINT access_log_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES user_account (id)
) {strict};
CREATE INDEX access_log_subject_id_idx ON access_log (subject_id, hour);
";
