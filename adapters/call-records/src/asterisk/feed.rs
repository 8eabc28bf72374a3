//! A whole `Master.csv`, or one that grows, into calls. Not allowed here: how rows are read and joined.

use super::join::Joiner;
use super::options::Options;
use super::row::Row;
use crate::fault::{Fault, OptionsError, Place, Told};
use crate::follow::{Follow, Position};
use crate::lines::{Line, Lines};
use depesza::model::Timestamp;
use std::io;
use std::path::Path;

/// Reads a whole file that does not grow any more.
///
/// # Errors
/// As [`Options::check`]. What is wrong with rows stands in [`Told::faults`]; the others are read.
pub fn read(bytes: &[u8], options: Options) -> Result<Told, OptionsError> {
    let mut joiner = Joiner::new(options)?;
    let mut told = Told::default();
    let mut lines = Lines::at(Place::START);
    let mut all = lines.feed(bytes);
    all.extend(lines.finish());
    for line in all {
        take(&mut joiner, line, &mut told);
    }
    told.calls.extend(joiner.flush());
    Ok(told)
}

/// Follows a `Master.csv` that grows.
///
/// Ask it every few seconds. Tell the engine all calls of a poll before [`position`](Self::position) is stored: then a restart
/// loses none, and tells some again, which changes nothing.
#[derive(Debug)]
pub struct Feed {
    follow: Follow,
    joiner: Joiner,
}

impl Feed {
    /// Follows the file of this name, which need not be there yet, from a position of an earlier feed or from its beginning.
    ///
    /// # Errors
    /// As [`Options::check`].
    pub fn new(
        path: impl AsRef<Path>,
        options: Options,
        from: Option<Position>,
    ) -> Result<Self, OptionsError> {
        let follow = match from {
            Some(from) => Follow::resume(path, from),
            None => Follow::new(path),
        };
        Ok(Self { follow, joiner: Joiner::new(options)? })
    }

    /// Reads what was added, and gives the calls that are complete by the rows' times or by the host's time, `now`. It never
    /// waits.
    ///
    /// # Errors
    /// The file cannot be read; ask again later. That it is not there is no error.
    pub fn poll(&mut self, now: Timestamp) -> io::Result<Told> {
        let mut told = Told::default();
        let mut looks = 0;
        loop {
            let added = match self.follow.poll() {
                // what was read before is told; the next poll meets the error again
                Err(_) if looks > 0 => break,
                added => added?,
            };
            for line in added.lines {
                take(&mut self.joiner, line, &mut told);
            }
            looks += 1;
            if !added.more || looks == Self::LOOKS {
                break;
            }
        }
        told.calls.extend(self.joiner.advance(now));
        Ok(told)
    }

    /// The most that one poll looks at the file, at [`POLL_BYTES`](crate::follow::POLL_BYTES) each.
    pub const LOOKS: u32 = 16;

    /// Gives the calls that wait for more rows, as they are.
    pub fn flush(&mut self) -> Told {
        Told { calls: self.joiner.flush(), ..Told::default() }
    }

    /// How many calls wait for more rows.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.joiner.waiting()
    }

    /// Where to go on after a restart: before the first row of a call that is not complete. None before the file was there.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        let waiting = self.joiner.resume_at().and_then(|place| self.follow.position_of(place));
        waiting.or_else(|| self.follow.position())
    }
}

fn take(joiner: &mut Joiner, line: Result<Line, Fault>, told: &mut Told) {
    let columns = joiner.options().columns;
    let read = line.and_then(|line| Ok((Row::from_csv(line.place.line, &line.bytes, columns)?, line.place)));
    match read {
        Ok((Some(row), place)) => told.calls.extend(joiner.take(row, place)),
        Ok((None, _)) => {}
        Err(fault) => told.wrong(fault),
    }
}
