//! Which placeholders a body may hold: the built-ins of its subject, the host's, and the practice's links.

use super::built_in::{self, Slot, Words};
use super::link;
use super::name::{self, MAX_NAME_CHARS, Shape};
use super::render::ValueWriter;
use super::values::Values;
use crate::model::{
    CustomPlaceholder, Language, LegendEntry, LinkMarker, MarkerFault, PlaceholderKind, TemplateSubject,
};
use std::collections::BTreeMap;

/// The most placeholders a host may register in one catalogue.
pub const MAX_CUSTOM: usize = 100;
/// The most link markers in one catalogue.
pub const MAX_LINKS: usize = 100;

/// The place of a host's placeholder in the order of registration, from 0: the index of its value in
/// [`VisitValues::extra`](super::VisitValues::extra).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomId(usize);

impl CustomId {
    /// The index, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.0
    }
}

/// The placeholders that a body of one subject may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    subject: TemplateSubject,
    custom: Vec<CustomPlaceholder>,
    links: Vec<LinkMarker>,
    keys: BTreeMap<String, Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Custom(usize),
    Link(usize),
}

/// What a name stands for.
pub(super) enum Known<'a> {
    BuiltIn(&'static str),
    Custom(CustomId, &'a CustomPlaceholder),
    Link(&'a LinkMarker),
}

impl Known<'_> {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::BuiltIn(name) => name,
            Self::Custom(_, placeholder) => &placeholder.name,
            Self::Link(link) => &link.name,
        }
    }
}

impl Catalogue {
    /// The built-ins of `subject`, and nothing else yet.
    #[must_use]
    pub fn new(subject: TemplateSubject) -> Self {
        Self { subject, custom: Vec::new(), links: Vec::new(), keys: BTreeMap::new() }
    }

    /// What its bodies speak about.
    #[must_use]
    pub fn subject(&self) -> TemplateSubject {
        self.subject
    }

    /// Adds a placeholder of the host's.
    ///
    /// # Errors
    ///
    /// Every fault of it; the catalogue is then as it was.
    pub fn register(&mut self, placeholder: CustomPlaceholder) -> Result<CustomId, Vec<MarkerFault>> {
        let id = self.custom.len();
        let mut faults = self.name_faults(&placeholder.name);
        if id >= MAX_CUSTOM {
            faults.push(MarkerFault::TooMany { limit: MAX_CUSTOM });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        self.keys.insert(name::key(&placeholder.name), Entry::Custom(id));
        self.custom.push(placeholder);
        Ok(CustomId(id))
    }

    /// Adds a link marker. A name that a built-in of either subject has is refused, for links belong to the practice.
    ///
    /// # Errors
    ///
    /// Every fault of it, name first; the catalogue is then as it was.
    pub fn add_link(&mut self, link: LinkMarker) -> Result<(), Vec<MarkerFault>> {
        let mut faults = self.name_faults(&link.name);
        faults.extend(link::check(&link.url).err());
        if self.links.len() >= MAX_LINKS {
            faults.push(MarkerFault::TooMany { limit: MAX_LINKS });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        self.keys.insert(name::key(&link.name), Entry::Link(self.links.len()));
        self.links.push(link);
        Ok(())
    }

    fn name_faults(&self, name: &str) -> Vec<MarkerFault> {
        let mut faults = Vec::new();
        if name.chars().count() > MAX_NAME_CHARS {
            faults.push(MarkerFault::NameTooLong { limit: MAX_NAME_CHARS });
        }
        if Shape::of(name) == Shape::Other {
            faults.push(MarkerFault::NameMalformed);
        }
        let key = name::key(name);
        let taken = match self.keys.get(&key) {
            Some(Entry::Custom(_)) => Some(PlaceholderKind::Custom),
            Some(Entry::Link(_)) => Some(PlaceholderKind::Link),
            None => built_in::named(&key).next().map(|_| PlaceholderKind::BuiltIn),
        };
        faults.extend(taken.map(|by| MarkerFault::NameTaken { by }));
        faults
    }

    /// The legend beside a body: built-ins, then the host's placeholders, then links, each in its order.
    #[must_use]
    pub fn legend(&self, language: Language) -> Vec<LegendEntry> {
        let built_in = built_in::built_ins(self.subject).map(|row| {
            let Words(description, sample) = in_language(row, language);
            let format = row.format.map(|format| format!(":{format}")).unwrap_or_default();
            LegendEntry {
                marker: format!("({}{format})", row.name),
                kind: PlaceholderKind::BuiltIn,
                description: description.to_owned(),
                sample: sample.to_owned(),
            }
        });
        let custom = self.custom.iter().map(|placeholder| LegendEntry {
            marker: format!("({})", placeholder.name),
            kind: PlaceholderKind::Custom,
            description: match language {
                Language::Pl => placeholder.description.pl.clone(),
                Language::En => placeholder.description.en.clone(),
            },
            sample: placeholder.sample.clone(),
        });
        let links = self.links.iter().map(|link| LegendEntry {
            marker: format!("({})", link.name),
            kind: PlaceholderKind::Link,
            description: "link".to_owned(),
            sample: link.url.clone(),
        });
        built_in.chain(custom).chain(links).collect()
    }

    /// The samples of the legend as values, for the worked example beside a body.
    #[must_use]
    pub fn samples(&self, language: Language) -> Samples<'_> {
        Samples { catalogue: self, language }
    }

    /// The host's values in the order in which their placeholders were registered, from a map by name; do it once per
    /// record. Names match as in bodies (of several that match one placeholder the last counts); values under other
    /// names are left out.
    #[must_use]
    pub fn extra_values<'v>(&self, by_name: &'v BTreeMap<String, String>) -> Vec<Option<&'v str>> {
        let mut values = vec![None; self.custom.len()];
        for (name, value) in by_name {
            if let Some(Entry::Custom(index)) = self.keys.get(&name::key(name))
                && let Some(place) = values.get_mut(*index)
            {
                *place = Some(value.as_str());
            }
        }
        values
    }

    /// Whether a placeholder or link has this name, written in any way that matches.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(&name::key(name)).is_some()
    }

    pub(super) fn find(&self, key: &str) -> Option<Known<'_>> {
        match self.keys.get(key) {
            Some(Entry::Custom(index)) => {
                self.custom.get(*index).map(|it| Known::Custom(CustomId(*index), it))
            }
            Some(Entry::Link(index)) => self.links.get(*index).map(Known::Link),
            None => built_in::built_ins(self.subject)
                .find(|row| row.name == key)
                .map(|row| Known::BuiltIn(row.name)),
        }
    }

    pub(super) fn nearest(&self, key: &str) -> Option<&str> {
        let names = built_in::built_ins(self.subject)
            .map(|row| row.name)
            .chain(self.custom.iter().map(|placeholder| placeholder.name.as_str()))
            .chain(self.links.iter().map(|link| link.name.as_str()));
        name::nearest(key, names)
    }
}

fn in_language(row: &built_in::BuiltIn, language: Language) -> Words {
    match language {
        Language::Pl => row.pl,
        Language::En => row.en,
    }
}

/// The samples of a catalogue as values.
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a> {
    catalogue: &'a Catalogue,
    language: Language,
}

impl Values for Samples<'_> {
    fn write(&self, slot: Slot, out: &mut ValueWriter<'_>) {
        if let Slot::Custom(id) = slot {
            out.text(self.catalogue.custom.get(id.index()).map_or("", |placeholder| &placeholder.sample));
        } else if let Some(row) = built_in::built_in(slot) {
            out.text(in_language(row, self.language).1);
        }
    }
}
