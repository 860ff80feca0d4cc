//! Customers: segments, customers, their contacts, and who looks after them.

pub(crate) const SQL: &str = r"
CREATE TABLE segment (
    id {uuid} NOT NULL,
    name text NOT NULL,
    CONSTRAINT segment_pkey PRIMARY KEY (id),
    CONSTRAINT segment_name_key UNIQUE (name)
) {strict};

CREATE TABLE customer (
    id {uuid} NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    segment_id {uuid},
    address text,
    city text,
    latitude {real},
    longitude {real},
    status text NOT NULL,
    became_customer_at {instant},
    created_at {instant} NOT NULL,
    archived_at {instant},
    CONSTRAINT customer_pkey PRIMARY KEY (id),
    CONSTRAINT customer_code_key UNIQUE (code),
    CONSTRAINT customer_segment_id_fkey FOREIGN KEY (segment_id) REFERENCES segment (id),
    CONSTRAINT customer_status_check CHECK (status IN ('PROSPECT', 'ACTIVE', 'CLOSED')),
    CONSTRAINT customer_latitude_check CHECK (latitude BETWEEN -90 AND 90),
    CONSTRAINT customer_longitude_check CHECK (longitude BETWEEN -180 AND 180),
    CONSTRAINT customer_place_check CHECK ((latitude IS NULL) = (longitude IS NULL))
) {strict};
CREATE INDEX customer_segment_id_idx ON customer (segment_id);
CREATE INDEX customer_name_idx ON customer (name, id);

CREATE TABLE contact (
    id {uuid} NOT NULL,
    customer_id {uuid} NOT NULL,
    name text NOT NULL,
    title text,
    phone text,
    email text,
    is_primary {bool} NOT NULL,
    created_at {instant} NOT NULL,
    CONSTRAINT contact_pkey PRIMARY KEY (id),
    CONSTRAINT contact_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id)
) {strict};
CREATE INDEX contact_customer_id_idx ON contact (customer_id);

CREATE TABLE assignment (
    id {uuid} NOT NULL,
    customer_id {uuid} NOT NULL,
    user_id {uuid},
    team_id {uuid},
    due_every_days {int},
    valid_from {instant} NOT NULL,
    valid_to {instant},
    assigned_by {uuid},
    CONSTRAINT assignment_pkey PRIMARY KEY (id),
    CONSTRAINT assignment_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT assignment_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id),
    CONSTRAINT assignment_team_id_fkey FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT assignment_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES user_account (id),
    CONSTRAINT assignment_holder_check CHECK ((user_id IS NULL) <> (team_id IS NULL)),
    CONSTRAINT assignment_due_every_days_check CHECK (due_every_days > 0),
    CONSTRAINT assignment_valid_to_check CHECK (valid_to >= valid_from)
) {strict};
CREATE INDEX assignment_customer_id_idx ON assignment (customer_id);
CREATE INDEX assignment_user_id_idx ON assignment (user_id, customer_id);
CREATE INDEX assignment_team_id_idx ON assignment (team_id, customer_id);
";
