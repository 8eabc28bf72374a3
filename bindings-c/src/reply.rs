//! What a patient's answer says.

use crate::codes::{
    DEPESZA_REPLY_UKRAINIAN, answer, depesza_answer_t, depesza_grammar_t, depesza_opt_out_t,
    depesza_reply_languages_t, grammar, opt_out,
};
use crate::ffi::{out, text};
use crate::guard::{Fault, depesza_status_t, guard};
use depesza::model::{ReplyLanguage, ReplyPolicy};
use std::ffi::c_char;

/// How a text was read.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_reply_t {
    /// The answer; `DEPESZA_ANSWER_OTHER` whenever `opt_out` is not `DEPESZA_OPT_OUT_ABSENT`.
    pub answer: depesza_answer_t,
    /// The wish to receive no more.
    pub opt_out: depesza_opt_out_t,
}

/// Reads the text of an incoming message. What is not understood is `DEPESZA_ANSWER_OTHER`. `languages` are bits, 0 for Polish alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_classify(
    text: *const c_char,
    text_len: usize,
    grammar: depesza_grammar_t,
    languages: depesza_reply_languages_t,
    reply: *mut depesza_reply_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (text, reply) = unsafe { (self::text(text, text_len, "text")?, out(reply, "reply")?) };
        if languages & !DEPESZA_REPLY_UKRAINIAN != 0 {
            return Err(Fault::value("languages", "bits of DEPESZA_REPLY_…"));
        }
        let ukrainian = (languages & DEPESZA_REPLY_UKRAINIAN != 0).then_some(ReplyLanguage::Ukrainian);
        let policy =
            ReplyPolicy { grammar: self::grammar(grammar)?, languages: ukrainian.into_iter().collect() };
        let read = depesza::reply::classify(text, &policy);
        reply.write(depesza_reply_t { answer: answer(read.reply), opt_out: opt_out(read.opt_out) });
        Ok(())
    })
}
