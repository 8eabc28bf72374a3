//! The SMSC's identifiers of messages, brought into one form so that a receipt finds its message. Nothing else.

use crate::options::MessageIds;

#[derive(Clone, Copy)]
enum Digits {
    Decimal,
    Hex,
}

impl MessageIds {
    /// An identifier of a `submit_sm_resp`.
    pub(crate) fn of_response(self, id: &str) -> String {
        match self {
            Self::Same => id.to_owned(),
            Self::HexThenDecimal => number(id, Digits::Hex),
            Self::DecimalThenHex => number(id, Digits::Decimal),
        }
    }

    /// An identifier of a receipt, of its text or of `receipted_message_id`.
    pub(crate) fn of_receipt(self, id: &str) -> String {
        match self {
            Self::Same => id.to_owned(),
            Self::HexThenDecimal => number(id, Digits::Decimal),
            Self::DecimalThenHex => number(id, Digits::Hex),
        }
    }
}

/// A number in decimal without zeros in front; what is none stays as it is. What has letters is hexadecimal whatever was
/// agreed on: some SMSCs write `receipted_message_id` as in the response, and the text in the other form.
fn number(id: &str, digits: Digits) -> String {
    let parsed = match digits {
        Digits::Decimal => id.parse::<u128>().or_else(|_| u128::from_str_radix(id, 16)),
        Digits::Hex => u128::from_str_radix(id, 16),
    };
    parsed.map_or_else(|_| id.to_owned(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_meet() {
        let same = MessageIds::Same;
        assert_eq!((same.of_response("0A3f"), same.of_receipt("0A3f")), ("0A3f".into(), "0A3f".into()));
        let hex = MessageIds::HexThenDecimal;
        for receipt in ["2623", "0000002623", "0A3F"] {
            assert_eq!(hex.of_response("0A3f"), hex.of_receipt(receipt), "{receipt}");
        }
        let decimal = MessageIds::DecimalThenHex;
        for receipt in ["a3f", "00000A3F"] {
            assert_eq!(decimal.of_response("2623"), decimal.of_receipt(receipt), "{receipt}");
        }
        assert_eq!(hex.of_response("f81d4fae-7dec"), "f81d4fae-7dec");
    }
}
