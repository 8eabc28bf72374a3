//! The sample month: an invented practice in Radom, its patients, its calendar, and what happened day by day.
//!
//! Everything comes out of one seed, so the same seed makes the same bytes. Nobody in it exists.

mod bookings;
mod cards;
mod files;
mod life;
mod names;
mod people;
mod replies;
pub(crate) mod rng;
pub(crate) mod time;

pub use files::Files;
pub use time::{FROM, TO};

use rng::Rng;

/// The seed of the files in `examples/data/`.
pub const SEED: u64 = 2026;

/// The gateway that the replies come by: the simulator's.
pub const GATEWAY: &str = "sim";

/// Makes the month of a seed.
#[must_use]
pub fn generate(seed: u64) -> Files {
    let mut rng = Rng::new(seed);
    let mut people = people::people(&mut rng);
    let mut bookings = bookings::bookings(&mut rng, &mut people);
    life::changes(&mut rng, &mut bookings);
    let mut told = replies::replies(&mut rng, &people, &mut bookings);
    life::outcomes(&mut rng, &people, &mut bookings);
    told.extend(cards::facts(&mut rng, &people, &mut bookings));
    told.extend(life::told_again(&mut rng, &bookings));
    files::write(&people, &bookings, told)
}
