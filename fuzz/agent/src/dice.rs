//! Numbers that look random and are drawn from the input, so that an input always does the same.

/// Draws numbers.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that only this input has.
    pub fn of(input: &[u8]) -> Self {
        let mixed = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        Self(input.iter().fold(0xcbf2_9ce4_8422_2325, mixed))
    }

    /// A number below the bound, or 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut drawn = self.0;
        drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((drawn ^ (drawn >> 31)) % (bound.max(1) as u64)).unwrap_or(0)
    }
}
