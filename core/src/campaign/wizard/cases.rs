//! What becomes of the special cases, in sentences: late bookings, reminders by hand, several visits, what comes too late.

use super::summary::Teller;
use crate::model::{CampaignKind, LatePolicy, ManualPolicy, SameDay, SharedNumber, Timing};
use crate::words;

impl Teller<'_> {
    /// What becomes of a reminder in the cases that a campaign decides.
    pub(super) fn exceptions(&self) -> [String; 3] {
        let lead = self.span(self.spec.min_lead_min);
        let late = match self.spec.late {
            LatePolicy::Auto => self.pick(
                format!("Gdy wizytę umówiono po czasie przypomnienia, wyjdzie ono od razu, nie później niż {lead} przed wizytą, chyba że pacjent dostaje wiadomość o umówieniu."),
                format!("When a visit is booked after the reminder's time, it goes at once, no later than {lead} before the visit, unless the patient gets a booking message."),
            ),
            LatePolicy::SendNow => self.pick(
                format!("Gdy wizytę umówiono po czasie przypomnienia, wyjdzie ono od razu, nie później niż {lead} przed wizytą."),
                format!("When a visit is booked after the reminder's time, it goes at once, no later than {lead} before the visit."),
            ),
            LatePolicy::Skip => self.pick(
                "Gdy wizytę umówiono po czasie przypomnienia, nie wyjdzie ono wcale.",
                "When a visit is booked after the reminder's time, it does not go.",
            ),
            LatePolicy::Merge => self.pick(
                "Gdy wizytę umówiono po czasie przypomnienia, zastępuje je wiadomość o umówieniu.",
                "When a visit is booked after the reminder's time, the booking message stands for it.",
            ),
        };
        let manual = match self.spec.manual {
            ManualPolicy::Skip => (
                "Po przypomnieniu wysłanym ręcznie automatyczne nie wyjdzie.",
                "After a reminder sent by hand the automatic one does not go.",
            ),
            ManualPolicy::Allow => (
                "Po przypomnieniu wysłanym ręcznie automatyczne też wyjdzie.",
                "After a reminder sent by hand the automatic one goes too.",
            ),
            ManualPolicy::Warn => (
                "Po przypomnieniu wysłanym ręcznie automatyczne też wyjdzie, a recepcja się o tym dowie.",
                "After a reminder sent by hand the automatic one goes too, and the desk is told.",
            ),
        };
        let same_day = match self.spec.same_day {
            SameDay::First => (
                "Przy kilku wizytach jednego dnia wyjdzie jedno, o pierwszej z nich.",
                "For several visits on a day one goes, on the first of them.",
            ),
            SameDay::Joint => (
                "Przy kilku wizytach jednego dnia wyjdzie jedno, o wszystkich.",
                "For several visits on a day one goes, on all of them.",
            ),
            SameDay::Each => (
                "Przy kilku wizytach jednego dnia wyjdzie jedno o każdej z nich.",
                "For several visits on a day one goes for each of them.",
            ),
        };
        [late, self.pick(manual.0, manual.1), self.pick(same_day.0, same_day.1)]
    }

    /// After which time nothing goes any more.
    pub(super) fn limit(&self) -> Option<String> {
        match &self.spec.timing {
            Timing::Booking { max_age_min, .. } => {
                let most = self.span(*max_age_min);
                Some(self.pick(
                    format!("Wizyta zgłoszona później niż {most} po umówieniu nic nie dostanie."),
                    format!("A visit told more than {most} after its booking gets none."),
                ))
            }
            Timing::FollowUp { max_age_h, .. } => {
                let most = words::HOURS.count(u64::from(*max_age_h), self.language);
                Some(self.pick(
                    format!("Nic nie wyjdzie później niż {most} po wizycie."),
                    format!("Nothing goes more than {most} after the visit."),
                ))
            }
            Timing::Recall { overdue_days, .. } if *overdue_days > 0 => {
                let days = words::DAYS.count(u64::from(*overdue_days), self.language);
                Some(self.pick(
                    format!("Przy aktywacji także dla tych, którym termin minął najwyżej {days} wcześniej."),
                    format!("At activation also for those who were due at most {days} before it."),
                ))
            }
            _ => None,
        }
    }

    /// Which messages are joined.
    pub(super) fn joined(&self) -> Vec<String> {
        let spec = self.spec;
        let mut joined = Vec::new();
        if spec.same_day == SameDay::Joint && spec.timing.kind() != CampaignKind::Reminder {
            joined.push(self.pick(
                "O kilku wizytach pacjenta jednego dnia wyjdzie jedna wiadomość.",
                "On several visits of a patient on a day one message goes.",
            ));
        }
        if spec.shared_number == SharedNumber::Joint {
            joined.push(self.pick(
                "Pacjenci z jednym numerem dostaną jedną wspólną wiadomość.",
                "Patients on one number get one message together.",
            ));
        }
        joined
    }
}
