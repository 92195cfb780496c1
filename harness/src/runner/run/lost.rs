//! A target that has died: noticed, and started again where somebody said how.

use super::Run;
use crate::runner::case_run::CaseRun;
use crate::runner::patience::{Look, Patience};

impl Run {
    /// Whether the target has died, and was not started again.
    pub(in crate::runner) async fn is_lost(&mut self) -> bool {
        let (lot, replaceable) = (self.lot(), self.restart.is_some());
        let (world, exchanges) = (&*self.world, &mut self.probed);
        let Some(facts) = self.facts.last() else { return false };
        let mut look = Look { world, facts, lot, replaceable, exchanges };
        self.patience.is_lost(&mut look).await && !self.revive().await
    }

    /// Starts the target again, where somebody said how.
    async fn revive(&mut self) -> bool {
        let lot = self.lot();
        let restart = self.restart.as_mut().filter(|restart| !restart.is_in_vain());
        let (Some(restart), Some(facts)) = (restart, self.facts.last()) else { return false };
        let (world, exchanges) = (&*self.world, &mut self.probed);
        let mut look = Look { world, facts, lot, replaceable: true, exchanges };
        let serves = restart.again().await.is_ok() && look.sees_it_come_up().await;
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
