//! Starts a target again that has died, by a shell command of the user.

use std::process::Stdio;

use tokio::process::{Child, Command};

use crate::transport::stdio::group::Group;

/// How a target is started again.
#[derive(Debug)]
pub struct Restart {
    command: String,
    running: Option<(Child, Group)>,
    /// How often it was.
    times: u64,
    in_vain: bool,
}

impl Restart {
    /// By this shell command. What it starts is in a process group of its own, and is ended with the
    /// next start or when this value is dropped.
    #[must_use]
    pub const fn by(command: String) -> Self {
        Self { command, running: None, times: 0, in_vain: false }
    }

    /// Takes note that the target did not serve after it was started.
    pub const fn give_up(&mut self) {
        self.in_vain = true;
    }

    /// Whether starting the target is of no use any more.
    #[must_use]
    pub const fn is_in_vain(&self) -> bool {
        self.in_vain
    }

    /// How often the target was started again.
    #[must_use]
    pub const fn times(&self) -> u64 {
        self.times
    }

    /// Ends what was started before, and starts the target again. It need not serve yet.
    ///
    /// # Errors
    /// Why the shell cannot be started.
    pub async fn again(&mut self) -> std::io::Result<()> {
        if let Some((mut child, mut group)) = self.running.take() {
            group.kill();
            // It was killed: the wait only lets the system forget it.
            let _ = child.wait().await;
        }
        let child = Command::new("sh")
            .args(["-c", &self.command])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let group = Group::of(child.id());
        self.running = Some((child, group));
        self.times += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_started_ends_with_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pids");
        let command = format!("echo $$ >> {}; sleep 60 & wait", file.display());
        let mut restart = Restart::by(command);
        let pids = |count| {
            let file = file.clone();
            async move {
                loop {
                    let text = std::fs::read_to_string(&file).unwrap_or_default();
                    if text.lines().count() == count {
                        return text.lines().map(str::to_owned).collect::<Vec<_>>();
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
            }
        };
        restart.again().await.unwrap();
        let first = pids(1).await;
        restart.again().await.unwrap();
        let both = pids(2).await;
        assert_eq!(restart.times(), 2);
        let running = |pid: &str| std::path::Path::new("/proc").join(pid).join("exe").exists();
        assert!(!running(&first[0]), "the first is still there");
        assert!(running(&both[1]), "the second is not there");
    }
}
