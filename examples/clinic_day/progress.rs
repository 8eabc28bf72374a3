//! How far a run is, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of so many minutes. Where the error output is no terminal it draws nothing.
pub fn bar(minutes: u64) -> ProgressBar {
    let bar = ProgressBar::new(minutes);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent}% {eta}") {
        bar.set_style(style);
    }
    bar
}
