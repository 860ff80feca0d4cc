//! Photos of check-ins. The pictures lie in the photo store; a row comes before its picture and
//! goes after it.

pub(crate) const SQL: &str = r"
-- No foreign keys: the receipt by which a check-in is known is purged on its own, and neither users
-- nor devices are ever deleted.
CREATE TABLE photo (
    id {uuid} NOT NULL,
    rep_id {uuid} NOT NULL,
    device_id {uuid} NOT NULL,
    client_id text NOT NULL,
    name text NOT NULL,
    digest {bytes} NOT NULL,
    width {int} NOT NULL,
    height {int} NOT NULL,
    bytes {int} NOT NULL,
    received_at {instant} NOT NULL,
    stored_at {instant},
    CONSTRAINT photo_pkey PRIMARY KEY (id),
    CONSTRAINT photo_name_key UNIQUE (rep_id, device_id, client_id, name),
    CONSTRAINT photo_width_check CHECK (width >= 1),
    CONSTRAINT photo_height_check CHECK (height >= 1),
    CONSTRAINT photo_bytes_check CHECK (bytes >= 1)
) {strict};
CREATE INDEX photo_received_at_idx ON photo (received_at);
";
