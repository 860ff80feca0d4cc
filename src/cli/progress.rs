//! The bar of work whose length nobody knows: rows so far, on a terminal alone.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Counts the rows of something.
pub(super) fn rows(of: &str) -> ProgressBar {
    let progress = ProgressBar::no_length();
    if !std::io::stderr().is_terminal() {
        progress.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}: {human_pos} rows {elapsed}") {
        progress.set_style(style);
    }
    progress.set_message(of.to_owned());
    progress.enable_steady_tick(Duration::from_millis(100));
    progress
}
