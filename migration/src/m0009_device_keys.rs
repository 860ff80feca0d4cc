//! Keys with which apps encrypt what they send, beside the transport's own encryption. They are
//! needed to read it, so they are kept as they are, in a table of their own.

pub(crate) const SQL: &str = r"
CREATE TABLE device_key (
    device_id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    passphrase text NOT NULL,
    set_at {instant} NOT NULL,
    CONSTRAINT device_key_pkey PRIMARY KEY (device_id),
    CONSTRAINT device_key_device_id_fkey FOREIGN KEY (device_id) REFERENCES device (id),
    CONSTRAINT device_key_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id)
) {strict};
";
