//! The bar of long work, on a terminal alone.

use std::{io::IsTerminal, time::Duration};

use api::import::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Counts the rows of something whose length nobody knows.
pub(super) fn rows(of: &str) -> ProgressBar {
    bar("{spinner} {msg}: {human_pos} rows {elapsed}", of)
}

/// Shows how much of a file was read, see [`tell`].
pub(super) fn share(of: &str) -> ProgressBar {
    let bar = bar(
        "{prefix} {wide_bar} {percent} %, {msg} rows, {elapsed}",
        "0",
    );
    bar.set_prefix(of.to_owned());
    bar
}

/// Moves the bar of [`share`].
pub(super) fn tell(bar: &ProgressBar, file: &Progress, rows: u64) {
    bar.set_length(file.total());
    bar.set_position(file.done());
    bar.set_message(rows.to_string());
}

fn bar(template: &str, message: &str) -> ProgressBar {
    let progress = ProgressBar::no_length();
    if !std::io::stderr().is_terminal() {
        progress.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template(template) {
        progress.set_style(style);
    }
    progress.set_message(message.to_owned());
    progress.enable_steady_tick(Duration::from_millis(100));
    progress
}
