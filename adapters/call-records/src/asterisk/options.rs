//! What a host says about an Asterisk: which columns its file has, which contexts and channels mean what. Not allowed here:
//! rows.

use crate::fault::OptionsError;
use depesza::model::Zone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an Asterisk writes its records, and what its dialplan means by its names.
///
/// Lists of contexts, applications and channels are compared as they are written; an entry that ends in `*` stands for all that
/// begin so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The name of the exchange in every call, 1 to 100 bytes. Default `asterisk`.
    pub system: String,
    /// Which columns follow the first 16.
    pub columns: Columns,
    /// The zone of the times in the file, by its IANA name. Default `Europe/Warsaw`; `UTC` with `usegmtime=yes`.
    pub zone: Zone,
    /// The beginnings of the names of channels to the network (`PJSIP/operator-`). With them, direction is told by channels:
    /// set them wherever you can. Default none: then contexts tell it.
    pub trunks: Vec<String>,
    /// The contexts in which calls from outside arrive: there, `dst` is the number that was dialled. Default `from-trunk*`,
    /// `from-pstn*`, `from-did*`, `incoming*`, `inbound*`.
    pub incoming_contexts: Vec<String>,
    /// The contexts of calls to the outside. Default `out`, `outgoing*`, `outbound*`, `outrt-*`, `macro-dialout*`.
    pub outgoing_contexts: Vec<String>,
    /// The contexts of the account's own phones. Default `from-internal*`, `internal*`, `default`.
    pub internal_contexts: Vec<String>,
    /// The most digits of an extension, 1 to 14: what a phone dials with more goes outside. Default 6.
    pub extension_digits: usize,
    /// The own number behind a menu, a queue or a group: the number that was dialled is not in the rows of a call that the
    /// dialplan led on. Keys are `context/dst` or `context/*`. Default none.
    pub dialled: BTreeMap<String, String>,
    /// The applications whose answered leg (one with a `dstchannel`) is a person. Default `Dial`, `RetryDial`, `Queue`,
    /// `FollowMe`, `Page`, `Pickup`, `Bridge`, `ConfBridge`, `MeetMe`.
    pub person_apps: Vec<String>,
    /// The channels behind which nobody sits, as beginnings of names. Default `Local/` (its other half has its own row),
    /// `Message/`, `Announcer/`, `Recorder/`, `CBAnn/`, `CBRec/`.
    pub no_person_channels: Vec<String>,
    /// The applications that are a voice mail box. Default `VoiceMail`, `MiniVMRecord`, `MiniVMGreet`.
    pub voicemail_apps: Vec<String>,
    /// What becomes of rows that the dialplan marked `OMIT`. Default: they are left out.
    pub omitted: Omitted,
    /// A call is complete when no row of it came for this long, in seconds, 1 to 86 400. Default 5; with `batch=yes` more than
    /// the batch's `time`.
    pub settle_s: u32,
    /// As `settle_s`, for rows of a call whose own first channel has left no row yet (the second half of a transfer, which ends
    /// before the call), in seconds, from `settle_s` to 86 400. Default 3600.
    pub fragment_settle_s: u32,
}

/// The columns after the first 16, by the options of `cdr.conf` that write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    /// `loguniqueid`. Default `true`.
    pub uniqueid: bool,
    /// `loguserfield`. Default `true`.
    pub userfield: bool,
    /// `newcdrcolumns`: peeraccount, linkedid, sequence. Default `false`.
    pub newcdrcolumns: bool,
}

/// What becomes of rows with the flag `OMIT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Omitted {
    /// They are left out: the dialplan asked for that.
    LeftOut,
    /// They are read as the others.
    Read,
}

impl Columns {
    /// What the sample file shipped with Asterisk turns on: 18 columns.
    pub const SAMPLE: Self = Self { uniqueid: true, userfield: true, newcdrcolumns: false };
    /// With nothing turned on: 16 columns.
    pub const NONE: Self = Self { uniqueid: false, userfield: false, newcdrcolumns: false };
    /// With all of them: 21 columns.
    pub const ALL: Self = Self { uniqueid: true, userfield: true, newcdrcolumns: true };

    /// How many columns a row has, 16 to 21.
    #[must_use]
    pub fn count(self) -> usize {
        16 + usize::from(self.uniqueid) + usize::from(self.userfield) + 3 * usize::from(self.newcdrcolumns)
    }
}

impl Default for Columns {
    fn default() -> Self {
        Self::SAMPLE
    }
}

impl Default for Options {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            system: "asterisk".to_owned(),
            columns: Columns::default(),
            zone: Zone::default(),
            trunks: Vec::new(),
            incoming_contexts: list(&["from-trunk*", "from-pstn*", "from-did*", "incoming*", "inbound*"]),
            outgoing_contexts: list(&["out", "outgoing*", "outbound*", "outrt-*", "macro-dialout*"]),
            internal_contexts: list(&["from-internal*", "internal*", "default"]),
            extension_digits: 6,
            dialled: BTreeMap::new(),
            person_apps: list(&[
                "Dial",
                "RetryDial",
                "Queue",
                "FollowMe",
                "Page",
                "Pickup",
                "Bridge",
                "ConfBridge",
                "MeetMe",
            ]),
            no_person_channels: list(&["Local/", "Message/", "Announcer/", "Recorder/", "CBAnn/", "CBRec/"]),
            voicemail_apps: list(&["VoiceMail", "MiniVMRecord", "MiniVMGreet"]),
            omitted: Omitted::LeftOut,
            settle_s: 5,
            fragment_settle_s: 3600,
        }
    }
}

impl Options {
    /// The most seconds a call may wait for its rows.
    pub const SETTLE_S: u32 = 86_400;
    /// The longest name of an exchange, in bytes.
    pub const SYSTEM_BYTES: usize = 100;

    /// Whether the values are in their ranges.
    ///
    /// # Errors
    /// The first option that is out of its range.
    pub fn check(&self) -> Result<(), OptionsError> {
        let wrong = |field, expected| Err(OptionsError { field, expected });
        if self.system.is_empty() || self.system.len() > Self::SYSTEM_BYTES {
            return wrong("system", "1 to 100 bytes");
        }
        if !(1..=14).contains(&self.extension_digits) {
            return wrong("extension_digits", "1 to 14");
        }
        if !(1..=Self::SETTLE_S).contains(&self.settle_s) {
            return wrong("settle_s", "1 to 86400 seconds");
        }
        if !(self.settle_s..=Self::SETTLE_S).contains(&self.fragment_settle_s) {
            return wrong("fragment_settle_s", "settle_s to 86400 seconds");
        }
        if self.trunks.iter().chain(&self.no_person_channels).any(String::is_empty) {
            return wrong("trunks, no_person_channels", "beginnings of channel names, none of them empty");
        }
        Ok(())
    }

    /// Whether a channel leads to the network.
    pub(crate) fn is_trunk(&self, channel: &str) -> bool {
        self.trunks.iter().any(|trunk| channel.starts_with(trunk.as_str()))
    }

    /// The own number that stands for where the dialplan had led a call.
    pub(crate) fn own_number(&self, context: &str, dst: &str) -> Option<&str> {
        let exact = self.dialled.get(&format!("{context}/{dst}"));
        exact.or_else(|| self.dialled.get(&format!("{context}/*"))).map(String::as_str)
    }
}
