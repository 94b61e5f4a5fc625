//! Pseudo-random numbers from a seed: the same seed gives the same year on every machine.

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to invent answers.
pub(super) struct Dice(u64);

impl Dice {
    /// Dice of their own for everything that is named, so that one office more changes no other's answers.
    pub(super) fn of(seed: u64, names: &[&str]) -> Dice {
        let mut dice = Dice(seed);
        for name in names {
            for byte in name.bytes() {
                dice.0 ^= u64::from(byte);
                dice.next();
            }
            dice.0 = dice.next();
        }
        dice
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `count`; 0 for a count of 0.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % count).unwrap_or(0)
    }

    /// The smaller of two throws: small counts and first options are the common ones.
    pub(super) fn low(&mut self, count: usize) -> usize {
        self.below(count).min(self.below(count))
    }

    pub(super) fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of SplitMix64 from 0, as its authors print them.
    #[test]
    fn throws_what_splitmix64_throws() {
        let mut dice = Dice(0);
        assert_eq!(dice.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(dice.next(), 0x6e78_9e6a_a1b9_65f4);
        assert_eq!(dice.next(), 0x06c4_5d18_8009_454f);
    }
}
