//! What a `command_status` means (SMPP 3.4, 5.1.3): one table. An answer with an error says that the SMSC did not take the
//! message; only what is passing by its very meaning may go again.

use depesza::model::RejectClass;

pub(crate) const OK: u32 = 0x00;
pub(crate) const INVALID_COMMAND: u32 = 0x03;
pub(crate) const ALREADY_BOUND: u32 = 0x05;
pub(crate) const QUEUE_FULL: u32 = 0x14;
pub(crate) const THROTTLED: u32 = 0x58;
/// `ESME_RX_T_APPN`: we cannot take it now, the SMSC is to try again.
pub(crate) const TRY_AGAIN: u32 = 0x64;
/// `ESME_RX_P_APPN`: we can never take it.
pub(crate) const NEVER: u32 = 0x65;

/// What an error in a `submit_sm_resp` or `generic_nack` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not now; the sender is to slow down.
    SlowDown,
    /// Refused.
    Refused(RejectClass),
}

/// By name in the order of 5.1.3, table 5-2.
#[rustfmt::skip]
const TABLE: &[(u32, RejectClass)] = &[
    (0x01, RejectClass::TooLong),          // ESME_RINVMSGLEN    message length is invalid
    (0x02, RejectClass::TooLong),          // ESME_RINVCMDLEN    command length is invalid
    (0x03, RejectClass::Content),          // ESME_RINVCMDID     invalid command id
    (0x04, RejectClass::Transient),        // ESME_RINVBNDSTS    not bound for this, as the SMSC sees it
    (0x06, RejectClass::Content),          // ESME_RINVPRTFLG    invalid priority flag
    (0x07, RejectClass::Content),          // ESME_RINVREGDLVFLG invalid registered_delivery
    (0x08, RejectClass::Transient),        // ESME_RSYSERR       system error
    (0x0A, RejectClass::SenderNotAllowed), // ESME_RINVSRCADR    invalid source address
    (0x0B, RejectClass::RecipientInvalid), // ESME_RINVDSTADR    invalid destination address
    (0x0D, RejectClass::AccountAuth),      // ESME_RBINDFAIL     bind failed
    (0x0E, RejectClass::AccountAuth),      // ESME_RINVPASWD     invalid password
    (0x0F, RejectClass::AccountAuth),      // ESME_RINVSYSID     invalid system id
    (0x15, RejectClass::AccountBlocked),   // ESME_RINVSERTYP    invalid service type
    (0x43, RejectClass::Content),          // ESME_RINVESMCLASS  invalid esm_class
    (0x45, RejectClass::Transient),        // ESME_RSUBMITFAIL   submit_sm failed
    (0x48, RejectClass::SenderNotAllowed), // ESME_RINVSRCTON    invalid source TON
    (0x49, RejectClass::SenderNotAllowed), // ESME_RINVSRCNPI    invalid source NPI
    (0x50, RejectClass::AccountBlocked),   // ESME_RINVDSTTON    invalid destination TON: an option of ours, the same for all
    (0x51, RejectClass::AccountBlocked),   // ESME_RINVDSTNPI    invalid destination NPI: likewise
    (0x53, RejectClass::AccountAuth),      // ESME_RINVSYSTYP    invalid system_type
    (0x61, RejectClass::Content),          // ESME_RINVSCHED     invalid scheduled delivery time
    (0x62, RejectClass::Expired),          // ESME_RINVEXPIRY    invalid validity period
    (0x66, RejectClass::AccountBlocked),   // ESME_RX_R_APPN     the receiver refuses
    (0xC0, RejectClass::Content),          // ESME_RINVOPTPARSTREAM error in the optional part
    (0xC1, RejectClass::Content),          // ESME_ROPTPARNOTALLWD  optional parameter not allowed
    (0xC2, RejectClass::Content),          // ESME_RINVPARLEN    invalid parameter length
    (0xC3, RejectClass::Content),          // ESME_RMISSINGOPTPARAM optional parameter missing
    (0xC4, RejectClass::Content),          // ESME_RINVOPTPARAMVAL  invalid optional parameter
    (0xFE, RejectClass::Transient),        // ESME_RDELIVERYFAILURE delivery failure
    (0xFF, RejectClass::Transient),        // ESME_RUNKNOWNERR   unknown error
];

/// What a status other than 0 says of a message. The host's own table comes first; what is in neither is passing.
pub(crate) fn verdict(status: u32, own: &[(u32, RejectClass)]) -> Verdict {
    let find = |table: &[(u32, RejectClass)]| {
        table.iter().find(|(code, _)| *code == status).map(|(_, class)| *class)
    };
    match find(own) {
        Some(class) => Verdict::Refused(class),
        None if matches!(status, THROTTLED | QUEUE_FULL) => Verdict::SlowDown,
        None => Verdict::Refused(find(TABLE).unwrap_or(RejectClass::Transient)),
    }
}

/// What a refused bind says of the account; `None` where trying again may be enough.
pub(crate) fn bind_class(status: u32, own: &[(u32, RejectClass)]) -> Option<RejectClass> {
    match verdict(status, own) {
        Verdict::SlowDown => None,
        // our session before the break is still there
        Verdict::Refused(_) if status == ALREADY_BOUND => None,
        Verdict::Refused(class) => {
            use RejectClass::{AccountAuth, AccountBlocked, AccountNoCredit};
            matches!(class, AccountAuth | AccountBlocked | AccountNoCredit).then_some(class)
        }
    }
}

/// A status as the record keeps it.
pub(crate) fn code(status: u32) -> String {
    format!("0x{status:08X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_go_again_and_what_not() {
        let class = |status| verdict(status, &[]);
        assert_eq!(class(0x58), Verdict::SlowDown);
        assert_eq!(class(0x14), Verdict::SlowDown);
        assert_eq!(class(0x0B), Verdict::Refused(RejectClass::RecipientInvalid));
        assert_eq!(class(0x0A), Verdict::Refused(RejectClass::SenderNotAllowed));
        for ours in [0x50, 0x51] {
            assert_eq!(
                class(ours),
                Verdict::Refused(RejectClass::AccountBlocked),
                "no patient's number is bad"
            );
        }
        assert_eq!(class(0x08), Verdict::Refused(RejectClass::Transient));
        assert_eq!(class(0x0000_0401), Verdict::Refused(RejectClass::Transient));
        let own = [(0x401, RejectClass::AccountNoCredit), (0x58, RejectClass::AccountBlocked)];
        assert_eq!(verdict(0x401, &own), Verdict::Refused(RejectClass::AccountNoCredit));
        assert_eq!(verdict(0x58, &own), Verdict::Refused(RejectClass::AccountBlocked));
        assert_eq!(code(0x58), "0x00000058");
    }

    #[test]
    fn a_bind_is_refused_for_the_account_or_for_now() {
        for status in [0x0D, 0x0E, 0x0F, 0x53] {
            assert_eq!(bind_class(status, &[]), Some(RejectClass::AccountAuth), "{status:#x}");
        }
        for status in [0x05, 0x08, 0x58, 0xFF] {
            assert_eq!(bind_class(status, &[]), None, "{status:#x}");
        }
    }

    #[test]
    fn the_table_has_every_code_once_and_in_order() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
