//! `(imie:wolacz)`: the form on the card, else the list, else the rules; unsure means nominative.
// helpers of tests may fail by panicking
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod world;

use depesza::model::*;
use depesza::template::vocative;
use world::*;

#[test]
fn common_names_have_their_vocative() {
    for (name, form) in [
        ("Anna", "Anno"),
        ("Katarzyna", "Katarzyno"),
        ("Zofia", "Zofio"),
        ("Kasia", "Kasiu"),
        ("Ania", "Aniu"),
        ("Ola", "Olu"),
        ("Jan", "Janie"),
        ("Piotr", "Piotrze"),
        ("Marek", "Marku"),
        ("Paweł", "Pawle"),
        ("Michał", "Michale"),
        ("Tomasz", "Tomaszu"),
        ("Łukasz", "Łukaszu"),
        ("Andrzej", "Andrzeju"),
        ("Jerzy", "Jerzy"),
        ("Antoni", "Antoni"),
        ("Maciej", "Macieju"),
        ("Wojtek", "Wojtku"),
        ("Zdzisław", "Zdzisławie"),
        ("Jakub", "Jakubie"),
        ("Bartłomiej", "Bartłomieju"),
        ("Krzysztof", "Krzysztofie"),
        ("Grzegorz", "Grzegorzu"),
        ("Mateusz", "Mateuszu"),
        ("Dawid", "Dawidzie"),
        ("Karol", "Karolu"),
        ("Kamil", "Kamilu"),
        ("Szymon", "Szymonie"),
        ("Robert", "Robercie"),
        ("Filip", "Filipie"),
        ("Igor", "Igorze"),
        ("Oskar", "Oskarze"),
        ("Beata", "Beato"),
        ("Agnieszka", "Agnieszko"),
        ("Maja", "Maju"),
        ("Kaja", "Kaju"),
        ("Noemi", "Noemi"),
        ("Nel", "Nel"),
    ] {
        assert_eq!(vocative(name), form, "{name}");
    }
}

#[test]
fn men_whose_names_end_in_a_are_called_like_women() {
    for (name, form) in
        [("Kuba", "Kubo"), ("Barnaba", "Barnabo"), ("Bonawentura", "Bonawenturo"), ("Kosma", "Kosmo")]
    {
        assert_eq!(vocative(name), form);
    }
}

#[test]
fn names_that_are_not_on_the_list_go_by_rules_that_leave_no_doubt() {
    for (name, form) in [
        ("Dobrochna", "Dobrochno"),
        ("Ludwiczka", "Ludwiczko"),
        ("Witosława", "Witosławo"),
        ("Siemomysława", "Siemomysławo"),
        ("Niemir", "Niemirze"),
        ("Domarad", "Domarad"),
        ("Godzisław", "Godzisławie"),
        ("Albercik", "Alberciku"),
        ("Oleksandra", "Oleksandro"),
        ("Switlana", "Switlano"),
    ] {
        assert_eq!(vocative(name), form, "{name}");
    }
}

#[test]
fn edge_092_what_is_not_certain_stays_in_the_nominative() {
    for name in [
        "Nguyen",
        "John",
        "Oleksandr",
        "Ingrid",
        "Karen",
        "Sarah",
        "Noah",
        "Elizabeth",
        "Nicole",
        "Eric",
        "Alicia",
        "Joshua",
        "Xochitl",
        "Zoë",
        "Ганна",
        "J.",
        "Al",
        "",
        "  ",
        "Maria de las",
        "123",
        "Hildegard",
        "Anouk",
        "Melek",
        "Maurizio",
        "Maj",
        "Niek",
    ] {
        assert_eq!(vocative(name), name, "{name}");
    }
}

#[test]
fn double_names_are_declined_part_by_part_or_not_at_all() {
    for (name, form) in [
        ("Anna Maria", "Anno Mario"),
        ("Jan-Paweł", "Janie-Pawle"),
        ("Maria  Nel", "Mario  Nel"),
        ("Jan Maria", "Janie Mario"),
        ("Minh Anna", "Minh Anna"),
        ("Anna Xochitl", "Anna Xochitl"),
    ] {
        assert_eq!(vocative(name), form, "{name}");
    }
}

#[test]
fn capitals_stay_as_the_card_has_them() {
    for (name, form) in [
        ("ANNA", "ANNO"),
        ("PAWEŁ", "PAWLE"),
        ("anna", "anno"),
        ("łukasz", "łukaszu"),
        ("JAN-PAWEŁ", "JANIE-PAWLE"),
        ("ŁUCJA", "ŁUCJO"),
        ("ANNA maria", "ANNO mario"),
    ] {
        assert_eq!(vocative(name), form, "{name}");
    }
    let decomposed = "Pawel\u{301}";
    assert_eq!(vocative(decomposed), decomposed, "an accent that Polish does not have");
    assert_eq!(vocative("Zdzisława Ewelina Ro\u{301}z\u{307}a"), "Zdzisławo Ewelino Różo");
}

#[test]
fn a_message_calls_the_patient_by_the_card_else_by_the_list() {
    let mut world = World::new("2026-11-16 09:00");
    let mut spec = day_before("10:00");
    spec.bodies.default = "(imie:wolacz), czekamy.".into();
    world.start("p", spec);
    let names = [("1", "Paweł", None), ("2", "Anna", Some("Aniu")), ("3", "Nguyen", None)];
    for (id, name, on_card) in names {
        world.patient_with(id, &format!("50123456{id}"), |card| {
            card.first_name = Name::new(name);
            card.vocative = on_card.map(Name::new);
        });
        world.visit(id, id, "2026-11-18 12:00");
    }
    world.run_until("2026-11-18 00:00");
    let mut texts = world.texts();
    texts.sort();
    assert_eq!(texts, ["Aniu, czekamy.", "Nguyen, czekamy.", "Pawle, czekamy."]);
}

#[test]
fn a_joint_message_calls_everybody() {
    let mut world = World::new("2026-11-16 09:00");
    let mut spec = day_before("10:00");
    spec.shared_number = SharedNumber::Joint;
    spec.bodies.default = "(imie:wolacz), czekamy.".into();
    world.start("p", spec);
    for (id, name) in [("1", "Maja"), ("2", "Jan")] {
        world.patient_with(id, "501234567", |card| card.first_name = Name::new(name));
        world.visit(id, id, &format!("2026-11-18 1{id}:00"));
    }
    world.run_until("2026-11-18 00:00");
    assert_eq!(world.texts(), ["Maju i Janie, czekamy."]);
}
