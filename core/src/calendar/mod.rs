//! Time on the wall: zones and daylight saving, send windows, holidays, working days, ages.
//!
//! Everything here is a function of its arguments: the zone is always one of them, the machine's own is never asked,
//! and nobody knows what time it is now. Who a message goes to, and what it says, is not this room's business.
//!
//! Two rules hold everywhere. A local time that does not exist (the clock jumped over it) means the next one that
//! does; one that exists twice means its first occurrence. A range of hours includes its start and excludes its end,
//! and belongs to the day it starts on.

mod age;
mod check;
mod days;
mod holidays;
mod message;
mod placement;
mod window;
mod zone;

pub use age::{ADULT_AGE_YEARS, age_on, birthday_in, is_minor};
pub use check::{check, check_working_days};
pub use days::{
    MAX_WORKING_DAYS, days_after, days_before, hours_before, is_working_day, nth_working_day_before,
    working_days_before,
};
pub use holidays::{Holiday, easter_sunday, is_holiday, polish_holiday, polish_holidays};
pub use placement::{Moved, NoSlot, Placed, Placement, place_later, place_reminder};
pub use window::{SEARCH_DAYS, all_allow, allowed, next_allowed, previous_allowed};
pub use zone::{local, local_date, resolve};
