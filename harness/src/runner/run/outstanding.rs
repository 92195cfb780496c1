//! Waits for records that have not come: after our own receiver misbehaved, and at the end of a run.

use std::time::Instant;

use super::Run;
use crate::runner::batch::Index;
use crate::runner::case_run::Sent;
use crate::runner::intake::Channel;
use crate::runner::keys::now;
use crate::runner::sums;

impl Run {
    /// Waits for the records that a receiver which misbehaved could not take, and for later ones, and reads
    /// what the log warned of meanwhile.
    pub(super) async fn after_outage(&mut self, sent: &mut Sent) {
        let Some(outage) = &mut sent.outage else { return };
        let marks: Vec<[&str; 2]> = std::iter::once(&sent.stimulus)
            .chain(&sent.sentinel)
            .map(|exchange| [exchange.key.as_str(), exchange.trace_id.as_str()])
            .collect();
        let (begun, wait) = (Instant::now(), self.intake.wait_for(&self.plan.profile, &marks));
        let came = self.world.idle.settling(wait).await;
        outage.waited = begun.elapsed().as_secs_f64();
        outage.recovered = came.get(1).copied().unwrap_or(false);
        if let Some(log) = &self.world.log {
            // That it cannot be read any more is told when all has been sent.
            let _ = self.world.idle.settling(log.settle()).await;
            // What the same message makes the target warn of otherwise.
            let usual = sent.control.as_ref().map_or(outage.begun, |control| control.started);
            outage.told = Some(log.warned(&(outage.begun..now()), &(usual..outage.begun)));
        }
    }

    /// Waits for the records that are missing, so that late ones are told from lost ones.
    pub(super) async fn wait_for_late(&mut self) {
        let (profile, prefix) = (&self.plan.profile, self.world.keys.prefix());
        let (probed, runs) = (&self.probed, self.runs.iter().chain(&self.repeated));
        let index = Index::over(probed, runs);
        let missing = |channels: &[Channel]| {
            channels.iter().any(|channel| {
                let correlation = index.correlate(&channel.book, prefix);
                sums::records(&index, (&correlation, &channel.book), profile).missing > 0
            })
        };
        self.world.idle.settling(self.intake.wait_for_late(profile, missing)).await;
    }
}
