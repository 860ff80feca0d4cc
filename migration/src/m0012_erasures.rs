//! Whose personal data were erased, so that it is done again should anything come late.

pub(crate) const SQL: &str = r"
CREATE TABLE erasure (
    user_id {uuid} NOT NULL,
    erased_by {uuid} NOT NULL,
    erased_at {instant} NOT NULL,
    CONSTRAINT erasure_pkey PRIMARY KEY (user_id),
    CONSTRAINT erasure_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id),
    CONSTRAINT erasure_erased_by_fkey FOREIGN KEY (erased_by) REFERENCES user_account (id)
) {strict};
";
