//! A PostgreSQL server of a test, in a folder of its own.

use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tokio_postgres::NoTls;

/// The user `nobody`: PostgreSQL refuses to run as root.
const NOBODY: u32 = 65534;

/// The password of the user `owner`.
pub(in crate::source) const PASSWORD: &str = "open-sesame-9";

/// Longest wait for a server.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a test is skipped.
const NO_POSTGRESQL: &str = "no initdb of PostgreSQL is found (Debian: apt-get install postgresql)";

/// A server that runs until it is dropped.
pub(in crate::source) struct Server {
    child: Child,
    binaries: PathBuf,
    settings: Vec<String>,
    pub(super) port: u16,
    pub(super) folder: tempfile::TempDir,
}

impl Server {
    /// Makes a database and starts a server with these settings (`name=value`); the files of the second
    /// list are put into its folder. None, with the reason printed, where PostgreSQL is not installed.
    pub(in crate::source) async fn start(settings: &[&str]) -> Option<Self> {
        Self::start_with(settings, &[]).await
    }

    pub(super) async fn start_with(settings: &[&str], files: &[(&str, &str)]) -> Option<Self> {
        let Some(binaries) = binaries() else {
            // Past the capture of the test runner: a test that is skipped must not look like one that ran.
            let _ = writeln!(std::io::stderr(), "skipped: {NO_POSTGRESQL}");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        give(folder.path(), 0o700);
        for (name, text) in files.iter().chain(&[("password", PASSWORD)]) {
            std::fs::write(folder.path().join(name), text).expect("written");
            give(&folder.path().join(name), 0o600);
        }
        let made = command(&binaries.join("initdb"), folder.path())
            .args(["-D", "data", "-U", "owner", "-A", "scram-sha-256", "--pwfile", "password"])
            .args(["-E", "UTF8", "--locale=C", "--no-sync"])
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = free_port();
        let settings: Vec<String> = settings.iter().map(|text| (*text).to_owned()).collect();
        let child = run(&binaries, folder.path(), port, &settings);
        let mut server = Self { child, binaries, settings, port, folder };
        server.wait().await;
        Some(server)
    }

    /// Its URL with a query, such as `?sslmode=disable`.
    pub(in crate::source) fn url(&self, query: &str) -> String {
        format!("postgres://owner:{PASSWORD}@127.0.0.1:{}/postgres{query}", self.port)
    }

    /// Ends it, and all connections to it.
    pub(super) fn stop(&mut self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // One that has ended already is as good.
        let _ = pid.map(|pid| kill_process(pid, Signal::QUIT));
        let _ = self.child.wait();
    }

    /// Starts it again, with what it has stored.
    pub(super) async fn start_again(&mut self) {
        self.child = run(&self.binaries, self.folder.path(), self.port, &self.settings);
        self.wait().await;
    }

    /// Waits until it answers. Another program may have taken its port meanwhile.
    async fn wait(&mut self) {
        let begun = Instant::now();
        while tokio_postgres::connect(&self.url("?sslmode=disable"), NoTls).await.is_err() {
            if self.child.try_wait().expect("a child").is_some() {
                self.port = free_port();
                self.child = run(&self.binaries, self.folder.path(), self.port, &self.settings);
            }
            let log = || std::fs::read_to_string(self.folder.path().join("log"));
            assert!(begun.elapsed() < PATIENCE, "no server: {:?}", log());
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(binaries: &Path, folder: &Path, port: u16, settings: &[String]) -> Child {
    let log = std::fs::File::create(folder.join("log")).expect("a log");
    let mut command = command(&binaries.join("postgres"), folder);
    command.args(["-D", "data", "-p", &port.to_string(), "-k"]).arg(folder);
    for setting in ["listen_addresses=127.0.0.1", "fsync=off", "shared_buffers=16MB"] {
        command.args(["-c", setting]);
    }
    for setting in settings {
        command.args(["-c", setting]);
    }
    command.stderr(log).spawn().expect("postgres runs")
}

/// A command in the folder, as a user who may run PostgreSQL.
fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    if geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Gives a file to the user of the server.
fn give(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("permitted");
    if geteuid().is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).expect("given");
    }
}

pub(super) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("bound");
    listener.local_addr().expect("an address").port()
}

/// The folder of the programs of PostgreSQL.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(told) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&told.stdout).trim()));
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}
