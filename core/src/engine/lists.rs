//! Lists of messages: newest first, filtered, a page at a time.
//!
//! One filter is looked up in an index, the one that leaves the fewest messages as a rule; the others are tested on what
//! that finds. A call looks at no more than [`MAX_EXAMINED`] messages, so that its time does not depend on how many are
//! stored; what it did not come to is on the next page.

use super::facts::survivor;
use super::list_keys::{keyed, kind, named, unread};
use super::record::{number_id, part, told_at};
use super::streams::Streams;
use super::tx::Tx;
use super::{EngineError, Side, Who};
use crate::message::actions;
use crate::model::{
    Direction, Message, MessageFilter, MessagePage, MessageRow, Name, PatientFile, PatientId, Permission,
    Phone, Reading, Status, Timestamp,
};
use crate::phone;
use crate::store::{Index, MAX_PAGE, Order, instant_key};
use crate::text::WordsAsked;

/// The most messages that one call looks at.
pub const MAX_EXAMINED: u32 = MAX_PAGE;
/// The most different words that a beginning is looked up by; a beginning of more words is tested on other messages.
const MAX_BEGUN: usize = 16;
/// After every position.
const END: &str = "~";

impl<W: Who> Side<'_, W> {
    /// The messages that a filter lets through, newest first: at most `limit` (1 to 1,000) from where `from`, the `next` of
    /// the page before, left off.
    ///
    /// A call looks at 1,000 messages at the most. Where few of them pass, a page is short or empty and still has a `next`.
    /// A message keeps its place while its instant stays; one that is sent while somebody pages moves to the time of its
    /// sending.
    ///
    /// # Errors
    /// [`EngineError::BadCursor`]; [`EngineError::Input`] when `words` has no word; else as [`visit`](Self::visit).
    pub fn messages(
        &self,
        filter: &MessageFilter,
        from: Option<&str>,
        limit: u32,
    ) -> Result<MessagePage, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| page(tx, filter, |_| true, from, limit))
    }
}

/// A filter as it is looked up.
struct Asked<'f> {
    filter: &'f MessageFilter,
    patient: Option<PatientId>,
    number: Option<Phone>,
    words: Option<WordsAsked>,
}

impl<'f> Asked<'f> {
    fn read(tx: &mut Tx<'_>, filter: &'f MessageFilter) -> Result<Self, EngineError> {
        let expected = "a word of 2 letters or digits, or more";
        let read =
            |typed: &str| WordsAsked::read(typed).ok_or(EngineError::Input { field: "words", expected });
        let patient = filter.patient.clone().map(|patient| survivor(tx, patient)).transpose()?;
        let policy = &tx.practice().settings.phones;
        let e164 =
            |typed: &Phone| phone::parse(typed.reveal(), policy).map_or_else(|_| typed.clone(), |n| n.e164);
        Ok(Self {
            filter,
            patient,
            number: filter.number.as_ref().map(e164),
            words: filter.words.as_ref().map(|typed| read(typed.reveal())).transpose()?,
        })
    }

    fn lets_through(&self, message: &Message) -> bool {
        let filter = self.filter;
        let is = |wanted: Option<bool>| wanted.unwrap_or(true);
        let at = told_at(message);
        is(self.patient.as_ref().map(|patient| message.patient.as_ref() == Some(patient)))
            && is(filter.campaign.as_ref().map(|wanted| message.origin.campaign() == Some(wanted)))
            && is(filter.kind.map(|wanted| kind(message) == Some(wanted)))
            && (filter.statuses.is_empty() || filter.statuses.contains(&message.status))
            && is(filter.direction.map(|wanted| message.direction == wanted))
            && is(self.number.as_ref().map(|number| message.number.as_ref() == Some(number)))
            && is(filter.from.map(|from| at >= from))
            && is(filter.to.map(|to| at < to))
            && is(filter.reading.map(|reading| {
                message.direction == Direction::Incoming && message.read == (reading == Reading::Read)
            }))
            && is(self
                .words
                .as_ref()
                .map(|words| message.body.as_ref().is_some_and(|body| words.are_in(body.reveal()))))
    }

    /// The index, and the beginnings of its keys, that leave few messages to test.
    fn way(&self, tx: &mut Tx<'_>) -> Result<(Index, Vec<String>), EngineError> {
        let filter = self.filter;
        if filter.reading == Some(Reading::Unread) {
            return Ok((Index::MessageUnread, vec![unread(self.patient.as_ref())]));
        }
        if let Some(patient) = &self.patient {
            return Ok((Index::MessagePatient, vec![keyed(patient.as_str())]));
        }
        if let Some(number) = &self.number {
            return Ok((Index::MessagePhone, vec![keyed(number.reveal())]));
        }
        let mut statuses: Vec<Status> = filter.statuses.clone();
        if filter.direction == Some(Direction::Incoming) || filter.reading.is_some() {
            statuses = vec![Status::Received];
        }
        statuses.sort_unstable();
        statuses.dedup();
        let by_status = || statuses.iter().map(named).collect();
        let few = |status: &Status| {
            !matches!(
                status,
                Status::Delivered | Status::Skipped | Status::Cancelled | Status::Planned | Status::Received
            )
        };
        if !statuses.is_empty() && statuses.iter().all(few) {
            return Ok((Index::MessageStatus, by_status()));
        }
        if let Some(words) = &self.words {
            // the longest is the rarest, as a rule
            if let Some(word) = words.whole.iter().max_by_key(|word| word.chars().count()) {
                return Ok((Index::MessageWord, vec![keyed(word)]));
            }
            if let Some(begun) = words_that_begin(tx, &words.beginning)? {
                return Ok((Index::MessageWord, begun));
            }
        }
        if let Some(campaign) = &filter.campaign {
            return Ok((Index::MessageCampaign, vec![keyed(campaign.as_str())]));
        }
        if !statuses.is_empty() {
            return Ok((Index::MessageStatus, by_status()));
        }
        if let Some(kind) = filter.kind {
            return Ok((Index::MessageKind, vec![named(kind)]));
        }
        Ok((Index::MessageTime, vec![String::new()]))
    }
}

/// The words of messages that begin so, as beginnings of keys; `None` when there are more than [`MAX_BEGUN`].
fn words_that_begin(tx: &mut Tx<'_>, beginning: &str) -> Result<Option<Vec<String>>, EngineError> {
    let mut found = Vec::new();
    let mut from = part(beginning).into_owned();
    let to = format!("{from}\u{10ffff}");
    loop {
        let first = tx.found(Index::MessageWord, (from, to.clone()), 1, Order::Ascending)?.pop();
        let Some(word) = first.as_ref().and_then(|found| found.key.split('|').next()) else {
            return Ok(Some(found));
        };
        if found.len() == MAX_BEGUN {
            return Ok(None);
        }
        from = format!("{word}}}"); // '}' follows '|'
        found.push(format!("{word}|"));
    }
}

/// A page of the messages that pass a filter and a further test.
pub(super) fn page(
    tx: &mut Tx<'_>,
    filter: &MessageFilter,
    test: impl Fn(&Message) -> bool,
    from: Option<&str>,
    limit: u32,
) -> Result<MessagePage, EngineError> {
    let (messages, next) = find(tx, filter, test, from, limit)?;
    let rows = messages.into_iter().map(|message| row(tx, message)).collect::<Result<_, _>>()?;
    Ok(MessagePage { rows, next })
}

/// The same without what a screen shows beside them.
pub(super) fn find(
    tx: &mut Tx<'_>,
    filter: &MessageFilter,
    test: impl Fn(&Message) -> bool,
    from: Option<&str>,
    limit: u32,
) -> Result<(Vec<Message>, Option<String>), EngineError> {
    let limit = limit.clamp(1, MAX_PAGE);
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let asked = Asked::read(tx, filter)?;
    let (index, before) = asked.way(tx)?;
    let end = filter.to.map_or_else(|| END.to_owned(), instant_key);
    let end = from.map(position_of).transpose()?.map_or(end.clone(), |position| position.min(end));
    let start = filter.from.map(instant_key).unwrap_or_default();
    let mut streams = Streams::new(index, before, &start, &end, limit);
    let mut messages = Vec::new();
    let mut last = None;
    for _ in 0..MAX_EXAMINED {
        if messages.len() == wanted {
            break;
        }
        let Some((position, message)) = streams.next(tx)? else { return Ok((messages, None)) };
        last = Some(position);
        if asked.lets_through(&message) && test(&message) {
            messages.push(message);
        }
    }
    let more = streams.more(tx)?;
    Ok((messages, last.filter(|_| more).as_deref().map(cursor)))
}

/// A position as it is given to a caller.
fn cursor(position: &str) -> String {
    format!("m{}", position.replace('|', "."))
}

/// The position that a cursor names.
fn position_of(cursor: &str) -> Result<String, EngineError> {
    let number = |digits: &str, length| {
        let digits =
            Some(digits).filter(|d| d.len() == length && d.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u64>().ok())
    };
    let parts = cursor.strip_prefix('m').and_then(|rest| rest.split_once('.'));
    let read = parts.and_then(|(at, id)| Some((number(at, 15)?, number(id, 12)?)));
    let (at, id) = read.ok_or(EngineError::BadCursor)?;
    let at = Timestamp::from_ms(i64::try_from(at).unwrap_or(i64::MAX));
    Ok(format!("{}|{}", instant_key(at), number_id(id)))
}

/// A message as a list shows it.
pub(super) fn row(tx: &mut Tx<'_>, message: Message) -> Result<MessageRow, EngineError> {
    let patient_name = match &message.patient {
        Some(patient) => patient_name(tx, patient)?,
        None => None,
    };
    Ok(MessageRow { patient_name, actions: actions(&message), message })
}

/// First and last name of a patient whose card is known.
pub(super) fn patient_name(tx: &mut Tx<'_>, patient: &PatientId) -> Result<Option<Name>, EngineError> {
    let file = tx.get::<PatientFile>(patient.as_str())?;
    Ok(file.map(|file| {
        let name = format!("{} {}", file.patient.first_name.reveal(), file.patient.last_name.reveal());
        Name::new(name.trim())
    }))
}
