//! The demo: a believable company in a file, its past through the real pipeline, its reps in motion.

mod city;
mod company;
mod history;
mod live;
mod motion;
mod phone;
mod place;
mod track_file;
