//! The preview of a body: typical, shortest and longest, with parts, encoding and cost before anything is saved.
// helpers of tests may fail by panicking
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod world;

use depesza::model::*;
use depesza::{call, campaign};
use proptest::prelude::*;
use world::*;

const REMINDER: CampaignKind = CampaignKind::Reminder;

fn preview(body: &str) -> Preview {
    campaign::preview(body, REMINDER, &practice()).unwrap()
}

fn keeping_polish() -> Practice {
    let mut practice = practice();
    practice.settings.diacritics = Diacritics::Polish;
    practice
}

#[test]
fn a_body_is_shown_typical_shortest_and_longest() {
    let preview = preview("(imie), wizyta u (lekarz). (placowka)");
    assert_eq!(preview.typical.text, "Anna, wizyta u dr Jan Nowak. Dentica");
    assert_eq!(preview.shortest.text, "Jo, wizyta u dr Lis. Dentica");
    assert_eq!(
        preview.longest.text,
        "Swietoslawa, wizyta u dr hab. n. med. Malgorzata Wisniewska-Szczepanska. Dentica"
    );
    assert_eq!((preview.typical.parts, preview.typical.cost_milli), (1, 90));
    assert_eq!(preview.typical.units + preview.typical.remaining, 160);
}

#[test]
fn parts_and_cost_are_those_of_the_text_as_it_would_be_sent() {
    let body = format!("(pacjent), {}", "x".repeat(130));
    let plain = preview(&body);
    assert_eq!((plain.shortest.parts, plain.longest.parts), (1, 2));
    assert_eq!((plain.shortest.cost_milli, plain.longest.cost_milli), (90, 180));
    assert_eq!(plain.longest.encoding, Encoding::Gsm7);
    let polish = campaign::preview(&body, REMINDER, &keeping_polish()).unwrap();
    assert_eq!((polish.typical.encoding, polish.typical.parts), (Encoding::Gsm7, 1));
    assert_eq!((polish.longest.encoding, polish.longest.parts), (Encoding::Ucs2, 3));
}

#[test]
fn days_and_months_go_through_the_whole_calendar() {
    let preview = campaign::preview("(dzien_tygodnia) (data:slownie)", REMINDER, &keeping_polish()).unwrap();
    assert_eq!(preview.shortest.text, "wtorek 1 maja 2026");
    assert_eq!(preview.longest.text, "poniedziałek 28 października 2026");
    let mut english = practice();
    english.language = Language::En;
    let preview = campaign::preview("(dzien_tygodnia) (data:slownie)", REMINDER, &english).unwrap();
    assert_eq!(preview.shortest.text, "Monday 1 May 2026");
    assert_eq!(preview.longest.text, "Wednesday 28 September 2026");
}

#[test]
fn a_fallback_counts_where_it_is_shorter_or_longer_than_any_value() {
    let shorter = preview("Lekarz: (lekarz|NN)");
    assert_eq!(shorter.shortest.text, "Lekarz: NN");
    // letters that are transliterated make it no longer
    assert_eq!(preview("Lekarz: (lekarz|ŻŁ)").shortest.text, "Lekarz: ZL");
    let longer =
        preview("Lekarz: (lekarz|nasz specjalista, o którego prosimy zapytać w recepcji przed wizytą)");
    assert_eq!(longer.shortest.text, "Lekarz: dr Lis");
    assert_eq!(
        longer.longest.text,
        "Lekarz: nasz specjalista, o ktorego prosimy zapytac w recepcji przed wizyta"
    );
    let fallback = "ż".repeat(60);
    let dearer = campaign::preview(&format!("(gabinet|{fallback})"), REMINDER, &keeping_polish()).unwrap();
    assert_eq!(dearer.longest.text, fallback);
}

#[test]
fn dear_characters_are_named_those_of_the_body_and_those_of_values_apart() {
    let mut practice = keeping_polish();
    practice.name = "Gabinet Żak".into();
    let preview = campaign::preview("Zapraszamy w środę, (imie)! (placowka)", REMINDER, &practice).unwrap();
    assert_eq!(preview.dear_in_body, ["ś", "ę"]);
    assert_eq!(preview.dear_in_values, ["Ż"]);
    let characters: Vec<&str> = preview.advice.characters.iter().map(|it| it.character.as_str()).collect();
    assert_eq!(characters, ["ś", "ę", "Ż"]);
    // what is transliterated costs nothing, and nobody has to be told
    let plain = campaign::preview("Zapraszamy w środę", REMINDER, &world::practice()).unwrap();
    assert_eq!((plain.dear_in_body.len(), plain.advice.characters.len()), (0, 0));
    // an emoji is beyond transliteration
    let emoji = campaign::preview("Do zobaczenia 🙂", REMINDER, &world::practice()).unwrap();
    assert_eq!(emoji.dear_in_body, ["🙂"]);
    assert_eq!(emoji.typical.encoding, Encoding::Ucs2);
}

#[test]
fn what_the_practice_lacks_is_named() {
    let mut practice = practice();
    (practice.address, practice.phone) = (None, Some("  ".into()));
    let preview =
        campaign::preview("(adres), tel. (telefon), (telefon), (adres|w centrum)", REMINDER, &practice)
            .unwrap();
    assert_eq!(preview.missing, ["adres", "telefon"]);
    let fallback = campaign::preview("(adres|w centrum)", REMINDER, &practice).unwrap();
    assert_eq!((fallback.typical.text.as_str(), fallback.missing.len()), ("w centrum", 0));
}

#[test]
fn links_stand_as_they_are_sent() {
    let mut practice = practice();
    practice.settings.links = vec![LinkMarker { name: "mapa".into(), url: "www.estomed.pl/żółty".into() }];
    let preview = campaign::preview("Dojazd: (mapa)", REMINDER, &practice).unwrap();
    assert_eq!(preview.typical.text, "Dojazd: www.estomed.pl/żółty");
    assert_eq!(preview.shortest, preview.longest);
    assert_eq!(preview.dear_in_body, ["ż", "ó", "ł", "t", "y"][..3].to_vec());
}

#[test]
fn a_rule_for_calls_has_its_own_preview() {
    let preview = call::preview("(numer), rozmowa (czas_rozmowy)", &practice()).unwrap();
    assert_eq!(preview.typical.text, "+48501234567, rozmowa 3:05");
    assert_eq!(preview.shortest.text, "+48501234567, rozmowa 0:05");
    assert_eq!(preview.longest.text, "+491512345678901, rozmowa 120:00");
    assert!(call::preview("(imie)", &practice()).is_err());
}

#[test]
fn a_faulty_body_has_its_faults_instead() {
    let faults = campaign::preview("(imei) (lekrz)", REMINDER, &practice()).unwrap_err();
    assert_eq!(faults.len(), 2);
}

proptest! {
    #[test]
    fn the_shortest_never_costs_more_than_the_typical_nor_that_more_than_the_longest(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "(imie)", "(imie:wolacz)", "(nazwisko)", "(pacjent)", "(data)", "(data:slownie)", "(godzina)",
                "(dzien_tygodnia)", "(lekarz|specjalista)", "(lekarz)", "(gabinet|naszym miłym gabinecie)", "(placowka)",
                "(adres)", "(telefon)", "Do zobaczenia, ", "środa ", " 🙂", "€[",
            ]),
            1..14,
        ),
        diacritics in prop::sample::select(vec![Diacritics::Plain, Diacritics::Polish, Diacritics::WhenFree]),
    ) {
        let mut practice = practice();
        practice.settings.diacritics = diacritics;
        let preview = campaign::preview(&pieces.concat(), REMINDER, &practice).unwrap();
        prop_assert!(preview.shortest.parts <= preview.typical.parts, "{preview:?}");
        prop_assert!(preview.typical.parts <= preview.longest.parts, "{preview:?}");
    }
}
