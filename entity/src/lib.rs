//! The tables: each row described once, its typed id, and who may see it.
