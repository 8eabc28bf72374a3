//! A [`depesza`] gateway for SMSAPI.pl's HTTP interface (`sms.do`).
//!
//! ```no_run
//! use depesza_smsapi::{Options, SmsApi, Token};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let token = Token::new(std::fs::read_to_string("/etc/clinic/smsapi.token")?.trim());
//! let gateway = SmsApi::new(Options { sender: Some("Dentica".into()), ..Options::new(token) })?;
//! gateway.check()?;
//! # Ok(())
//! # }
//! ```
//!
//! Every message goes with our reference (`idx`, `check_idx=1`), which SMSAPI refuses to take twice within 24 hours: what
//! had no answer is given again under the same reference and cannot arrive twice. Reports and replies come by callback, see
//! [`callback`]. What the adapter knows of the interface is in tables: [`codes`] (refusals) and [`status`] (states).
//!
//! Formats are those of the makers' own clients (`smsapi/smsapi-php-client`, `-python-client`, `-java-client`,
//! `-javascript-client`, `-csharp-client` on GitHub, read in November 2026) and of the OpenAPI description behind
//! <https://www.smsapi.com/rest/> (`panel_com.yml`, October 2026); each place says which.
//!
//! Not allowed here: a number, a text, a token or an address with a secret in an error, in `Debug` or in a log.

mod account;
mod answer;
mod body;
pub mod callback;
pub mod codes;
mod fault;
mod http;
mod options;
mod request;
pub mod status;
mod submit;
mod tls;

pub use account::{SenderName, SenderState};
pub use fault::SmsApiFault;
pub use options::{Options, OptionsFault, Roots, Token};

use depesza::gateway::Gateway;
use depesza::model::{Capabilities, HOUR_MS, OwnReference, Submission, SubmitResult};
use http::Client;
use std::fmt;
use std::sync::atomic::AtomicBool;

/// How long a reference is claimed to be kept, in milliseconds: the makers promise 24 hours ("prevents from sending more
/// than one message with the same idx in last 24h", `panel_com.yml`, `check_idx`); one is left for clocks that differ.
pub const REFERENCE_WINDOW_MS: i64 = 23 * HOUR_MS;

/// SMSAPI as a [`Gateway`]. May be used from several threads; it keeps up to [`Options::connections`] connections open.
pub struct SmsApi {
    options: Options,
    client: Client,
    /// The account takes only short validities (refusal 56 was seen).
    short_validity: AtomicBool,
}

impl SmsApi {
    /// Makes a gateway; connects to nothing yet.
    ///
    /// # Errors
    /// [`OptionsFault`] names the option that is out of its range.
    pub fn new(options: Options) -> Result<Self, OptionsFault> {
        options.check()?;
        let client = Client::new(&options)?;
        Ok(Self { options, client, short_validity: AtomicBool::new(false) })
    }
}

impl fmt::Debug for SmsApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmsApi").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Gateway for SmsApi {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            own_reference: OwnReference::Unique { window_ms: REFERENCE_WINDOW_MS },
            // SMSAPI finds messages by its own identifier alone
            look_up: false,
            batch: self.options.batch,
            // nothing is sent in test mode, so nothing is reported
            reports: !self.options.test,
            // only messages scheduled at SMSAPI can be deleted; the engine schedules itself
            cancel: false,
        }
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        submit::submit(self, batch)
    }

    fn balance_milli(&self) -> Option<i64> {
        self.balance().ok().flatten()
    }
}
