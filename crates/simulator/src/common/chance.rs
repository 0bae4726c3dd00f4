//! Random values that a seed gives again.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A system's source of random values, so that a seed gives the same system again.
#[derive(Debug)]
pub(crate) struct Chance(StdRng);

impl Chance {
    /// The values of a seed for one system; another system has others.
    pub(crate) fn new(seed: u64, system: u8) -> Self {
        Self(StdRng::seed_from_u64(seed ^ (u64::from(system) << 56)))
    }

    /// `len` characters out of `alphabet`.
    pub(crate) fn text(&mut self, alphabet: &[u8], len: usize) -> String {
        (0..len).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    /// `len` hexadecimal digits.
    pub(crate) fn hex(&mut self, len: usize) -> String {
        self.text(b"0123456789abcdef", len)
    }

    /// `len` letters and digits.
    pub(crate) fn word(&mut self, len: usize) -> String {
        self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", len)
    }

    /// `len` decimal digits, the first not zero.
    pub(crate) fn digits(&mut self, len: usize) -> String {
        let head = self.text(b"123456789", 1);
        head + &self.text(b"0123456789", len.saturating_sub(1))
    }

    /// One of the items. Panics on an empty slice.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.0.random_range(0..items.len())]
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: i64) -> i64 {
        self.0.random_range(0..end)
    }
}
