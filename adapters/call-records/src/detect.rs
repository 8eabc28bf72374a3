//! Which exchange wrote a file, by its beginning. Not allowed here: reading it.

/// How many bytes of the beginning are enough.
pub const DETECT_BYTES: usize = 64 * 1024;

/// What a file of call records looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Asterisk's `cdr_csv`, with this many columns, 16 to 21; 17 and 20 are ambiguous, so the options must say which they are.
    AsteriskCsv {
        /// The columns of the first line.
        columns: usize,
    },
    /// FreeSWITCH's `mod_json_cdr`: one document, an array, or one a line.
    FreeswitchJson,
    /// FreeSWITCH's `mod_cdr_csv` with the template `example`.
    FreeswitchCsvExample,
    /// FreeSWITCH's `mod_cdr_csv` with the template `asterisk`.
    FreeswitchCsvAsterisk,
    /// None of these, or nothing.
    Unknown,
}

/// Looks at the first bytes of a file, [`DETECT_BYTES`] at most.
#[must_use]
pub fn detect(beginning: &[u8]) -> Format {
    let beginning = beginning.get(..DETECT_BYTES).unwrap_or(beginning);
    let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
    if matches!(beginning.first(), Some(b'{' | b'[')) {
        return Format::FreeswitchJson;
    }
    let line = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line);
    let mut record = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut record).unwrap_or(false) {
        return Format::Unknown;
    }
    let field = |number: usize| record.get(number).unwrap_or_default();
    match record.len() {
        count @ 16..=21 if is_disposition(field(14)) && is_time(field(9)) => {
            // the template `asterisk` has the hang-up cause where Asterisk has its disposition
            Format::AsteriskCsv { columns: count }
        }
        18 if is_cause(field(14)) && is_time(field(9)) => Format::FreeswitchCsvAsterisk,
        15 if is_cause(field(9)) && is_time(field(4)) => Format::FreeswitchCsvExample,
        _ => Format::Unknown,
    }
}

fn is_time(field: &[u8]) -> bool {
    field.len() == 19 && field.get(4) == Some(&b'-') && field.get(13) == Some(&b':')
}

fn is_disposition(field: &[u8]) -> bool {
    let words: [&[u8]; 7] =
        [b"ANSWERED", b"NO ANSWER", b"BUSY", b"FAILED", b"CONGESTION", b"CANCEL", b"UNKNOWN"];
    words.contains(&field)
}

fn is_cause(field: &[u8]) -> bool {
    !field.is_empty()
        && field.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}
