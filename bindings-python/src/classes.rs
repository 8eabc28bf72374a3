//! The package's Python classes by name, imported once. Nothing here knows what they hold.

use pyo3::call::PyCallArgs;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use serde::Serialize;

/// A class of the package, imported when it is first asked for.
pub struct Class {
    module: &'static str,
    name: &'static str,
    class: PyOnceLock<Py<PyAny>>,
}

impl Class {
    pub const fn new(module: &'static str, name: &'static str) -> Self {
        Self { module, name, class: PyOnceLock::new() }
    }

    const fn data(name: &'static str) -> Self {
        Self::new("depesza._data", name)
    }

    const fn words(name: &'static str) -> Self {
        Self::new("depesza._enums", name)
    }

    pub const fn error(name: &'static str) -> Self {
        Self::new("depesza._errors", name)
    }

    /// The class itself.
    pub fn get<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        let class = self
            .class
            .get_or_try_init(py, || Ok::<_, PyErr>(py.import(self.module)?.getattr(self.name)?.unbind()))?;
        Ok(class.bind(py))
    }

    /// An instance of it.
    pub fn make<'py>(&self, py: Python<'py>, arguments: impl PyCallArgs<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py)?.call1(arguments)
    }

    /// The member of an enum that has a value's wire name.
    pub fn member<'py>(&self, py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
        let name = serde_json::to_value(value).ok();
        self.make(py, (name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default(),))
    }
}

pub static CHARACTER_CLASS: Class = Class::words("CharacterClass");
pub static ENCODING: Class = Class::words("Encoding");
pub static NUMBER_KIND: Class = Class::words("NumberKind");
pub static OPT_OUT: Class = Class::words("OptOut");
pub static REPLY: Class = Class::words("Reply");

pub static ADVICE: Class = Class::data("Advice");
pub static CALL_VALUES: Class = Class::data("CallValues");
pub static CHARACTER_ADVICE: Class = Class::data("CharacterAdvice");
pub static COST: Class = Class::data("Cost");
pub static COSTLY: Class = Class::data("Costly");
pub static CUSTOM_PLACEHOLDER: Class = Class::data("CustomPlaceholder");
pub static FINISHED: Class = Class::data("Finished");
pub static LINK_FAULT: Class = Class::data("LinkFault");
pub static MISSING_ROW: Class = Class::data("MissingRow");
pub static NUMBER: Class = Class::data("Number");
pub static PLACEHOLDER: Class = Class::data("Placeholder");
pub static PREVIEW: Class = Class::data("Preview");
pub static PREVIEW_TEXT: Class = Class::data("PreviewText");
pub static REPLACEMENT: Class = Class::data("Replacement");
pub static RULES_FAULT: Class = Class::data("RulesFault");
pub static TEMPLATE_FAULT: Class = Class::data("TemplateFault");
pub static TEMPLATE_SUBJECT: Class = Class::words("TemplateSubject");
pub static TRANSLITERATION: Class = Class::data("Transliteration");
pub static VISIT_VALUES: Class = Class::data("VisitValues");

/// A member that hot paths answer, found once.
pub struct Member {
    class: &'static Class,
    value: &'static str,
    member: PyOnceLock<Py<PyAny>>,
}

impl Member {
    pub const fn new(class: &'static Class, value: &'static str) -> Self {
        Self { class, value, member: PyOnceLock::new() }
    }

    /// The member.
    pub fn get<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let make = || Ok::<_, PyErr>(self.class.make(py, (self.value,))?.unbind());
        Ok(self.member.get_or_try_init(py, make)?.bind(py).clone())
    }
}
