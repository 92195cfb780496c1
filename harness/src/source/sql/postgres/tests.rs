use super::open_with;
use super::server::{PASSWORD, Server, free_port};
use crate::audit::mapping::{Mapped, map};
use crate::audit::profile::Profile;
use crate::audit::record::{AuditRecord, Status};
use crate::source::sql::SqlSource;
use crate::source::{Access, Feed, Line, SourceError};
use crate::wire::json::parse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, NoTls};

const TABLE: &str = "[sql]\ntable = \"log\"\ntime = \"at\"\nkey = \"id\"";

fn profile(sql: &str) -> Profile {
    let text = format!(
        "name = \"mine\"\nsettle = \"1s\"\ndeadline = \"9s\"\n[status]\n[[shape]]\nname = \"s\"\n\
         under = [\"\"]\nhas = [\"/id\"]\nfields = {{}}\n{sql}"
    );
    Profile::parse(&text, "mine.toml").expect(sql)
}

async fn open(url: &str, profile: &Profile) -> Result<SqlSource, SourceError> {
    let access = Access { profile: Some(profile), ..Access::default() };
    open_with(url, access, None).await
}

async fn client(server: &Server) -> Client {
    let (client, connection) =
        tokio_postgres::connect(&server.url("?sslmode=disable"), NoTls).await.expect("connected");
    tokio::spawn(connection);
    client
}

fn text(line: &Line) -> &str {
    match line {
        Line::Text(text) => text,
        other @ Line::Unreadable { .. } => panic!("{other:?}"),
    }
}

/// The error of an opening, on one line and without the password.
async fn refused(url: &str, profile: &Profile) -> SourceError {
    let error = open(url, profile).await.expect_err(url);
    let text = error.to_string();
    assert!(text.lines().count() == 1 && !text.contains(PASSWORD), "{text}");
    assert!(text.contains("postgres://127.0.0.1") || text.contains("postgres:///"), "{text}");
    error
}

/// The table as LiteLLM makes it, the columns that its rows here fill.
const SPEND_LOGS: &str = r#"CREATE TABLE "LiteLLM_SpendLogs" (
    request_id text PRIMARY KEY, call_type text NOT NULL, api_key text NOT NULL DEFAULT '',
    spend double precision NOT NULL DEFAULT 0, total_tokens integer NOT NULL DEFAULT 0,
    "startTime" timestamp(3) NOT NULL, "endTime" timestamp(3) NOT NULL, "completionStartTime" timestamp(3),
    model text NOT NULL DEFAULT '', "user" text DEFAULT '', metadata jsonb DEFAULT '{}',
    request_tags jsonb DEFAULT '[]', team_id text, end_user text, requester_ip_address text,
    messages jsonb DEFAULT '{}', response jsonb DEFAULT '{}', session_id text, status text,
    mcp_namespaced_tool_name text, agent_id text, proxy_server_request jsonb DEFAULT '{}')"#;

/// Columns whose texts the writer's database client takes for JSON.
const JSON_COLUMNS: [&str; 4] = ["messages", "response", "request_tags", "proxy_server_request"];

fn spend_row(text: &str) -> String {
    let mut row: Value = serde_json::from_str(text).expect("JSON");
    for name in JSON_COLUMNS {
        let held = row[name].as_str().map(|text| serde_json::from_str(text).expect("JSON"));
        if let Some(held) = held {
            row[name] = held;
        }
    }
    row.to_string()
}

#[tokio::test]
async fn rows_of_litellm_come_as_records() {
    let Some(server) = Server::start(&[]).await else { return };
    let client = client(&server).await;
    client.batch_execute(SPEND_LOGS).await.expect("a table");
    let litellm = Profile::builtin("litellm").expect("built in");
    let mut source = open(&server.url(""), &litellm).await.expect("opened");
    let insert = "INSERT INTO \"LiteLLM_SpendLogs\" SELECT (jsonb_populate_record(d, $1::text::jsonb)).* \
                  FROM (SELECT NULL::\"LiteLLM_SpendLogs\" AS d) AS e";
    for file in [
        include_str!("../../../../tests/data/litellm/spend-row-unknown-tool.json"),
        include_str!("../../../../tests/data/litellm/spend-row-tool-error.json"),
        include_str!("../../../../tests/data/litellm/spend-row-called.json"),
    ] {
        client.execute(insert, &[&spend_row(file)]).await.expect("written");
    }
    let lines = source.poll().await.expect("polled");
    let records: Vec<AuditRecord> = lines.iter().map(|line| record(&litellm, text(line))).collect();
    let tools: Vec<_> =
        records.iter().map(|record| record.namespaced_tool_name.as_deref()).collect();
    assert_eq!(tools, [Some("up/echo"), Some("up/echo"), Some("totally_made_up_tool")], "by time");
    for record in &records {
        assert_eq!(record.call_type.as_deref(), Some("call_mcp_tool"));
    }
    let [called, failed, unknown] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((called.status, called.error_class.as_deref()), (Some(Status::Success), None));
    assert_eq!(called.tool_arguments, parse(br#"{"text": "hi"}"#).ok());
    assert_eq!((called.start, called.end), (Some(1_795_209_967.591), Some(1_795_209_967.846)));
    assert_eq!(failed.status, Some(Status::Failure));
    assert_eq!(failed.error_class.as_deref(), Some("MCPToolResultError"));
    assert_eq!(unknown.error_code.as_deref(), Some("404"));
    assert_eq!(unknown.tool_name.as_deref(), Some("totally_made_up_tool"));
    assert_eq!((unknown.response.as_deref(), unknown.end_user.as_deref()), (None, None));
}

fn record(profile: &Profile, text: &str) -> AuditRecord {
    match map(profile, &parse(text.as_bytes()).expect("JSON"), text) {
        Mapped::Record(record) => *record,
        other => panic!("{text}: {other:?}"),
    }
}

#[tokio::test]
async fn mistakes_are_told_with_what_to_mend() {
    let Some(server) = Server::start(&[]).await else { return };
    let tables = "CREATE TABLE log (id bigint, at timestamp, \"Word\" text); CREATE ROLE guest LOGIN \
                  PASSWORD 'let-me-in'; INSERT INTO log VALUES (1, '2026-01-01', 'w'), (2, '2026-01-01', 'w')";
    client(&server).await.batch_execute(tables).await.expect("tables");
    let url = server.url("");
    let usage = [
        ("\"log\"", "\"LiteLLM\"", ["relation \"litellm\" does not exist", "needs quotes"]),
        ("\"at\"", "\"ad\"", ["column ad does not exist", "check `time`"]),
        ("\"id\"", "\"Word\"", ["column word does not exist", "`key`"]),
        ("\"at\"", "'\"Word\"'", ["the column \"Word\" holds `w`", "no time"]),
        ("\"id\"", "'\"Word\"'", ["two rows have the key `w`", "unique"]),
        ("\"log\"", "\"log JOIN\"", ["syntax error", "check [sql]"]),
    ];
    for (from, to, words) in usage {
        let error = refused(&url, &profile(&TABLE.replace(from, to))).await;
        assert!(error.is_usage(), "{error}");
        assert!(words.iter().all(|word| error.to_string().contains(word)), "{error}");
    }
    let query = |condition: &str| {
        profile(&format!("[sql]\nquery = \"SELECT * FROM log WHERE {condition}\"\nkey = \"id\""))
    };
    let error = refused(&url, &query("at >= $1")).await;
    assert!(error.is_usage() && error.to_string().contains("$1::timestamp"), "{error}");
    assert!(open(&url, &query("at >= $1::timestamp;")).await.is_ok());
    let error = refused(&url, &profile("")).await.to_string();
    assert!(error.contains("the profile mine does not say") && error.contains("[sql]"), "{error}");
    let error = refused(&url.replace("/postgres", "/nowhere"), &profile(TABLE)).await;
    assert!(error.is_usage() && error.to_string().contains("\"nowhere\""), "{error}");

    let fine = profile(TABLE);
    for (from, to, words) in [
        (PASSWORD, "wrong", ["password authentication failed", "PGPASSWORD"]),
        (":open-sesame-9", "", ["password missing", "set the variable PGPASSWORD"]),
        ("owner:open-sesame-9", "guest:let-me-in", ["permission denied", "GRANT SELECT"]),
        ("/postgres", "/postgres?sslmode=require", ["does not support TLS", "sslmode=disable"]),
    ] {
        let error = refused(&url.replace(from, to), &fine).await;
        assert!(!error.is_usage(), "{error}");
        assert!(words.iter().all(|word| error.to_string().contains(word)), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_nobody_runs_is_told_at_once() {
    let begun = Instant::now();
    let url = format!("postgres://owner:{PASSWORD}@127.0.0.1:{}/db", free_port());
    let error = refused(&url, &profile(TABLE)).await;
    assert!(!error.is_usage(), "{error}");
    let words = ["Connection refused", "check host and port"];
    assert!(words.iter().all(|word| error.to_string().contains(word)), "{error}");

    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("bound");
    let port = listener.local_addr().expect("an address").port();
    let silent = format!("postgres://owner:{PASSWORD}@127.0.0.1:{port}/db");
    let error = refused(&silent, &profile(TABLE)).await.to_string();
    assert!(error.contains("no connection within 5 s"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_server_that_is_started_anew_loses_no_row_and_repeats_none() {
    let Some(mut server) = Server::start(&[]).await else { return };
    let first = client(&server).await;
    let table = "CREATE TABLE log (id text, at timestamp DEFAULT clock_timestamp(), note text)";
    first.batch_execute(table).await.expect("a table");
    let socket = format!(
        "postgres:///postgres?host={}&port={}&user=owner",
        server.folder.path().display(),
        server.port
    );
    let profile = profile(&format!("{TABLE}\njson = [\"note\"]"));
    let access = Access { profile: Some(&profile), ..Access::default() };
    let mut source = open_with(&socket, access, Some(PASSWORD.to_owned())).await.expect("opened");
    first.batch_execute("INSERT INTO log VALUES ('a', now(), '[1]')").await.expect("written");
    let lines = source.poll().await.expect("polled");
    assert!(text(&lines[0]).contains("\"note\":[1]"), "{lines:?}");
    first
        .batch_execute("INSERT INTO log VALUES ('b', now() - interval '20 s')")
        .await
        .expect("late");
    server.stop();
    let error = source.poll().await.expect_err("no server");
    assert!(!error.is_usage(), "{error}");
    server.start_again().await;
    let lines = source.poll().await.expect("polled");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(text(&lines[0]).starts_with(r#"{"id":"b""#), "{lines:?}");
    assert_eq!(source.poll().await.expect("polled"), []);
}

#[tokio::test]
async fn a_lock_on_the_table_ends_a_poll_in_time_and_loses_no_row() {
    let Some(server) = Server::start(&[]).await else { return };
    let other = client(&server).await;
    other.batch_execute("CREATE TABLE log (id int, at timestamptz)").await.expect("a table");
    let mut source = open(&server.url(""), &profile(TABLE)).await.expect("opened");
    let lock = "BEGIN; INSERT INTO log VALUES (1, now()); LOCK TABLE log IN ACCESS EXCLUSIVE MODE";
    other.batch_execute(lock).await.expect("locked");
    let begun = Instant::now();
    let given_up = tokio::time::timeout(Duration::from_secs(1), source.poll()).await;
    assert!(given_up.is_err(), "{given_up:?}");
    let error = source.poll().await.expect_err("locked");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    let told = error.to_string();
    assert!(!error.is_usage() && told.contains("no whole answer within 10 s"), "{told}");
    other.batch_execute("COMMIT").await.expect("unlocked");
    let lines = source.poll().await.expect("polled");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(source.poll().await.expect("polled"), []);
}

fn pem(what: &str, der: &[u8]) -> String {
    format!("-----BEGIN {what}-----\n{}\n-----END {what}-----\n", STANDARD.encode(der))
}

#[tokio::test]
async fn tls_is_used_as_the_url_says() {
    let ca = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let certificate = pem("CERTIFICATE", ca.cert.der());
    let key = pem("PRIVATE KEY", ca.signing_key.serialized_der());
    let files = [("server.crt", certificate.as_str()), ("server.key", key.as_str())];
    let settings = ["ssl=on", "ssl_cert_file=../server.crt", "ssl_key_file=../server.key"];
    let Some(server) = Server::start_with(&settings, &files).await else { return };
    let sessions = "CREATE TABLE log AS SELECT 1 AS id, now() AS at; CREATE VIEW mine AS SELECT \
                    1 AS id, now() AS at, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    client(&server).await.batch_execute(sessions).await.expect("made");
    let own = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(own.path(), &certificate).expect("written");
    let trusted = format!("?sslmode=verify-full&sslrootcert={}", own.path().display());

    let query = "[sql]\nquery = \"SELECT ssl, ssl::text || $1 AS id FROM mine\"\nkey = \"id\"";
    for (query_of_url, encrypted) in
        [(trusted.as_str(), true), ("", false), ("?sslmode=disable", false)]
    {
        let mut source = open(&server.url(query_of_url), &profile(query)).await.expect("opened");
        tokio::time::sleep(Duration::from_millis(5)).await;
        let lines = source.poll().await.expect("polled");
        let wanted = format!("{{\"ssl\":{encrypted},");
        assert!(text(&lines[0]).starts_with(&wanted), "{query_of_url}: {lines:?}");
    }
    let error = refused(&server.url("?sslmode=require"), &profile(TABLE)).await;
    assert!(!error.is_usage(), "{error}");
    let words = ["TLS handshake", "sslrootcert=PATH"];
    assert!(words.iter().all(|word| error.to_string().contains(word)), "{error}");
}
