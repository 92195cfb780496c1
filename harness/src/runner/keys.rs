//! Canaries: one unique text per exchange, by which replies and records are found again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

/// Makes the keys of one run: `gauntlet7f3a21c4x000000123456`, all of equal length, letters
/// and digits only, so that no gateway reads a separator of its own into them.
///
/// The same seed makes the same keys: each case draws from a lot of its own, so that it does not
/// matter which of those that run side by side is the faster.
#[derive(Debug)]
pub struct Keys {
    prefix: Arc<str>,
}

impl Keys {
    /// Keys for a run; the seed makes the prefix.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let digest = Sha256::digest(seed.to_le_bytes());
        let hex: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
        Self { prefix: format!("gauntlet{hex}x").into() }
    }

    /// What every key of the run begins with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The lot of that number.
    #[must_use]
    pub fn lot(&self, number: u64) -> Lot {
        Lot::from(Arc::clone(&self.prefix), number * SPAN, CHILDREN)
    }
}

/// Numbers of one lot, for keys of its own and for children: more than any case or benchmark draws.
const SPAN: u64 = 1 << 24;
/// Where the numbers of children begin in a lot.
const CHILDREN: u64 = SPAN / 2;
/// Numbers of a child, which has no children itself.
const CHILD: u64 = 64;

/// The keys of one case, or of one conversation of it.
#[derive(Debug)]
pub struct Lot {
    prefix: Arc<str>,
    first: u64,
    /// How many of its numbers are for keys of its own.
    own: u64,
    drawn: AtomicU64,
    children: AtomicU64,
}

impl Lot {
    const fn from(prefix: Arc<str>, first: u64, own: u64) -> Self {
        Self { prefix, first, own, drawn: AtomicU64::new(0), children: AtomicU64::new(0) }
    }

    /// A key that was not drawn before.
    pub fn key(&self) -> String {
        let number = self.first + self.drawn.fetch_add(1, Ordering::Relaxed) % self.own;
        format!("{}{number:012}", self.prefix)
    }

    /// A lot for a conversation beside the first one.
    #[must_use]
    pub fn child(&self) -> Self {
        let number = self.children.fetch_add(1, Ordering::Relaxed) % (CHILDREN / CHILD);
        Self::from(Arc::clone(&self.prefix), self.first + CHILDREN + number * CHILD, CHILD)
    }
}

/// The number in a key; none in a text that is no key.
#[must_use]
pub fn number(key: &str) -> Option<u64> {
    key.rsplit_once('x').and_then(|(_, digits)| digits.parse().ok())
}

/// The trace id (W3C trace context, 32 hexadecimal digits) that belongs to a key.
#[must_use]
pub fn trace_id(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let nibbles = digest.iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect()
}

/// The time now, seconds since the Unix epoch.
#[must_use]
pub fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_have_equal_length() {
        let keys = Keys::new(1);
        let lots: Vec<Lot> = (0..3).map(|number| keys.lot(number)).collect();
        let mut all: Vec<String> = lots.iter().map(Lot::key).collect();
        all.extend(lots.iter().flat_map(|lot| [lot.key(), lot.child().key(), lot.child().key()]));
        assert!(all.iter().all(|key| key.starts_with(keys.prefix()) && key.len() == all[0].len()));
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(number(&lots[0].key()), Some(2));
        assert_eq!(number("none"), None);
    }

    #[test]
    fn the_same_seed_makes_the_same_keys() {
        let first = |seed| Keys::new(seed).lot(7).key();
        assert_eq!(first(5), first(5));
        assert_ne!(first(5), first(6));
    }

    #[test]
    fn trace_ids_are_32_hexadecimal_digits() {
        let id = trace_id("gauntlet00000000x000001");
        assert_eq!(id.len(), 32);
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
