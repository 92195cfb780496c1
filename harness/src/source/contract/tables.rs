//! The rigs of databases, each written by a process of its own.

use super::{Rig, holds};
use crate::audit::profile::Profile;
use crate::source::sql::postgres::server::Server;
use crate::source::sql::sqlite::writer::Writer;
use crate::source::{Access, Locator, MAX_LINE, Source};
use crate::wire::json::Json;
use tokio_postgres::{Client, NoTls};

fn profile(table: &str) -> Profile {
    let text = format!(
        "name = \"p\"\nsettle = \"1s\"\ndeadline = \"9s\"\n[status]\n[[shape]]\nname = \"s\"\n\
         under = [\"\"]\nhas = [\"/id\"]\nfields = {{}}\n[sql]\ntable = '{table}'\ntime = \"at\"\n\
         key = \"id\"\njson = [\"body\"]"
    );
    Profile::parse(&text, "p.toml").expect("a profile")
}

/// A member of the record in the column `body`.
fn member_of_body(line: &Json, name: &str) -> Option<Json> {
    line.get("body")?.get(name).cloned()
}

/// A file of SQLite.
struct Lite {
    locator: Locator,
    writer: Writer,
    profile: Profile,
    _folder: tempfile::TempDir,
}

impl Lite {
    fn new(mode: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("target.db");
        let mut writer = Writer::start(&path);
        writer.run(&format!(
            "PRAGMA journal_mode = {mode}; CREATE TABLE log (id INTEGER PRIMARY KEY, at TEXT NOT NULL \
             DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')), body TEXT)"
        ));
        Self { locator: Locator::Sqlite(path), writer, profile: profile("log"), _folder: folder }
    }
}

impl Rig for Lite {
    async fn open(&mut self) -> Source {
        let access = Access { profile: Some(&self.profile), ..Access::default() };
        Source::open(&self.locator, access).await.expect("opened")
    }

    async fn write(&mut self, records: &[String]) {
        let rows = records.iter().map(|record| format!("('{}')", record.replace('\'', "''")));
        let rows: Vec<String> = rows.collect();
        self.writer.run(&format!("INSERT INTO log (body) VALUES {}", rows.join(", ")));
    }

    async fn write_garbage(&mut self) -> bool {
        self.writer.run(&format!("INSERT INTO log (body) VALUES (zeroblob({}))", MAX_LINE + 1));
        true
    }

    fn member(line: &Json, name: &str) -> Option<Json> {
        member_of_body(line, name)
    }
}

#[tokio::test]
async fn a_file_of_sqlite_with_a_rollback_journal() {
    holds(Lite::new("DELETE")).await;
}

#[tokio::test]
async fn a_file_of_sqlite_in_wal_mode() {
    holds(Lite::new("WAL")).await;
}

/// A table of PostgreSQL.
struct Postgres {
    client: Client,
    profile: Profile,
    server: Server,
}

impl Postgres {
    async fn new() -> Option<Self> {
        let server = Server::start(&[]).await?;
        let (client, connection) =
            tokio_postgres::connect(&server.url(""), NoTls).await.expect("connected");
        tokio::spawn(connection);
        let table = "CREATE TABLE \"Log\" (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz \
                     DEFAULT clock_timestamp(), body json)";
        client.batch_execute(table).await.expect("a table");
        Some(Self { client, profile: profile("\"Log\""), server })
    }
}

impl Rig for Postgres {
    async fn open(&mut self) -> Source {
        let access = Access { profile: Some(&self.profile), ..Access::default() };
        Source::open(&Locator::Postgres(self.server.url("")), access).await.expect("opened")
    }

    async fn write(&mut self, records: &[String]) {
        let rows = "INSERT INTO \"Log\" (body) SELECT r::json FROM unnest($1::text[]) AS r";
        self.client.execute(rows, &[&records]).await.expect("written");
    }

    async fn write_garbage(&mut self) -> bool {
        let long = format!("\"{}\"", "x".repeat(MAX_LINE));
        self.write(&[long]).await;
        true
    }

    fn member(line: &Json, name: &str) -> Option<Json> {
        member_of_body(line, name)
    }
}

#[tokio::test]
async fn a_table_of_postgresql() {
    if let Some(rig) = Postgres::new().await {
        holds(rig).await;
    }
}
