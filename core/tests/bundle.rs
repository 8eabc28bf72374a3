//! Replay bundles: what was recorded is decided again in the same way, also with stand-ins for names, numbers and texts.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod rig;
mod world;

use depesza::bundle::{Act, Bundle, Decided, GatewayAnswer, Recorded, RecordedCall, Recorder, mask, replay};
use depesza::gateway::{Faults, Gateway, Simulator};
use depesza::model::*;
use depesza::phone;
use depesza::store::MemoryStore;
use rig::{Wire, WiredGateway, look_up_only};
use std::collections::BTreeSet;
use std::sync::Arc;
use world::*;

/// What of persons and of the practice is told: no word of it, and no four letters of any, may stand in a masked bundle.
const PRIVATE: [&str; 25] = [
    "Żółcisława",
    "Brzęczyszczykiewicz",
    "Bożydar",
    "Gżegżółka",
    "Zdzichosław",
    "dr Świętopełk Łękołodzki",
    "gabinet Bąkowskiego",
    "Stomatopol Wypędzów",
    "ul. Chrząszczowa, Łękołody",
    "ekstrakcja zębodołu",
    "Nie zdążę, utknęłam na Podzamczu",
    "dzwonić wieczorem",
    "Przepraszam",
    "dotrę spóźniona",
    "zgubiłam wizytówkę",
    "Dzisiejszych dolegliwości nie wytrzymam",
    "ujście przepełnione",
    "Oddzwonimy po dyżurze",
    "Przepiszemy recepturkę",
    "urlop młynarki",
    "pęknięty klucz",
    "podarunkowy wzór",
    "życzymy pogody ducha",
    "dwanaście półroczy",
    "najpóźniejszy szkic",
];

/// National numbers that are told, in whatever spelling.
const NUMBERS: [&str; 7] =
    ["601777111", "602777222", "603777333", "224567890", "486773311", "605777555", "606777666"];

struct Host {
    recorder: Recorder,
    gateway: Arc<Simulator>,
    now: Timestamp,
    revision: u64,
}

impl Host {
    fn new(faults: Faults) -> Self {
        let gateway = Arc::new(Simulator::new(GATEWAY.into(), 7).with_faults(faults));
        let recorder = Recorder::new(
            Arc::new(MemoryStore::default()),
            vec![(GATEWAY.into(), gateway.clone() as Arc<dyn Gateway>)],
            CLINIC.into(),
        );
        let mut practice = practice();
        practice.name = "Stomatopol Wypędzów".into();
        practice.address = Some("ul. Chrząszczowa, Łękołody".into());
        practice.phone = Some("48 677 33 11".into());
        practice.settings.links =
            vec![LinkMarker { name: "mapa".into(), url: "https://www.stomatopol.pl/dojazd?nr=7".into() }];
        practice.settings.calls.own_numbers =
            vec![OwnNumber { number: "22 456 78 90".into(), label: Some("zgubiłam wizytówkę".into()) }];
        practice.settings.replies.grammar = ReplyGrammar::Tolerant;
        practice.settings.acknowledge_opt_out = true;
        let now = at("2026-11-16 09:00");
        recorder.open_practice(&practice, now).unwrap();
        Self { recorder, gateway, now, revision: 0 }
    }

    fn act(&self, act: Act) {
        self.recorder.act(&User::new("Zdzichosław", Permission::ALL), &act, self.now).unwrap();
    }

    fn tell(&self, fact: Fact) {
        self.recorder.apply(&[fact], self.now).unwrap();
    }

    fn patient(&mut self, id: &str, first: &str, phone: &str, guardian: Option<&str>) {
        self.revision += 1;
        let yes = Consent { given: true, at: at("2026-01-01 10:00"), source: ConsentSource::Person };
        self.tell(Fact::Patient(Patient {
            id: id.into(),
            revision: self.revision,
            first_name: Name::new(first),
            last_name: Name::new("Brzęczyszczykiewicz"),
            vocative: None,
            phone: (!phone.is_empty()).then(|| Phone::new(phone)),
            guardian: guardian
                .map(|phone| Guardian { name: Some(Name::new("Gżegżółka")), phone: Phone::new(phone) }),
            birth_date: matches!(id, "1" | "2").then(|| "1980-11-18".parse().unwrap()),
            consents: Consents { visits: Some(yes), marketing: None, other: None },
            status: PatientStatus::Active,
            created_at: None,
        }));
    }

    fn visit(&mut self, id: &str, patient: &str, start: &str) {
        self.revision += 1;
        self.tell(Fact::Visit(Visit {
            id: id.into(),
            revision: self.revision,
            patient: patient.into(),
            start: local(start),
            zone: None,
            duration_min: 30,
            state: VisitState::Booked,
            visit_type: Some("ekstrakcja zębodołu".into()),
            doctor: doctor("d1", "dr Świętopełk Łękołodzki"),
            room: Some(Room { id: "r1".into(), name: "gabinet Bąkowskiego".into() }),
            booked_at: None,
            series: None,
            first_visit: Some(false),
        }));
    }

    fn sms(&mut self, from: &str, body: &str, part: Option<InboundPart>) {
        self.revision += 1;
        self.tell(Fact::SmsReceived(SmsReceived {
            gateway: GATEWAY.into(),
            provider_id: Some(format!("mo-{}", self.revision)),
            from: Phone::new(from),
            to: Some("48500100200".into()),
            body: Body::new(body),
            received_at: self.now,
            in_reply_to: None,
            part,
            opt_out: false,
        }));
    }

    fn call(&mut self, id: &str, caller: &str, status: CallStatus) {
        self.tell(Fact::CallEnded(Call {
            system: "pbx".into(),
            id: id.into(),
            direction: CallDirection::Incoming,
            caller: Phone::new(caller),
            called: Phone::new("+48224567890"),
            own_number: None,
            answered_by: Some("Zdzichosław".into()),
            started_at: self.now,
            ended_at: self.now.plus_ms(1),
            ring_s: 9,
            talk_s: 0,
            status,
            raw_status: "NO ANSWER".into(),
            raw_cause: None,
        }));
    }

    fn run_until(&mut self, until: &str) {
        let until = at(until);
        loop {
            let due = self.recorder.engine().next_due().unwrap();
            let next = due.into_iter().chain(self.gateway.next_report()).min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.now = self.now.max(next);
            while self.recorder.work(self.now, 100).unwrap().more {}
            self.recorder.dispatch(self.now, 1_000).unwrap();
            for report in self.gateway.reports(self.now) {
                let raw = "text: Żółcisława Brzęczyszczykiewicz".into();
                self.tell(Fact::DeliveryReport(DeliveryReport { raw, ..report }));
            }
        }
        self.now = until;
    }
}

/// Two weeks of everything: spellings, a shared number, a guardian, foreign and faulty numbers, joint and long texts in
/// both encodings, answers of every kind, calls, changes of settings, an erasure, and a gateway that fails.
fn lived() -> Bundle {
    let faults = Faults {
        transient: 150,
        try_later: 100,
        answer_lost: 60,
        no_report: 100,
        undelivered: 80,
        ..Faults::default()
    };
    let mut host = Host::new(faults);
    let mut reminder = day_before("10:00");
    reminder.name = "ujście przepełnione".into();
    reminder.bodies.default =
        "(imie) (nazwisko), (lekarz|ujście przepełnione) czeka (data) o (godzina): (placowka), \
        (adres), tel. (telefon). Mapa: (mapa) Dzisiejszych dolegliwości nie wytrzymam. Odpisz TAK lub NIE."
            .into();
    reminder.filters.visit_types = vec!["ekstrakcja zębodołu".into()];
    reminder.shared_number = SharedNumber::Joint;
    host.act(Act::CreateCampaign { campaign: "p".into(), spec: reminder });
    host.act(Act::Activate { campaign: "p".into() });
    host.act(Act::CreateCampaign { campaign: "b".into(), spec: booking(10) });
    host.act(Act::Activate { campaign: "b".into() });
    let rule = serde_json::json!({
        "name": "zgubiłam wizytówkę", "body": "Dzisiejszych dolegliwości nie wytrzymam: (numer_dzwoniacego|?)",
        "when": {"statuses": ["no_answer"], "own_numbers": ["+4822*", "224567890"]},
        "recipients": {"other_party": true, "numbers": ["+48 603 777 333"]}, "min_gap_s": 600,
    });
    let mut rule: CallRuleSpec = serde_json::from_value(rule).unwrap();
    rule.body = "Dzisiejszych dolegliwości nie wytrzymam.".into();
    host.act(Act::SaveRule { rule: "r".into(), spec: rule });
    prepared(&mut host);
    let cards = [
        ("1", "Żółcisława", "601 777 111", None),
        ("2", "Bożydar", "+48 601-777-111", None), // the same number
        ("3", "Gżegżółka", "", Some("0048602777222")),
        ("4", "Żółcisława", "+380501234567", None), // outside the prefixes
        ("5", "Bożydar", "22 456 78 91", None),     // a landline
        ("6", "Bożydar", "501 777 33", None),       // too short
        ("7", "Bożydar", "501777333 Gżegżółka", None),
        ("8", "Bożydar", "603777333", None),
    ];
    for (id, first, phone, guardian) in cards {
        host.patient(id, first, phone, guardian);
        host.visit(&format!("w{id}"), id, "2026-11-20 12:30");
        host.visit(&format!("x{id}"), id, "2026-11-27 09:15");
    }
    host.run_until("2026-11-19 12:00");
    host.sms("48601777111", "TAK", None);
    host.sms("602777222", "Tak, będę", None);
    host.sms("+48 603 777 333", "Nie zdążę, utknęłam na Podzamczu", None);
    host.sms("603777333", "proszę STOP dzwonić wieczorem", None);
    let part = |part| Some(InboundPart { reference: 4, part, parts: 2 });
    host.sms("602777222", "dotrę spóźniona", part(2));
    host.sms("602777222", "Przepraszam, ", part(1));
    host.call("c1", "601 777 111", CallStatus::NoAnswer);
    host.call("c2", "anonymous", CallStatus::NoAnswer);
    host.call("c3", "+48604777444", CallStatus::NoAnswer);
    host.run_until("2026-11-19 14:00");
    host.act(Act::Remind { visit: "x8".into() });
    conversed(&mut host);
    let settings = host.recorder.engine().practice(CLINIC.into()).settings().unwrap();
    host.act(Act::ChangeSettings {
        settings: Box::new(Settings { diacritics: Diacritics::Polish, attempts: 2, ..settings }),
    });
    host.run_until("2026-11-21 09:00");
    host.sms("48602777222", "STOP", None);
    host.tell(Fact::ConfirmationSet { visit: "x1".into(), reply: Reply::No, by: "Zdzichosław".into() });
    host.patient("8", "Bożydar", "604777444", None);
    host.run_until("2026-11-24 09:00");
    host.act(Act::ErasePatient { patient: "8".into() });
    host.run_until("2026-11-28 09:00");
    // what is refused is recorded too
    let nobody = User::new("nikt", []);
    host.recorder.act(&nobody, &Act::Pause { campaign: "p".into() }, host.now).unwrap_err();
    host.recorder.bundle().unwrap()
}

/// Links, templates and drafts, of which a birthday campaign comes that calls patients by the vocative.
fn prepared(host: &mut Host) {
    let link = |name: &str, url: &str| Act::SaveLink { name: name.into(), url: url.into() };
    host.act(link("ankieta", "https://www.stomatopol.pl/opinie?podarunkowy=7"));
    host.act(link("dawny", "www.stomatopol.pl/dawny"));
    host.act(Act::DeleteLink { name: "dawny".into() });
    // 152 signs after the name: Bożydarze makes two parts of it, and Bożydar would not
    let wish = format!("(imie:wolacz){:.<152}", ", życzymy pogody ducha");
    let template = |id: &str, body: &str| Act::SaveTemplate {
        template: id.into(),
        name: format!("podarunkowy wzór {id}"),
        body: body.into(),
        subject: TemplateSubject::People,
    };
    host.act(template("t", &wish));
    host.act(template("u", "(imie): (ankieta)"));
    host.act(Act::DeleteTemplate { template: "u".into() });
    let mut draft = CampaignDraft { kind: Some(CampaignKind::Recall), ..CampaignDraft::default() };
    draft.set("name", "najpóźniejszy szkic");
    draft.set("timing.months_after", "dwanaście półroczy");
    // half of it is typed, and it uses a link all the same
    draft.set("bodies.default", serde_json::json!({"text": "(imie), życzymy pogody ducha (ankieta) (da"}));
    host.act(Act::KeepDraft { campaign: "k".into(), draft });
    let refused = |host: &Host, act: Act| {
        let user = User::new("Zdzichosław", Permission::ALL);
        host.recorder.act(&user, &act, host.now).unwrap_err();
    };
    refused(host, Act::SaveDraft { campaign: "k".into() });
    refused(host, Act::DeleteLink { name: "ankieta".into() });
    let mut draft = CampaignDraft::begin(CampaignKind::Birthday, Language::Pl);
    draft.set("name", "najpóźniejszy szkic");
    draft.set("timing.at", "9:30");
    draft.set("bodies.default", serde_json::json!({"template": "t"}));
    draft.set("over_length", "send");
    draft.set("sender", "48500100200");
    host.act(Act::KeepDraft { campaign: "u".into(), draft });
    host.act(Act::SaveDraft { campaign: "u".into() });
    host.act(Act::Activate { campaign: "u".into() });
    host.act(Act::DiscardDraft { campaign: "k".into() });
    let broadcast = serde_json::json!({
        "name": "najpóźniejszy szkic", "timing": {"kind": "broadcast", "at": "2026-11-23T10:00:00"},
        "bodies": {"default": "(pacjent), życzymy pogody ducha: (ankieta)"},
    });
    let spec = serde_json::from_value(broadcast).unwrap();
    host.act(Act::CreateCampaign { campaign: "o".into(), spec });
    host.act(Act::Activate { campaign: "o".into() });
}

/// What people write to each other, and what becomes of it at the desk.
fn conversed(host: &mut Host) {
    let newest = |host: &Host| -> MessageId {
        let clinic = host.recorder.engine().practice(CLINIC.into());
        (1..).map(MessageId).take_while(|id| clinic.message(*id).unwrap().is_some()).last().unwrap()
    };
    let number = |number: &str| Recipient::Number(Phone::new(number));
    let write = |host: &Host, to: Recipient, text: &str, at: Option<&str>, key: Option<&str>| {
        let (text, at, key) = (Body::new(text), at.map(world::at), key.map(ToOwned::to_owned));
        let message = NewMessage { to, text, at, hours: QuietHours::Override, key };
        host.act(Act::SendMessage { message: Box::new(message) });
    };
    for _ in 0..2 {
        let to = Recipient::Patient("1".into());
        write(host, to, "(imie), Oddzwonimy po dyżurze", None, Some("pęknięty klucz"));
    }
    // the same words as a body's
    write(host, number("606777666"), "(pacjent), życzymy pogody ducha: (ankieta)", None, None);
    write(host, number("+48 605 777 555"), "Oddzwonimy po dyżurze", Some("2026-11-20 12:00"), None);
    let text = Some("Przepiszemy recepturkę: www.stomatopol.pl/urlop-młynarki".into());
    let edit = MessageEdit { text, at: Some(at("2026-11-20 13:00")), hours: QuietHours::Override };
    host.act(Act::EditMessage { message: newest(host), edit });
    write(host, Recipient::Patient("3".into()), "urlop młynarki", Some("2026-11-22 12:00"), None);
    host.act(Act::CancelMessage { message: newest(host) });
    // an answer from a number that nobody has
    host.sms("+48606777666", "Nie", None);
    let answer = newest(host);
    host.act(Act::MarkRead { message: answer });
    host.act(Act::MarkUnread { message: answer });
    host.act(Act::AssignMessage { message: answer, patient: "8".into() });
    host.act(Act::Settle { item: InboxRef::Message(answer) });
    host.act(Act::ReleaseBreaker {});
}

#[test]
fn what_users_do_is_decided_on_in_the_recorded_scenario() {
    let bundle = lived();
    let done: BTreeSet<String> = bundle
        .calls
        .iter()
        .filter_map(|recorded| match &recorded.call {
            RecordedCall::Act { act, .. } => {
                serde_json::to_value(act).unwrap()["act"].as_str().map(Into::into)
            }
            _ => None,
        })
        .collect();
    assert!(done.len() >= 22, "{done:?}");
    let decided = &bundle.decisions.messages;
    let parted = |message: &Decided| message.parts == 2 && message.reason.is_none();
    assert!(decided.iter().any(parted), "the vocative makes two parts");
    let given = bundle.calls.iter().find_map(|recorded| match &recorded.call {
        RecordedCall::Act { act, .. } => match **act {
            Act::AssignMessage { message, .. } => Some(message),
            _ => None,
        },
        _ => None,
    });
    let assigned = decided.iter().find(|message| Some(message.message) == given).unwrap();
    assert_eq!(assigned.effect, Some(ReplyEffect::Applied), "it answers the patient's question");
    let withdrawn = |message: &Decided| message.reason == Some(Reason::Withdrawn {});
    assert_eq!(decided.iter().filter(|message| withdrawn(message)).count(), 1);
}

#[test]
fn a_vocative_keeps_the_length_that_the_rules_give_it() {
    let bundle = lived();
    let masked = mask(&bundle, b"a key");
    let mut seen = 0;
    for pair in facts(&bundle).into_iter().zip(facts(&masked)) {
        if let (Fact::Patient(card), Fact::Patient(masked)) = pair {
            assert_eq!(card.vocative, None);
            let form = masked.vocative.unwrap();
            let expected = depesza::template::vocative(card.first_name.reveal()).into_owned();
            assert_eq!(form.reveal().chars().count(), expected.chars().count());
            assert_ne!(form.reveal(), expected);
            seen += 1;
        }
    }
    assert!(seen >= 9);
}

#[test]
fn a_number_that_is_settled_by_its_hash_is_settled_of_the_stand_in() {
    let refused = || SubmitResult::Rejected { class: RejectClass::RecipientInvalid, code: "2001".into() };
    let bad = |recorder: &Recorder| -> Vec<InboxRef> {
        let items = recorder.engine().practice(CLINIC.into()).inbox(None, 10).unwrap().items;
        items.into_iter().map(|item| item.id).collect()
    };
    let mut host = Host::new(Faults::default());
    host.gateway.script([refused()]);
    host.act(Act::CreateCampaign { campaign: "p".into(), spec: day_before("10:00") });
    host.act(Act::Activate { campaign: "p".into() });
    host.patient("1", "Bożydar", "601 777 111", None);
    host.visit("w1", "1", "2026-11-20 12:30");
    host.run_until("2026-11-19 12:00");
    let [item] = <[InboxRef; 1]>::try_from(bad(&host.recorder)).unwrap();
    assert!(matches!(item, InboxRef::BadNumber(_)));
    host.act(Act::Settle { item });
    assert_eq!(bad(&host.recorder), []);
    let masked = mask(&host.recorder.bundle().unwrap(), b"a key");
    // on another machine
    let gateway = Arc::new(Simulator::new(GATEWAY.into(), 7));
    gateway.script([refused()]);
    let gateways = vec![(GATEWAY.into(), gateway as Arc<dyn Gateway>)];
    let other = Recorder::new(Arc::new(MemoryStore::default()), gateways, CLINIC.into());
    let mut there = 0;
    for Recorded { at, call, .. } in &masked.calls {
        match call {
            RecordedCall::Open { practice } => other.open_practice(practice, *at).unwrap(),
            RecordedCall::Apply { facts } => drop(other.apply(facts, *at).unwrap()),
            RecordedCall::Act { user, act } => other.act(user, act, *at).unwrap(),
            RecordedCall::Dispatch { limit } => drop(other.dispatch(*at, *limit).unwrap()),
            RecordedCall::Work { limit } => drop(other.work(*at, *limit).unwrap()),
            _ => unreachable!(),
        }
        there = there.max(bad(&other).len());
    }
    assert_eq!((there, bad(&other)), (1, vec![]));
}

#[test]
fn what_was_recorded_is_decided_again_in_the_same_way() {
    let bundle = lived();
    let statuses: BTreeSet<Status> = bundle.decisions.messages.iter().map(|message| message.status).collect();
    assert!(statuses.len() >= 5, "all kinds of fates: {statuses:?}");
    let reasons: BTreeSet<&str> = bundle
        .decisions
        .messages
        .iter()
        .filter_map(|message| Some(message.reason.as_ref()?.code()))
        .collect();
    assert!(reasons.len() >= 6, "{reasons:?}");
    assert_eq!(replay(&bundle), Ok(()));
    // through JSON, as it travels
    let text = serde_json::to_string(&bundle).unwrap();
    let read: Bundle = serde_json::from_str(&text).unwrap();
    assert_eq!(read, bundle);
    assert_eq!(replay(&read), Ok(()));
}

#[test]
fn a_masked_bundle_is_decided_as_the_original_was() {
    let bundle = lived();
    for key in ["one key", "another key", "and a third"] {
        let masked = mask(&bundle, key.as_bytes());
        assert_eq!(replay(&masked), Ok(()), "{key}");
        assert_eq!(masked.decisions.messages, bundle.decisions.messages);
        assert_eq!(masked.decisions.events.len(), bundle.decisions.events.len());
        assert_eq!(mask(&bundle, key.as_bytes()), masked, "the same key gives the same");
    }
    assert_ne!(mask(&bundle, b"one key"), mask(&bundle, b"another key"));
}

fn fold(text: &str) -> String {
    let plain = |c| match c {
        'ą' => 'a',
        'ć' => 'c',
        'ę' => 'e',
        'ł' => 'l',
        'ń' => 'n',
        'ó' => 'o',
        'ś' => 's',
        'ż' | 'ź' => 'z',
        c => c,
    };
    text.to_lowercase().chars().map(plain).collect()
}

#[test]
fn nothing_private_stands_in_a_masked_bundle() {
    let bundle = lived();
    let original = serde_json::to_string(&bundle).unwrap();
    let masked = serde_json::to_string(&mask(&bundle, b"a key")).unwrap();
    // names of fields and reasons, which belong to nobody, are cut out before
    let names: BTreeSet<String> =
        words(&serde_json::to_string(&without_strings(&serde_json::to_value(&bundle).unwrap())).unwrap());
    let (lower, folded) = (masked.to_lowercase(), fold(&masked));
    for private in PRIVATE {
        assert!(original.contains(private), "{private} was told");
        for word in words(private) {
            for form in [word.clone(), fold(&word)] {
                let letters: Vec<char> = form.chars().collect();
                for four in letters.windows(4) {
                    let four: String = four.iter().collect();
                    if names.iter().any(|name| name.contains(&four)) {
                        continue;
                    }
                    assert!(!lower.contains(&four) && !folded.contains(&four), "{four} of {private}");
                }
            }
        }
    }
    let digits: String = masked.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let told: String = original.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    for number in NUMBERS {
        assert!(told.contains(number), "{number} was told");
        assert!(!digits.contains(number), "{number}");
    }
    // what an answer is stays
    assert!(masked.contains("\"TAK\"") && masked.contains("\"Tak, będę\"") && masked.contains("STOP"));
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().count() > 3)
        .map(str::to_lowercase)
        .collect()
}

/// A document's own vocabulary: its keys, and the texts that are wire names or identifiers of the test.
fn without_strings(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Object(fields) => {
            let wire = [
                "call",
                "act",
                "fact",
                "code",
                "event",
                "status",
                "state",
                "effect",
                "kind",
                "direction",
                "result",
                "answer",
            ];
            let inside = fields.iter().flat_map(|(name, value)| {
                let own = value.as_str().filter(|_| wire.contains(&name.as_str())).map(ToOwned::to_owned);
                std::iter::once(name.clone()).chain(own).chain(without_strings(value))
            });
            inside.collect()
        }
        serde_json::Value::Array(values) => values.iter().flat_map(without_strings).collect(),
        _ => Vec::new(),
    }
}

/// The facts of a bundle.
fn facts(bundle: &Bundle) -> Vec<Fact> {
    let told = bundle.calls.iter().filter_map(|recorded| match &recorded.call {
        RecordedCall::Apply { facts } => Some(facts.clone()),
        _ => None,
    });
    told.flatten().collect()
}

#[test]
fn stand_ins_have_the_shape_of_what_they_stand_for() {
    let bundle = lived();
    let masked = mask(&bundle, b"a key");
    let policy = PhonePolicy::default();
    let shape = |c: char| {
        let polish = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ".contains(c);
        (
            c.is_alphabetic(),
            c.is_uppercase(),
            c.is_ascii_digit(),
            polish,
            if c.is_alphanumeric() { ' ' } else { c },
        )
    };
    let alike = |a: &str, b: &str| a.chars().map(shape).eq(b.chars().map(shape));
    let read = |phone: &Phone| {
        phone::parse(phone.reveal(), &policy).map(|number| (number.kind, number.calling_code))
    };
    let (mut phones, mut names) = (0, 0);
    for pair in facts(&bundle).into_iter().zip(facts(&masked)) {
        match pair {
            (Fact::Patient(a), Fact::Patient(b)) => {
                assert!(alike(a.first_name.reveal(), b.first_name.reveal()) && a.first_name != b.first_name);
                names += 1;
                if let (Some(a), Some(b)) = (a.phone, b.phone) {
                    assert!(alike(a.reveal(), b.reveal()) && a != b);
                    assert_eq!(read(&a), read(&b));
                    phones += 1;
                }
            }
            (Fact::SmsReceived(a), Fact::SmsReceived(b)) => {
                assert!(alike(a.body.reveal(), b.body.reveal()));
                assert_eq!(read(&a.from), read(&b.from));
            }
            _ => {}
        }
    }
    assert!(phones >= 7 && names >= 9);
}

#[test]
fn every_spelling_of_a_number_becomes_a_spelling_of_the_same_stand_in() {
    let masked = mask(&lived(), b"a key");
    let card = |id: &str| {
        let cards = facts(&masked).into_iter().filter_map(|fact| match fact {
            Fact::Patient(patient) if patient.id.as_str() == id => patient.phone,
            _ => None,
        });
        cards.collect::<Vec<_>>()[0].reveal().to_owned()
    };
    let policy = PhonePolicy::default();
    let e164 = |text: &str| phone::parse(text, &policy).unwrap().e164.reveal().to_owned();
    assert_eq!(e164(&card("1")), e164(&card("2")));
    assert_ne!(e164(&card("1")), e164(&card("8")));
    let from = facts(&masked).into_iter().find_map(|fact| match fact {
        Fact::SmsReceived(sms) => Some(sms.from.reveal().to_owned()),
        _ => None,
    });
    assert_eq!(e164(&format!("+{}", from.unwrap())), e164(&card("1")));
}

#[test]
fn no_two_numbers_get_one_stand_in() {
    let mut host = Host::new(Faults::default());
    for n in 0..1_500 {
        host.patient(&format!("{n}"), "Bożydar", &format!("6017{n:05}"), None);
    }
    let masked = mask(&host.recorder.bundle().unwrap(), b"a key");
    let numbers: BTreeSet<String> = facts(&masked)
        .into_iter()
        .filter_map(|fact| match fact {
            Fact::Patient(patient) => Some(patient.phone?.reveal().to_owned()),
            _ => None,
        })
        .collect();
    assert_eq!(numbers.len(), 1_500);
}

#[test]
fn a_decision_that_is_another_is_reported_with_its_place() {
    let bundle = lived();
    let mut changed = bundle.clone();
    changed.decisions.messages[2].parts += 1;
    let difference = replay(&changed).unwrap_err();
    assert_eq!(difference.place, "decisions.messages[2].parts");
    assert_eq!(difference.recorded, changed.decisions.messages[2].parts.to_string());
    let shown = difference.to_string();
    assert!(shown.starts_with("decisions.messages[2].parts: recorded "), "{shown}");

    let mut changed = bundle.clone();
    changed.decisions.events.pop();
    assert_eq!(replay(&changed).unwrap_err().place, "decisions.events.length");

    // another fact: the first call after which it shows is named
    let mut changed = bundle.clone();
    let place = changed.calls.iter().position(is_yes).unwrap();
    let RecordedCall::Apply { facts } = &mut changed.calls[place].call else { unreachable!() };
    let Fact::SmsReceived(sms) = &mut facts[0] else { unreachable!() };
    sms.body = Body::new("moze");
    assert_eq!(replay(&changed).unwrap_err().place, format!("calls[{place}].events"));

    let mut changed = bundle;
    changed.version = 99;
    assert_eq!(replay(&changed).unwrap_err().place, "version");
}

fn is_yes(recorded: &Recorded) -> bool {
    let RecordedCall::Apply { facts } = &recorded.call else { return false };
    matches!(&facts[0], Fact::SmsReceived(sms) if sms.body.reveal() == "TAK")
}

#[test]
fn a_gateway_that_is_called_otherwise_is_reported() {
    let mut bundle = lived();
    let place = bundle.calls.iter().position(|recorded| !recorded.answers.is_empty()).unwrap();
    bundle.calls[place].answers.clear();
    let difference = replay(&bundle).unwrap_err();
    assert_eq!(difference.place, format!("calls[{place}].answers"));
    assert!(
        difference.recorded == "no call" && difference.replayed.contains("message(s) to sim"),
        "{difference}"
    );
}

#[test]
fn look_ups_balances_and_restorations_are_recorded_and_replayed() {
    let gateway = Arc::new(WiredGateway::new(Arc::new(Wire::default()), look_up_only()));
    gateway.script([rig::taken_unknown(), rig::unknown()]);
    let gateways = vec![(GATEWAY.into(), gateway.clone() as Arc<dyn Gateway>)];
    let recorder = Recorder::new(Arc::new(MemoryStore::default()), gateways, CLINIC.into());
    let mut now = at("2026-11-16 09:00");
    recorder.open_practice(&practice(), now).unwrap();
    let user = User::new("anna", Permission::CLINIC);
    recorder
        .act(&user, &Act::CreateCampaign { campaign: "p".into(), spec: day_before("10:00") }, now)
        .unwrap();
    recorder.act(&user, &Act::Activate { campaign: "p".into() }, now).unwrap();
    let facts = r#"[
        {"fact": "patient", "id": "7", "revision": 1, "first_name": "Łucja", "last_name": "Żak",
         "phone": "501 234 567", "consents": {"visits": {"given": true, "at": "2026-01-02T10:00:00Z"}}},
        {"fact": "visit", "id": "1", "revision": 1, "patient": "7", "start": "2026-11-20T12:30:00"},
        {"fact": "visit", "id": "2", "revision": 1, "patient": "7", "start": "2026-11-24T12:30:00"}
    ]"#;
    recorder.apply(&serde_json::from_str::<Vec<Fact>>(facts).unwrap(), now).unwrap();
    recorder.ask_balances(now).unwrap();
    while let Some(due) = recorder.engine().next_due().unwrap().filter(|due| *due < at("2026-11-24 09:00")) {
        now = now.max(due);
        recorder.work(now, 100).unwrap();
        recorder.dispatch(now, 100).unwrap();
    }
    recorder.restored(now.plus_ms(-HOUR_MS), now).unwrap();
    recorder.resume_gateway(&GATEWAY.into(), now).unwrap();
    let bundle = recorder.bundle().unwrap();
    let answers: Vec<&GatewayAnswer> = bundle.calls.iter().flat_map(|recorded| &recorded.answers).collect();
    assert!(answers.iter().any(|answer| matches!(answer, GatewayAnswer::LookedUp { .. })));
    assert!(answers.iter().any(|answer| matches!(answer, GatewayAnswer::Balance { milli: None, .. })));
    assert_eq!(replay(&bundle), Ok(()));
    assert_eq!(replay(&mask(&bundle, b"a key")), Ok(()));
}
