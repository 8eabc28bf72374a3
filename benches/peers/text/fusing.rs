//! What one builds of peers to get from a row to a text that can be sent: render, fold, count.

use super::contender::{Contender, here};
use super::counting::counted;
use super::rendering::{askama_row, tiny, tiny_row};
use super::rows::{Messages, plain_letter};
use super::versions::crate_name;

pub fn peers(messages: &Messages) -> Vec<Box<dyn Contender>> {
    let (letters, rows) = (messages.letters, messages.rows);
    let mut rendered = String::new();
    let askama = here(crate_name("askama") + " + a plain loop", move |message, out| {
        rendered.clear();
        askama_row(letters, &rows[message], &mut rendered);
        out.text.extend(rendered.chars().map(plain_letter));
        Some(counted(&out.text))
    });
    let engine = tiny(letters);
    let name = format!("{} + {} + a plain loop", crate_name("tinytemplate"), crate_name("deunicode"));
    let tiny = here(name, move |message, out| {
        out.text = deunicode::deunicode(&tiny_row(&engine, &rows[message]));
        Some(counted(&out.text))
    });
    vec![askama, tiny]
}
