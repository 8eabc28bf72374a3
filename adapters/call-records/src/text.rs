//! Texts of any exchange: lists of names, and how much of a text a call takes. Not allowed here: what they mean.

use depesza::model::{CallId, Phone};

/// The most bytes of a number, a status or a name in a call.
pub(crate) const TEXT_BYTES: usize = 100;
/// The most bytes of an exchange's identifier of a call, as the engine takes it.
const ID_BYTES: usize = 200;

/// Whether a name is on a list whose entries may end in `*`.
pub(crate) fn listed(list: &[String], name: &str) -> bool {
    list.iter().any(|entry| match entry.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => entry == name,
    })
}

/// Whether a phone that dials this calls the outside: more digits than an extension has.
pub(crate) fn is_outside(dialled: &str, extension_digits: usize) -> bool {
    let number = dialled.trim_start_matches('+');
    number.len() > extension_digits && number.bytes().all(|digit| digit.is_ascii_digit())
}

/// The first [`TEXT_BYTES`] bytes.
pub(crate) fn cut(text: &str) -> String {
    text.get(..text.floor_char_boundary(TEXT_BYTES)).unwrap_or_default().to_owned()
}

/// The extension or agent that answered; a number of the outside is none, and belongs in no text that prints.
pub(crate) fn extension(name: &str, extension_digits: usize) -> Option<String> {
    (!name.is_empty() && !is_outside(name, extension_digits)).then(|| cut(name))
}

/// A number as the exchange has it.
pub(crate) fn phone(number: &str) -> Phone {
    Phone::new(cut(number))
}

/// The exchange's identifier; one that is too long stands for itself by its hash.
pub(crate) fn call_id(id: &str) -> CallId {
    if id.len() <= ID_BYTES { CallId::new(id) } else { crate::id::made_id(&[id]) }
}
