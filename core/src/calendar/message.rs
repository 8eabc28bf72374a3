//! Faults of send windows and working days in words, for a screen.

use crate::model::{HolidayCalendar, Language, SendWindow, WindowFault, WindowFaultKind};
use crate::words::pick;

impl WindowFault {
    /// The fault in words, after the field's path in the window.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        format!("{}: {}", self.field, self.kind.message(language))
    }
}

impl WindowFaultKind {
    /// The fault in words.
    #[must_use]
    pub fn message(self, language: Language) -> String {
        let (ranges, days) = (SendWindow::MAX_RANGES, HolidayCalendar::MAX_DAYS);
        let polish = match self {
            Self::NoRange => "potrzebny co najmniej jeden przedział",
            Self::TooManyRanges => &format!("najwyżej {ranges} przedziałów"),
            Self::NoWeekday => "potrzebny co najmniej jeden dzień tygodnia",
            Self::StartsAtDayEnd => "przedział nie może zaczynać się o 24:00",
            Self::EmptyHours => "przedział nie może kończyć się wtedy, gdy się zaczyna",
            Self::DatesReversed => "pierwsza data jest późniejsza niż ostatnia",
            Self::NoOpenDay => "między tymi datami nie ma otwartego dnia",
            Self::TooManyHolidays => &format!("najwyżej {days} dni"),
            Self::AddedAndRemoved => "dzień jest jednocześnie dodany i usunięty",
        };
        pick(language, polish.to_owned(), self.to_string())
    }
}
