//! The history of the schema: every table, constraint and index, named.
