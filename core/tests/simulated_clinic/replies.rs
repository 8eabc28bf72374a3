//! What patients write back: answers, parts of long texts, STOP, and everything twice now and then.

use super::clinic::{Clinic, Deed};
use super::setup::{CLINIC, GATEWAY};
use super::truth::Expected;
use depesza::engine::Outcome;
use depesza::model::*;

impl Clinic {
    pub fn sms(&mut self, from: &str, text: &str) -> SmsReceived {
        self.inbound += 1;
        let digits = from.trim_start_matches('+');
        SmsReceived {
            gateway: GATEWAY.into(),
            provider_id: self.dice.chance(900).then(|| format!("mo-{}", self.inbound)),
            from: Phone::new(digits),
            to: Some("48500100200".into()),
            body: Body::new(text),
            received_at: self.now,
            in_reply_to: None,
            part: None,
            opt_out: false,
        }
    }

    pub fn reply(&mut self, from: &str, reference: &str) {
        let (text, reply) = match self.dice.below(100) {
            0..=44 => (self.dice.pick(&["TAK", "tak", " Tak ", "tak\u{a0}", "\u{feff}TAK"]), Reply::Yes),
            45..=59 => (self.dice.pick(&["NIE", "nie", "Nie\u{200b}"]), Reply::No),
            60..=79 => (
                self.dice.pick(&["TAK, będę", "nie wiem", "dziękuję", "tak ale o 15", "", "🙂"]),
                Reply::Other,
            ),
            80..=91 => return self.long_reply(from),
            92..=95 => ("prosze STOP z tym", Reply::Other),
            _ => return self.stop(from),
        };
        let mut sms = self.sms(from, text);
        sms.in_reply_to = self.dice.chance(300).then(|| reference.to_owned());
        let (mut expected, ask) = self.truth.expect(from, sms.in_reply_to.as_deref(), reply, self.now);
        let mentions_stop = text.contains("STOP");
        let before = self.now;
        let answer = self.receive(&sms);
        let effect = answer.effect;
        if self.now != before {
            // the host died in between: the answer may have come too late meanwhile
            expected = self.truth.expect(from, sms.in_reply_to.as_deref(), reply, before).0;
        }
        let wanted = match expected {
            _ if mentions_stop => ReplyEffect::StopMentioned,
            Expected::Applied => ReplyEffect::Applied,
            Expected::Noted => ReplyEffect::Noted,
            Expected::Ambiguous => ReplyEffect::Ambiguous,
            Expected::TooLate => ReplyEffect::TooLate,
            Expected::StaffDecided => ReplyEffect::StaffDecided,
            Expected::NoRequest => ReplyEffect::NoRequest,
        };
        if effect != wanted {
            // a question whose sending is in doubt may have been asked: the engine cannot know that it was not
            let named =
                sms.in_reply_to.as_ref().is_some_and(|own| self.truth.ask_by_reference.contains_key(own));
            if named || !self.may_have_asked(from) {
                self.fail(format!(
                    "{reply:?} should be {wanted:?} and was {effect:?}:{}",
                    answer.visits.iter().map(|visit| self.messages_about(visit)).collect::<String>()
                ));
            }
            self.figures.ambiguous += u64::from(effect == ReplyEffect::Ambiguous);
            if effect == ReplyEffect::Applied {
                for place in
                    answer.visits.iter().filter_map(|id| id.as_str().strip_prefix('V')?.parse::<usize>().ok())
                {
                    self.truth.visits[place].confirmation =
                        Some((reply, self.truth.visits[place].starts_at, false));
                }
            }
        } else if wanted == ReplyEffect::Applied {
            self.truth.answer(ask.unwrap(), reply);
            self.figures.answers_applied += 1;
        } else if wanted == ReplyEffect::Ambiguous {
            self.figures.ambiguous += 1;
        }
        for place in
            ask.into_iter().flat_map(|ask| self.truth.asks[ask].about.clone()).map(|(visit, _)| visit)
        {
            self.check_confirmation(place);
        }
        if self.dice.chance(200) {
            let later = self.now.plus_ms(self.dice.between(1, 2 * DAY_MS));
            self.note(later, Deed::SmsAgain(sms));
        }
    }

    /// Tells an SMS that must be new, and says what came of it.
    pub fn receive(&mut self, sms: &SmsReceived) -> Answer {
        let deaths = self.process.deaths();
        match self.tell(&[Fact::SmsReceived(sms.clone())]).first() {
            Some(Outcome::Received(id)) => self.answer(*id),
            // taken in by a process that died before it could say so
            Some(Outcome::Known) if self.process.deaths() > deaths => {
                let engine = self.looking();
                let clinic = engine.practice(CLINIC.into());
                let events = clinic.events(self.oracle.last_event, 1_000).unwrap();
                let mut received = events.iter().rev().filter_map(|event| match event.what {
                    Happening::Received { message, .. } => Some(message),
                    _ => None,
                });
                let last =
                    received.next().unwrap_or_else(|| self.fail("an SMS is known and was not received"));
                self.answer(last)
            }
            other => self.fail(format!("a new SMS gave {other:?}")),
        }
    }

    pub fn answer(&self, id: MessageId) -> Answer {
        let engine = self.looking();
        engine.practice(CLINIC.into()).message(id).unwrap().unwrap().answer.unwrap()
    }

    /// Whether a message that asks may be on its way to this number for all the engine knows, and is not.
    pub fn may_have_asked(&self, number: &str) -> bool {
        let engine = self.looking();
        let clinic = engine.practice(CLINIC.into());
        (0..self.truth.cards.len()).any(|card| {
            let messages = clinic.messages_of_patient(&self.truth.cards[card].patient.id, 200).unwrap();
            messages.iter().any(|message| {
                message.expects_reply
                    && message.number.as_ref().is_some_and(|theirs| theirs.reveal() == number)
                    && (message.unanswered || matches!(message.status, Status::Submitting | Status::InDoubt))
                    && message
                        .reference
                        .as_ref()
                        .is_some_and(|own| !self.truth.ask_by_reference.contains_key(own))
            })
        })
    }

    /// A long text in parts that come in any order, some never.
    pub fn long_reply(&mut self, from: &str) {
        let reference = u16::try_from(self.dice.below(60_000)).unwrap();
        let mut parts: Vec<SmsReceived> = (1..=3)
            .map(|part| {
                let mut sms = self.sms(from, &format!("czesc {part} dlugiej odpowiedzi "));
                sms.part = Some(InboundPart { reference, part, parts: 3 });
                sms
            })
            .collect();
        for last in (1..parts.len()).rev() {
            let other = self.dice.place(last + 1);
            parts.swap(last, other);
        }
        let whole = self.dice.chance(800);
        if !whole {
            parts.pop();
        }
        for sms in &parts {
            self.tell(&[Fact::SmsReceived(sms.clone())]);
        }
        if self.dice.chance(300) {
            let later = self.now.plus_ms(self.dice.between(20 * MINUTE_MS, DAY_MS));
            self.note(later, Deed::SmsAgain(parts.swap_remove(0)));
        }
    }

    pub fn stop(&mut self, from: &str) {
        let sms = self.sms(from, "Stop");
        let effect = self.receive(&sms).effect;
        if effect != ReplyEffect::OptOut {
            self.fail(format!("STOP was {effect:?}"));
        }
        self.truth.stops.insert(from.to_owned(), sms.received_at);
        self.oracle.acknowledgements += 1;
        self.figures.stops += 1;
        for card in &mut self.truth.cards {
            card.disturbed |= card.number.as_deref() == Some(from);
        }
    }
}
