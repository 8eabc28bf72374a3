//! What messages count for in statistics: the counters of a campaign's step and day that each of them stands in.
//!
//! Not allowed here: what is made of the counters for people (`figures`).

use crate::message::is_underway;
use crate::model::{CampaignId, Message, Reply, Status, Tally};
use chrono::NaiveDate;

/// What a unit of work adds to counters and takes from them. Its messages are of few steps and days.
#[derive(Default)]
pub(super) struct Sums(Vec<Tally>);

impl Sums {
    /// The sum for one counter.
    fn of(&mut self, campaign: &CampaignId, step: u8, day: NaiveDate) -> Option<&mut Tally> {
        let same = |sum: &Tally| (sum.step, sum.day) == (step, day) && sum.campaign == *campaign;
        if !self.0.iter().any(same) {
            self.0.push(Tally::empty(campaign.clone(), step, day));
        }
        self.0.iter_mut().find(|sum| same(sum))
    }

    /// The sums that change their counters.
    pub fn changes(self) -> impl Iterator<Item = Tally> {
        self.0.into_iter().filter_map(|sum| {
            let mut change = Tally::empty(sum.campaign.clone(), sum.step, sum.day);
            let nothing = change.clone();
            change.add(&sum, 1);
            (change != nothing).then_some(change)
        })
    }
}

/// Adds `sign` times what a message counts for.
pub(super) fn count(message: &Message, sign: i64, sums: &mut Sums) {
    let Some((campaign, step)) = message.origin.step() else { return };
    let Some(sum) = sums.of(campaign, step, message.day) else { return };
    let status = message.status;
    *sum.statuses.entry(status).or_default() += sign;
    if let Some(reason) = message.reason.as_ref().filter(|_| status == Status::Skipped) {
        *sum.skipped.entry(reason.code().into()).or_default() += sign;
    }
    let ended = matches!(
        status,
        Status::Delivered
            | Status::PartlyDelivered
            | Status::Unconfirmed
            | Status::Undelivered
            | Status::Expired
    );
    let went = (is_underway(status) || ended) && status != Status::Submitting;
    if went {
        sum.parts += sign * i64::from(message.parts);
        sum.cost_milli += sign * message.cost_milli;
    }
    let lost = matches!(status, Status::InDoubt | Status::Undelivered | Status::Expired);
    if went && message.expects_reply && !lost {
        sum.asked += sign;
    }
    match message.reply {
        Some(Reply::Yes) => sum.yes += sign,
        Some(Reply::No) => sum.no += sign,
        Some(Reply::Other) => sum.other += sign,
        None => {}
    }
}
