//! Who calls: numbers in the spellings of operators, and names.

use super::happened::Party;
use crate::month::rng::Rng;

const FIRST: [&str; 16] = [
    "Anna",
    "Łucja",
    "Jan",
    "Zofia",
    "Paweł",
    "Żaneta",
    "Marek",
    "Ewa",
    "Grażyna",
    "Tomasz",
    "Józef",
    "Kinga",
    "Michał",
    "Świętosława",
    "Ola",
    "Wojciech",
];
const LAST: [&str; 14] = [
    "Nowak",
    "Kowalska",
    "Gęś",
    "Wiśniewski",
    "Źrebiec",
    "Lis",
    "O'Neil",
    "Dąbrowski",
    "Brzęczyszczykiewicz",
    "Mazur",
    "Żółw",
    "Pawlak",
    "Król",
    "Sęk",
];
/// Beginnings of mobile numbers.
const MOBILE: [&str; 10] = ["501", "505", "512", "600", "604", "665", "692", "721", "788", "889"];
/// Beginnings of landline numbers: Warsaw, Radom, Kraków.
const LANDLINE: [&str; 3] = ["22", "48", "12"];
/// What operators pass instead of a number that is withheld.
pub const WITHHELD: [&str; 4] = ["anonymous", "unknown", "Restricted", ""];

/// A number of nine digits as one of the operators writes it.
pub fn spelled(rng: &mut Rng, digits: &str) -> String {
    let prefix = *rng.pick(&["", "", "+48", "48", "0048", "0"]);
    format!("{prefix}{digits}")
}

/// Nine digits of a mobile telephone.
pub fn mobile(rng: &mut Rng) -> String {
    format!("{}{:06}", rng.pick(&MOBILE), rng.below(1_000_000))
}

/// Somebody with a mobile telephone.
pub fn somebody(rng: &mut Rng) -> Party {
    let digits = mobile(rng);
    Party { number: spelled(rng, &digits), name: name(rng) }
}

/// Somebody of any kind: most have mobile telephones, some landlines, foreign numbers, or none that is shown.
pub fn anybody(rng: &mut Rng) -> Party {
    let number = match rng.below(100) {
        0..72 => return somebody(rng),
        72..84 => {
            let area = *rng.pick(&LANDLINE);
            let digits = format!("{area}{}{:06}", rng.between(3, 8), rng.below(1_000_000));
            spelled(rng, &digits)
        }
        84..93 => return withheld(rng),
        // ranges that regulators keep free for fiction
        93..96 => format!("+4915228{:06}", 817_386),
        96..98 => format!("+380501{:06}", rng.below(1_000_000)),
        _ => format!("00447700900{:03}", rng.below(1_000)),
    };
    Party { number, name: name(rng) }
}

/// Somebody who does not show a number.
pub fn withheld(rng: &mut Rng) -> Party {
    let number = (*rng.pick(&WITHHELD)).to_owned();
    Party { name: if number == "anonymous" { "Anonymous".to_owned() } else { String::new() }, number }
}

fn name(rng: &mut Rng) -> String {
    if rng.percent(60) {
        return String::new();
    }
    let (first, last) = (rng.pick(&FIRST), rng.pick(&LAST));
    if rng.percent(8) { format!("{first} \"{last}\"") } else { format!("{first} {last}") }
}
