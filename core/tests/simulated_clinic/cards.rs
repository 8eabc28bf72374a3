//! Patients' cards: made, edited, merged; families on one number, children with a guardian's.

use super::clinic::Clinic;
use super::truth::Card;
use chrono::{Datelike, Days};
use depesza::model::*;

impl Clinic {
    pub fn mobile(&mut self) -> (Phone, String) {
        let digits =
            501_000_000 + u64::try_from(self.truth.cards.len()).unwrap() * 1_009 + self.dice.below(1_000);
        self.typed(digits)
    }

    /// A Polish mobile number as somebody typed it, and in E.164.
    pub fn typed(&mut self, digits: u64) -> (Phone, String) {
        let text = digits.to_string();
        let (a, b, c) = (&text[..3], &text[3..6], &text[6..]);
        let typed = match self.dice.below(5) {
            0 => format!("{a} {b} {c}"),
            1 => format!("+48{text}"),
            2 => format!("0048 {a}-{b}-{c}"),
            3 => format!("48{text}"),
            _ => format!("(+48) {a}{b}{c}"),
        };
        (Phone::new(typed), format!("+48{text}"))
    }

    /// A number of the family, sometimes, else a new one.
    pub fn family_number(&mut self) -> (Phone, String) {
        let place = self.dice.place(self.truth.cards.len().max(1));
        let known = self.truth.cards.get(place).and_then(|card| card.number.clone());
        match known.and_then(|number| number.strip_prefix("+48").map(|digits| digits.parse().unwrap())) {
            Some(digits) => self.typed(digits),
            None => self.mobile(),
        }
    }

    pub fn new_number(&mut self) -> (Option<Phone>, Option<String>) {
        let german =
            self.setup.practice.settings.phones.allowed_prefixes.iter().any(|prefix| prefix == "+49");
        match self.dice.below(100) {
            0..=3 => (Some(Phone::new("48 362 12 34")), None),
            4 | 5 => (Some(Phone::new("+49 151 23456789")), german.then(|| "+4915123456789".to_owned())),
            6 | 7 => (None, None),
            8 => (Some(Phone::new("12 34")), None),
            9..=19 => {
                let (typed, number) = self.family_number();
                (Some(typed), Some(number))
            }
            _ => {
                let (typed, number) = self.mobile();
                (Some(typed), Some(number))
            }
        }
    }

    pub fn consent(&mut self, yes: u64, no: u64) -> Option<Consent> {
        let at = self.now;
        let source = if self.dice.chance(900) { ConsentSource::Person } else { ConsentSource::Import };
        match self.dice.below(100) {
            roll if roll < yes => Some(Consent { given: true, at, source }),
            roll if roll < yes + no => Some(Consent { given: false, at, source }),
            _ => None,
        }
    }

    pub fn new_card(&mut self) -> usize {
        let place = self.truth.cards.len();
        let (mut phone, mut number) = self.new_number();
        let mut guardian = None;
        let mut birth_date = self
            .dice
            .chance(800)
            .then(|| self.today - Days::new(self.dice.between(19 * 366, 80 * 366).unsigned_abs()));
        if self.dice.chance(120) {
            let (typed, theirs) = self.family_number();
            guardian = Some(Guardian { name: Some(Name::new("Opiekun")), phone: typed });
            (phone, number) = (None, Some(theirs));
            birth_date = Some(self.today - Days::new(self.dice.between(366, 18 * 366).unsigned_abs()));
        }
        let created_at = self.dice.chance(700).then_some(self.now);
        let visits = self.consent(80, 8);
        let patient = Patient {
            id: format!("p{place}").as_str().into(),
            revision: 1,
            first_name: Name::new(format!("Imie{place}")),
            last_name: Name::new("Nowak"),
            vocative: None,
            phone,
            guardian,
            birth_date,
            consents: Consents { visits, marketing: self.consent(50, 10), other: None },
            status: PatientStatus::Active,
            created_at,
        };
        let since = self.setup.practice.settings.default_consent_since;
        let by_default = visits.is_none()
            && since.is_some_and(|since| created_at.is_some_and(|created_at| created_at >= since));
        self.tell(&[Fact::Patient(patient.clone())]);
        self.truth.cards.push(Card {
            patient,
            number,
            merged_into: None,
            by_default,
            disturbed: false,
            visits: Vec::new(),
        });
        place
    }

    pub fn edit_card(&mut self) {
        let place = self.dice.place(self.truth.cards.len());
        let mut patient = self.truth.cards[place].patient.clone();
        let mut number = self.truth.cards[place].number.clone();
        patient.revision += 1 + self.dice.below(3);
        match self.dice.below(20) {
            0..=5 => {
                (patient.phone, number) = self.new_number();
                patient.guardian = None;
            }
            6..=9 => patient.consents.visits = self.consent(50, 45),
            10..=12 => patient.consents.marketing = self.consent(50, 45),
            13 => patient.status = PatientStatus::Deceased,
            14 => patient.status = PatientStatus::Inactive,
            15 | 16 => patient.status = PatientStatus::Active,
            _ => patient.last_name = Name::new("Nowakowska"),
        }
        self.tell(&[Fact::Patient(patient.clone())]);
        let card = &mut self.truth.cards[place];
        card.patient = patient;
        card.number = number;
        card.disturbed = true;
    }

    pub fn merge(&mut self) {
        let (from, into) = (self.dice.place(self.truth.cards.len()), self.dice.place(self.truth.cards.len()));
        if from == into
            || self.truth.cards[from].merged_into.is_some()
            || self.truth.cards[into].merged_into.is_some()
        {
            return;
        }
        let ids = [from, into].map(|place| self.truth.cards[place].patient.id.clone());
        let [from_id, into_id] = ids;
        self.tell(&[Fact::PatientsMerged { from: from_id, into: into_id }]);
        self.truth.cards[from].merged_into = Some(into);
        self.truth.cards[into].disturbed = true;
        for visit in std::mem::take(&mut self.truth.cards[from].visits) {
            self.truth.visits[visit].card = into;
            self.truth.cards[into].visits.push(visit);
        }
        self.oracle.merged(from, into);
    }

    /// Under 18 on the day of a visit.
    pub fn is_minor(&self, place: usize) -> bool {
        let visit = &self.truth.visits[place];
        let Some(birth) = self.truth.cards[visit.card].patient.birth_date else { return false };
        let day = visit.visit.start.date();
        let years =
            day.year() - birth.year() - i32::from((day.month(), day.day()) < (birth.month(), birth.day()));
        years < 18
    }
}
