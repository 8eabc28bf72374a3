//! Values of the model as numbers of the header. Every number that comes in is checked: C enforces none.
//!
//! Append-only: a number once released keeps its meaning. 0 is always the default where a structure is zeroed.

use crate::guard::Fault;
use depesza::model::{
    CallDirection, CallStatus, Diacritics, Language, NumberKind, OptOut, ReferenceBits, Reply, ReplyGrammar,
    TemplateSubject,
};

/// How a message is coded, for all its parts (3GPP TS 23.038).
pub type depesza_encoding_t = u32;
/// The GSM 7-bit default alphabet with its extension table; a unit is a septet.
pub const DEPESZA_GSM7: depesza_encoding_t = 0;
/// UCS-2, in practice UTF-16; a unit is 16 bits.
pub const DEPESZA_UCS2: depesza_encoding_t = 1;

/// What becomes of letters that GSM-7 does not have.
pub type depesza_diacritics_t = u32;
/// They are folded (ż becomes z), unless that gains nothing.
pub const DEPESZA_DIACRITICS_PLAIN: depesza_diacritics_t = 0;
/// They stay.
pub const DEPESZA_DIACRITICS_POLISH: depesza_diacritics_t = 1;
/// They stay where that takes no more parts.
pub const DEPESZA_DIACRITICS_WHEN_FREE: depesza_diacritics_t = 2;

/// What a template is about, and by that which placeholders it may have.
pub type depesza_subject_t = u32;
/// A patient and their visits.
pub const DEPESZA_SUBJECT_VISITS: depesza_subject_t = 0;
/// A telephone call.
pub const DEPESZA_SUBJECT_CALLS: depesza_subject_t = 1;
/// A patient, and no visit.
pub const DEPESZA_SUBJECT_PEOPLE: depesza_subject_t = 2;

/// The language of dates and lists in a text.
pub type depesza_language_t = u32;
/// Polish.
pub const DEPESZA_LANGUAGE_PL: depesza_language_t = 0;
/// English.
pub const DEPESZA_LANGUAGE_EN: depesza_language_t = 1;

/// How much beside the bare word may stand in an answer.
pub type depesza_grammar_t = u32;
/// Exactly TAK or NIE.
pub const DEPESZA_GRAMMAR_STRICT: depesza_grammar_t = 0;
/// Also the words, phrases, typos and smileys of a closed list.
pub const DEPESZA_GRAMMAR_TOLERANT: depesza_grammar_t = 1;

/// Languages of answers beside Polish, as bits.
pub type depesza_reply_languages_t = u32;
/// Ukrainian, in Cyrillic letters.
pub const DEPESZA_REPLY_UKRAINIAN: depesza_reply_languages_t = 1;

/// What an answer says.
pub type depesza_answer_t = u32;
/// Anything else: for people to read.
pub const DEPESZA_ANSWER_OTHER: depesza_answer_t = 0;
/// TAK: the visit is confirmed.
pub const DEPESZA_ANSWER_YES: depesza_answer_t = 1;
/// NIE: the patient does not come.
pub const DEPESZA_ANSWER_NO: depesza_answer_t = 2;

/// Whether a text asks that no more be sent.
pub type depesza_opt_out_t = u32;
/// STOP is no word of the text.
pub const DEPESZA_OPT_OUT_ABSENT: depesza_opt_out_t = 0;
/// STOP is the whole text: consent is withdrawn.
pub const DEPESZA_OPT_OUT_ALONE: depesza_opt_out_t = 1;
/// STOP is one word among others: people decide.
pub const DEPESZA_OPT_OUT_MENTIONED: depesza_opt_out_t = 2;

/// What a telephone number is for.
pub type depesza_number_kind_t = u32;
/// A valid number of no known kind.
pub const DEPESZA_NUMBER_UNKNOWN: depesza_number_kind_t = 0;
/// A mobile number.
pub const DEPESZA_NUMBER_MOBILE: depesza_number_kind_t = 1;
/// A landline.
pub const DEPESZA_NUMBER_LANDLINE: depesza_number_kind_t = 2;
/// A landline or a mobile: the numbering plan does not tell them apart.
pub const DEPESZA_NUMBER_MOBILE_OR_LANDLINE: depesza_number_kind_t = 3;
/// Internet telephony.
pub const DEPESZA_NUMBER_VOIP: depesza_number_kind_t = 4;
/// A premium rate number.
pub const DEPESZA_NUMBER_PREMIUM: depesza_number_kind_t = 5;
/// Free for the caller.
pub const DEPESZA_NUMBER_TOLL_FREE: depesza_number_kind_t = 6;
/// The caller pays a part.
pub const DEPESZA_NUMBER_SHARED_COST: depesza_number_kind_t = 7;
/// A personal number that follows its holder.
pub const DEPESZA_NUMBER_PERSONAL: depesza_number_kind_t = 8;
/// A pager.
pub const DEPESZA_NUMBER_PAGER: depesza_number_kind_t = 9;
/// A company's one number for all its places.
pub const DEPESZA_NUMBER_UNIVERSAL_ACCESS: depesza_number_kind_t = 10;
/// A voice mail box.
pub const DEPESZA_NUMBER_VOICEMAIL: depesza_number_kind_t = 11;

/// Which way a call went, as the account sees it.
pub type depesza_direction_t = u32;
/// Somebody outside called the account.
pub const DEPESZA_CALL_INCOMING: depesza_direction_t = 0;
/// The account called somebody outside.
pub const DEPESZA_CALL_OUTGOING: depesza_direction_t = 1;
/// Between two extensions: no rule is for it.
pub const DEPESZA_CALL_INTERNAL: depesza_direction_t = 2;

/// How a call ended.
pub type depesza_call_status_t = u32;
/// A person answered.
pub const DEPESZA_CALL_ANSWERED: depesza_call_status_t = 0;
/// Nobody answered.
pub const DEPESZA_CALL_NO_ANSWER: depesza_call_status_t = 1;
/// The called side was busy, or refused.
pub const DEPESZA_CALL_BUSY: depesza_call_status_t = 2;
/// It could not be put through.
pub const DEPESZA_CALL_FAILED: depesza_call_status_t = 3;
/// A network or the exchange was overloaded.
pub const DEPESZA_CALL_CONGESTION: depesza_call_status_t = 4;
/// The caller gave up.
pub const DEPESZA_CALL_CANCELLED: depesza_call_status_t = 5;
/// A voice mail box answered.
pub const DEPESZA_CALL_VOICEMAIL: depesza_call_status_t = 6;

#[inline(always)]
pub(crate) fn reference_bits(bits: u32) -> Result<ReferenceBits, Fault> {
    match bits {
        0 | 8 => Ok(ReferenceBits::Eight),
        16 => Ok(ReferenceBits::Sixteen),
        _ => Err(Fault::value("reference_bits", "8 or 16")),
    }
}

#[inline(always)]
pub(crate) fn diacritics(code: depesza_diacritics_t) -> Result<Diacritics, Fault> {
    match code {
        DEPESZA_DIACRITICS_PLAIN => Ok(Diacritics::Plain),
        DEPESZA_DIACRITICS_POLISH => Ok(Diacritics::Polish),
        DEPESZA_DIACRITICS_WHEN_FREE => Ok(Diacritics::WhenFree),
        _ => Err(Fault::value("diacritics", "one of DEPESZA_DIACRITICS_…")),
    }
}

pub(crate) fn subject(code: depesza_subject_t) -> Result<TemplateSubject, Fault> {
    match code {
        DEPESZA_SUBJECT_VISITS => Ok(TemplateSubject::Visits),
        DEPESZA_SUBJECT_CALLS => Ok(TemplateSubject::Calls),
        DEPESZA_SUBJECT_PEOPLE => Ok(TemplateSubject::People),
        _ => Err(Fault::value("subject", "one of DEPESZA_SUBJECT_…")),
    }
}

pub(crate) fn language(code: depesza_language_t) -> Result<Language, Fault> {
    match code {
        DEPESZA_LANGUAGE_PL => Ok(Language::Pl),
        DEPESZA_LANGUAGE_EN => Ok(Language::En),
        _ => Err(Fault::value("language", "one of DEPESZA_LANGUAGE_…")),
    }
}

pub(crate) fn grammar(code: depesza_grammar_t) -> Result<ReplyGrammar, Fault> {
    match code {
        DEPESZA_GRAMMAR_STRICT => Ok(ReplyGrammar::Strict),
        DEPESZA_GRAMMAR_TOLERANT => Ok(ReplyGrammar::Tolerant),
        _ => Err(Fault::value("grammar", "one of DEPESZA_GRAMMAR_…")),
    }
}

pub(crate) fn direction(code: depesza_direction_t) -> Result<CallDirection, Fault> {
    match code {
        DEPESZA_CALL_INCOMING => Ok(CallDirection::Incoming),
        DEPESZA_CALL_OUTGOING => Ok(CallDirection::Outgoing),
        DEPESZA_CALL_INTERNAL => Ok(CallDirection::Internal),
        _ => Err(Fault::value("direction", "one of DEPESZA_CALL_INCOMING, …")),
    }
}

pub(crate) fn call_status(code: depesza_call_status_t) -> Result<CallStatus, Fault> {
    match code {
        DEPESZA_CALL_ANSWERED => Ok(CallStatus::Answered),
        DEPESZA_CALL_NO_ANSWER => Ok(CallStatus::NoAnswer),
        DEPESZA_CALL_BUSY => Ok(CallStatus::Busy),
        DEPESZA_CALL_FAILED => Ok(CallStatus::Failed),
        DEPESZA_CALL_CONGESTION => Ok(CallStatus::Congestion),
        DEPESZA_CALL_CANCELLED => Ok(CallStatus::Cancelled),
        DEPESZA_CALL_VOICEMAIL => Ok(CallStatus::Voicemail),
        _ => Err(Fault::value("status", "one of DEPESZA_CALL_ANSWERED, …")),
    }
}

pub(crate) fn answer(reply: Reply) -> depesza_answer_t {
    match reply {
        Reply::Other => DEPESZA_ANSWER_OTHER,
        Reply::Yes => DEPESZA_ANSWER_YES,
        Reply::No => DEPESZA_ANSWER_NO,
    }
}

pub(crate) fn opt_out(of: OptOut) -> depesza_opt_out_t {
    match of {
        OptOut::Absent => DEPESZA_OPT_OUT_ABSENT,
        OptOut::Alone => DEPESZA_OPT_OUT_ALONE,
        OptOut::Mentioned => DEPESZA_OPT_OUT_MENTIONED,
    }
}

pub(crate) fn number_kind(kind: NumberKind) -> depesza_number_kind_t {
    match kind {
        NumberKind::Unknown => DEPESZA_NUMBER_UNKNOWN,
        NumberKind::Mobile => DEPESZA_NUMBER_MOBILE,
        NumberKind::Landline => DEPESZA_NUMBER_LANDLINE,
        NumberKind::MobileOrLandline => DEPESZA_NUMBER_MOBILE_OR_LANDLINE,
        NumberKind::Voip => DEPESZA_NUMBER_VOIP,
        NumberKind::Premium => DEPESZA_NUMBER_PREMIUM,
        NumberKind::TollFree => DEPESZA_NUMBER_TOLL_FREE,
        NumberKind::SharedCost => DEPESZA_NUMBER_SHARED_COST,
        NumberKind::Personal => DEPESZA_NUMBER_PERSONAL,
        NumberKind::Pager => DEPESZA_NUMBER_PAGER,
        NumberKind::UniversalAccess => DEPESZA_NUMBER_UNIVERSAL_ACCESS,
        NumberKind::Voicemail => DEPESZA_NUMBER_VOICEMAIL,
    }
}
