//! A manager may share the positions of a team with its members.

pub(crate) const SQL: &str = r"
ALTER TABLE team ADD COLUMN presence_shared_at {instant};
";
