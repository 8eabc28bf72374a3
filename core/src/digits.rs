//! Numbers and bytes as the texts that keys and references are made of, written digit by digit: the general machinery of
//! `format!` took a seventh of a dispatch.
//!
//! Not allowed here: what a key means.

use chrono::{Datelike, NaiveDate};

/// The most digits of a number.
const MOST: usize = 20;

/// Appends a number with zeros before it, so that it has at least `width` digits (at most 20), as `{:0width$}` writes it.
pub(crate) fn push_padded(out: &mut String, number: u64, width: usize) {
    let mut digits = [b'0'; MOST];
    let (mut rest, mut used) = (number, 0);
    for digit in digits.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *digit = low_digit(rest);
        rest /= 10;
        used += 1;
    }
    let from = MOST - used.max(width).clamp(1, MOST);
    out.push_str(ascii(digits.get(from..).unwrap_or_default()));
}

/// Appends a date as `{}` writes it: `2026-11-22`.
pub(crate) fn push_date(out: &mut String, date: NaiveDate) {
    match u32::try_from(date.year()) {
        Ok(year @ 0..=9_999) => {
            let ([y, e], [a, r]) = (pair(year / 100), pair(year));
            let ([m, o], [d, n]) = (pair(date.month()), pair(date.day()));
            out.push_str(ascii(&[y, e, a, r, b'-', m, o, b'-', d, n]));
        }
        _ => out.push_str(&date.to_string()), // those have a sign
    }
}

/// The last two decimal digits of a number, in ASCII.
pub(crate) fn pair(number: u32) -> [u8; 2] {
    [low_digit((number / 10).into()), low_digit(number.into())]
}

/// The last decimal digit of a number, in ASCII.
fn low_digit(number: u64) -> u8 {
    // less than 10
    b'0' + u8::try_from(number % 10).unwrap_or_default()
}

/// Digits and the signs between them as a text.
pub(crate) fn ascii(digits: &[u8]) -> &str {
    std::str::from_utf8(digits).unwrap_or_default()
}

/// Bytes in hexadecimal, lower case, two digits each.
pub(crate) fn hex<'b>(bytes: impl IntoIterator<Item = &'b u8>) -> String {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + (value - 10) };
    let bytes = bytes.into_iter();
    let mut out = String::with_capacity(2 * bytes.size_hint().0);
    bytes.for_each(|byte| out.push_str(ascii(&[digit(byte >> 4), digit(byte & 15)])));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_format_writes_them() {
        let around = (0..20).flat_map(|power| [10u64.pow(power) - 1, 10u64.pow(power), 10u64.pow(power) + 1]);
        for number in around.chain([42, 1_790_000_000_000, u64::MAX]) {
            for width in [0, 1, 4, 12, 15, 20] {
                let mut out = String::from("|");
                push_padded(&mut out, number, width);
                assert_eq!(out, format!("|{number:0width$}"));
            }
        }
        let days = NaiveDate::from_ymd_opt(-3, 1, 1).unwrap().iter_days().step_by(997).take(3_670);
        for date in days {
            let mut out = String::new();
            push_date(&mut out, date);
            assert_eq!(out, date.to_string());
        }
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(hex(&bytes), bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
}
