//! The end of a child: its input is closed, then it is asked, then it is killed (MCP lifecycle,
//! Shutdown of stdio).

use std::time::Duration;

use tokio::time::Instant;

use super::child::{Child, Said};
use crate::wire::life::{Farewell, Leaving};

/// How long each step may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Grace {
    /// From the end of the input to the exit.
    pub input: Duration,
    /// From SIGTERM to the exit.
    pub terminate: Duration,
    /// From the exit of the child to that of the processes that it started.
    pub children: Duration,
}

/// Time between two looks at a process group.
const LOOK: Duration = Duration::from_millis(10);

impl Child {
    /// Ends the child and all that it started. Whatever happens, nothing of it is left.
    pub async fn farewell(mut self, grace: Grace) -> Farewell {
        let begun = Instant::now();
        self.close_input();
        let mut output = Vec::new();
        let leaving = if self.leaves(begun + grace.input, &mut output).await {
            match self.has_left_children(grace.children).await {
                true => Leaving::LeftBehind,
                false if self.early => Leaving::Early,
                false => Leaving::OnItsOwn,
            }
        } else {
            self.group.terminate();
            let gone = self.leaves(Instant::now() + grace.terminate, &mut output).await;
            if gone { Leaving::Terminated } else { Leaving::Killed }
        };
        self.group.kill();
        // It cannot refuse any more; the wait only lets the system forget it.
        self.ended(Instant::now() + Duration::from_secs(1)).await;
        let errors = self.errors();
        Farewell { leaving, output, errors, waited: begun.elapsed(), crash: self.crash() }
    }

    /// Reads on until the process has ended, or the moment comes.
    async fn leaves(&mut self, until: Instant, output: &mut Vec<u8>) -> bool {
        loop {
            match self.listen(until).await {
                Said::Line(line) if output.len() < self.max_output() => {
                    output.extend_from_slice(&line);
                }
                Said::Line(_) => return false,
                Said::Nothing => return false,
                Said::Ended(_) => return self.ended(until).await,
            }
        }
    }

    async fn has_left_children(&self, grace: Duration) -> bool {
        let end = Instant::now() + grace;
        while self.group.is_running() {
            if Instant::now() >= end {
                return true;
            }
            tokio::time::sleep(LOOK).await;
        }
        false
    }

    /// The signal by which the process ended, where it was not one of ours.
    fn crash(&self) -> Option<i32> {
        use std::os::unix::process::ExitStatusExt;
        const OURS: [i32; 2] = [9, 15];
        self.status.and_then(|status| status.signal()).filter(|signal| !OURS.contains(signal))
    }
}
