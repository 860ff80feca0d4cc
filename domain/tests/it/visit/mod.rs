//! Deriving visits: one file a behaviour, all through the reader in `scene`.

mod scene;

mod buttons;

mod checkpoints;
mod closing;
mod corrections;
mod explaining;
mod incremental;
mod jitter;
mod opening;
mod order;
mod properties;

mod quality;

mod real_tracks;
mod reconciling;
mod several;
mod silence;
mod synthetic;
mod telling;
mod tracks;
mod versions;
