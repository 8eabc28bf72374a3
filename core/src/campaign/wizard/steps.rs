//! The wizard's steps by kind: which fields, with which defaults and limits.

use super::fields::{NO_HELP, Pen, Shape};
use super::{defaults, options};
use crate::campaign::MAX_NAME_CHARS;
use crate::campaign::check::subject;
use crate::model::{
    CampaignKind, FieldType, FieldUnit, Language, ListOf, MAX_STEPS, Practice, Sender, SenderOption, Wizard,
    WizardField, WizardStep, WizardStepId,
};
use crate::template::MAX_BODY_CHARS;
use serde_json::{Value, json};

/// The steps of the wizard for campaigns of a kind in this practice, with their texts in this language.
#[must_use]
pub fn wizard(kind: CampaignKind, practice: &Practice, language: Language) -> Wizard {
    let pen = Pen { language };
    let step = |id| WizardStep {
        id,
        title: title(id, pen),
        fields: fields(id, kind, &practice.settings.senders, pen),
    };
    Wizard { kind, steps: WizardStepId::ALL.into_iter().map(step).collect() }
}

/// The fields of a step.
pub(super) fn fields(id: WizardStepId, kind: CampaignKind, senders: &[Sender], pen: Pen) -> Vec<WizardField> {
    match id {
        WizardStepId::Kind => vec![kind_field(pen)],
        WizardStepId::Basics => basics(kind, senders, pen),
        WizardStepId::Advanced => advanced(kind, pen),
        WizardStepId::Summary => Vec::new(),
    }
}

fn title(id: WizardStepId, pen: Pen) -> String {
    pen.word(match id {
        WizardStepId::Kind => ("Rodzaj kampanii", "Kind of campaign"),
        WizardStepId::Basics => ("Podstawy", "Basics"),
        WizardStepId::Advanced => ("Ustawienia dodatkowe", "Advanced"),
        WizardStepId::Summary => ("Podsumowanie", "Summary"),
    })
}

pub(super) fn kind_field(pen: Pen) -> WizardField {
    let help = ("Rodzaj decyduje, kiedy wychodzą wiadomości.", "The kind decides when messages go.");
    pen.required("kind", ("Rodzaj", "Kind"), help, options::kinds(pen.language), Value::Null)
}

fn basics(kind: CampaignKind, senders: &[Sender], pen: Pen) -> Vec<WizardField> {
    let name = FieldType::Text { most_chars: MAX_NAME_CHARS };
    let help = ("Widać ją tylko na liście kampanii.", "It shows on the list of campaigns only.");
    let mut fields = vec![pen.required("name", ("Nazwa", "Name"), help, name, Value::Null)];
    fields.extend(timing(kind, pen));
    fields.extend(bodies(kind, pen));
    let option = |sender: &Sender| SenderOption {
        value: sender.id.clone(),
        receives: sender.receives,
        approval: sender.approval,
    };
    let senders = FieldType::Sender { options: senders.iter().map(option).collect() };
    let help = ("Puste: domyślne pole nadawcy placówki.", "Empty: the practice's default sender.");
    fields.push(pen.optional("sender", ("Nadawca", "Sender"), help, senders, Value::Null));
    fields
}

/// When the messages of a kind go.
fn timing(kind: CampaignKind, pen: Pen) -> Vec<WizardField> {
    let integer = |unit, least, most| FieldType::Integer { unit, least, most };
    let delay = |after| {
        let help = ("0: od razu.", "0: at once.");
        vec![pen.optional("timing.delay_min", after, help, integer(FieldUnit::Minutes, 0, 10_080), json!(0))]
    };
    let at = |help| pen.required("timing.at", ("O godzinie", "At"), help, FieldType::Time {}, json!("10:00"));
    match kind {
        CampaignKind::Booking => delay(("Minuty po umówieniu", "Minutes after booking")),
        CampaignKind::Rescheduled => delay(("Minuty po zmianie terminu", "Minutes after the change")),
        CampaignKind::Cancelled => delay(("Minuty po odwołaniu", "Minutes after the cancellation")),
        CampaignKind::Reminder => {
            let shape = |label, count, at| Shape { label, count, at };
            let shapes = [
                shape(
                    ("dni przed wizytą", "days before the visit"),
                    ("days_before", FieldUnit::Days, 0, 365),
                    true,
                ),
                shape(
                    ("dni robocze przed wizytą", "working days before the visit"),
                    ("working_days_before", FieldUnit::WorkingDays, 0, 60),
                    true,
                ),
                shape(
                    ("godziny przed wizytą", "hours before the visit"),
                    ("hours_before", FieldUnit::Hours, 1, 8_760),
                    false,
                ),
            ];
            let value = FieldType::Forms { forms: pen.forms(&shapes), most: MAX_STEPS };
            let help = (
                "Nowe przypomnienia dopisuj na końcu: kampania zna je po miejscu na liście.",
                "Add new reminders at the end: the campaign knows them by their place.",
            );
            let default = json!([{"days_before": 1, "at": "10:00"}]);
            vec![pen.required("timing.steps", ("Przypomnienia", "Reminders"), help, value, default)]
        }
        CampaignKind::FollowUp => {
            let shapes = [
                Shape {
                    label: ("minuty po wizycie", "minutes after the visit"),
                    count: ("delay_min", FieldUnit::Minutes, 0, 43_200),
                    at: false,
                },
                Shape {
                    label: ("dni po wizycie", "days after the visit"),
                    count: ("days_after", FieldUnit::Days, 0, 365),
                    at: true,
                },
            ];
            let value = FieldType::Form { forms: pen.forms(&shapes) };
            let default = json!({"delay_min": 120});
            vec![pen.required("timing.after", ("Kiedy", "When"), NO_HELP, value, default)]
        }
        CampaignKind::Recall => {
            let label = ("Miesiące po ostatniej wizycie", "Months after the last visit");
            let help = (
                "Tylko dla pacjentów bez umówionej następnej wizyty.",
                "Only for patients who have no later visit booked.",
            );
            let months = integer(FieldUnit::Months, 1, 120);
            vec![pen.required("timing.months_after", label, help, months, json!(6)), at(NO_HELP)]
        }
        CampaignKind::Birthday => vec![at((
            "Urodziny 29 lutego wypadają w pozostałe lata 1 marca.",
            "A birthday of 29 February is on 1 March in other years.",
        ))],
        CampaignKind::Broadcast => {
            let help = ("Czas lokalny placówki.", "The practice's local time.");
            let when = FieldType::DateTime {};
            let audience = (
                "Tylko pacjenci z wizytą w tych dniach, przeszłą lub przyszłą; puste: wszyscy.",
                "Only patients with a visit on these days, past or to come; empty: all.",
            );
            vec![
                pen.required("timing.at", ("Kiedy", "When"), help, when, Value::Null),
                pen.optional(
                    "timing.audience.visits",
                    ("Pacjenci z wizytą w dniach", "Patients with a visit on"),
                    audience,
                    FieldType::Days {},
                    Value::Null,
                ),
            ]
        }
    }
}

fn bodies(kind: CampaignKind, pen: Pen) -> Vec<WizardField> {
    let body = FieldType::Body { subject: subject(kind), most_chars: MAX_BODY_CHARS };
    let text = defaults::body(kind, pen.language).map_or(Value::Null, |text| json!({ "text": text }));
    let mut fields = vec![pen.required("bodies.default", ("Treść", "Text"), NO_HELP, body.clone(), text)];
    let help = ("Puste: zwykła treść.", "Empty: the usual text.");
    if !kind.is_about_patients() {
        let label = ("Treść dla pierwszej wizyty", "Text for a first visit");
        fields.push(pen.optional("bodies.first_visit", label, help, body.clone(), Value::Null));
    }
    let label = ("Treść dla pacjenta niepełnoletniego", "Text for a patient under 18");
    fields.push(pen.optional("bodies.minor", label, help, body, Value::Null));
    fields
}

fn advanced(kind: CampaignKind, pen: Pen) -> Vec<WizardField> {
    let language = pen.language;
    let integer = |unit, least, most| FieldType::Integer { unit, least, most };
    let choice = |options| options::choice(options, language);
    let reminder = kind == CampaignKind::Reminder;
    let mut fields = Vec::new();
    if kind != CampaignKind::Birthday {
        let help = ("Puste: wszystkie.", "Empty: all.");
        let lists = [
            ("filters.rooms", ("Gabinety", "Rooms"), ListOf::Rooms),
            ("filters.doctors", ("Lekarze", "Doctors"), ListOf::Doctors),
            ("filters.visit_types", ("Typy wizyt", "Types of visit"), ListOf::VisitTypes),
        ];
        for (path, label, of) in lists {
            fields.push(pen.optional(path, label, help, FieldType::List { of }, json!([])));
        }
        let label = ("Pierwsze wizyty", "First visits");
        let value = choice(options::FIRST_VISITS);
        fields.push(pen.optional("filters.first_visits", label, NO_HELP, value, json!("any")));
    }
    let help = (
        "Wewnątrz godzin wysyłki placówki; puste: tylko one.",
        "Inside the practice's sending hours; empty: these alone.",
    );
    fields.push(pen.optional(
        "window",
        ("Godziny wysyłki", "Hours"),
        help,
        FieldType::Window {},
        Value::Null,
    ));
    let value = choice(if reminder { options::OUTSIDE } else { options::OUTSIDE_LATER });
    let label = ("Poza godzinami wysyłki", "Outside the hours");
    fields.push(pen.optional("outside", label, NO_HELP, value, json!(defaults::outside(kind))));
    let help =
        ("Decyduje, jakiej zgody pacjenta potrzeba.", "It decides which consent of the patient is needed.");
    let purpose = json!(defaults::purpose(kind));
    fields.push(pen.optional("purpose", ("Cel", "Purpose"), help, options::purposes(language), purpose));
    if !kind.is_about_patients() {
        let label = ("Prosi o odpowiedź TAK lub NIE", "Asks for TAK or NIE");
        let help = (
            "Potrzebny jest nadawca, na którego można odpowiedzieć.",
            "It needs a sender that can receive answers.",
        );
        fields.push(pen.optional("expects_reply", label, help, FieldType::YesNo {}, json!(reminder)));
    }
    if reminder {
        let label = ("Najmniej minut przed wizytą", "At least minutes before the visit");
        let help = ("Dla przypomnień wysyłanych z opóźnieniem.", "For reminders that are sent late.");
        let lead = integer(FieldUnit::Minutes, 0, 10_080);
        fields.push(pen.optional("min_lead_min", label, help, lead, json!(120)));
        let label = ("Wizyta umówiona po czasie przypomnienia", "A visit booked after the reminder's time");
        fields.push(pen.optional("late", label, NO_HELP, choice(options::LATE), json!("auto")));
        let label = ("Po przypomnieniu wysłanym ręcznie", "After a reminder sent by hand");
        fields.push(pen.optional("manual", label, NO_HELP, choice(options::MANUAL), json!("skip")));
    }
    if !kind.is_about_patients() {
        let label = ("Kilka wizyt pacjenta jednego dnia", "Several visits of a patient on a day");
        let (value, default) = if reminder {
            (choice(options::SAME_DAY), json!("first"))
        } else {
            (choice(options::SAME_DAY_LATER), json!("each"))
        };
        fields.push(pen.optional("same_day", label, NO_HELP, value, default));
        let label = ("Kilku pacjentów z jednym numerem", "Several patients on one number");
        let value = choice(options::SHARED_NUMBER);
        fields.push(pen.optional("shared_number", label, NO_HELP, value, json!("each")));
    }
    let label = ("Nie później niż", "No later than");
    match kind {
        CampaignKind::Booking => {
            let help = ("Minuty po umówieniu.", "Minutes after booking.");
            let value = integer(FieldUnit::Minutes, 1, 525_600);
            fields.push(pen.optional("timing.max_age_min", label, help, value, json!(1_440)));
        }
        CampaignKind::FollowUp => {
            let help = ("Godziny po wizycie.", "Hours after the visit.");
            let value = integer(FieldUnit::Hours, 1, 8_760);
            fields.push(pen.optional("timing.max_age_h", label, help, value, json!(72)));
        }
        CampaignKind::Recall => {
            let label = ("Zaległe dni przy aktywacji", "Days overdue at activation");
            let help = (
                "Także dla tych, którym termin minął najwyżej tyle dni wcześniej.",
                "Also for those who were due in so many days before it.",
            );
            let value = integer(FieldUnit::Days, 0, 730);
            fields.push(pen.optional("timing.overdue_days", label, help, value, json!(0)));
        }
        _ => {}
    }
    let help = ("Puste: jak w ustawieniach placówki.", "Empty: as the practice has it.");
    let parts = integer(FieldUnit::Parts, 1, 10);
    let label = ("Najwięcej części wiadomości", "The most parts of a message");
    fields.push(pen.optional("max_parts", label, help, parts, Value::Null));
    let label = ("Dłuższa wiadomość", "A longer message");
    fields.push(pen.optional("over_length", label, NO_HELP, choice(options::OVER_LENGTH), json!("send")));
    let label = ("Wiek pacjenta liczony", "The patient's age is taken");
    let default = json!(if kind.is_about_patients() { "send_date" } else { "visit_date" });
    fields.push(pen.optional("age_on", label, NO_HELP, choice(options::AGE_ON), default));
    fields
}
