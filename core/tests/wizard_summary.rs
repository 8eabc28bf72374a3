//! The wizard's summary: what a campaign will do, in words, with worked examples by the rules that decide on real visits.
// helpers of tests may fail by panicking
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod world;

use depesza::campaign::wizard::summarise;
use depesza::model::*;
use depesza::words::{self, Noun};
use proptest::prelude::*;
use serde_json::{Value, json};
use world::*;

const NOW: &str = "2026-11-16 09:00"; // a Monday

fn spec(timing: Value, change: impl FnOnce(&mut CampaignSpec)) -> CampaignSpec {
    let bodies = json!({"default": "(imie:wolacz), zapraszamy. (placowka)"});
    let mut spec: CampaignSpec =
        serde_json::from_value(json!({"name": "Kampania", "timing": timing, "bodies": bodies})).unwrap();
    change(&mut spec);
    spec
}

fn in_language(spec: &CampaignSpec, language: Language) -> CampaignSummary {
    summarise(spec, &practice(), language, at(NOW))
}

fn polish(timing: Value) -> CampaignSummary {
    in_language(&spec(timing, |_| {}), Language::Pl)
}

/// The first sentence in both languages.
fn when(timing: Value) -> [String; 2] {
    let spec = spec(timing, |_| {});
    [Language::Pl, Language::En].map(|language| in_language(&spec, language).sentences[0].clone())
}

/// The examples' words in Polish.
fn examples(summary: &CampaignSummary) -> Vec<&str> {
    summary.examples.iter().map(|example| example.words.as_str()).collect()
}

fn one_day_before() -> Value {
    json!({"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]})
}

#[test]
fn a_reminder_in_polish() {
    let spec = spec(one_day_before(), |spec| {
        spec.bodies.default = "(imie), wizyta (data) o (godzina). Odpisz TAK lub NIE.".into();
    });
    let summary = in_language(&spec, Language::Pl);
    assert_eq!(
        summary.sentences,
        [
            "Przypomnienie wyjdzie 1 dzień przed wizytą o 10:00, w godzinach 8:00-20:00, z wyjątkiem świąt.",
            "Co wypada poza tymi godzinami, wyjdzie wcześniej.",
            "Dotyczy wszystkich wizyt.",
            "Potrzebna zgoda pacjenta: informacje o wizytach.",
            "Wiadomość prosi o odpowiedź TAK lub NIE.",
            "Gdy wizytę umówiono po czasie przypomnienia, wyjdzie ono od razu, nie później niż 2 godziny przed wizytą, \
             chyba że pacjent dostaje wiadomość o umówieniu.",
            "Po przypomnieniu wysłanym ręcznie automatyczne nie wyjdzie.",
            "Przy kilku wizytach jednego dnia wyjdzie jedno, o pierwszej z nich.",
        ]
    );
    let example = &summary.examples[0];
    assert_eq!(example.words, "wizyta w piątek 20.11.2026 o 12:30 → wiadomość w czwartek 19.11.2026 o 10:00");
    assert_eq!(example.at, Some(at("2026-11-19 10:00")));
    assert_eq!(example.text, "Anna, wizyta 20.11.2026 o 12:30. Odpisz TAK lub NIE.");
    assert_eq!((example.parts, example.cost_milli, example.cost.as_str()), (1, 90, "1 część, 0,09 PLN"));
    assert!(summary.warnings.is_empty(), "{:?}", summary.warnings);
}

#[test]
fn a_reminder_in_english() {
    let summary = in_language(&spec(one_day_before(), |_| {}), Language::En);
    assert_eq!(
        summary.sentences,
        [
            "The reminder goes 1 day before the visit at 10:00, within 8:00-20:00, holidays excepted.",
            "What falls outside these hours goes earlier.",
            "For all visits.",
            "Consent needed: information on visits.",
            "The message asks for TAK (yes) or NIE (no).",
            "When a visit is booked after the reminder's time, it goes at once, no later than 2 hours before the visit, \
             unless the patient gets a booking message.",
            "After a reminder sent by hand the automatic one does not go.",
            "For several visits on a day one goes, on the first of them.",
        ]
    );
    assert_eq!(
        summary.examples[0].words,
        "a visit on Friday 20.11.2026 at 12:30 → a message on Thursday 19.11.2026 at 10:00"
    );
    assert_eq!(summary.examples[0].cost, "1 part, 0.09 PLN");
}

#[test]
fn all_steps_of_a_reminder_are_told_each_with_its_example() {
    let timing = json!({"kind": "reminder", "steps": [
        {"days_before": 7, "at": "10:00"}, {"working_days_before": 2, "at": "09:30"}, {"hours_before": 3},
        {"days_before": 0, "at": "08:00"},
    ]});
    let summary = polish(timing.clone());
    assert_eq!(
        summary.sentences[0],
        "Przypomnienia wyjdą 7 dni przed wizytą o 10:00, 2 dni robocze przed wizytą o 9:30, 3 godziny przed wizytą \
         i w dniu wizyty o 8:00, w godzinach 8:00-20:00, z wyjątkiem świąt."
    );
    assert_eq!(
        when(timing)[1],
        "Reminders go 7 days before the visit at 10:00, 2 working days before the visit at 9:30, 3 hours before the \
         visit and on the day of the visit at 8:00, within 8:00-20:00, holidays excepted."
    );
    assert_eq!(
        examples(&summary),
        [
            "wizyta w piątek 04.12.2026 o 12:30 → wiadomość w piątek 27.11.2026 o 10:00",
            "wizyta w piątek 04.12.2026 o 12:30 → wiadomość w środę 02.12.2026 o 9:30",
            "wizyta w piątek 04.12.2026 o 12:30 → wiadomość w piątek 04.12.2026 o 8:00",
            "wizyta w piątek 04.12.2026 o 12:30 → wiadomość w piątek 04.12.2026 o 9:30",
        ]
    );
}

#[test]
fn a_booking_message() {
    let timing = json!({"kind": "booking", "delay_min": 5});
    assert_eq!(
        when(timing.clone()),
        [
            "Wiadomość wyjdzie 5 minut po umówieniu wizyty, w godzinach 8:00-20:00, z wyjątkiem świąt.",
            "The message goes 5 minutes after booking, within 8:00-20:00, holidays excepted.",
        ]
    );
    let summary = polish(timing);
    assert_eq!(
        examples(&summary),
        ["wizyta umówiona w poniedziałek 16.11.2026 o 9:00 → wiadomość w poniedziałek 16.11.2026 o 9:05"]
    );
    assert_eq!(summary.examples[0].text, "Anno, zapraszamy. Dentica");
    assert!(
        summary
            .sentences
            .contains(&"Wizyta zgłoszona później niż 24 godziny po umówieniu nic nie dostanie.".into())
    );
    let at_once = &when(json!({"kind": "booking"}))[0];
    assert!(at_once.starts_with("Wiadomość wyjdzie od razu po umówieniu wizyty,"), "{at_once}");
}

#[test]
fn a_follow_up() {
    assert_eq!(
        when(json!({"kind": "follow_up", "after": {"delay_min": 60}})),
        [
            "Wiadomość wyjdzie 1 godzinę po wizycie, która się odbyła, w godzinach 8:00-20:00, z wyjątkiem świąt.",
            "The message goes 1 hour after a visit that took place, within 8:00-20:00, holidays excepted.",
        ]
    );
    let timing = json!({"kind": "follow_up", "after": {"days_after": 2, "at": "10:00"}});
    assert_eq!(
        when(timing.clone()),
        [
            "Wiadomość wyjdzie 2 dni po wizycie, która się odbyła, o 10:00, w godzinach 8:00-20:00, z wyjątkiem świąt.",
            "The message goes 2 days after a visit that took place, at 10:00, within 8:00-20:00, holidays excepted.",
        ]
    );
    let summary = polish(timing);
    assert_eq!(
        examples(&summary),
        ["wizyta w piątek 20.11.2026 o 12:30 → wiadomość w niedzielę 22.11.2026 o 10:00"]
    );
    assert!(summary.sentences.contains(&"Nic nie wyjdzie później niż 72 godziny po wizycie.".into()));
}

#[test]
fn messages_on_a_changed_time_and_on_a_cancellation() {
    let moved = json!({"kind": "rescheduled", "delay_min": 22});
    assert_eq!(
        when(moved.clone()),
        [
            "Wiadomość wyjdzie 22 minuty po zmianie terminu wizyty, w godzinach 8:00-20:00, z wyjątkiem świąt.",
            "The message goes 22 minutes after the visit's time was changed, within 8:00-20:00, holidays excepted.",
        ]
    );
    assert_eq!(
        examples(&polish(moved)),
        [
            "termin wizyty zmieniony w poniedziałek 16.11.2026 o 9:00 → wiadomość w poniedziałek 16.11.2026 o 9:22"
        ]
    );
    let off = json!({"kind": "cancelled", "delay_min": 1});
    assert_eq!(
        when(off.clone())[0],
        "Wiadomość wyjdzie 1 minutę po odwołaniu wizyty, w godzinach 8:00-20:00, z wyjątkiem świąt."
    );
    assert_eq!(
        examples(&polish(off)),
        ["wizyta odwołana w poniedziałek 16.11.2026 o 9:00 → wiadomość w poniedziałek 16.11.2026 o 9:01"]
    );
}

#[test]
fn an_invitation_for_a_check() {
    let timing = json!({"kind": "recall", "months_after": 6, "at": "10:00", "overdue_days": 30});
    assert_eq!(
        when(timing.clone()),
        [
            "Zaproszenie wyjdzie 6 miesięcy po ostatniej wizycie o 10:00, jeśli następna nie jest umówiona, w godzinach \
             8:00-20:00, z wyjątkiem świąt.",
            "The invitation goes 6 months after the last visit at 10:00 where no later one is booked, within 8:00-20:00, \
             holidays excepted.",
        ]
    );
    let summary = polish(timing);
    assert_eq!(
        examples(&summary),
        ["ostatnia wizyta w poniedziałek 16.11.2026 → wiadomość w poniedziałek 17.05.2027 o 8:00"],
        "16 May 2027 is Pentecost"
    );
    assert!(summary.sentences.contains(&"Liczy się każda wizyta, która się odbyła.".into()));
    assert!(
        summary.sentences.contains(
            &"Przy aktywacji także dla tych, którym termin minął najwyżej 30 dni wcześniej.".into()
        )
    );
}

#[test]
fn wishes_and_broadcasts() {
    let birthday = json!({"kind": "birthday", "at": "10:00"});
    assert_eq!(
        when(birthday.clone()),
        [
            "Życzenia wyjdą w dniu urodzin o 10:00, w godzinach 8:00-20:00, z wyjątkiem świąt.",
            "The wishes go on the birthday at 10:00, within 8:00-20:00, holidays excepted.",
        ]
    );
    assert_eq!(
        examples(&polish(birthday)),
        ["urodziny w piątek 14.05.2027 → wiadomość w piątek 14.05.2027 o 10:00"]
    );
    let audience = json!({"visits": {"from": "2026-01-01", "to": "2026-10-31"}});
    let broadcast = json!({"kind": "broadcast", "at": "2026-11-21T21:00:00", "audience": audience});
    assert_eq!(
        when(broadcast.clone()),
        [
            "Wiadomość wyjdzie raz, w sobotę 21.11.2026 o 21:00, w godzinach 8:00-20:00, z wyjątkiem świąt.",
            "The message goes once, on Saturday 21.11.2026 at 21:00, within 8:00-20:00, holidays excepted.",
        ]
    );
    let summary = polish(broadcast);
    assert_eq!(
        examples(&summary),
        ["wysyłka zaplanowana w sobotę 21.11.2026 o 21:00 → wiadomość w niedzielę 22.11.2026 o 8:00"]
    );
    assert_eq!(summary.sentences[2], "Dotyczy pacjentów z wizytą od 01.01.2026 do 31.10.2026.");
    let all = polish(json!({"kind": "broadcast", "at": "2026-11-21T12:00:00"}));
    assert_eq!(all.sentences[2], "Dotyczy wszystkich pacjentów.");
}

#[test]
fn filters_hours_and_the_rest_are_told_in_words() {
    let spec = spec(one_day_before(), |spec| {
        spec.filters = Filters {
            rooms: vec!["1".into(), "2".into()],
            doctors: vec!["nowak".into()],
            visit_types: vec!["higienizacja".into()],
            first_visits: FirstVisits::Only,
        };
        let mut hours = window(&["mon", "tue", "wed", "thu", "fri"], "09:00", "17:00");
        hours.ranges.extend(window(&["sat"], "09:30", "13:00").ranges);
        spec.window = Some(hours);
        spec.outside = Some(OutsidePolicy::Drop);
        spec.purpose = Purpose::Other;
        spec.expects_reply = Some(false);
        spec.late = LatePolicy::Skip;
        spec.manual = ManualPolicy::Warn;
        spec.same_day = SameDay::Joint;
        spec.shared_number = SharedNumber::Joint;
        spec.bodies.first_visit = Some("Witamy".into());
        spec.bodies.minor = Some("Dziecko".into());
        spec.sender = Some("48500100200".into());
        spec.max_parts = Some(2);
        spec.over_length = OverLength::Refuse;
    });
    assert_eq!(
        in_language(&spec, Language::Pl).sentences,
        [
            "Przypomnienie wyjdzie 1 dzień przed wizytą o 10:00, w godzinach 9:00-17:00 od poniedziałku do piątku oraz \
             9:30-13:00 (sobota) i w godzinach placówki 8:00-20:00, z wyjątkiem świąt.",
            "Co wypada poza tymi godzinami, nie wyjdzie.",
            "Dotyczy wizyt: gabinety: 1, 2; lekarze: nowak; typy wizyt: higienizacja; tylko pierwszorazowe.",
            "Potrzebna zgoda pacjenta: inne.",
            "Wiadomość nie prosi o odpowiedź.",
            "Gdy wizytę umówiono po czasie przypomnienia, nie wyjdzie ono wcale.",
            "Po przypomnieniu wysłanym ręcznie automatyczne też wyjdzie, a recepcja się o tym dowie.",
            "Przy kilku wizytach jednego dnia wyjdzie jedno, o wszystkich.",
            "Pacjenci z jednym numerem dostaną jedną wspólną wiadomość.",
            "Osobną treść mają: pierwsza wizyta, pacjent niepełnoletni.",
            "Nadawca: 48500100200.",
            "Wiadomość ma najwyżej 2 części; dłuższa: nie wysyłaj.",
        ]
    );
    // the sample visit is one that the filters match, and so a first one
    assert_eq!(in_language(&spec, Language::Pl).examples[0].text, "Witamy");
}

#[test]
fn the_example_is_computed_by_the_rules_and_not_by_hand() {
    // Wednesday 11 November is a holiday: what falls on it is brought forward to the evening before
    let timing = json!({"kind": "reminder", "steps": [{"days_before": 2, "at": "10:00"}]});
    let spec = spec(timing, |_| {});
    let summary = summarise(&spec, &practice(), Language::Pl, at("2026-11-05 09:00"));
    assert_eq!(
        examples(&summary),
        ["wizyta w piątek 13.11.2026 o 12:30 → wiadomość we wtorek 10.11.2026 o 19:45"]
    );
    // and the engine does the same with a real visit
    let mut world = World::new("2026-11-05 09:00");
    world.patient("1", "501234567");
    world.start("p", spec);
    world.visit("w", "1", "2026-11-13 12:30");
    world.run_until("2026-11-13 12:00");
    assert_eq!(world.sent_at(), ["2026-11-10 19:45"]);
}

#[test]
fn an_example_says_why_nothing_would_go() {
    let timing = json!({"kind": "reminder", "steps": [{"days_before": 1, "at": "22:00"}]});
    let night = spec(timing, |spec| spec.outside = Some(OutsidePolicy::Drop));
    let summary = in_language(&night, Language::Pl);
    assert_eq!(
        examples(&summary),
        ["wizyta w piątek 20.11.2026 o 12:30 → nic nie wyjdzie: brak dozwolonej pory przed wizytą"]
    );
    assert_eq!(summary.examples[0].at, None);

    let mut practice = practice();
    practice.address = None;
    let lacking = spec(one_day_before(), |spec| spec.bodies.default = "Adres: (adres)".into());
    let summary = summarise(&lacking, &practice, Language::Pl, at(NOW));
    assert_eq!(
        examples(&summary),
        ["wizyta w piątek 20.11.2026 o 12:30 → nic nie wyjdzie: brak wartości znacznika (adres)"]
    );
    assert_eq!((summary.examples[0].parts, summary.examples[0].cost_milli), (0, 0));
}

#[test]
fn the_summary_warns_of_what_would_be_refused_later_and_of_what_is_worth_a_second_thought() {
    let mut practice = practice();
    practice.settings.mode = SmsMode::None;
    practice.settings.senders[0].receives = false;
    let spec = spec(one_day_before(), |spec| spec.bodies.default = "Wizyta u onkologa. Odpisz TAK.".into());
    let summary = summarise(&spec, &practice, Language::Pl, at(NOW));
    assert_eq!(
        summary.warnings,
        [
            "Wysyłka SMS w placówce jest wyłączona.",
            "na to pole nadawcy nie można odpowiedzieć, a kampania prosi o odpowiedź",
            "Numer jako nadawca bywa dostępny tylko w usłudze z odpowiedziami, a na ten nie można odpowiedzieć.",
            "Słowo „onkologa” zdradza, po co pacjent przychodzi. Kto zobaczy wiadomość, pozna dane o zdrowiu.",
        ]
    );
    assert_eq!(summary.examples[0].at, Some(at("2026-11-19 10:00")), "what would be, were it on");
}

#[test]
fn plural_forms_of_visits() {
    for (count, text) in [
        (0, "0 wizyt"),
        (1, "1 wizyta"),
        (2, "2 wizyty"),
        (5, "5 wizyt"),
        (12, "12 wizyt"),
        (22, "22 wizyty"),
        (100, "100 wizyt"),
        (101, "101 wizyt"),
        (102, "102 wizyty"),
        (112, "112 wizyt"),
        (1_000_003, "1000003 wizyty"),
    ] {
        assert_eq!(words::VISITS.count(count, Language::Pl), text);
    }
    assert_eq!(words::VISITS.count(1, Language::En), "1 visit");
    assert_eq!(words::VISITS.count(0, Language::En), "0 visits");
}

const ALL: [Noun; 9] = [
    words::VISITS,
    words::MESSAGES,
    words::PARTS,
    words::DAYS,
    words::WORKING_DAYS,
    words::MONTHS,
    words::HOURS,
    words::MINUTES,
    words::REMINDERS,
];

proptest! {
    /// By the rule of CLDR for Polish, written as CLDR writes it.
    #[test]
    fn plural_forms_are_those_of_cldr(count in prop_oneof![0_u64..200, any::<u64>()], noun in prop::sample::select(ALL.to_vec())) {
        let (ten, hundred) = (count % 10, count % 100);
        let one = count == 1;
        let few = (2..=4).contains(&ten) && !(12..=14).contains(&hundred);
        let expected = if one { noun.one } else if few { noun.few } else { noun.many };
        prop_assert_eq!(noun.form(count, Language::Pl), expected);
        prop_assert_eq!(noun.form(count, Language::En), if one { noun.en_one } else { noun.en_many });
    }
}
