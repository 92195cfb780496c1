//! A call that nobody waits for any more.

/// Cancels a call that is given up before its answer has come: by its deadline, or by its caller.
pub(super) struct GivenUp<F: Fn(u64)> {
    id: Option<u64>,
    cancel: F,
}

impl<F: Fn(u64)> GivenUp<F> {
    /// A call that waits, by its id; `cancel` tells the upstream.
    pub(super) const fn new(id: u64, cancel: F) -> Self {
        Self { id: Some(id), cancel }
    }

    /// The answer has come.
    pub(super) fn answered(mut self) {
        self.id = None;
    }
}

impl<F: Fn(u64)> Drop for GivenUp<F> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            (self.cancel)(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn only_what_is_given_up_is_cancelled() {
        let cancelled = Cell::new(None);
        let cancel = |id| cancelled.set(Some(id));
        GivenUp::new(1, cancel).answered();
        assert_eq!(cancelled.get(), None);
        drop(GivenUp::new(2, cancel));
        assert_eq!(cancelled.get(), Some(2));
    }
}
