//! Messages by a seed: what people write and paste, and what lands on the cuts.

use depesza_trials::dice::Dice;

/// Units round which messages are made: where one part, two, three and four are full.
const FULL: [u64; 9] = [0, 70, 134, 201, 268, 160, 306, 459, 612];

/// Where parts end, in units; whatever is on a cut is put there on purpose.
const CUTS: [u64; 6] = [67, 134, 201, 153, 306, 459];

const GSM7: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION: &str = "\u{c}^{}\\[~]|€";
const POLISH: &str = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ";
const PASTED: &str =
    "„”“‟«»‚’‘‹›`´–—\u{2010}\u{2011}\u{2212}…•°½²№µ×±\u{a0}\u{2009}\u{202f}\u{200b}\u{ad}\u{feff}\u{1b}\t";
const MARKS: &str = "\u{301}\u{307}\u{328}\u{308}\u{30c}\u{338}\u{35c}\u{20dd}\u{489}";

/// Emoji, flags, tones, keycaps, and what Unicode joined otherwise after version 10.
const EMOJI: [&str; 28] = [
    "😀",
    "❤\u{fe0f}",
    "1\u{fe0f}\u{20e3}",
    "#\u{20e3}",
    "👍🏽",
    "👋🏿",
    "🇵🇱",
    "🇺🇦",
    "🇵",
    "🇵🇱🇩",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦",
    "👩🏽\u{200d}⚕\u{fe0f}",
    "👩\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "🏴\u{200d}☠\u{fe0f}",
    "🏳\u{fe0f}\u{200d}🌈",
    // younger than Unicode 10
    "🧑\u{200d}🚀",
    "🧑🏻\u{200d}🤝\u{200d}🧑🏿",
    "🐻\u{200d}❄\u{fe0f}",
    "🫶🏽",
    "🥰\u{200d}😷",
    // joiners and tones where they join nothing
    "\u{200d}",
    "a\u{200d}b",
    "🏽",
    "ż🏽",
    "\u{fe0f}",
    "😀\u{200d}\u{200d}😀",
    "\u{20e3}",
];

/// Scripts with letters of several characters.
const SCRIPTS: [&str; 14] = [
    "\u{1112}\u{1161}\u{11ab}",
    "한",
    "क\u{94d}ष\u{93f}",
    "क\u{94d}\u{200d}ष",
    "நி",
    "ก\u{e33}",
    "\u{600}1",
    "\u{110bd}\u{110a5}",
    "й",
    "и\u{306}",
    "Ω\u{301}",
    "漢\u{fe00}",
    "𠀀",
    "\u{10fffd}",
];

/// The messages of a seed, without end.
#[derive(Clone)]
pub struct Messages(Dice);

impl Messages {
    pub fn new(seed: u64) -> Self {
        Self(Dice::new(seed))
    }
}

impl Iterator for Messages {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        Some(message(&mut self.0))
    }
}

fn message(dice: &mut Dice) -> String {
    let style = dice.below(10);
    if style == 9 && dice.chance(150) {
        return two_at_the_first_cut(dice);
    }
    let full = FULL[dice.place(FULL.len())];
    let length = match dice.below(4) {
        0 => dice.below(640),
        _ => (full + dice.below(7)).saturating_sub(3),
    };
    let filler = match style {
        0..=2 => "abcdefghijklmnopqrstuvwxyz ",
        3..=5 => "aąbcćdeęfghijklłmnńoóprsśtuwyzźż ",
        _ => "łż",
    };
    // counted roughly, by UTF-16: what is put in takes the place of filler
    let mut units: Vec<String> = (0..length).map(|_| one_of(dice, filler)).collect();
    let pieces = [0, 1, 1, 2, 3, 8, 40][dice.place(7)];
    for _ in 0..pieces {
        let piece = piece(dice, style);
        let place = if dice.chance(600) {
            (CUTS[dice.place(CUTS.len())] + 3).saturating_sub(dice.below(8))
        } else {
            dice.below(length + 1)
        };
        let at = usize::try_from(place).expect("a place").min(units.len());
        let to = (at + piece.encode_utf16().count()).min(units.len());
        units.splice(at..to, [piece]);
    }
    units.concat()
}

fn piece(dice: &mut Dice, style: u64) -> String {
    match (style, dice.below(6)) {
        (0, _) => one_of(dice, GSM7),
        (1, _) => one_of(dice, EXTENSION),
        (2, 0..3) | (3, 0) => one_of(dice, GSM7),
        (2, _) | (3, 1) => one_of(dice, EXTENSION),
        (3, _) => one_of(dice, POLISH),
        (4, _) => one_of(dice, PASTED),
        (5, _) => marked(dice, 1, 4),
        (6 | 7, _) => EMOJI[dice.place(EMOJI.len())].to_owned(),
        (8, 0..4) => SCRIPTS[dice.place(SCRIPTS.len())].to_owned(),
        (8, _) => anything(dice),
        (_, 0) => marked(dice, 20, 160),
        (_, 1) => marked(dice, 60, 72),
        (_, 2) => "\r\n".to_owned(),
        (_, 3) => anything(dice),
        _ => EMOJI[dice.place(EMOJI.len())].repeat(1 + dice.place(12)),
    }
}

/// A cluster that ends where one part would, and one that is as long or longer behind it.
fn two_at_the_first_cut(dice: &mut Dice) -> String {
    let letters = dice.place(20);
    let first = 67 + dice.place(4) - letters;
    let (second, rest) = (30 + dice.place(36), dice.place(80));
    let marks = |count: usize| "\u{301}".repeat(count - 1);
    ["ł".repeat(letters), "o".to_owned(), marks(first), "e".to_owned(), marks(second), "ż".repeat(rest)]
        .concat()
}

/// A letter, sometimes with a decomposition of its own, under so many marks.
fn marked(dice: &mut Dice, least: i64, limit: i64) -> String {
    let mut text = one_of(dice, "oOeaz😀");
    for _ in 0..dice.between(least, limit) {
        text += &one_of(dice, MARKS);
    }
    text
}

fn anything(dice: &mut Dice) -> String {
    loop {
        let limit = [0x80, 0x800, 0x3000, 0x1_0000, 0x11_0000][dice.place(5)];
        let code = u32::try_from(dice.below(limit)).expect("a code point");
        if let Some(character) = char::from_u32(code) {
            return character.to_string();
        }
    }
}

fn one_of(dice: &mut Dice, characters: &str) -> String {
    let at = dice.place(characters.chars().count());
    characters.chars().nth(at).expect("a place within").to_string()
}
