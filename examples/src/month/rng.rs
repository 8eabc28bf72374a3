//! Chance with a seed.

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): a dozen lines
/// that will never change, so that a seed means the same month with every version of every crate.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound` - 1; 0 for a bound of 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(((self.next() >> 32) * u64::from(bound)) >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included and at most 2^32 - 2 apart; `low` when `high` is not above it.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u32::try_from(high - low).map_or(0, |span| span.saturating_add(1));
        low + i64::from(self.below(span))
    }

    /// True so many times of a hundred.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of some items.
    #[expect(clippy::indexing_slicing, reason = "a pick from nothing is a mistake of the generator")]
    pub fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        let place = self.below(u32::try_from(items.len()).unwrap_or(u32::MAX));
        &items[place as usize]
    }

    /// One of some items, each as often as its weight says.
    pub fn weighted<T: Copy>(&mut self, items: &[(u32, T)]) -> T {
        let mut ticket = self.below(items.iter().map(|(weight, _)| weight).sum());
        let drawn = items.iter().find(|(weight, _)| {
            let drawn = ticket < *weight;
            ticket = ticket.saturating_sub(*weight);
            drawn
        });
        drawn.unwrap_or(self.pick(items)).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_numbers_are_those_of_the_reference_implementation() {
        // java.util.SplittableRandom and Vigna's splitmix64.c give these for the seed 1234567
        let mut rng = Rng::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| rng.next()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn weights_of_zero_are_never_drawn() {
        let mut rng = Rng::new(1);
        assert!((0..1000).all(|_| rng.weighted(&[(0, 'a'), (1, 'b'), (0, 'c')]) == 'b'));
    }
}
