//! Canaries: one unique text per exchange, by which replies and records are found again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

/// Makes the keys of one run: `gauntlet7f3a21c4x000123`, all of equal length, letters
/// and digits only, so that no gateway reads a separator of its own into them.
#[derive(Debug)]
pub struct Keys {
    prefix: String,
    next: AtomicU64,
}

impl Keys {
    /// Keys for a run; `seed` and the time of the start make the prefix unique among runs.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(now().to_le_bytes());
        hash.update(std::process::id().to_le_bytes());
        let hex: String = hash.finalize().iter().take(4).map(|b| format!("{b:02x}")).collect();
        Self { prefix: format!("gauntlet{hex}x"), next: AtomicU64::new(0) }
    }

    /// What every key of the run begins with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A key that was not given out before.
    pub fn next(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{}{number:06}", self.prefix)
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
        let (first, second) = (keys.next(), keys.next());
        assert_ne!(first, second);
        assert_eq!(first.len(), second.len());
        assert!(first.starts_with(keys.prefix()));
        assert_eq!(number(&second), number(&first).map(|number| number + 1));
        assert_eq!(number("none"), None);
    }

    #[test]
    fn trace_ids_are_32_hexadecimal_digits() {
        let id = trace_id("gauntlet00000000x000001");
        assert_eq!(id.len(), 32);
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
