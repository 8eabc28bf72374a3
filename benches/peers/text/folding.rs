//! Peers that bring a text into ASCII. They know no GSM-7 and touch what it has (ö, é, §); of Polish text the result is the
//! same.

use super::contender::{Contender, here};
use super::rows::Messages;
use super::versions::crate_name;

pub fn peers(messages: &Messages) -> Vec<Box<dyn Contender>> {
    let texts = messages.texts;
    vec![
        here(crate_name("any_ascii"), move |message, out| {
            out.text = any_ascii::any_ascii(texts[message]);
            None
        }),
        here(crate_name("deunicode"), move |message, out| {
            out.text = deunicode::deunicode(texts[message]);
            None
        }),
    ]
}
