//! The same file as JSON: objects become the tables that TOML would have given, each value with its place, so that everything behind this is read
//! and checked in one way.

use super::Faults;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// How deep objects and arrays may stand in one another; a rules file needs six.
const MAX_DEPTH: usize = 16;

/// Takes a JSON object apart; `file` is what faults call it.
pub(crate) fn table<'t>(file: &str, text: &'t str) -> Result<DeTable<'t>, Faults> {
    let reader = Reader { file, text };
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| {
        reader.fault_at(
            error.line(),
            error.column(),
            "expected JSON: an object of practice, settings and rules",
        )
    })?;
    let value = reader.value(whole, 0)?;
    let start = value.span().start;
    match value.into_inner() {
        DeValue::Table(table) => Ok(table),
        _ => Err(reader.fault(start, "expected an object of practice, settings and rules")),
    }
}

struct Reader<'f, 't> {
    file: &'f str,
    text: &'t str,
}

impl<'t> Reader<'_, 't> {
    fn value(&self, raw: &'t RawValue, depth: usize) -> Result<Spanned<DeValue<'t>>, Faults> {
        let json = raw.get();
        let start = (json.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let span = start..start + json.len();
        if depth > MAX_DEPTH {
            return Err(self.fault(start, "expected nothing so deep"));
        }
        // what `serde_json` took for a value is one, so that only what JSON has beyond TOML is refused here
        let value = match json.as_bytes().first() {
            Some(b'{') => {
                let Object(entries) = self.part(json, start)?;
                let mut table = DeTable::new();
                for (key, value) in entries {
                    let value = self.value(value, depth + 1)?;
                    let span = value.span();
                    if table.insert(Spanned::new(span.clone(), key.clone()), value).is_some() {
                        return Err(self.fault(span.start, &format!("expected `{key}` once in this object")));
                    }
                }
                DeValue::Table(table)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = self.part(json, start)?;
                let mut array = DeArray::new();
                for item in items {
                    array.push(self.value(item, depth + 1)?);
                }
                DeValue::Array(array)
            }
            Some(b'"') => DeValue::String(self.part(json, start)?),
            Some(b't') => DeValue::Boolean(true),
            Some(b'f') => DeValue::Boolean(false),
            Some(b'n') => return Err(self.fault(start, "expected a value, or the field left out, not null")),
            _ => match DeValue::parse(json) {
                Ok(number) => number.into_inner(),
                Err(_) => return Err(self.fault(start, "expected a number")),
            },
        };
        Ok(Spanned::new(span, value))
    }

    fn part<T: Deserialize<'t>>(&self, json: &'t str, start: usize) -> Result<T, Faults> {
        serde_json::from_str(json).map_err(|_| self.fault(start, "expected JSON"))
    }

    fn fault(&self, start: usize, what: &str) -> Faults {
        let before = self.text.get(..start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = 1 + before.get(line_start..).unwrap_or_default().chars().count();
        self.fault_at(1 + before.matches('\n').count(), column, what)
    }

    fn fault_at(&self, line: usize, column: usize, what: &str) -> Faults {
        let mut faults = Faults::of(self.file);
        faults.at_column(line.max(1), column.max(1), what);
        faults
    }
}

/// The entries of an object in their order, a key that stands twice included.
struct Object<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'t> Deserialize<'t> for Object<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'t> Visitor<'t> for Entries {
            type Value = Object<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &'t RawValue>()? {
                    entries.push((Cow::Owned(key), value));
                }
                Ok(Object(entries))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
