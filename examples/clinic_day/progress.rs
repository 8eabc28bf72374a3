//! How far a run is, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of so many steps. Where the output is no terminal it draws nothing.
pub fn bar(steps: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(steps);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.with_message(what)
}
