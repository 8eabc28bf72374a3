//! The messages: one template, 10,000 rows of six values each, with Polish letters and without, and their finished texts.
//! The same seed makes the same rows everywhere. Nothing here measures.

use std::collections::HashSet;

/// How many messages are measured.
pub const ROWS: usize = 10_000;

/// The template's fields, in the order in which they stand in it.
pub const FIELDS: [&str; 6] = ["imie", "data", "godzina", "lekarz", "placowka", "telefon"];

/// What stands around the fields; a piece more than there are fields.
pub type Pieces = [&'static str; 7];

const POLISH_PIECES: Pieces =
    ["Witaj ", ", wizyta ", " o ", ": ", ", ", ". Proszę odpisać TAK lub NIE. Zmiana terminu: ", "."];
const PLAIN_PIECES: Pieces =
    ["Witaj ", ", wizyta ", " o ", ": ", ", ", ". Prosze odpisac TAK lub NIE. Zmiana terminu: ", "."];

/// Whether the messages are written with Polish letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Letters {
    /// With them: UCS-2 as they are written.
    Polish,
    /// Without: GSM-7 already.
    Plain,
}

impl Letters {
    pub const ALL: [Self; 2] = [Self::Polish, Self::Plain];

    pub fn name(self) -> &'static str {
        match self {
            Self::Polish => "polish",
            Self::Plain => "plain",
        }
    }

    pub fn pieces(self) -> &'static Pieces {
        match self {
            Self::Polish => &POLISH_PIECES,
            Self::Plain => &PLAIN_PIECES,
        }
    }

    /// The template in another language: how it writes a field.
    pub fn template(self, field: impl Fn(&str) -> String) -> String {
        let mut source = String::new();
        for (index, piece) in self.pieces().iter().enumerate() {
            source.push_str(piece);
            if let Some(name) = FIELDS.get(index) {
                source.push_str(&field(name));
            }
        }
        source
    }
}

/// The values of a message. `Serialize` is what half of the peers read them by.
#[derive(Clone, Copy, serde::Serialize)]
pub struct Row {
    pub imie: &'static str,
    pub data: &'static str,
    pub godzina: &'static str,
    pub lekarz: &'static str,
    pub placowka: &'static str,
    pub telefon: &'static str,
}

/// The rows and what they say, until the program ends.
pub struct Messages {
    pub letters: Letters,
    pub rows: &'static [Row],
    /// The rendered messages.
    pub texts: &'static [&'static str],
    /// The same without Polish letters: what is sent.
    pub finished: &'static [&'static str],
}

impl Messages {
    /// The first `count` of them.
    pub fn new(letters: Letters, count: usize) -> Self {
        let mut random = Random(0x5EED_2026_1122_0005);
        let (mut known, mut values) = (HashSet::new(), Vec::with_capacity(count));
        while values.len() < count {
            let row = random.row();
            if known.insert(text_of(Letters::Polish, &row)) {
                values.push(match letters {
                    Letters::Polish => row,
                    Letters::Plain => row.map(|value| plain(&value)),
                });
            }
        }
        let texts: Vec<String> = values.iter().map(|values| text_of(letters, values)).collect();
        let finished: Vec<String> = texts.iter().map(|text| plain(text)).collect();
        let fields: Vec<String> = values.into_iter().flatten().collect();
        let rows = side_by_side(&fields).chunks_exact(6).map(|values| {
            let [imie, data, godzina, lekarz, placowka, telefon] = values.try_into().unwrap();
            Row { imie, data, godzina, lekarz, placowka, telefon }
        });
        Self {
            letters,
            rows: rows.collect::<Vec<Row>>().leak(),
            texts: side_by_side(&texts),
            finished: side_by_side(&finished),
        }
    }

    /// Characters of a message as it is written, on average.
    pub fn mean_chars(&self) -> f64 {
        self.texts.iter().map(|text| text.chars().count()).sum::<usize>() as f64 / self.texts.len() as f64
    }
}

/// Bytes of a text, on average.
pub fn mean_bytes(texts: &[&str]) -> f64 {
    texts.iter().map(|text| text.len()).sum::<usize>() as f64 / texts.len() as f64
}

/// As a host has them: texts in one buffer, as they came from a file or a query.
fn side_by_side(texts: &[String]) -> &'static [&'static str] {
    let mut rest: &'static str = texts.concat().leak();
    let parts = texts.iter().map(|text| {
        let (part, after) = rest.split_at(text.len());
        rest = after;
        part
    });
    parts.collect::<Vec<_>>().leak()
}

fn text_of(letters: Letters, values: &[String; 6]) -> String {
    let [first, rest @ ..] = letters.pieces();
    let mut text = (*first).to_owned();
    for (value, piece) in values.iter().zip(rest) {
        text.push_str(value);
        text.push_str(piece);
    }
    text
}

/// The eighteen Polish letters as their base letters, written down apart from all that is measured.
pub fn plain_letter(letter: char) -> char {
    match letter {
        'ą' => 'a',
        'ć' => 'c',
        'ę' => 'e',
        'ł' => 'l',
        'ń' => 'n',
        'ó' => 'o',
        'ś' => 's',
        'ź' | 'ż' => 'z',
        'Ą' => 'A',
        'Ć' => 'C',
        'Ę' => 'E',
        'Ł' => 'L',
        'Ń' => 'N',
        'Ó' => 'O',
        'Ś' => 'S',
        'Ź' | 'Ż' => 'Z',
        other => other,
    }
}

fn plain(text: &str) -> String {
    text.chars().map(plain_letter).collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0, below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn of(&mut self, words: &[&'static str]) -> &'static str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap()]
    }

    fn row(&mut self) -> [String; 6] {
        let doctor = format!("dr {} {}", self.of(FIRST_NAMES), self.of(LAST_NAMES));
        let clinic = format!("{}, ul. {} {}", self.of(CLINICS), self.of(STREETS), 1 + self.below(120));
        let phone = format!(
            "{} {:03} {:02} {:02}",
            12 + self.below(80),
            200 + self.below(700),
            self.below(100),
            self.below(100)
        );
        [
            self.of(FIRST_NAMES).to_owned(),
            format!("{:02}.{:02}.2027", 1 + self.below(28), 1 + self.below(12)),
            format!("{}:{:02}", 8 + self.below(12), 5 * self.below(12)),
            doctor,
            clinic,
            phone,
        ]
    }
}

#[rustfmt::skip]
const CLINICS: &[&str] = &[
    "Dentica", "Estomed", "Zdrowy Ząb", "Uśmiech", "Orto-Klinika", "Przychodnia Źródło", "Medyk", "Łódź-Dent",
];

#[rustfmt::skip]
const FIRST_NAMES: &[&str] = &[
    "Agnieszka", "Aleksandra", "Andrzej", "Anna", "Barbara", "Bartłomiej", "Beata", "Błażej", "Bogusław", "Bożena",
    "Dariusz", "Dorota", "Elżbieta", "Ewa", "Grażyna", "Grzegorz", "Halina", "Iwona", "Jadwiga", "Jakub", "Jan",
    "Janina", "Jarosław", "Jerzy", "Joanna", "Józef", "Justyna", "Kamil", "Karolina", "Katarzyna", "Kazimierz",
    "Krystyna", "Krzysztof", "Łucja", "Łukasz", "Maciej", "Magdalena", "Małgorzata", "Marcin", "Marek", "Maria",
    "Mariusz", "Mateusz", "Michał", "Mieczysław", "Mirosława", "Monika", "Natalia", "Paweł", "Piotr", "Rafał", "Renata",
    "Robert", "Sławomir", "Stanisław", "Świętosława", "Tadeusz", "Teresa", "Tomasz", "Urszula", "Wiesława",
    "Włodzimierz", "Wojciech", "Zbigniew", "Zdzisława", "Zofia", "Żaneta",
];

#[rustfmt::skip]
const LAST_NAMES: &[&str] = &[
    "Adamczyk", "Baran", "Błaszczyk", "Borkowska", "Chmielewska", "Czarnecka", "Dąbrowski", "Duda", "Dudek", "Gajewska",
    "Głowacka", "Gołębiowska", "Górski", "Grabowska", "Jabłońska", "Jakubowska", "Jankowska", "Jasiński", "Jaworska",
    "Kaczmarek", "Kalinowska", "Kamińska", "Kaźmierczak", "Kołodziej", "Kowalczyk", "Kowalski", "Kozłowska",
    "Krajewska", "Krawczyk", "Król", "Krupa", "Kubiak", "Kwiatkowska", "Lewandowski", "Lis", "Łukasik", "Maciejewska",
    "Majewska", "Malinowska", "Mazur", "Michalak", "Mróz", "Nowak", "Nowakowska", "Olszewska", "Ostrowska", "Pająk",
    "Pawłowska", "Pietrzak", "Piotrowska", "Przybylska", "Rutkowska", "Sadowska", "Sikora", "Sobczak", "Stępień",
    "Szczepańska", "Szewczyk", "Szulc", "Szymańska", "Tomaszewska", "Urbańska", "Walczak", "Wasilewska", "Wieczorek",
    "Wilk", "Wiśniewska", "Witkowska", "Włodarczyk", "Wojciechowska", "Woźniak", "Wójcik", "Wróbel", "Wróblewska",
    "Wysocka", "Zając", "Zakrzewska", "Zalewska", "Zawadzka", "Zieliński", "Ziółkowska", "Żak", "Żukowska",
];

#[rustfmt::skip]
const STREETS: &[&str] = &[
    "Akacjowa", "Boczna", "Brzozowa", "Chopina", "Cicha", "Długa", "Dworcowa", "Górna", "Grunwaldzka", "Jana Pawła II",
    "Jesionowa", "Kościelna", "Kościuszki", "Krótka", "Kwiatowa", "Leśna", "Lipowa", "Łąkowa", "Mickiewicza", "Młyńska",
    "Ogrodowa", "Piłsudskiego", "Polna", "Poznańska", "Północna", "Reymonta", "Różana", "Sienkiewicza", "Słoneczna",
    "Słowackiego", "Sosnowa", "Spółdzielcza", "Szkolna", "Świerkowa", "Warszawska", "Wiśniowa", "Zielona", "Źródlana",
    "Żeromskiego", "Żwirki i Wigury",
];
