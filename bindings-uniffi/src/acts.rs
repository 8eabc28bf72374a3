//! What users do: each line an act of the core's desk, done as it is named.

use crate::engine::{Engine, User};
use crate::error::EngineError;
use depesza::model::{
    CampaignId, MessageEdit, MessageId, NewMessage, PatientId, PracticeId, ReplyEffect, Timestamp, VisitId,
};

/// `name(arguments) = (what the core is given) -> answer;`
macro_rules! acts {
    ($(
        $(#[$($attribute:tt)*])*
        $name:ident($($argument:ident: $kind:ty),*) = ($($given:expr),*) -> $answer:ty;
    )*) => {
        #[uniffi::export]
        impl Engine {$(
            $(#[$($attribute)*])*
            ///
            /// # Errors
            /// [`EngineError`]: `NotKnown`, `NotPermitted`, `Faulty` with the field, `Refused` as things stand, `StoreFailed`.
            pub fn $name(
                &self,
                practice: PracticeId,
                user: User,
                $($argument: $kind,)*
                now: Timestamp,
            ) -> Result<$answer, EngineError> {
                Ok(self.0.practice(practice).as_user(user.into()).$name($($given,)* now)?)
            }
        )*}
    };
}

acts! {
    /// Starts a campaign.
    activate(campaign: CampaignId) = (&campaign) -> ();

    /// Holds a campaign.
    pause(campaign: CampaignId) = (&campaign) -> ();

    /// Goes on with a campaign that was held.
    resume(campaign: CampaignId) = (&campaign) -> ();

    /// Ends a campaign for good.
    end(campaign: CampaignId) = (&campaign) -> ();

    /// Reminds of a visit now.
    remind(visit: VisitId) = (&visit) -> MessageId;

    /// Sends a message that a person wrote; the refusal `quiet_hours` asks for the person's word.
    send_message(message: NewMessage) = (&message) -> MessageId;

    /// Changes a message that waits.
    edit_message(message: MessageId, edit: MessageEdit) = (message, &edit) -> ();

    /// Takes a message back.
    cancel_message(message: MessageId) = (message) -> ();

    /// Marks a message as read.
    mark_read(message: MessageId) = (message) -> ();

    /// Gives an incoming message to a patient; answers what its text then did.
    assign_message(message: MessageId, patient: PatientId) = (message, &patient) -> Option<ReplyEffect>;
}
