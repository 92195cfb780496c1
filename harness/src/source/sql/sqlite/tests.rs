use super::writer::Writer;
use crate::audit::profile::Profile;
use crate::source::{Access, Line, Locator, Source, SourceError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A database that another process writes.
struct Lite {
    path: PathBuf,
    writer: Writer,
    _folder: tempfile::TempDir,
}

impl Lite {
    fn new(statements: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("target.db");
        let mut writer = Writer::start(&path);
        writer.run(statements);
        Self { path, writer, _folder: folder }
    }

    async fn open(&self, sql: &str) -> Source {
        open(&self.path, sql).await.expect("opened")
    }
}

pub(super) fn profile(sql: &str) -> Profile {
    let text = format!(
        "name = \"mine\"\nsettle = \"1s\"\ndeadline = \"9s\"\n[status]\n[[shape]]\nname = \"s\"\n\
         under = [\"\"]\nhas = [\"/id\"]\nfields = {{}}\n{sql}"
    );
    Profile::parse(&text, "mine.toml").expect(sql)
}

async fn open(path: &Path, sql: &str) -> Result<Source, SourceError> {
    let profile = profile(sql);
    let access = Access { profile: Some(&profile), ..Access::default() };
    Source::open(&Locator::Sqlite(path.to_owned()), access).await
}

/// The texts that the next poll brings.
async fn texts(source: &mut Source) -> Vec<String> {
    let lines = source.poll().await.expect("polled");
    let text = |line| match line {
        Line::Text(text) => text,
        other @ Line::Unreadable { .. } => panic!("{other:?}"),
    };
    lines.into_iter().map(text).collect()
}

async fn error(path: &Path, sql: &str) -> String {
    let error = open(path, sql).await.expect_err(sql);
    assert!(error.is_usage(), "{error}");
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    error.to_string()
}

const TABLE: &str = "[sql]\ntable = \"log\"\ntime = \"at\"\nkey = \"id\"\noverlap = \"10s\"";

const LOG: &str = "CREATE TABLE log (id INTEGER PRIMARY KEY, at TEXT)";

#[tokio::test]
async fn rows_that_are_written_late_are_found_in_order_of_time() {
    let mut lite = Lite::new(LOG);
    lite.writer.run("INSERT INTO log VALUES (5, '2026-01-01 00:01:00')");
    let mut source = lite.open(TABLE).await;
    lite.writer.run(
        "INSERT INTO log VALUES (9, '2026-01-01 00:01:02'), (10, '2026-01-01 00:01:02'), \
         (4, '2026-01-01 00:00:51'), (3, '2026-01-01 00:00:49')",
    );
    let wanted = [
        r#"{"id":4,"at":"2026-01-01 00:00:51"}"#,
        r#"{"id":9,"at":"2026-01-01 00:01:02"}"#,
        r#"{"id":10,"at":"2026-01-01 00:01:02"}"#,
    ];
    assert_eq!(texts(&mut source).await, wanted, "one is later than the overlap allows");
    lite.writer.run("INSERT INTO log VALUES (6, '2026-01-01 00:00:53')");
    assert_eq!(texts(&mut source).await, [r#"{"id":6,"at":"2026-01-01 00:00:53"}"#]);
    assert_eq!(texts(&mut source).await, [""; 0]);
}

#[tokio::test]
async fn values_of_every_type_become_json() {
    let mut lite = Lite::new("CREATE TABLE log (id TEXT PRIMARY KEY, at, v)");
    let mut source = lite.open(TABLE).await;
    let values = [
        ("NULL", "null"),
        ("9007199254740993", "9007199254740993"),
        ("1.0", "1.0"),
        ("1e300", "1e+300"),
        ("9e999", "\"inf\""),
        ("'é\"'", "\"é\\\"\""),
        ("x'c3a9'", "\"é\""),
        ("x'fffe00'", "\"fffe00\""),
    ];
    for (number, (value, json)) in values.iter().enumerate() {
        lite.writer.run(&format!("INSERT INTO log VALUES ('k{number}', {number}, {value})"));
        let wanted = format!(r#"{{"id":"k{number}","at":{number},"v":{json}}}"#);
        assert_eq!(texts(&mut source).await, [wanted]);
    }
}

#[tokio::test]
async fn rows_without_a_usable_key_and_long_rows_are_told() {
    let mut lite = Lite::new("CREATE TABLE log (id, at, v)");
    let mut source = lite.open(TABLE).await;
    lite.writer.run(
        "INSERT INTO log VALUES (NULL, '2026-01-01 00:00:01', 1), \
         (printf('%2000s', 'x'), '2026-01-01 00:00:02', 1), \
         ('long', '2026-01-01 00:00:03', zeroblob(2000000))",
    );
    let lines = source.poll().await.expect("polled");
    let whys: Vec<&str> = lines
        .iter()
        .map(|line| match line {
            Line::Unreadable { why, .. } => why.as_str(),
            Line::Text(text) => panic!("{text}"),
        })
        .collect();
    assert_eq!(whys.len(), 3, "{whys:?}");
    assert!(whys[0].contains("longer than 1048576 bytes"), "{whys:?}");
    assert!(whys[1..].iter().all(|why| why.contains("its key `id` is null or")), "{whys:?}");
    assert_eq!(source.poll().await.expect("polled"), [], "each once");
}

#[tokio::test]
async fn times_may_be_numbers_or_texts_of_iso_8601() {
    for (old, late, new, lost) in [
        ("1795208837", "1795208828", "1795208838.5", "1795208826"),
        ("1795208837437", "1795208828437", "1795208838437", "1795208826437"),
        (
            "'2026-11-20T21:26:13Z'",
            "'2026-11-20T21:26:04Z'",
            "'2026-11-20T21:26:14Z'",
            "'2026-11-20T21:26:02Z'",
        ),
    ] {
        let mut lite = Lite::new("CREATE TABLE log (id INTEGER PRIMARY KEY, at)");
        lite.writer.run(&format!("INSERT INTO log VALUES (1, {old})"));
        let mut source = lite.open(TABLE).await;
        lite.writer.run(&format!("INSERT INTO log VALUES (2, {new}), (3, {late}), (4, {lost})"));
        let texts = texts(&mut source).await;
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts[0].starts_with(r#"{"id":3,"#), "{texts:?}");
    }
}

#[tokio::test]
async fn a_query_gets_the_time_with_or_without_a_column() {
    let query = "[sql]\nquery = \"SELECT id AS n, data FROM log WHERE at >= ?1 -- all;\"\n\
                 key = \"n\"\njson = [\"data\"]";
    let mut lite = Lite::new("CREATE TABLE log (id INTEGER PRIMARY KEY, at TEXT, data TEXT)");
    let now = "strftime('%Y-%m-%d %H:%M:%f', 'now')";
    lite.writer.run(&format!("INSERT INTO log VALUES (1, {now}, '{{}}')"));
    let mut source = lite.open(query).await;
    lite.writer.run(&format!(
        "INSERT INTO log VALUES (2, {now}, '{{\"a\": [1]}}'), (3, '2001-01-01 00:00:00', '')"
    ));
    assert_eq!(texts(&mut source).await, [r#"{"n":2,"data":{"a":[1]}}"#]);
    assert_eq!(texts(&mut source).await, [""; 0]);

    let timed = query.replace("SELECT id AS n, data", "SELECT id AS n, at AS t");
    let mut source = lite.open(&format!("{timed}\ntime = \"t\"")).await;
    lite.writer.run(&format!("INSERT INTO log VALUES (4, {now}, '')"));
    let texts = texts(&mut source).await;
    assert!(texts.len() == 1 && texts[0].starts_with(r#"{"n":4,"t":"2"#), "{texts:?}");
}

#[tokio::test]
async fn mistakes_are_told_with_what_to_mend() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing.db");
    let text = error(&missing, TABLE).await;
    assert!(text.contains("missing.db") && text.contains("start the target"), "{text}");
    assert!(!missing.exists(), "nothing is made");
    assert!(error(folder.path(), TABLE).await.contains("no regular file"));
    let other = folder.path().join("notes.txt");
    std::fs::write(&other, "no database, but more than a few bytes of text\n".repeat(9)).unwrap();
    assert!(error(&other, TABLE).await.contains("no database of SQLite"));
    assert!(error(&other, "").await.contains("the profile mine does not say where records stand"));

    let lite = Lite::new("CREATE TABLE log (id INTEGER PRIMARY KEY, at TEXT, word TEXT)");
    for (from, to, words) in [
        ("\"log\"", "\"logs\"", ["no such table: logs", "check `table`"]),
        ("\"at\"", "\"ad\"", ["no such column: ad", "check `time`"]),
        ("\"at\"", "'\"a t\"'", ["no such column: a t", "check `time`"]),
        ("key = \"id\"", "key = \"ID2\"", ["no such column: ID2", "`key`"]),
        ("\"log\"", "\"log WHERE\"", ["syntax error", "check [sql]"]),
    ] {
        let text = error(&lite.path, &TABLE.replace(from, to)).await;
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    }
    let mut lite = lite;
    lite.writer.run("INSERT INTO log VALUES (1, 'now', 'a'), (2, 'now', 'a')");
    let text = error(&lite.path, TABLE).await;
    assert!(text.contains("the column at holds `now`, which is no time"), "{text}");
    lite.writer.run("UPDATE log SET at = '2026-01-01 00:00:00'");
    let text = error(&lite.path, &TABLE.replace("\"id\"", "\"word\"")).await;
    assert!(text.contains("two rows have the key `a`"), "{text}");
}

#[tokio::test]
async fn a_lock_and_a_file_that_is_away_delay_rows_and_lose_none() {
    let mut lite = Lite::new(LOG);
    let mut source = lite.open(TABLE).await;
    lite.writer.run("BEGIN EXCLUSIVE; INSERT INTO log VALUES (1, '2026-01-01 00:00:00')");
    let begun = Instant::now();
    let error = source.poll().await.expect_err("locked");
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    assert!(!error.is_usage() && error.to_string().contains("locked"), "{error}");
    lite.writer.run("COMMIT");
    assert_eq!(texts(&mut source).await.len(), 1);

    let away = lite.path.with_extension("away");
    lite.writer.run("INSERT INTO log VALUES (2, '2026-01-01 00:00:00')");
    std::fs::rename(&lite.path, &away).unwrap();
    let error = source.poll().await.expect_err("away").to_string();
    assert!(error.contains("target.db") && error.contains("no such file"), "{error}");
    std::fs::rename(&away, &lite.path).unwrap();
    assert_eq!(texts(&mut source).await, [r#"{"id":2,"at":"2026-01-01 00:00:00"}"#]);
}

#[tokio::test]
async fn polls_in_quick_succession_do_not_press_the_database() {
    let lite = Lite::new(LOG);
    let mut source = lite.open(TABLE).await;
    source.poll().await.expect("polled");
    let begun = Instant::now();
    for _ in 0..4 {
        assert_eq!(texts(&mut source).await, [""; 0]);
    }
    assert!(begun.elapsed() > Duration::from_millis(390), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_flood_is_read_in_parts_and_each_row_once() {
    let mut lite = Lite::new("CREATE TABLE log (id INTEGER PRIMARY KEY, at INTEGER, v)");
    let mut source = lite.open(TABLE).await;
    lite.writer.run(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 24999) \
         INSERT INTO log SELECT i, 1700000000 + i / 1000, hex(zeroblob(2000)) FROM n",
    );
    let (mut ids, mut polls) = (Vec::new(), 0);
    while polls == 0 || source.has_more() {
        for text in texts(&mut source).await {
            ids.push(text[6..].split(',').next().and_then(|id| id.parse::<u32>().ok()).unwrap());
        }
        polls += 1;
    }
    assert!(polls > 1, "100 MB and 25 000 rows are more than one poll takes");
    assert!(ids.iter().copied().eq(0..25_000), "{} ids in order", ids.len());
    assert_eq!(texts(&mut source).await, [""; 0]);
}
