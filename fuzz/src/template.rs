//! Compiling and rendering any body with any values, and finishing what comes of it.
//!
//! Input: a byte of choices, then the body, the first name, its vocative, the last name, the doctor and the host's value,
//! each up to a byte 0xFF.

use crate::input::Input;
use crate::naive;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use depesza::model::{
    CustomPlaceholder, Diacritics, Language, LinkMarker, LocalText, ReferenceBits, TemplateFault,
    TemplateSubject, TextSpan,
};
use depesza::template::{
    CallValues, Catalogue, MissingValue, Slot, Target, Template, ValueWriter, Values, VisitDetail,
    VisitValues,
};
use depesza::text;
use std::ops::Range;

const URL: &str = "https://k.pl/ł?(imie)";
const BEFORE: &str = "before ";

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let choices = input.byte();
    let subjects = [TemplateSubject::Visits, TemplateSubject::Calls, TemplateSubject::People];
    let subject = subjects[usize::from(choices & 3) % 3];
    let language = if choices & 4 == 0 { Language::Pl } else { Language::En };
    let body = input.text();
    let texts: [_; 5] = std::array::from_fn(|_| input.text());
    let [first_name, vocative, last_name, doctor, extra] = texts.each_ref().map(|text| &**text);

    let catalogue = catalogue(subject);
    let template = match Template::compile(&body, &catalogue) {
        Ok(template) => template,
        Err(faults) => return faults_lie_in(&body, &faults),
    };
    assert_eq!(template.source(), body);
    let spans: Vec<TextSpan> = template.placeholders().map(|placeholder| placeholder.at).collect();
    spans_lie_in(&body, &spans);
    for at in &spans {
        assert!(body[at.start..at.end].starts_with('(') && body[at.start..at.end].ends_with(')'));
    }

    rendered_as_by_hand(&body, &template, &ByHand { first_name, other: last_name });

    let start = |day, minute| at(day, 9, minute);
    let visits = [
        VisitDetail { start: start(21, 30), doctor, room: last_name },
        VisitDetail { start: start(21, 45), doctor: first_name, room: last_name },
        VisitDetail { start: start(22, 30), doctor, room: " " },
    ];
    let visits = &visits[..usize::from(choices >> 4) % 4];
    let extra = [Some(extra), None];
    if subject == TemplateSubject::Calls {
        render(
            &template,
            &CallValues {
                language,
                number: first_name,
                dialled_number: last_name,
                start: (choices & 8 == 0).then(|| start(21, 30)),
                talk_s: (choices & 16 == 0).then_some(u32::from(choices) * 997),
                extra: &extra,
            },
        );
    } else {
        render(
            &template,
            &VisitValues {
                language,
                first_name,
                first_name_vocative: vocative,
                last_name,
                visits,
                practice: doctor,
                address: vocative,
                phone: last_name,
                extra: &extra,
            },
        );
    }
}

fn catalogue(subject: TemplateSubject) -> Catalogue {
    let mut catalogue = Catalogue::new(subject);
    let words = |word: &str| LocalText { pl: word.to_owned(), en: word.to_owned() };
    let saldo =
        CustomPlaceholder { name: "saldo".into(), description: words("saldo"), sample: "10 zł".into() };
    catalogue.register(saldo).expect("a placeholder");
    catalogue.add_link(LinkMarker { name: "ankieta".into(), url: URL.into() }).expect("a link");
    catalogue
}

fn at(day: u32, hour: u32, minute: u32) -> NaiveDateTime {
    let date = NaiveDate::from_ymd_opt(2026, 11, day).expect("a day");
    date.and_time(NaiveTime::from_hms_opt(hour, minute, 0).expect("a time"))
}

fn faults_lie_in(body: &str, faults: &[TemplateFault]) {
    assert!(!faults.is_empty());
    let spans: Vec<TextSpan> = faults.iter().map(|fault| fault.at).collect();
    spans_lie_in(body, &spans);
    let wire = serde_json::to_string(faults).expect("faults are written");
    assert_eq!(serde_json::from_str::<Vec<TemplateFault>>(&wire).expect("and read"), faults);
}

/// Spans are within the body, in order, and their lines and columns are those of their first byte.
fn spans_lie_in(body: &str, spans: &[TextSpan]) {
    assert!(spans.windows(2).all(|pair| pair[0].start <= pair[1].start));
    for at in spans {
        assert!(body.get(at.start..at.end).is_some(), "{at:?}");
        let before = &body[..at.start];
        assert_eq!(before.split('\n').count(), at.line, "{at:?}");
        let line = before.rsplit('\n').next().expect("one at least");
        assert_eq!(line.chars().count() + 1, at.column, "{at:?}");
    }
}

/// Renders behind another text: all of the message, or nothing of it.
fn render(template: &Template, values: &dyn Values) -> Option<String> {
    let (mut text, mut other) = (BEFORE.to_owned(), BEFORE.to_owned());
    let standing: Range<usize> = 1..2;
    let mut links = vec![standing.clone()];
    let outcome = template.render_with_links_into(values, &mut text, &mut links);
    assert_eq!(template.render_into(values, &mut other), outcome);
    assert_eq!(text, other);
    let body = text.strip_prefix(BEFORE).expect("what was there stays");
    assert_eq!(links[0], standing);
    if let Err(MissingValue { placeholder }) = outcome {
        assert!(body.is_empty() && links.len() == 1, "nothing is left of a message that is not sent");
        assert!(template.uses(&placeholder));
        return None;
    }
    let markers = template.placeholders().filter(|it| matches!(it.target, Target::Link(_))).count();
    assert_eq!(links.len() - 1, markers);
    assert!(links[1..].iter().all(|link| text[link.clone()] == *URL));
    for diacritics in [Diacritics::Plain, Diacritics::Polish, Diacritics::WhenFree] {
        let done = text::finish(body, diacritics, ReferenceBits::Eight);
        assert_eq!(done.segments, naive::segments(&done.text, ReferenceBits::Eight));
    }
    Some(body.to_owned())
}

/// Two texts for all values.
struct ByHand<'a> {
    first_name: &'a str,
    other: &'a str,
}

impl ByHand<'_> {
    fn value(&self, slot: Slot) -> &str {
        if slot == Slot::FirstName { self.first_name } else { self.other }
    }
}

impl Values for ByHand<'_> {
    fn write(&self, slot: Slot, out: &mut ValueWriter<'_>) {
        out.text(self.value(slot));
    }
}

/// The message put together from the body between the placeholders; of a body with doubled brackets it is not known.
fn rendered_as_by_hand(body: &str, template: &Template, values: &ByHand<'_>) {
    let rendered = render(template, values);
    if body.contains("((") {
        return;
    }
    let (mut expected, mut done) = (Some(String::new()), 0);
    for placeholder in template.placeholders() {
        let Some(text) = &mut expected else { break };
        text.push_str(&body[done..placeholder.at.start]);
        done = placeholder.at.end;
        let value = match &placeholder.target {
            Target::Link(url) => url.clone(),
            Target::Value(slot) => shown(values.value(*slot)),
        };
        match (value.is_empty(), &placeholder.fallback) {
            (false, _) => text.push_str(&value),
            (true, Some(fallback)) => text.push_str(fallback),
            (true, None) => expected = None,
        }
    }
    let expected = expected.map(|text| text + &body[done..]);
    assert_eq!(rendered, expected);
}

/// What a value shows: without what shows nothing before it and white space behind, on one line.
fn shown(value: &str) -> String {
    let shown = value.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || is_ignorable(c));
    let line: String = shown
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    line.trim_end().to_owned()
}

/// `Default_Ignorable_Code_Point` of Unicode's DerivedCoreProperties, without unassigned ones outside plane 14.
fn is_ignorable(c: char) -> bool {
    const RANGES: [(u32, u32); 17] = [
        (0xAD, 0xAD),
        (0x34F, 0x34F),
        (0x61C, 0x61C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0x1BCA0, 0x1BCA3),
        (0x1D173, 0x1D17A),
        (0xE0000, 0xE00FF),
        (0xE0100, 0xE0FFF),
    ];
    RANGES.iter().any(|(from, to)| (*from..=*to).contains(&u32::from(c)))
}
