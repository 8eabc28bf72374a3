//! What an answer says.

use crate::classes::{Member, OPT_OUT, REPLY};
use crate::failure;
use depesza::model::{OptOut, Reply, ReplyGrammar, ReplyLanguage, ReplyPolicy};
use depesza::reply;
use pyo3::prelude::*;
use std::collections::BTreeSet;

static YES: Member = Member::new(&REPLY, "yes");
static NO: Member = Member::new(&REPLY, "no");
static OTHER: Member = Member::new(&REPLY, "other");

/// What an answer says: `Reply.YES`, `Reply.NO`, or `Reply.OTHER` for people to read.
///
/// `policy="strict"` takes TAK and NIE alone, `"tolerant"` also the words, phrases, typos and smileys of a closed list.
/// `languages` are read beside Polish (`"ukrainian"`). A text with the word STOP is always `OTHER`: `opt_out` says more.
/// It never fails: what is not understood is `OTHER`.
#[pyfunction]
#[pyo3(signature = (text, policy="strict", languages=Vec::new()), text_signature = "(text, policy='strict', languages=())")]
pub fn classify_reply<'py>(
    py: Python<'py>,
    text: &str,
    policy: &str,
    languages: Vec<String>,
) -> PyResult<Bound<'py, PyAny>> {
    let grammar = match policy {
        "strict" => ReplyGrammar::Strict,
        "tolerant" => ReplyGrammar::Tolerant,
        _ => return Err(failure::not_one_of("policy", "strict or tolerant")),
    };
    let languages: Option<BTreeSet<ReplyLanguage>> = languages
        .iter()
        .map(|language| (language == "ukrainian").then_some(ReplyLanguage::Ukrainian))
        .collect();
    let languages = languages.ok_or_else(|| failure::not_one_of("languages", "ukrainian"))?;
    match reply::classify(text, &ReplyPolicy { grammar, languages }).reply {
        Reply::Yes => YES.get(py),
        Reply::No => NO.get(py),
        Reply::Other => OTHER.get(py),
    }
}

/// Whether a text asks that no more be sent: the word STOP alone withdraws consent, among other words people decide.
#[pyfunction]
pub fn opt_out<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let opt_out: OptOut = reply::classify(text, &ReplyPolicy::default()).opt_out;
    OPT_OUT.member(py, &opt_out)
}
