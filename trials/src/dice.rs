//! The only source of chance: splitmix64 (Steele, Lea and Flood, 2014), so that a seed gives the same plan everywhere.
//! (What the processes make of a plan depends on the machine, too.)

/// A seeded source of numbers.
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    /// One that always gives the same numbers for a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 up to and without `limit`, which is not 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// From `least` up to and without `limit`.
    pub fn between(&mut self, least: i64, limit: i64) -> i64 {
        least + self.below(limit.abs_diff(least)) as i64
    }

    /// A place in something that long, which is not empty.
    pub fn place(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// True so many times out of a thousand.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }
}
