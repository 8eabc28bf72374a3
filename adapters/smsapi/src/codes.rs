//! SMSAPI's refusals: what each says of a message, as one table.
//!
//! Sources, by the letter in the table: **D** the makers' list of error codes (smsapi.pl/docs, chapter 19, as copied into
//! several public projects), **C** their clients (`smsapi-csharp-client`, `LegacyJsonResponseDeserializer.cs`), **O** their
//! OpenAPI description (`panel_com.yml`). Codes of other calls (sub-users, groups, sender names, MMS, VMS) are left out.
//!
//! A code that is not in the table is a definite refusal of an unknown kind: [`Meaning::Rejected`] as passing, so the message
//! is tried a few more times and then fails in sight of the desk. It is neither lost nor tried for ever.
//!
//! Not allowed here: anything but the table and how it is looked up.

use depesza::model::{MINUTE_MS, RejectClass, SECOND_MS};

/// What a refusal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// SMSAPI has the message already: the reference was used.
    Duplicate,
    /// Not sent, of this kind.
    Rejected(RejectClass),
    /// Not sent, and no other message would be now; to be tried again after so many milliseconds, no attempt is used.
    Later(i64),
    /// The same of this number alone.
    NumberLater(i64),
    /// An error inside SMSAPI: nobody knows.
    Unclear,
    /// Not sent, for what is wrong with one of several messages in a request: each is to be sent alone.
    Alone,
    /// Not sent, as the validity is longer than the account allows: to be sent with a shorter one.
    ShorterValidity,
}

/// A refusal's code and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The number in `error`.
    pub code: u16,
    /// What it says of a message.
    pub meaning: Meaning,
    /// What the makers say of it, in short.
    pub text: &'static str,
    /// Where that stands: see the head of this module.
    pub source: char,
}

const fn row(code: u16, meaning: Meaning, source: char, text: &'static str) -> ErrorCode {
    ErrorCode { code, meaning, text, source }
}

use Meaning::{Alone, Duplicate, Later, NumberLater, Rejected, ShorterValidity, Unclear};
use RejectClass::{
    AccountAuth, AccountBlocked, AccountNoCredit, Content, RecipientInvalid, RecipientOptedOut,
    SenderNotAllowed, TooLong, Transient,
};

/// All codes that `sms.do` is known to answer with, in ascending order.
pub const CODES: &[ErrorCode] = &[
    row(7, Rejected(Content), 'D', "short links are disabled on the account"),
    // named a host's error by the clients, and a request's by the list: tried again, a few times
    row(8, Rejected(Transient), 'C', "error in the request"),
    row(
        11,
        Rejected(TooLong),
        'D',
        "the message is too long or empty, or has letters that nounicode forbids",
    ),
    row(12, Rejected(TooLong), 'D', "the message has more parts than max_parts"),
    row(13, Rejected(RecipientInvalid), 'D', "no valid number"),
    row(14, Rejected(SenderNotAllowed), 'D', "wrong sender name"),
    row(17, Rejected(Content), 'D', "a flash message with special characters"),
    // no parameters are sent, so it is a text with a marker such as [%1%]
    row(18, Rejected(Content), 'D', "wrong number of parameters"),
    row(19, Alone, 'D', "too many messages in one request"),
    row(20, Alone, 'D', "wrong number of idx parameters"),
    row(25, Rejected(AccountBlocked), 'D', "normalize and datacoding together"),
    row(27, Rejected(Content), 'D', "idx is longer than 255 characters"),
    row(28, Rejected(AccountBlocked), 'D', "wrong time_restriction"),
    row(30, Rejected(AccountBlocked), 'D', "wrong udh with datacoding=bin"),
    // of the account and this number: others go, this one may go by another gateway or another day, so it is not marked
    row(32, Alone, 'D', "numbers abroad are not allowed for this kind of message or account"),
    row(33, Alone, 'D', "no number that this kind of message can go to"),
    row(36, Rejected(AccountBlocked), 'D', "a binary message with a footer"),
    row(52, NumberLater(MINUTE_MS), 'D', "more than 10 messages to one number within 60 seconds"),
    row(53, Duplicate, 'D', "a message with the same idx was already sent"),
    row(54, Rejected(AccountBlocked), 'D', "wrong date"),
    row(56, ShorterValidity, 'D', "the validity is outside the allowed range"),
    row(57, Rejected(RecipientOptedOut), 'D', "the number is on the account's blacklist"),
    row(59, Rejected(RecipientOptedOut), 'D', "the number is on the opt-out list"),
    row(70, Rejected(AccountBlocked), 'D', "notify_url is no valid address"),
    row(72, Alone, 'D', "notify_url is for requests with one number"),
    row(74, Rejected(AccountBlocked), 'D', "the account's settings forbid sending at this time"),
    row(76, Rejected(Content), 'D', "invalid characters in the request"),
    row(94, Rejected(Content), 'D', "messages with links are not allowed"),
    row(96, Rejected(AccountNoCredit), 'O', "the monthly limit is reached"),
    row(98, Rejected(AccountBlocked), 'D', "the account may send to its own number alone"),
    row(101, Rejected(AccountAuth), 'D', "invalid authorization"),
    row(102, Rejected(AccountAuth), 'D', "invalid user name or password"),
    row(103, Rejected(AccountNoCredit), 'D', "not enough points"),
    row(104, Rejected(AccountBlocked), 'D', "no such template"),
    row(105, Rejected(AccountBlocked), 'D', "the address is not on the account's filter"),
    row(106, Rejected(Content), 'D', "an invalid short link"),
    row(110, Rejected(AccountBlocked), 'D', "not allowed for the account"),
    // as 32
    row(112, Alone, 'D', "the account may not send to this country"),
    row(200, Rejected(Transient), 'D', "sending failed, to be tried again"),
    row(201, Unclear, 'D', "internal error"),
    row(202, Later(5 * SECOND_MS), 'D', "too many requests at once, not sent"),
    row(203, Later(MINUTE_MS), 'D', "too many requests"),
    row(401, Rejected(AccountAuth), 'D', "the token has no permission"),
    row(666, Unclear, 'C', "internal error"),
    row(997, Rejected(AccountBlocked), 'D', "the account allows HTTPS alone"),
    row(998, Rejected(Transient), 'D', "the short link service is not available"),
    row(999, Unclear, 'D', "internal error"),
    row(1000, Rejected(AccountBlocked), 'D', "for the main user alone"),
    row(1001, Rejected(AccountBlocked), 'D', "invalid action"),
];

/// What a code says; a code that is not known is a passing refusal.
#[must_use]
pub fn meaning(code: i64) -> Meaning {
    find(code).map_or(Rejected(Transient), |known| known.meaning)
}

/// The code's entry, where it is known.
#[must_use]
pub fn find(code: i64) -> Option<&'static ErrorCode> {
    let code = u16::try_from(code).ok()?;
    CODES.binary_search_by_key(&code, |row| row.code).ok().and_then(|place| CODES.get(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_so_that_each_is_found() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
        for row in CODES {
            assert_eq!(find(i64::from(row.code)), Some(row));
        }
    }

    #[test]
    fn an_unknown_code_is_tried_again_a_few_times() {
        for code in [0, -1, 9_999, 70_000, i64::MAX, i64::MIN] {
            assert_eq!(meaning(code), Rejected(Transient));
        }
    }
}
