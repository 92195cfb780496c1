//! Records in a database: a run against a table that is written meanwhile, and what is said of a
//! database that cannot be read.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;

use super::child::{Done, command, run};
use super::gateway::serve;

const SQL: &str =
    "[sql]\ntable = \"audit\"\ntime = \"started\"\nkey = \"number\"\njson = [\"record\"]\n";

/// Puts the records of a gateway's audit file into a table, as they come.
struct Copier {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<usize>,
}

impl Copier {
    fn start(from: PathBuf, to: &Path) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, database) = (Arc::clone(&stop), database(to));
        Self { stop, thread: thread::spawn(move || copy(&from, &database, &stopped)) }
    }

    /// Stops it, and says how many records it copied.
    fn stop(self) -> usize {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

/// A database with the table of the records.
fn database(path: &Path) -> Connection {
    let database = Connection::open(path).unwrap();
    database.busy_timeout(Duration::from_secs(20)).unwrap();
    let table = "PRAGMA journal_mode = WAL; CREATE TABLE audit (number INTEGER PRIMARY KEY, started \
                 REAL NOT NULL, record TEXT NOT NULL)";
    database.execute_batch(table).unwrap();
    database
}

fn copy(from: &Path, database: &Connection, stopped: &AtomicBool) -> usize {
    let mut done = 0;
    loop {
        let last = stopped.load(Ordering::SeqCst);
        let text = fs::read_to_string(from).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        for line in whole.lines().skip(done) {
            let record: Value = serde_json::from_str(line).unwrap();
            let started = record["startTime"].as_f64().unwrap();
            let row = "INSERT INTO audit (started, record) VALUES (?1, ?2)";
            database.execute(row, (started, line)).unwrap();
            done += 1;
        }
        if last {
            return done;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// The reference profile, with the place of the records in a database.
fn profile(folder: &Path, sql: &str) -> String {
    let text = include_str!("../../../profiles/reference.toml");
    // The copier shares the machine with other tests.
    let text = text.replace("settle = \"300ms\"", "settle = \"1500ms\"");
    let text = text.replace("under = [\"\"]", "under = [\"/record\"]");
    let path = folder.join("database.toml");
    fs::write(&path, format!("{text}\n{sql}")).unwrap();
    path.display().to_string()
}

#[test]
fn every_record_is_found_in_a_table_of_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("own.jsonl"), folder.path().join("gateway.db"));
    let target = serve(Some(&from), None, &[]);
    let copier = Copier::start(from, &to);
    let json = folder.path().join("report.json").display().to_string();
    let (locator, profile) = (format!("sqlite:{}", to.display()), profile(folder.path(), SQL));
    let from = ["--target", &target.url, "--audit", &locator, "--profile", &profile];
    let done = run(&[&from[..], &["--report-json", &json, "jsonrpc/method", "mcp/ping"]].concat());
    let copied = copier.stop();

    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.out.contains(&format!("audit records from {locator}")), "{}", done.out);
    let report: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(report["ledger"]["missing"], 0, "{copied} copied");
    assert_eq!(report["ledger"]["records"], copied);
    let verdicts = report["verdicts"].as_array().unwrap();
    let checks = verdicts.iter().flat_map(|verdict| verdict["checks"].as_array().unwrap());
    let outcomes: Vec<&str> = checks
        .filter(|check| check["check"] == "audited.record")
        .map(|check| check["outcome"].as_str().unwrap())
        .collect();
    assert!(outcomes.len() > 10, "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| *outcome == "pass"), "{outcomes:?}");
}

/// A run that must end with one line that holds all these parts.
fn refused(audit: &str, profile: &str, code: i32, parts: &[&str]) {
    let done = run(&["--audit", audit, "--profile", profile]);
    complains(&done, code, parts);
}

fn complains(done: &Done, code: i32, parts: &[&str]) {
    let complaint = done.complaint(code);
    for part in parts {
        assert!(complaint.contains(part), "lacks {part:?}: {complaint}");
    }
    assert!(!complaint.contains("hunter2"), "{complaint}");
    assert_eq!(done.out, "");
}

#[test]
fn a_database_that_does_not_fit_is_a_mistake_of_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gateway.db");
    drop(database(&path));
    let locator = format!("sqlite:{}", path.display());
    let fine = profile(folder.path(), SQL);
    refused("postgres:x", &fine, 2, &["postgres:x", "postgres://..."]);
    refused("sqlite:", &fine, 2, &["sqlite:gateway.db"]);
    refused(&format!("{locator}x"), &fine, 2, &["gateway.dbx", "no such file", "start the target"]);
    refused(&locator, "reference", 2, &["the profile reference does not say", "[sql]"]);
    refused("postgres://u:hunter2@h/db", "reference", 2, &["postgres://h/db", "[sql]"]);
    refused("postgres://u:hunter2@h/db?x=y", &fine, 2, &["postgres://h/db", "`x`"]);
    let other = profile(folder.path(), &SQL.replace("\"audit\"", "\"logs\""));
    refused(&locator, &other, 2, &["no such table: logs", "check `table` of [sql]"]);
    let other = profile(folder.path(), &SQL.replace("\"started\"", "\"begun\""));
    refused(&locator, &other, 2, &["no such column: begun", "check `time`"]);
    let text = folder.path().join("notes.txt");
    fs::write(&text, "no database at all, only a text\n".repeat(40)).unwrap();
    let locator = format!("sqlite:{}", text.display());
    refused(&locator, &other, 2, &["notes.txt", "no database of SQLite"]);
}

#[test]
fn a_database_that_nobody_serves_is_an_untestable_target() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://owner@127.0.0.1:{port}/db");
    let profile = profile(folder.path(), SQL);
    let line = ["--audit", &url, "--profile", &profile];
    let done = command(&line).env("PGPASSWORD", "hunter2").output().unwrap();
    let err = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(3), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
    for part in ["postgres://127.0.0.1", "refused", "check host and port"] {
        assert!(err.contains(part), "lacks {part:?}: {err}");
    }
    assert!(!err.contains("hunter2"), "{err}");
}
