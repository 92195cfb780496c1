//! A target that has died: noticed, and started again where somebody said how.

use super::Run;
use crate::runner::case_run::CaseRun;
use crate::runner::patience::{Patience, comes_up};

impl Run {
    /// Whether the target has died, and was not started again.
    pub(in crate::runner) async fn is_lost(&mut self) -> bool {
        let lot = self.lot();
        let how = (lot, self.restart.is_some());
        self.patience.is_lost(&self.world, self.facts.last(), how).await && !self.revive().await
    }

    /// Starts the target again, where somebody said how.
    async fn revive(&mut self) -> bool {
        let lot = self.lot();
        let restart = self.restart.as_mut().filter(|restart| !restart.is_in_vain());
        let (Some(restart), Some(facts)) = (restart, self.facts.last()) else { return false };
        let serves = restart.again().await.is_ok() && comes_up(&self.world, facts, &lot).await;
        if serves {
            self.patience = Patience::default();
        } else {
            restart.give_up();
        }
        serves
    }

    /// Takes note of a case that was sent alone.
    pub(in crate::runner) fn doubt(&mut self, run: &CaseRun) {
        self.patience.doubt(run);
    }

    /// Whether the target has died for good.
    #[must_use]
    pub(crate) const fn is_given_up(&self) -> bool {
        self.patience.has_given_up()
    }
}
