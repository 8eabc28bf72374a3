//! What a host, or a user, asks of the engine: each line a question of the core's, asked as it is named.
//!
//! Without a user the host itself asks, who may see everything.

use crate::engine::{Engine, User};
use crate::error::EngineError;
use depesza::model::{
    Body, BoundedCount, ChatShows, Message, MessageFilter, MessageId, MessagePage, PatientFound, PatientId,
    PracticeId, VisitFile, VisitId,
};

/// `name(arguments) = (what the core is given) -> answer;`
macro_rules! questions {
    ($(
        $(#[$($attribute:tt)*])*
        $name:ident($($argument:ident: $kind:ty),*) = ($($given:expr),*) -> $answer:ty;
    )*) => {
        #[uniffi::export]
        impl Engine {$(
            $(#[$($attribute)*])*
            ///
            /// # Errors
            /// [`EngineError`]: `NotKnown` for the practice, `NotPermitted` for the user, `StoreFailed`.
            pub fn $name(&self, practice: PracticeId, $($argument: $kind,)* user: Option<User>) -> Result<$answer, EngineError> {
                let clinic = self.0.practice(practice);
                Ok(match user {
                    None => clinic.$name($($given),*)?,
                    Some(user) => clinic.as_user(user.into()).$name($($given),*)?,
                })
            }
        )*}
    };
}

questions! {
    /// A visit with what happened to it; nothing when it is not known.
    #[uniffi::method(default(user = None))]
    visit(visit: VisitId) = (&visit) -> Option<VisitFile>;

    /// A message; nothing when there is none.
    #[uniffi::method(default(user = None))]
    message(message: MessageId) = (message) -> Option<Message>;

    /// Messages about a visit.
    #[uniffi::method(default(user = None))]
    messages_of_visit(visit: VisitId) = (&visit) -> Vec<Message>;

    /// Messages, newest first, at most 100; `from` is the `next` of the page before.
    #[uniffi::method(default(from = None, user = None))]
    messages(filter: MessageFilter, limit: u32, from: Option<String>) = (&filter, from.as_deref(), limit) -> MessagePage;

    /// A patient's conversation, newest first; `from` is the `next` of the page before.
    #[uniffi::method(default(from = None, user = None))]
    chat(patient: PatientId, shows: ChatShows, limit: u32, from: Option<String>)
        = (&patient, shows, from.as_deref(), limit) -> MessagePage;

    /// How many messages are unread.
    #[uniffi::method(default(user = None))]
    unread_total() = () -> BoundedCount;

    /// Patients by parts of names and numbers.
    #[uniffi::method(default(user = None))]
    find_patients(query: Body, limit: u32) = (query.reveal(), limit) -> Vec<PatientFound>;
}
