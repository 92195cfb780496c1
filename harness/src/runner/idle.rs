//! Time that a run spends waiting although nothing is on its way.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Sums of waits, in microseconds. What waits side by side counts each by itself, so that silence
/// may exceed the time of the run.
#[derive(Debug, Default)]
pub struct Idle {
    settling: AtomicU64,
    silence: AtomicU64,
}

impl Idle {
    /// Waits until the audit source has settled.
    pub async fn settling<T>(&self, wait: impl Future<Output = T>) -> T {
        measured(&self.settling, wait).await
    }

    /// Waits for something that should not come, or for a moment that has to come.
    pub async fn silence<T>(&self, wait: impl Future<Output = T>) -> T {
        measured(&self.silence, wait).await
    }

    /// Seconds spent on settling so far.
    #[must_use]
    pub fn settled(&self) -> f64 {
        seconds(&self.settling)
    }

    /// Seconds of silence so far, all cases together.
    #[must_use]
    pub fn silent(&self) -> f64 {
        seconds(&self.silence)
    }
}

async fn measured<T>(sum: &AtomicU64, wait: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = wait.await;
    let spent = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    sum.fetch_add(spent, Relaxed);
    done
}

fn seconds(sum: &AtomicU64) -> f64 {
    Duration::from_micros(sum.load(Relaxed)).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_side_by_side_are_summed_apart_by_kind() {
        let idle = Idle::default();
        let pause = || tokio::time::sleep(Duration::from_millis(20));
        let (value, (), ()) =
            tokio::join!(idle.settling(async { 7 }), idle.silence(pause()), idle.silence(pause()));
        assert_eq!(value, 7);
        assert!(idle.silent() >= 0.04, "{}", idle.silent());
        assert!(idle.settled() < idle.silent());
    }
}
