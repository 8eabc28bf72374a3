//! The numbered lines of the edge-case list that belong to templates, and what the room promises besides.
#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use depesza::model::{
    CustomPlaceholder, Language, LinkMarker, LocalText, MarkerFault, PlaceholderKind, TemplateFault,
    TemplateFaultKind, TemplateSubject,
};
use depesza::template::{
    Catalogue, MAX_CUSTOM, MAX_LINKS, MissingValue, Slot, Target, Template, VisitDetail, VisitValues,
    join_values,
};

fn visits() -> Catalogue {
    let mut catalogue = Catalogue::new(TemplateSubject::Visits);
    catalogue
        .add_link(LinkMarker { name: "link".into(), url: "https://a.pl/(x)?utm_source=(imie)".into() })
        .unwrap();
    catalogue
}

fn compile(body: &str) -> Template {
    Template::compile(body, &visits()).unwrap()
}

fn faults(body: &str) -> Vec<TemplateFault> {
    Template::compile(body, &visits()).unwrap_err()
}

fn anna() -> VisitValues<'static> {
    VisitValues { first_name: "Anna", last_name: "Kowalska", ..VisitValues::default() }
}

fn rendered(body: &str, values: &VisitValues<'_>) -> Result<String, MissingValue> {
    let mut text = String::new();
    compile(body).render_into(values, &mut text).map(|()| text)
}

#[test]
fn edge_086_what_is_there_to_count_is_the_rendered_text() {
    let body = "Witaj (nazwisko)!";
    let long = "Brzęczyszczykiewicz-Konstantynopolitańczykowianeczka";
    let short = rendered(body, &VisitValues { last_name: "Li", ..anna() }).unwrap();
    let long_text = rendered(body, &VisitValues { last_name: long, ..anna() }).unwrap();
    assert!(short.chars().count() < body.chars().count());
    assert_eq!(long_text.chars().count(), "Witaj !".chars().count() + long.chars().count());
}

#[test]
fn edge_087_a_diacritic_in_a_name_does_not_count_and_an_unknown_word_is_refused_with_its_place() {
    for body in ["(imie)", "(imię)", "(Imię)", "(IMIE\u{328})"] {
        assert_eq!(rendered(body, &anna()).unwrap(), "Anna");
    }
    let found = faults("Witaj\nżółw (abc)");
    let [TemplateFault { at, kind }] = found.as_slice() else { panic!("one fault: {found:?}") };
    assert_eq!((at.start, at.end, at.line, at.column), (14, 19, 2, 6));
    assert_eq!(kind.code(), "unknown_placeholder");
}

#[test]
fn edge_088_ordinary_brackets_are_never_erased() {
    let body = "Gabinet (parter, pok. 3), parking (za domem) (2) :(";
    assert_eq!(rendered(body, &anna()).unwrap(), body);
    assert_eq!(faults("Gabinet (parter)").len(), 1);
    assert_eq!(rendered("Gabinet ((parter))", &anna()).unwrap(), "Gabinet (parter)");
}

#[test]
fn edge_089_a_missing_value_takes_the_fallback_or_stops_the_message() {
    for blank in ["", " ", "\t\u{A0}", "\u{200B}", "\u{0}\n"] {
        let nobody = VisitValues { first_name: blank, ..VisitValues::default() };
        assert_eq!(rendered("Witaj (imie|Pacjencie),", &nobody).unwrap(), "Witaj Pacjencie,");
        let mut text = "before".to_owned();
        let missing = compile("Witaj (imie),").render_into(&nobody, &mut text).unwrap_err();
        assert_eq!(missing, MissingValue { placeholder: "imie".into() });
        assert_eq!(missing.to_string(), "no value and no fallback for the placeholder (imie)");
        assert_eq!(text, "before");
    }
}

#[test]
fn edge_090_a_value_is_never_expanded_again() {
    for name in ["(link)", "(imie)", "((imie))", "(imie|x)", "(", ")"] {
        let values = VisitValues { first_name: name, last_name: "(link)", ..VisitValues::default() };
        let text = rendered("(imie) (nazwisko)", &values).unwrap();
        assert_eq!(text, format!("{name} (link)"));
    }
}

#[test]
fn edge_091_a_link_goes_out_as_typed_and_its_place_is_told() {
    let template = compile("A (link) (imie) (Link)");
    let (mut text, mut links) = ("żółw ".to_owned(), std::iter::once(0..1).collect::<Vec<_>>());
    template.render_with_links_into(&anna(), &mut text, &mut links).unwrap();
    let url = "https://a.pl/(x)?utm_source=(imie)";
    assert_eq!(text, format!("żółw A {url} Anna {url}"));
    assert_eq!(links.remove(0), 0..1);
    assert_eq!(links.len(), 2);
    assert!(links.iter().all(|link| text.get(link.clone()) == Some(url)));

    let nobody = VisitValues::default();
    let (mut text, mut links) = ("x".to_owned(), std::iter::once(0..1).collect::<Vec<_>>());
    template.render_with_links_into(&nobody, &mut text, &mut links).unwrap_err();
    assert_eq!((text.as_str(), links.len()), ("x", 1), "both are as they were");
}

#[test]
fn edge_092_only_the_vocative_changes_a_name_and_the_host_s_form_wins() {
    let anna_in_both = VisitValues { first_name_vocative: "Anno", ..anna() };
    assert_eq!(rendered("(imie), (imie:wołacz)", &anna_in_both).unwrap(), "Anna, Anno");
    let foreign = VisitValues { first_name: "Xochitl", ..VisitValues::default() };
    assert_eq!(rendered("(imie:wolacz)", &foreign).unwrap(), "Xochitl");
}

#[test]
fn every_marker_of_the_legend_compiles_and_renders_to_its_sample() {
    for subject in [TemplateSubject::Visits, TemplateSubject::Calls, TemplateSubject::People] {
        let mut catalogue = Catalogue::new(subject);
        catalogue
            .add_link(LinkMarker { name: "Ankieta roczna".into(), url: "www.estomed.pl".into() })
            .unwrap();
        catalogue.register(balance("saldo")).unwrap();
        for language in [Language::Pl, Language::En] {
            let legend = catalogue.legend(language);
            assert!(legend.iter().all(|entry| !entry.description.is_empty()));
            for entry in legend {
                let mut text = String::new();
                let template = Template::compile(&entry.marker, &catalogue).unwrap();
                template.render_into(&catalogue.samples(language), &mut text).unwrap();
                assert_eq!(text, entry.sample, "{}", entry.marker);
            }
        }
    }
}

#[test]
fn the_legend_names_what_the_subject_has() {
    let markers = |catalogue: &Catalogue| -> Vec<String> {
        catalogue.legend(Language::Pl).into_iter().map(|entry| entry.marker).collect()
    };
    assert_eq!(
        markers(&visits()).join(" "),
        "(imie) (imie:wolacz) (nazwisko) (pacjent) (data) (data:slownie) (godzina) (dzien_tygodnia) (lekarz) (gabinet) \
         (placowka) (adres) (telefon) (link)"
    );
    assert_eq!(
        markers(&Catalogue::new(TemplateSubject::Calls)).join(" "),
        "(data) (data:slownie) (godzina) (numer) (numer_docelowy) (czas_rozmowy)"
    );
    assert_eq!(
        markers(&Catalogue::new(TemplateSubject::People)).join(" "),
        "(imie) (imie:wolacz) (nazwisko) (pacjent) (placowka) (adres) (telefon)"
    );
}

#[test]
fn samples_are_what_such_values_render_to() {
    let start = NaiveDate::from_ymd_opt(2026, 11, 21).and_then(|day| day.and_hms_opt(14, 30, 0)).unwrap();
    let details = [VisitDetail { start, ..VisitDetail::default() }];
    for language in [Language::Pl, Language::En] {
        let values = VisitValues { language, visits: &details, ..anna() };
        let template = compile("(pacjent) (data) (data:slownie) (godzina) (dzien_tygodnia)");
        let (mut text, mut sample) = (String::new(), String::new());
        template.render_into(&values, &mut text).unwrap();
        template.render_into(&visits().samples(language), &mut sample).unwrap();
        assert_eq!(text, sample);
    }
}

fn balance(name: &str) -> CustomPlaceholder {
    CustomPlaceholder {
        name: name.into(),
        description: LocalText { pl: "saldo".into(), en: "balance".into() },
        sample: "10 zł".into(),
    }
}

#[test]
fn a_refused_name_leaves_the_catalogue_as_it_was() {
    let mut catalogue = visits();
    let before = catalogue.clone();
    assert_eq!(
        catalogue.register(balance("Imię")),
        Err(vec![MarkerFault::NameTaken { by: PlaceholderKind::BuiltIn }])
    );
    assert_eq!(
        catalogue.register(balance("LINK")),
        Err(vec![MarkerFault::NameTaken { by: PlaceholderKind::Link }])
    );
    let link = LinkMarker { name: "Link".into(), url: "a b".into() };
    let refused = catalogue.add_link(link).unwrap_err();
    assert_eq!(refused, [MarkerFault::NameTaken { by: PlaceholderKind::Link }, MarkerFault::UrlWhiteSpace]);
    assert_eq!(refused.iter().map(MarkerFault::field).collect::<Vec<_>>(), [Some("name"), Some("url")]);
    assert_eq!(catalogue, before);
}

#[test]
fn a_catalogue_has_limits() {
    let mut catalogue = Catalogue::new(TemplateSubject::Calls);
    for number in 0..MAX_CUSTOM {
        assert_eq!(catalogue.register(balance(&format!("saldo{number}"))).unwrap().index(), number);
    }
    assert_eq!(catalogue.register(balance("saldo")), Err(vec![MarkerFault::TooMany { limit: MAX_CUSTOM }]));
    let link = |name: String| LinkMarker { name, url: "a.pl".into() };
    for number in 0..MAX_LINKS {
        catalogue.add_link(link(format!("link{number}"))).unwrap();
    }
    assert_eq!(catalogue.add_link(link("link".into())), Err(vec![MarkerFault::TooMany { limit: MAX_LINKS }]));
}

#[test]
fn a_template_knows_its_placeholders_and_does_not_print_its_text() {
    let template = compile("Witaj (Imię|Pacjencie), (LINK)");
    assert_eq!(template.source(), "Witaj (Imię|Pacjencie), (LINK)");
    let placeholders: Vec<_> = template.placeholders().collect();
    assert_eq!(placeholders.len(), 2);
    assert_eq!(placeholders[0].target, Target::Value(Slot::FirstName));
    assert_eq!(placeholders[0].fallback.as_deref(), Some("Pacjencie"));
    assert_eq!(placeholders[1].name, "link");
    assert!(template.uses("imię") && template.uses("Link") && !template.uses("nazwisko"));
    assert!(!format!("{template:?}").contains("Witaj"));
}

#[test]
fn values_join_as_lists() {
    let join = |values: &[&str]| join_values(values, Language::Pl);
    assert_eq!(join(&[]), "");
    assert_eq!(join(&["10:00"]), "10:00");
    assert_eq!(join(&["10:00", "12:30"]), "10:00 i 12:30");
    assert_eq!(join(&["a", "b", "a", " ", "c"]), "a, b i c");
    assert_eq!(join_values(&["a", "b", "c"], Language::En), "a, b and c");
}

#[test]
fn messages_for_a_screen_in_both_languages() {
    let found = faults("Witaj (imei)!\n(data:krotko) (godzina:krotko) (lekarz|) (czas_rozmowy) (imie|a (");
    let in_language = |language| found.iter().map(|fault| fault.message(language)).collect::<Vec<_>>();
    assert_eq!(
        in_language(Language::Pl),
        [
            "Wiersz 1, znak 7: Nie ma znacznika (imei). Czy chodziło o (imie)? Zwykły tekst w nawiasach zapisz tak: ((imei)).",
            "Wiersz 2, znak 1: Znacznik (data) nie ma formatu „krotko”. Dostępne: slownie.",
            "Wiersz 2, znak 15: Znacznik (godzina) nie ma formatu „krotko” ani żadnego innego.",
            "Wiersz 2, znak 32: Po znaku | w znaczniku (lekarz) brakuje tekstu zastępczego.",
            "Wiersz 2, znak 42: Znacznika (czas_rozmowy) nie można użyć, bo wiadomość dotyczy wizyty.",
            "Wiersz 2, znak 57: Tekst zastępczy w znaczniku (imie) nie może zawierać nawiasów.",
        ]
    );
    assert_eq!(
        in_language(Language::En)[0],
        "Line 1, character 7: There is no placeholder (imei). Did you mean (imie)? Write plain text in brackets like \
         this: ((imei))."
    );
    assert_eq!(faults("")[0].message(Language::Pl), "Treść jest pusta.");
    let limit = TemplateFaultKind::BodyTooLong { chars: 1601, limit: 1600 };
    assert_eq!(limit.message(Language::En), "The body is too long. Characters: 1601, allowed: 1600.");
    let taken = MarkerFault::NameTaken { by: PlaceholderKind::BuiltIn };
    assert_eq!(taken.message(Language::Pl), "Tę nazwę ma znacznik wbudowany.");
}

#[test]
fn an_error_names_the_place_and_quotes_nothing() {
    assert_eq!(
        faults("Witaj (Kowalska)")[0].to_string(),
        "template fault unknown_placeholder at line 1, column 7"
    );
}
