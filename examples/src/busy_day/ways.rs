//! The ways of a call through the exchange, leg by leg, as its dialplan leads it.

use super::happened::{Happened, Leg, Party, Way};

/// The number that outgoing calls show.
pub const SHOWN: &str = "221234500";
/// The secretariat's direct line.
pub const SECRETARIAT: &str = "221234501";
/// The registration: three phones ring.
pub const REGISTRATION: &str = "221234502";
/// A menu, with the queue behind it.
pub const MENU: &str = "221234503";
/// The queue: its music is no answer.
pub const QUEUE: &str = "221234504";
/// The surgery: a phone, and a voice mail box behind it.
pub const SURGERY: &str = "221234505";
/// The line for VIPs.
pub const VIP: &str = "221234550";
/// The phones of the registration, which are the queue's members too.
pub const DESK: [&str; 3] = ["201", "202", "203"];

/// Seconds of one round of the queue, and the pause after it.
const ROUND: (i64, i64) = (15, 5);

const TRUNK: &str = "from-trunk";
const HANG_UP: (&str, u32) = ("NORMAL_CLEARING", 16);
const GAVE_UP: (&str, u32) = ("ORIGINATOR_CANCEL", 487);

/// How a call to a phone ended.
#[derive(Clone, Copy, Debug)]
pub enum End {
    /// A person answered, and talked so many seconds.
    Talk(i64),
    /// The caller gave up.
    GaveUp,
    /// The exchange did.
    TimeOut,
    /// Busy.
    Busy,
    /// It could not be put through.
    Failed,
}

fn call(way: Way, party: Party, own: &'static str, phone: &'static str, start: i64) -> Happened {
    let (end, cause) = (start, HANG_UP);
    let legs = Vec::new();
    Happened { way, party, own, phone, start, answer: None, talk: None, end, voicemail: false, cause, legs }
}

fn leg(context: &'static str, dst: &str, to: &str, app: (&'static str, String), span: (i64, i64)) -> Leg {
    let (dst, to) = (dst.to_owned(), to.to_owned());
    let ((app, data), (start, end)) = (app, span);
    Leg { context, dst, to, app, data, start, answer: None, end, disposition: "NO ANSWER" }
}

fn dial(phones: &[&str]) -> (&'static str, String) {
    let all: Vec<String> = phones.iter().map(|phone| format!("PJSIP/{phone}")).collect();
    ("Dial", format!("{},30,tT", all.join("&")))
}

impl Leg {
    fn answered(mut self, at: i64) -> Self {
        self.answer = Some(at);
        self.disposition = "ANSWERED";
        self
    }
}

impl Happened {
    /// Rings for so long, and ends: the last leg is the one that it is about.
    fn rung(mut self, ring_s: i64, end: End) -> Self {
        let stop = self.start + ring_s;
        let phone = self.phone;
        self.end = stop;
        self.cause = match end {
            End::Talk(talk_s) => {
                self.end = stop + talk_s;
                self.answer = self.answer.or(Some(stop));
                self.talk = Some((stop, phone));
                HANG_UP
            }
            End::GaveUp => GAVE_UP,
            End::TimeOut => ("NO_ANSWER", 19),
            End::Busy => ("USER_BUSY", 17),
            End::Failed => ("NETWORK_OUT_OF_ORDER", 38),
        };
        if let Some(leg) = self.legs.last_mut() {
            leg.end = self.end;
            match end {
                End::Talk(_) => (leg.answer, leg.disposition) = (Some(stop), "ANSWERED"),
                End::GaveUp | End::TimeOut => {}
                End::Busy => leg.disposition = "BUSY",
                End::Failed => leg.disposition = "FAILED",
            }
        }
        self
    }
}

/// A direct line: one phone rings.
pub fn direct(
    party: Party,
    own: &'static str,
    phone: &'static str,
    start: i64,
    ring_s: i64,
    end: End,
) -> Happened {
    let mut made = call(Way::Incoming, party, own, phone, start);
    made.legs.push(leg(TRUNK, own, phone, dial(&[phone]), (start, start)));
    made.rung(ring_s, end)
}

/// The registration: three phones ring, and the second answers if one does.
pub fn group(party: Party, start: i64, ring_s: i64, end: End) -> Happened {
    let [first, second, third] = DESK;
    let mut made = call(Way::Incoming, party, REGISTRATION, second, start);
    for phone in [first, third, second] {
        made.legs.push(leg(TRUNK, REGISTRATION, phone, dial(&DESK), (start, start + ring_s)));
    }
    made.rung(ring_s, end)
}

/// The queue: rounds in which its members ring one after another; in the last one somebody answers, or the caller gives up.
pub fn queue(party: Party, start: i64, rounds: i64, talk_s: Option<i64>) -> Happened {
    let [first, second, third] = DESK;
    let mut made = call(Way::Incoming, party, QUEUE, third, start);
    let (round_s, pause_s) = ROUND;
    let app = || ("Queue", "rejestracja,tT,,,120".to_owned());
    let ring = |phone, from, to| leg("ext-queues", "400", phone, app(), (from, to));
    for round in 0..rounds {
        let from = start + round * (round_s + pause_s);
        let last = round + 1 == rounds;
        let until = from + round_s - if last { 4 } else { 0 };
        let mut engaged = ring(first, from, from);
        engaged.disposition = "BUSY";
        made.legs.extend([engaged, ring(second, from, until)]);
        made.legs.push(match talk_s.filter(|_| last) {
            Some(talk_s) => {
                made.talk = Some((until, third));
                made.answer = Some(until);
                ring(third, from, until + talk_s).answered(until)
            }
            None => ring(third, from, until),
        });
        made.end = until + talk_s.filter(|_| last).unwrap_or(0);
    }
    if made.talk.is_none() {
        made.cause = GAVE_UP;
    }
    made
}

/// The menu answers; the caller hangs up there, or is led on to the registration's phones.
pub fn menu(party: Party, start: i64, listen_s: i64, led_on: Option<(i64, End)>) -> Happened {
    let mut made = call(Way::Incoming, party, MENU, DESK.first().copied().unwrap_or_default(), start);
    made.answer = Some(start);
    made.end = start + listen_s;
    let Some((ring_s, end)) = led_on else {
        made.legs.push(
            leg("ivr-1", "s", "", ("BackGround", "menu".to_owned()), (start, made.end)).answered(start),
        );
        return made;
    };
    let [first, second, _] = DESK;
    let ring_from = start + listen_s;
    let stop = ring_from + ring_s;
    made.end = stop;
    let phones = dial(&[second, first]);
    // behind a menu the first row begins with the call, and every row has a time of answer
    let mut other = leg("ivr-1", "1", second, phones.clone(), (start, stop));
    other.answer = Some(start);
    let mut taken = leg("ivr-1", "1", first, phones, (ring_from, stop));
    taken.answer = Some(ring_from);
    match end {
        End::Talk(talk_s) => {
            made.end = stop + talk_s;
            made.talk = Some((stop, first));
            (taken.end, taken.disposition) = (made.end, "ANSWERED");
        }
        _ => made.cause = HANG_UP,
    }
    made.legs.extend([other, taken]);
    made
}

/// The surgery's phone rings in vain, and its voice mail box answers.
pub fn voicemail(party: Party, own: &'static str, start: i64, ring_s: i64, message_s: i64) -> Happened {
    let phone = "205";
    let mut made = call(Way::Incoming, party, own, phone, start);
    let box_from = start + ring_s;
    made.end = box_from + message_s;
    made.answer = Some(box_from);
    made.voicemail = true;
    made.legs.push(leg(TRUNK, own, phone, dial(&[phone]), (start, box_from)));
    let greeting = ("VoiceMail", format!("{phone}@default,u"));
    made.legs.push(leg("ext-vm", "NOANSWER", "", greeting, (box_from, made.end)).answered(box_from));
    made
}

/// Answered at the secretariat, and put through to the surgery.
pub fn transferred(party: Party, start: i64, ring_s: i64, talk_s: (i64, i64)) -> Happened {
    let mut made = direct(party, SECRETARIAT, "204", start, ring_s, End::Talk(talk_s.0));
    let (from, to) = (made.end, made.end + talk_s.1);
    made.legs.push(leg("from-internal", "205", "205", dial(&["205"]), (from, to)).answered(from));
    made.end = to;
    made
}

/// A phone of ours calls somebody.
pub fn outgoing(party: Party, phone: &'static str, start: i64, ring_s: i64, end: End) -> Happened {
    let mut made = call(Way::Outgoing, party, SHOWN, phone, start);
    let data = format!("PJSIP/{}@operator,60,TK", made.party.number);
    made.legs.push(leg("out", &made.party.number.clone(), "operator", ("Dial", data), (start, start)));
    made.rung(ring_s, end)
}

/// One phone calls another.
pub fn internal(phone: &'static str, other: &'static str, start: i64, ring_s: i64, end: End) -> Happened {
    let party = Party { number: other.to_owned(), name: String::new() };
    let mut made = call(Way::Internal, party, phone, other, start);
    made.legs.push(leg("from-internal", other, other, dial(&[other]), (start, start)));
    made.phone = other;
    let mut made = made.rung(ring_s, end);
    made.phone = phone;
    made
}
