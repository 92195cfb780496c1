//! The process group of a child: whatever the child starts belongs to it, and it ends with us.

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

/// A process group that is killed when this value is dropped.
#[derive(Debug)]
pub(crate) struct Group {
    /// The id of its first process; none once it was killed.
    leader: Option<Pid>,
}

impl Group {
    /// The group whose first process has this id.
    pub(crate) fn of(id: Option<u32>) -> Self {
        let id = id.and_then(|id| i32::try_from(id).ok());
        Self { leader: id.and_then(Pid::from_raw) }
    }

    /// Asks every process of the group to end.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Ends every process of the group. Only the first call has an effect: later the id may belong
    /// to others.
    pub(crate) fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.leader = None;
    }

    #[cfg(test)]
    pub(super) const fn clone_for_test(&self) -> Self {
        Self { leader: self.leader }
    }

    fn signal(&self, signal: Signal) {
        if let Some(leader) = self.leader {
            // A group that is gone already is what is wanted.
            let _ = kill_process_group(leader, signal);
        }
    }

    /// Whether a process of the group is still running.
    pub(super) fn is_running(&self) -> bool {
        self.leader.is_some_and(|leader| {
            test_kill_process_group(leader).is_ok() && has_living_member(leader)
        })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether the group holds more than processes that have ended and that nobody has waited for.
#[cfg(target_os = "linux")]
fn has_living_member(leader: Pid) -> bool {
    let Ok(entries) = std::fs::read_dir("/proc") else { return true };
    let group = leader.as_raw_nonzero().get().to_string();
    entries.flatten().any(|entry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // Behind the name, which may hold anything: state, parent, group (proc(5)).
        let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
        let mut words = behind.split_whitespace();
        let state = words.next().unwrap_or("Z");
        words.nth(1) == Some(group.as_str()) && !matches!(state, "Z" | "X")
    })
}

#[cfg(not(target_os = "linux"))]
const fn has_living_member(_: Pid) -> bool {
    true
}
