//! Live state of the reps and the wake-up channel: Redis, or in process.
