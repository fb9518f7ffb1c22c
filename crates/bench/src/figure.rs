//! Many measurements as the few numbers one reads.

use std::time::Duration;

/// Measurements, sorted.
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    /// From values in any order.
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The value below which this share of the values lies; 0 without values.
    pub(crate) fn share(&self, share: f64) -> f64 {
        let index = (share * self.0.len() as f64).ceil() as usize;
        self.0.get(index.saturating_sub(1).min(self.0.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }

    /// The middle value.
    pub(crate) fn median(&self) -> f64 {
        self.share(0.5)
    }

    /// The value 99 of 100 stay below.
    pub(crate) fn p99(&self) -> f64 {
        self.share(0.99)
    }

    /// The largest.
    pub(crate) fn max(&self) -> f64 {
        self.share(1.0)
    }

    /// The smallest.
    pub(crate) fn min(&self) -> f64 {
        self.0.first().copied().unwrap_or(0.0)
    }
}

/// A time in milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Bytes in mebibytes.
pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_a_hundred() {
        let figures = Figures::of((1..=100).rev().map(f64::from).collect());
        assert_eq!((figures.median(), figures.p99(), figures.min(), figures.max()), (50.0, 99.0, 1.0, 100.0));
        assert_eq!(Figures::of(Vec::new()).median(), 0.0);
    }
}
