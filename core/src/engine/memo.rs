//! What a unit of work works out once: most of its messages ask the same of the clock, and of one number several ask.

use super::settle::number_hash;
use crate::calendar;
use crate::model::{Phone, Practice, SendWindow, Timestamp};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Answers that hold for one state of a practice and one instant.
#[derive(Default)]
pub(super) struct Memo {
    today: Option<NaiveDate>,
    /// A campaign's window, or none, and when it and the practice's hours allow sending.
    allowed: Vec<(Option<SendWindow>, Option<Timestamp>)>,
    hashes: BTreeMap<Phone, Rc<str>>,
}

impl Memo {
    /// The practice's day.
    pub fn today(&mut self, practice: &Practice, now: Timestamp) -> NaiveDate {
        *self.today.get_or_insert_with(|| calendar::local_date(practice.zone, now))
    }

    /// When the practice's hours and a campaign's window allow sending; `now` where they do already.
    pub fn allowed(
        &mut self,
        practice: &Practice,
        window: Option<&SendWindow>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if let Some((_, at)) = self.allowed.iter().find(|(of, _)| of.as_ref() == window) {
            return *at;
        }
        let hours = std::iter::once(&practice.settings.sending_hours);
        let windows: Vec<&SendWindow> = hours.chain(window).collect();
        let at = calendar::next_allowed(&windows, practice.zone, now);
        self.allowed.push((window.cloned(), at));
        at
    }

    /// What is kept of a number for ever.
    pub fn hash(&mut self, practice: &Practice, number: &Phone) -> Rc<str> {
        let hash = || number_hash(&practice.secret, number).into();
        self.hashes.entry(number.clone()).or_insert_with(hash).clone()
    }
}
