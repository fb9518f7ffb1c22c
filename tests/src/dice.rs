//! Chance that can be repeated: everything drawn follows from a seed, which a failing scenario shows.

/// Draws numbers.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// From `ALCOVE_SEED`, else from the system's chance; says which.
    pub fn seeded(scenario: &str) -> Self {
        let given = std::env::var("ALCOVE_SEED").ok().and_then(|text| text.parse().ok());
        let seed = given.unwrap_or_else(|| std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), scenario));
        eprintln!("{scenario}: ALCOVE_SEED={seed}");
        Self(seed)
    }

    /// Dice of their own, decided by these.
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }

    /// A number of the range.
    pub fn draw(&mut self, range: std::ops::Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    /// One round of SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
