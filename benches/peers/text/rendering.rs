//! Peers that render templates. Each gets its template compiled and its values in the form it likes best beforehand, writes
//! into a reused buffer where it can, and escapes nothing.

use super::contender::{Contender, here};
use super::rows::{Letters, Messages, Row};
use super::versions::crate_name;
use askama::Template as _;
use std::fmt::Write;

const NAME: &str = "sms.txt";

pub fn peers(messages: &Messages) -> Vec<Box<dyn Contender>> {
    vec![
        write_macro(messages),
        askama(messages),
        upon(messages),
        tera(messages),
        tinytemplate(messages),
        minijinja(messages),
        handlebars(messages),
    ]
}

/// The message as one would write it by hand.
pub fn write_row(letters: Letters, row: &Row, out: &mut String) {
    let Row { imie, data, godzina, lekarz, placowka, telefon } = row;
    let written = match letters {
        Letters::Polish => write!(
            out,
            "Witaj {imie}, wizyta {data} o {godzina}: {lekarz}, {placowka}. Proszę odpisać TAK lub NIE. Zmiana \
             terminu: {telefon}."
        ),
        Letters::Plain => write!(
            out,
            "Witaj {imie}, wizyta {data} o {godzina}: {lekarz}, {placowka}. Prosze odpisac TAK lub NIE. Zmiana \
             terminu: {telefon}."
        ),
    };
    written.unwrap();
}

fn write_macro(messages: &Messages) -> Box<dyn Contender> {
    let (letters, rows) = (messages.letters, messages.rows);
    here("write! by hand", move |message, out| {
        write_row(letters, &rows[message], &mut out.text);
        None
    })
}

#[derive(askama::Template)]
#[template(
    source = "Witaj {{ row.imie }}, wizyta {{ row.data }} o {{ row.godzina }}: {{ row.lekarz }}, {{ row.placowka }}. \
              Proszę odpisać TAK lub NIE. Zmiana terminu: {{ row.telefon }}.",
    ext = "txt",
    escape = "none"
)]
struct PolishSms<'a> {
    row: &'a Row,
}

#[derive(askama::Template)]
#[template(
    source = "Witaj {{ row.imie }}, wizyta {{ row.data }} o {{ row.godzina }}: {{ row.lekarz }}, {{ row.placowka }}. \
              Prosze odpisac TAK lub NIE. Zmiana terminu: {{ row.telefon }}.",
    ext = "txt",
    escape = "none"
)]
struct PlainSms<'a> {
    row: &'a Row,
}

/// Askama's template of these messages, into the buffer.
pub fn askama_row(letters: Letters, row: &Row, out: &mut String) {
    match letters {
        Letters::Polish => PolishSms { row }.render_into(out).unwrap(),
        Letters::Plain => PlainSms { row }.render_into(out).unwrap(),
    }
}

fn askama(messages: &Messages) -> Box<dyn Contender> {
    let (letters, rows) = (messages.letters, messages.rows);
    here(crate_name("askama"), move |message, out| {
        askama_row(letters, &rows[message], &mut out.text);
        None
    })
}

fn tera(messages: &Messages) -> Box<dyn Contender> {
    let mut tera = tera::Tera::default();
    tera.add_raw_template(NAME, &messages.letters.template(|field| format!("{{{{ {field} }}}}"))).unwrap();
    let rows = messages.rows;
    let contexts: Vec<tera::Context> =
        rows.iter().map(|row| tera::Context::from_serialize(row).unwrap()).collect();
    here(crate_name("tera"), move |message, out| {
        tera.render_to(NAME, &contexts[message], &mut out.bytes).unwrap();
        None
    })
}

fn upon(messages: &Messages) -> Box<dyn Contender> {
    // it lives as long as its templates, which borrow it
    let engine: &'static upon::Engine<'static> = Box::leak(Box::default());
    let template = engine.compile(messages.letters.template(|field| format!("{{{{ {field} }}}}"))).unwrap();
    let rows = messages.rows;
    let values: Vec<upon::Value> = rows.iter().map(|row| upon::to_value(row).unwrap()).collect();
    here(crate_name("upon"), move |message, out| {
        template.render_from(engine, &values[message]).to_writer(&mut out.bytes).unwrap();
        None
    })
}

/// Its template. It takes no values made beforehand: it makes `serde_json`'s of what it is given.
pub fn tiny(letters: Letters) -> tinytemplate::TinyTemplate<'static> {
    let mut engine = tinytemplate::TinyTemplate::new();
    engine.set_default_formatter(&tinytemplate::format_unescaped);
    engine.add_template(NAME, letters.template(|field| format!("{{{field}}}")).leak()).unwrap();
    engine
}

/// A message of [`tiny`]'s.
pub fn tiny_row(engine: &tinytemplate::TinyTemplate<'_>, row: &Row) -> String {
    engine.render(NAME, row).unwrap()
}

fn tinytemplate(messages: &Messages) -> Box<dyn Contender> {
    let (engine, rows) = (tiny(messages.letters), messages.rows);
    here(crate_name("tinytemplate"), move |message, out| {
        out.text = tiny_row(&engine, &rows[message]);
        None
    })
}

fn minijinja(messages: &Messages) -> Box<dyn Contender> {
    let engine: &'static mut minijinja::Environment<'static> = Box::leak(Box::default());
    engine
        .add_template(NAME, messages.letters.template(|field| format!("{{{{ {field} }}}}")).leak())
        .unwrap();
    let template = engine.get_template(NAME).unwrap();
    let rows = messages.rows;
    let values: Vec<minijinja::Value> = rows.iter().map(|row| minijinja::value::Serde(row).into()).collect();
    here(crate_name("minijinja"), move |message, out| {
        out.text = template.render(&values[message]).unwrap();
        None
    })
}

fn handlebars(messages: &Messages) -> Box<dyn Contender> {
    let mut engine = handlebars::Handlebars::new();
    engine.register_escape_fn(handlebars::no_escape);
    engine
        .register_template_string(NAME, messages.letters.template(|field| format!("{{{{{field}}}}}")))
        .unwrap();
    let rows = messages.rows;
    let contexts: Vec<handlebars::Context> =
        rows.iter().map(|row| handlebars::Context::wraps(row).unwrap()).collect();
    here(crate_name("handlebars"), move |message, out| {
        engine.render_with_context_to_write(NAME, &contexts[message], &mut out.bytes).unwrap();
        None
    })
}
