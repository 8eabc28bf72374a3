//! The rules for names that are not on the list: by the ending alone, and only where an ending leaves no doubt.
//!
//! By the declension of Polish (Saloni, Woliński and others, Słownik gramatyczny języka polskiego): feminine and masculine
//! nouns in `-a` take `-o`, soft diminutives `-u`; masculine nouns in a hard consonant take `-ie` with its softening, in a
//! soft, hardened or velar one `-u`; those that decline like adjectives do not change.

/// Letters of names that the rules are for; a name with any other is foreign and not theirs.
const LETTERS: &str = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż";

/// Endings with what stands in their place, the longest that fits first. `None`: not certain.
const ENDINGS: &[(&str, Option<&str>)] = &[
    // soft diminutives: Kasia, Zuzia, Olcia, Jadzia, Martunia; not transliterations (Nataliia) or Latin names (Alicia)
    ("iia", None),
    ("icia", None),
    ("sia", Some("siu")),
    ("zia", Some("ziu")),
    ("cia", Some("ciu")),
    ("unia", Some("uniu")),
    // Antonia, Stefania, Melania; in two syllables (Ania, Sonia) either may be
    ("onia", Some("onio")),
    ("ania", Some("anio")),
    ("enia", Some("enio")),
    ("nia", None),
    // Maria, Julia, Sylwia, Klaudia, Zofia
    ("ia", Some("io")),
    // Alicja, Patrycja, Anastazja; after a vowel either may be (Maja: Maju, Nadzieja: Nadziejo)
    ("cja", Some("cjo")),
    ("zja", Some("zjo")),
    ("sja", Some("sjo")),
    ("ja", None),
    ("ya", None),
    ("ea", None),
    ("oa", None),
    ("ua", None),
    ("aa", None),
    // Urszula, Gabriela, Karla
    ("la", Some("lo")),
    ("a", Some("o")),
    // names that decline like adjectives, or not at all: Jerzy, Antoni, Noemi
    ("y", Some("y")),
    ("i", Some("i")),
    // Edzio, Tadzio; others in -o are for the list (Bruno, Dmytro), and for Italy (Maurizio)
    ("dzio", Some("dziu")),
    // Jaś, Grześ
    ("ś", Some("siu")),
    // Zdzisław, Bogumił, Rafał, Kazimierz, Jaromir
    ("sław", Some("sławie")),
    ("mił", Some("mile")),
    ("ał", Some("ale")),
    ("mir", Some("mirze")),
    ("rz", Some("rzu")),
    ("sz", Some("szu")),
    // Andrzej, Mikołaj
    ("ej", Some("eju")),
    ("ołaj", Some("ołaju")),
    // Maciek, Krzysiek, Heniek, Józiek
    ("ciek", Some("ćku")),
    ("siek", Some("śku")),
    ("ziek", Some("źku")),
    ("niek", Some("ńku")),
    // Marek, Janek, Wojtek, Tadek, Pawełek, Leszek, Jacek, Tomek; not Turkish ones (Melek, Canbek)
    ("rek", Some("rku")),
    ("nek", Some("nku")),
    ("tek", Some("tku")),
    ("dek", Some("dku")),
    ("łek", Some("łku")),
    ("mek", Some("mku")),
    ("cek", Some("cku")),
    ("czek", Some("czku")),
    ("szek", Some("szku")),
    // Dominik, Henryk, Patrick, Jack, Wojciech, Friedrich; women's names in -k are elsewhere (Anouk)
    ("ik", Some("iku")),
    ("yk", Some("yku")),
    ("ick", Some("icku")),
    ("ack", Some("acku")),
    ("ich", Some("ichu")),
    ("ech", Some("echu")),
    // Jakub, Filip, Krzysztof; not Joseph
    ("kub", Some("kubie")),
    ("lip", Some("lipie")),
    ("sztof", Some("sztofie")),
    ("zef", Some("zefie")),
    ("sef", Some("sefie")),
    ("lf", Some("lfie")),
    // Ryszard, Leopold, Zygmunt, Robert; not Hildegard
    ("gard", None),
    ("ard", Some("ardzie")),
    ("old", Some("oldzie")),
    ("ald", Some("aldzie")),
    ("mund", Some("mundzie")),
    ("munt", Some("muncie")),
    ("bert", Some("bercie")),
];

/// The vocative of a name in lower case, when its ending leaves no doubt.
pub(super) fn vocative(name: &str) -> Option<String> {
    if name.chars().count() < 3 || !name.chars().all(|letter| LETTERS.contains(letter)) {
        return None;
    }
    let fitting =
        ENDINGS.iter().filter_map(|(ending, form)| Some((name.strip_suffix(ending)?, ending, form)));
    let (stem, ending, form) = fitting.max_by_key(|(_, ending, _)| ending.len())?;
    if stem.is_empty() {
        return None;
    }
    // a name of two syllables in -nia or -la may be a diminutive (Ania: Aniu, Ola: Olu) or not (Sonia, Pola)
    let doubtful = matches!(*ending, "onia" | "ania" | "enia" | "la") && !ends_long(stem, ending);
    if doubtful { None } else { form.map(|form| format!("{stem}{form}")) }
}

/// Whether the stem before a soft ending has a vowel of its own, or, before `-la`, a consonant at its end.
fn ends_long(stem: &str, ending: &str) -> bool {
    let is_vowel = |letter: char| "aąeęioóuy".contains(letter);
    let vowels = stem.chars().filter(|letter| is_vowel(*letter)).count();
    if ending == "la" { vowels >= 2 || !stem.ends_with(is_vowel) } else { vowels >= 1 }
}
