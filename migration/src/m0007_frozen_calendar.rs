//! Frozen results tell in which time zone and currency they were counted, because the company may
//! change both afterwards.

pub(crate) const SQL: &str = r"
ALTER TABLE frozen_result ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';
ALTER TABLE frozen_result ADD COLUMN currency text NOT NULL DEFAULT 'EUR';
UPDATE frozen_result SET
    time_zone = COALESCE((SELECT time_zone FROM company), 'UTC'),
    currency = COALESCE((SELECT currency FROM company), 'EUR');
";
