//! One row of `Master.csv`, column by column, or one `Cdr` event. Not allowed here: what the columns mean together.

use super::options::Columns;
use crate::fault::Fault;
use chrono::NaiveDateTime;
use std::fmt;

/// The most bytes of a column that are kept; Asterisk cuts most at 79, and its longest at 255.
pub const FIELD_BYTES: usize = 1024;

/// A row as the exchange wrote it. Text that was no UTF-8 has U+FFFD where it was not.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Row {
    /// When the leg began, on the wall of [`zone`](super::Options::zone).
    pub start: NaiveDateTime,
    /// The leg's number in its exchange (`newcdrcolumns`).
    pub sequence: Option<u64>,
    /// When it was answered, if it was.
    pub answer: Option<NaiveDateTime>,
    /// When it ended.
    pub end: NaiveDateTime,
    /// `end` - `start`, in seconds.
    pub duration_s: u32,
    /// `end` - `answer`, in seconds.
    pub billsec_s: u32,
    /// `ANSWERED`, `NO ANSWER`, `BUSY`, `FAILED`, `CONGESTION`, `CANCEL`.
    pub disposition: String,
    /// Who called.
    pub src: String,
    /// What was dialled, or where the dialplan had led the call.
    pub dst: String,
    /// The context of `dst`.
    pub dcontext: String,
    /// Name and number as presented: `"Name" <number>`.
    pub clid: String,
    /// The channel that called.
    pub channel: String,
    /// The channel that was rung; empty where none was.
    pub dstchannel: String,
    /// The last application of the dialplan.
    pub lastapp: String,
    /// Its arguments.
    pub lastdata: String,
    /// `DOCUMENTATION`, `BILLING`, `OMIT`.
    pub amaflags: String,
    /// The account.
    pub accountcode: String,
    /// The calling channel's identifier (`loguniqueid`): the second in which it was made, and a number.
    pub uniqueid: Option<String>,
    /// What the dialplan wrote there (`loguserfield`).
    pub userfield: Option<String>,
    /// The other side's account (`newcdrcolumns`).
    pub peeraccount: Option<String>,
    /// The `uniqueid` of the channel that began the call (`newcdrcolumns`).
    pub linkedid: Option<String>,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("start", &self.start)
            .field("disposition", &self.disposition)
            .finish_non_exhaustive()
    }
}

impl Row {
    /// Reads a line of `Master.csv` with the columns it was configured to have; none for an empty line.
    ///
    /// # Errors
    /// The line's [`Fault`]: another number of columns, quotes that do not end, a time or a number that is none.
    pub fn from_csv(line: u64, bytes: &[u8], columns: Columns) -> Result<Option<Self>, Fault> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        if bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
            return Err(Fault::new(line, "expected quotes that end on the line"));
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        let read = reader.read_byte_record(&mut record);
        if !read.map_err(|_| Fault::new(line, "expected a line of comma separated values"))? {
            return Ok(None);
        }
        if record.len() != columns.count() {
            let (expected, found) = (columns.count(), record.len());
            return Err(Fault::new(
                line,
                format!("expected {expected} columns, as the options say, found {found}"),
            ));
        }
        let mut fields = record.iter().map(text);
        let mut next = || fields.next().unwrap_or_default();
        let mut row = Self {
            accountcode: next(),
            src: next(),
            dst: next(),
            dcontext: next(),
            clid: next(),
            channel: next(),
            dstchannel: next(),
            lastapp: next(),
            lastdata: next(),
            ..Self::default()
        };
        let times = [next(), next(), next()];
        let numbers = [next(), next()];
        row.disposition = next();
        row.amaflags = next();
        row.times(line, &times, &numbers)?;
        row.uniqueid = columns.uniqueid.then(&mut next).filter(|id| !id.is_empty());
        row.userfield = columns.userfield.then(&mut next);
        if columns.newcdrcolumns {
            row.peeraccount = Some(next());
            row.linkedid = Some(next()).filter(|id| !id.is_empty());
            row.sequence = next().parse().ok();
        }
        Ok(Some(row))
    }

    /// Reads the fields of an AMI event `Cdr`, in any order; unknown ones are passed over.
    ///
    /// # Errors
    /// A [`Fault`] at `line`, which the caller counts: a time or a number that is none.
    pub fn from_ami<'a>(
        line: u64,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Fault> {
        let mut row = Self::default();
        let mut times = [const { String::new() }; 3];
        let mut numbers = [const { String::new() }; 2];
        let [start, answer, end] = &mut times;
        let [duration, billsec] = &mut numbers;
        for (name, value) in fields {
            let value = text(value.as_bytes());
            match name {
                "AccountCode" => row.accountcode = value,
                "Source" => row.src = value,
                "Destination" => row.dst = value,
                "DestinationContext" => row.dcontext = value,
                "CallerID" => row.clid = value,
                "Channel" => row.channel = value,
                "DestinationChannel" => row.dstchannel = value,
                "LastApplication" => row.lastapp = value,
                "LastData" => row.lastdata = value,
                "StartTime" => *start = value,
                "AnswerTime" => *answer = value,
                "EndTime" => *end = value,
                "Duration" => *duration = value,
                "BillableSeconds" => *billsec = value,
                "Disposition" => row.disposition = value,
                "AMAFlags" => row.amaflags = value,
                "UniqueID" => row.uniqueid = Some(value).filter(|id| !id.is_empty()),
                "UserField" => row.userfield = Some(value),
                _ => {}
            }
        }
        row.times(line, &times, &numbers)?;
        Ok(row)
    }

    fn times(&mut self, line: u64, times: &[String; 3], numbers: &[String; 2]) -> Result<(), Fault> {
        let [start, answer, end] = times;
        let [duration, billsec] = numbers;
        self.start = time(line, "start", start)?
            .ok_or_else(|| Fault::new(line, "start: expected a time, found none"))?;
        self.answer = time(line, "answer", answer)?;
        self.duration_s = seconds(line, "duration", duration)?;
        self.billsec_s = seconds(line, "billsec", billsec)?;
        let took = chrono::TimeDelta::seconds(i64::from(self.duration_s));
        self.end = time(line, "end", end)?.unwrap_or_else(|| self.start + took);
        Ok(())
    }

    /// The number of a caller: `src`, else what stands in `<>` of `clid`.
    #[must_use]
    pub fn caller(&self) -> &str {
        if !self.src.is_empty() {
            return &self.src;
        }
        let number = self.clid.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
        number.unwrap_or_default().trim()
    }
}

/// The peer in the name of a channel: `201` of `IAX2/201-5997` and of `Local/201@from-internal-00000000;2`.
pub(crate) fn peer(channel: &str) -> &str {
    let name = channel.split_once('/').map_or(channel, |(_, name)| name);
    let name = name.rsplit_once('-').map_or(name, |(name, _)| name);
    name.split_once('@').map_or(name, |(name, _)| name)
}

fn text(bytes: &[u8]) -> String {
    let kept = bytes.get(..FIELD_BYTES).unwrap_or(bytes);
    String::from_utf8_lossy(kept).into_owned()
}

fn time(line: u64, field: &str, text: &str) -> Result<Option<NaiveDateTime>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S");
    time.map(Some).map_err(|_| Fault::new(line, format!("{field}: expected YYYY-MM-DD HH:MM:SS")))
}

/// The longest leg that is believed, in seconds: 31 days.
const LONGEST_S: u32 = 31 * 86_400;

fn seconds(line: u64, field: &str, text: &str) -> Result<u32, Fault> {
    let number = text.parse().ok().filter(|number| *number <= LONGEST_S);
    number.ok_or_else(|| Fault::new(line, format!("{field}: expected whole seconds, 0 to {LONGEST_S}")))
}
