//! A row with its times as instants, and what one row alone says. Not allowed here: other rows.

use super::options::{Omitted, Options};
use super::row::Row;
use crate::fault::Place;
use crate::text::listed;
use crate::wall::{Hints, resolve};
use depesza::model::{SECOND_MS, Timestamp};

/// A leg of a call. Ordered by the time it began, then by the row's own columns: never by the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leg {
    pub start: Timestamp,
    pub row: Row,
    pub answer: Option<Timestamp>,
    pub end: Timestamp,
    pub place: Place,
}

impl Leg {
    /// Gives a row its instants. `file` is the latest end in the file so far.
    pub fn new(row: Row, place: Place, options: &Options, file: Option<Timestamp>) -> Self {
        let hints = Hints {
            not_before: row.uniqueid.as_deref().and_then(epoch),
            end: Some((row.end, row.duration_s)),
            file,
        };
        let start = resolve(options.zone, row.start, hints);
        let took = i64::from(row.duration_s);
        // the wall may have been moved in between: the seconds are trusted, the wall only where it agrees with them
        let wall = (row.end - row.start).num_seconds();
        let took = if wall.abs_diff(took) <= 1 { wall.max(0) } else { took };
        let answer = row.answer.map(|answer| {
            let talked = i64::from(row.billsec_s);
            let waited = (answer - row.start).num_seconds();
            let agrees = (0..=took).contains(&waited) && (took - waited).abs_diff(talked) <= 1;
            start.plus_ms(if agrees { waited } else { (took - talked).max(0) } * SECOND_MS)
        });
        Self { start, answer, end: start.plus_ms(took * SECOND_MS), row, place }
    }

    pub fn answered(&self) -> bool {
        self.row.disposition == "ANSWERED"
    }

    /// The applications that ring somebody leave the channel that was rung.
    pub fn rang(&self) -> bool {
        !self.row.dstchannel.is_empty()
    }

    pub fn is_local(&self) -> bool {
        self.row.channel.starts_with("Local/")
    }

    /// Whether the row is that of a channel which the exchange itself made, for a transfer or a group.
    pub fn is_fragment(&self) -> bool {
        match (&self.row.uniqueid, &self.row.linkedid) {
            (Some(own), Some(linked)) => own != linked,
            _ => self.is_local() || self.row.lastapp == "AppDial",
        }
    }

    /// Whether a person answered, as far as this row tells.
    pub fn person(&self, options: &Options) -> bool {
        let nobody = |channel: &str| {
            options.no_person_channels.iter().any(|start| channel.starts_with(start.as_str()))
        };
        self.answered()
            && self.rang()
            && listed(&options.person_apps, &self.row.lastapp)
            && !nobody(&self.row.dstchannel)
    }

    pub fn voicemail(&self, options: &Options) -> bool {
        self.answered() && listed(&options.voicemail_apps, &self.row.lastapp)
    }

    pub fn left_out(row: &Row, options: &Options) -> bool {
        row.amaflags == "OMIT" && options.omitted == Omitted::LeftOut
    }

    /// The channels of the leg, both halves of a Local one alike.
    pub fn channels(&self) -> impl Iterator<Item = &str> {
        [self.row.channel.as_str(), self.row.dstchannel.as_str()]
            .into_iter()
            .filter(|channel| !channel.is_empty())
            .map(halfless)
    }

    /// The identifiers of the leg: its own and the one it is linked to.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        [&self.row.uniqueid, &self.row.linkedid].into_iter().flatten().map(String::as_str)
    }

    /// Milliseconds between two legs; 0 where they overlap.
    pub fn apart_ms(&self, other: &Self) -> i64 {
        self.start.since_ms(other.end).max(other.start.since_ms(self.end)).max(0)
    }
}

/// `Local/201@from-internal-00000000` of `Local/201@from-internal-00000000;2`.
pub(crate) fn halfless(channel: &str) -> &str {
    match channel.strip_suffix(";1").or_else(|| channel.strip_suffix(";2")) {
        Some(whole) if channel.starts_with("Local/") => whole,
        _ => channel,
    }
}

/// The second in which a channel was made: `1795306776` of `1795306776.0`, also with a system's name before it.
fn epoch(uniqueid: &str) -> Option<Timestamp> {
    let stem = uniqueid.rsplit_once('-').map_or(uniqueid, |(_, stem)| stem);
    let seconds: i64 = stem.split_once('.')?.0.parse().ok()?;
    Some(Timestamp::from_ms(seconds.checked_mul(SECOND_MS)?))
}
