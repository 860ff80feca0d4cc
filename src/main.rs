//! The composition root: parse, configure, compose, serve, stop.

fn main() {}
