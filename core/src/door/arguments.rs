//! The arguments of a call: one JSON object, read strictly.

use super::Refusal;
use crate::model::Fact;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Arguments that are not taken yet.
pub(super) struct Arguments(Map<String, Value>);

impl Arguments {
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            Refusal::arguments(None, &format!("expected JSON: {}", syntax(&error)), Some(&place))
        })?;
        match value {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(Refusal::arguments(None, "expected a JSON object", None)),
        }
    }

    /// Takes out a field that has to be there.
    pub fn take<T: DeserializeOwned>(&mut self, field: &'static str) -> Result<T, Refusal> {
        self.take_if_there(field)?.ok_or_else(|| Refusal::field(field, "a value"))
    }

    /// Takes out a field; one that is `null` is not there.
    pub fn take_if_there<T: DeserializeOwned>(&mut self, field: &'static str) -> Result<Option<T>, Refusal> {
        match self.0.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value, Some(field)).map(Some),
        }
    }

    /// All that are left.
    pub fn into_struct<T: DeserializeOwned>(self) -> Result<T, Refusal> {
        read(Value::Object(self.0), None)
    }
}

/// Reads a value, which stands in the arguments under `within`.
fn read<T: DeserializeOwned>(value: Value, within: Option<&str>) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let fault = Fault::of(&error);
        let within = within.unwrap_or_default();
        let dot =
            if within.is_empty() || fault.path.is_empty() || fault.path.starts_with('[') { "" } else { "." };
        let path = format!("{within}{dot}{}", fault.path);
        Refusal::arguments(Some(path.as_str()).filter(|path| !path.is_empty()), &fault.expected, None)
    })
}

/// What is wrong with a value: where in it, and what was expected, without what was found.
struct Fault {
    path: String,
    expected: String,
}

/// Between path and expectation where a fault goes through an error of serde, which has no path.
const INSIDE: &str = " wants: ";

impl Fault {
    fn of(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let (path, message) = (error.path().to_string(), error.inner().to_string());
        let mut path = if path == "." { String::new() } else { path };
        let mut join = |inner: &str| {
            if !path.is_empty() && !inner.is_empty() && !inner.starts_with('[') {
                path.push('.');
            }
            path.push_str(inner);
        };
        let expected = if let Some((inner, expected)) = message.split_once(INSIDE) {
            join(inner);
            expected.to_owned()
        } else if let Some(field) =
            message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'))
        {
            join(field);
            "expected a value".to_owned()
        } else if let Some((_, expected)) = message.rsplit_once("expected ") {
            let unknown = if message.starts_with("unknown field") { "unknown field, " } else { "" };
            format!("{unknown}expected {expected}")
        } else if message.starts_with("unknown field") {
            "unknown field, expected none".to_owned()
        } else {
            "expected a value of its type".to_owned()
        };
        Self { path, expected }
    }
}

/// A fact as hosts tell it: read so that a fault has its path, which serde loses behind a tag.
pub(super) struct Told(pub Fact);

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn part<T: DeserializeOwned, E: serde::de::Error>(value: Value) -> Result<T, E> {
            serde_path_to_error::deserialize(value).map_err(|error| {
                let Fault { path, expected } = Fault::of(&error);
                E::custom(format!("{path}{INSIDE}{expected}"))
            })
        }
        let mut value = Value::deserialize(deserializer)?;
        let tag = value.get("fact").and_then(Value::as_str).map(ToOwned::to_owned);
        let mut untagged = || {
            let mut value = value.take();
            value.as_object_mut().and_then(|fields| fields.remove("fact"));
            value
        };
        let fact = match tag.as_deref() {
            Some("patient") => Fact::Patient(part(untagged())?),
            Some("visit") => Fact::Visit(part(untagged())?),
            Some("call_ended") => Fact::CallEnded(part(untagged())?),
            Some("account_told") => Fact::AccountTold(part(untagged())?),
            Some("sms_received") => Fact::SmsReceived(part(untagged())?),
            Some("delivery_report") => Fact::DeliveryReport(part(untagged())?),
            _ => part(value)?,
        };
        Ok(Self(fact))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Told {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Fact::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<Fact>()
    }
}

/// What is wrong with JSON that cannot be read, without what it holds.
fn syntax(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Eof => "it ends early",
        _ => "it is malformed",
    }
}
