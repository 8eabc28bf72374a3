//! A gateway's account as the engine keeps it, and what a settings screen warns of.

use super::{AccountState, CampaignId, GatewayId, Language, RejectClass, SmsMode, Timestamp};
use crate::words::{Label, pick};
use serde::{Deserialize, Serialize};

/// A gateway's account: as last told, and of what the desk was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Account {
    /// The newest that was told. A mode that is not told again stays.
    pub state: AccountState,
    /// The lowest threshold of [`Settings::low_balance`](super::Settings) that is passed; absent above all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<i64>,
    /// When that one was passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed_at: Option<Timestamp>,
    /// Whether the desk has dealt with it; the next threshold asks again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
}

/// Something about settings and accounts that a person should know. Warnings: nothing is stopped by them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// The practice's mode is not the one its account was bought with.
    ModeDiffers {
        /// The gateway whose account it is.
        gateway: GatewayId,
        /// The practice's setting.
        set: SmsMode,
        /// What the account allows.
        allowed: SmsMode,
    },
    /// An active campaign asks for an answer, and none can come to its sender.
    NoAnswerCanCome {
        /// The campaign.
        campaign: CampaignId,
    },
    /// An account is running out; at 0 automatic messages wait.
    LowBalance {
        /// The gateway whose account it is.
        gateway: GatewayId,
        /// Messages of one part that are left.
        left: i64,
        /// Where it is topped up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        top_up_link: Option<String>,
    },
    /// A gateway is left alone, as its account needs a person or (class `transient`) it is out of reach.
    GatewayPaused {
        /// The gateway.
        gateway: GatewayId,
        /// Why.
        class: RejectClass,
        /// Until when.
        until: Timestamp,
    },
    /// All is planned and nothing sent.
    Shadow {},
}

impl Notice {
    /// The notice in words.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let (pl, en) = match self {
            Self::ModeDiffers { gateway, set, allowed } => {
                let [set, allowed] = [set, allowed].map(|mode| mode.label(language));
                (
                    format!("tryb SMS to „{set}”, a konto w bramce {gateway} ma „{allowed}”"),
                    format!("the SMS mode is \"{set}\", but the account at {gateway} has \"{allowed}\""),
                )
            }
            Self::NoAnswerCanCome { campaign } => (
                format!(
                    "kampania {campaign} prosi o odpowiedź, a na jej pole nadawcy nie można odpowiedzieć"
                ),
                format!("campaign {campaign} asks for an answer, but none can come to its sender"),
            ),
            Self::LowBalance { gateway, left, top_up_link } => {
                let link = |text: &str| {
                    top_up_link.as_ref().map(|link| format!("; {text}: {link}")).unwrap_or_default()
                };
                (
                    format!("na koncie w bramce {gateway} zostało wiadomości: {left}{}", link("doładowanie")),
                    format!("messages left on the account at {gateway}: {left}{}", link("top up")),
                )
            }
            Self::GatewayPaused { gateway, class, .. } => {
                let class = class.label(language);
                (
                    format!("bramka {gateway} wstrzymana: {class}"),
                    format!("gateway {gateway} is paused: {class}"),
                )
            }
            Self::Shadow {} => (
                "tryb próbny: wszystko jest planowane, nic nie jest wysyłane".to_owned(),
                "shadow mode: everything is planned, nothing is sent".to_owned(),
            ),
        };
        pick(language, pl, en)
    }
}
