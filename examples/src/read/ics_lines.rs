//! Content lines of iCalendar (RFC 5545, 3.1) with the place of each: unfolding here, their grammar by the crate
//! `icalendar`, whose whole-file reader forgets the lines and stops at the first fault.

use super::Faults;
use icalendar::parser::Property;

/// An event as the file has it: its properties, each with its line.
pub struct Event {
    /// The line of its `BEGIN`, from 1.
    pub line: usize,
    /// Its properties, without those of components inside it.
    pub properties: Vec<(usize, Property<'static>)>,
}

impl Event {
    /// The first property of a name, whatever the case.
    pub fn property(&self, name: &str) -> Option<(usize, &Property<'static>)> {
        let (line, property) =
            self.properties.iter().find(|(_, property)| property.name.as_str().eq_ignore_ascii_case(name))?;
        Some((*line, property))
    }
}

/// A parameter's value.
pub fn parameter<'p>(property: &'p Property<'static>, name: &str) -> Option<&'p str> {
    let found = property.params.iter().find(|parameter| parameter.key.as_str().eq_ignore_ascii_case(name))?;
    found.val.as_ref().map(|value| value.as_str())
}

/// The events of a file.
pub fn events(text: &str, faults: &mut Faults) -> Vec<Event> {
    let mut events = Vec::new();
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut any = false;
    for (line, content) in unfold(text) {
        let (name, value) = content.split_once(':').unwrap_or((content.as_str(), ""));
        let component = value.trim().to_ascii_uppercase();
        if name.eq_ignore_ascii_case("BEGIN") {
            if open.is_empty() && component != "VCALENDAR" {
                faults.at(line, "expected BEGIN:VCALENDAR");
            }
            if component == "VEVENT" {
                events.push(Event { line, properties: Vec::new() });
            }
            any = true;
            open.push((component, line));
        } else if name.eq_ignore_ascii_case("END") {
            match open.pop() {
                Some((expected, _)) if expected == component => {}
                Some((expected, began)) => {
                    faults.at(line, format!("expected END:{expected} for the line {began}"))
                }
                None => faults.at(line, "expected nothing after the end of the calendar"),
            }
        } else if open.is_empty() {
            faults.at(line, "expected BEGIN:VCALENDAR");
            return events;
        } else {
            match Property::try_from(content.as_str()) {
                Ok(property) if content.contains(':') => {
                    let in_event = open.last().is_some_and(|(component, _)| component == "VEVENT");
                    if let Some(event) = events.last_mut().filter(|_| in_event) {
                        event.properties.push((line, owned(&property)));
                    }
                }
                _ => faults.at(line, "expected NAME:value or NAME;PARAMETER=value:value (RFC 5545, 3.1)"),
            }
        }
    }
    if let Some((component, began)) = open.pop() {
        faults.at(began, format!("expected an END:{component} for this line before the end of the file"));
    }
    if !any {
        faults.at(1, "expected BEGIN:VCALENDAR");
    }
    events
}

/// Joins folded lines; each comes with the number of its first.
fn unfold(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, content))) => content.push_str(rest),
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines.retain(|(_, content)| !content.trim().is_empty());
    lines
}

fn owned(property: &Property<'_>) -> Property<'static> {
    let params = property.params.iter().map(|parameter| icalendar::parser::Parameter {
        key: parameter.key.to_owned(),
        val: parameter.val.as_ref().map(|value| value.to_owned()),
    });
    Property { name: property.name.to_owned(), val: property.val.to_owned(), params: params.collect() }
}
