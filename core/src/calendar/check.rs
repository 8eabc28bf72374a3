//! What is wrong with a send window or with working days, before they are saved.

use super::{SEARCH_DAYS, window::opens_on};
use crate::model::{
    HolidayCalendar, SendWindow, TimeOfDay, WindowFault, WindowFaultKind, WindowRange, WorkingDays,
};

/// Every fault of a window at once, in the order of its fields; empty when it can be used.
#[must_use]
pub fn check(window: &SendWindow) -> Vec<WindowFault> {
    let mut faults = Vec::new();
    let mut fault = |field: String, kind| faults.push(WindowFault { field, kind });
    if window.ranges.is_empty() {
        fault("ranges".into(), WindowFaultKind::NoRange);
    }
    if window.ranges.len() > SendWindow::MAX_RANGES {
        fault("ranges".into(), WindowFaultKind::TooManyRanges);
    }
    for (index, range) in window.ranges.iter().take(SendWindow::MAX_RANGES).enumerate() {
        check_range(window, range, |field, kind| fault(format!("ranges[{index}].{field}"), kind));
    }
    check_calendar(&window.holiday_calendar, |field, kind| fault(format!("holiday_calendar.{field}"), kind));
    faults
}

/// Every fault of the working days at once, in the order of their fields; empty when they can be used.
#[must_use]
pub fn check_working_days(working: &WorkingDays) -> Vec<WindowFault> {
    let mut faults = Vec::new();
    let mut fault = |field: String, kind| faults.push(WindowFault { field, kind });
    if working.weekdays.is_empty() {
        fault("weekdays".into(), WindowFaultKind::NoWeekday);
    }
    check_calendar(&working.holidays, |field, kind| fault(format!("holidays.{field}"), kind));
    faults
}

fn check_calendar(calendar: &HolidayCalendar, mut fault: impl FnMut(&str, WindowFaultKind)) {
    for (field, days) in [("added", &calendar.added), ("removed", &calendar.removed)] {
        if days.len() > HolidayCalendar::MAX_DAYS {
            fault(field, WindowFaultKind::TooManyHolidays);
        }
    }
    if !calendar.added.is_disjoint(&calendar.removed) {
        fault("removed", WindowFaultKind::AddedAndRemoved);
    }
}

fn check_range(window: &SendWindow, range: &WindowRange, mut fault: impl FnMut(&str, WindowFaultKind)) {
    if range.weekdays.is_empty() {
        fault("weekdays", WindowFaultKind::NoWeekday);
    }
    if range.from == TimeOfDay::DAY_END {
        fault("from", WindowFaultKind::StartsAtDayEnd);
    }
    if range.from == range.to {
        fault("to", WindowFaultKind::EmptyHours);
    }
    let Some(dates) = range.dates else { return };
    if dates.first > dates.last {
        fault("dates", WindowFaultKind::DatesReversed);
    } else if !range.weekdays.is_empty() {
        let mut days = dates.first.iter_days().take_while(|day| *day <= dates.last).take(SEARCH_DAYS);
        if !days.any(|day| opens_on(window, range, day)) {
            fault("dates", WindowFaultKind::NoOpenDay);
        }
    }
}
