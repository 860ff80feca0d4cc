//! Starts the real servers that tests run against: PostgreSQL and Redis, from the machine's own binaries.
