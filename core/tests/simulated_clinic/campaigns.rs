//! Campaigns: begun, paused, resumed, edited, ended.

use super::clinic::{Clinic, Deed};
use super::setup::{CLINIC, body};
use super::truth::Running;
use depesza::engine::EngineError;
use depesza::model::*;

impl Clinic {
    pub fn start_campaign(&mut self, id: CampaignId, spec: CampaignSpec) {
        self.insist(|engine, now| {
            let clinic = engine.practice(CLINIC.into());
            match clinic.as_user(User::new("kierownik", Permission::CLINIC)).create_campaign(
                id.clone(),
                spec.clone(),
                now,
            ) {
                Err(EngineError::CampaignExists(_)) => Ok(()),
                other => other,
            }
        });
        self.desk(&id, CampaignStatus::Active);
        let status = CampaignStatus::Active;
        self.truth.campaigns.push(Running { id, spec, activated_at: self.now, status, changed_at: self.now });
    }

    pub fn desk(&mut self, id: &CampaignId, to: CampaignStatus) {
        self.insist(|engine, now| {
            let clinic = engine.practice(CLINIC.into());
            let desk = clinic.as_user(User::new("kierownik", Permission::CLINIC));
            let done = match to {
                CampaignStatus::Active => desk.activate(id, now),
                CampaignStatus::Paused => desk.pause(id, now),
                _ => desk.end(id, now),
            };
            match done {
                // it was done already, in a life before
                Err(EngineError::CampaignStep(step)) if step.from == step.to => Ok(()),
                other => other,
            }
        });
    }

    pub fn desk_status(&mut self, place: usize, to: CampaignStatus) {
        if self.truth.campaigns[place].status == to
            || self.truth.campaigns[place].status == CampaignStatus::Ended
        {
            return;
        }
        let id = self.truth.campaigns[place].id.clone();
        self.desk(&id, to);
        self.truth.campaigns[place].status = to;
        self.truth.campaigns[place].changed_at = self.now;
    }

    pub fn change_campaign(&mut self) {
        let place = self.dice.place(self.truth.campaigns.len());
        if self.truth.campaigns[place].status != CampaignStatus::Active {
            return;
        }
        if self.dice.chance(400) {
            self.desk_status(place, CampaignStatus::Paused);
            let until = self.now.plus_ms(self.dice.between(HOUR_MS, 3 * DAY_MS));
            return self.note(until, Deed::Resume(place));
        }
        let mut spec = self.truth.campaigns[place].spec.clone();
        if self.dice.chance(150) {
            // over, and its like begins
            self.desk_status(place, CampaignStatus::Ended);
            let id = format!("{}-{}", self.truth.campaigns[place].id, self.truth.campaigns.len());
            return self.start_campaign(id.as_str().into(), spec);
        }
        match self.dice.below(4) {
            0 => spec.min_lead_min = 30 * u32::try_from(self.dice.between(1, 8)).unwrap(),
            1 => spec.bodies.default = format!("{} v{}", body(&spec.name), self.dice.below(100)),
            2 => spec.late = self.dice.pick(&[LatePolicy::Auto, LatePolicy::SendNow, LatePolicy::Skip]),
            _ => {
                if let Timing::Reminder { steps } = &mut spec.timing {
                    let at = self.dice.pick(&["09:00", "12:30", "18:00"]).parse().unwrap();
                    let days_before = u32::try_from(self.dice.between(1, 5)).unwrap();
                    steps[0] = ReminderStep::Days { days_before, at };
                }
            }
        }
        let id = self.truth.campaigns[place].id.clone();
        self.insist(|engine, now| {
            engine.practice(CLINIC.into()).as_user(User::new("kierownik", Permission::CLINIC)).edit_campaign(
                &id,
                spec.clone(),
                now,
            )
        });
        self.truth.campaigns[place].spec = spec;
        self.truth.campaigns[place].changed_at = self.now;
    }
}
