//! Which faults generated messages find alone, without any case file, and how simple they make them.
//! The table is kept in `reports/faults-generated.snap`.

use super::*;

/// Messages for each fault: half of what may be needed at most.
const MESSAGES: &str = "1000";

/// Faults that no single exchange of the bases that messages are generated from can show.
const BEYOND: [(&str, &str); 21] = [
    ("answers-crossed", "several messages at once"),
    ("completion-flood", "the content of another method"),
    ("dead-upstream-empty", "a tool whose upstream is down"),
    ("dead-upstream-hangs", "a tool whose upstream is down"),
    ("empty-contents", "the content of another method"),
    ("event-ids-repeat", "several streams"),
    ("feature-unserved", "the content of another method"),
    ("ghost-record", "a look at all records of a run"),
    ("iserror-as-success", "a tool that fails"),
    ("iserror-dropped", "a tool that fails"),
    ("lists-vary", "several messages at once"),
    ("log-level-accepted", "the content of another method"),
    ("no-challenge", "a rule on headers"),
    ("overlap-dropped", "several messages at once"),
    ("pages-endless", "several pages"),
    ("progress-after-result", "a tool that tells of its progress"),
    ("progress-stuck", "a tool that tells of its progress"),
    ("progress-token-coerced", "a tool that tells of its progress"),
    ("prompt-with-holes", "the content of another method"),
    ("response-on-stream", "a stream that stands open"),
    ("structured-content-lost", "a tool with structured content"),
];

/// What generated messages show of a fault: the first check that turned red, and the number of edits
/// of the simplest message that turned it so.
async fn shown(fault: &str) -> Option<(CheckId, usize)> {
    let line = ["mcp-gauntlet", "generated/", "--generated", MESSAGES, "--seed", "1"];
    let settings = Settings::from_cli(&Cli::parse_from(line)).unwrap();
    let (events, _receiver) = unbounded_channel();
    let report = examine(settings, &[fault.to_owned()], events).await.unwrap();
    let red = report.verdicts.iter().filter_map(|verdict| Some((edits(verdict)?, first(verdict)?)));
    red.min().map(|(edits, check)| (check, edits))
}

/// The edits in the case file of a verdict that did not pass.
fn edits(verdict: &Verdict) -> Option<usize> {
    let file = verdict.case_file.as_deref()?;
    let (sent, _) = file.split_once("[control]").unwrap_or((file, ""));
    Some(sent.lines().filter(|line| line.starts_with("    {")).count())
}

async fn all_shown() -> BTreeMap<String, Option<(CheckId, usize)>> {
    let gate = Arc::new(Semaphore::new(3));
    let mut tasks = JoinSet::new();
    for (fault, _) in faults() {
        let gate = Arc::clone(&gate);
        tasks.spawn(async move {
            let _permit = gate.acquire().await;
            let shown = shown(&fault).await;
            (fault, shown)
        });
    }
    tasks.join_all().await.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes many minutes: `just faults-generated`"]
async fn generated_messages_find_nine_of_ten_faults() {
    let (mut matrix, mut due, mut found) = (String::new(), 0, 0);
    for (fault, shown) in all_shown().await {
        let beyond = BEYOND.iter().find(|(name, _)| *name == fault).map(|(_, needs)| *needs);
        due += usize::from(beyond.is_none());
        found += usize::from(beyond.is_none() && shown.is_some());
        if let Some((_, edits)) = shown {
            assert!(edits <= 2, "{fault}: {edits} edits");
        }
        let said = match (shown, beyond) {
            (Some((check, edits)), _) => format!("{} by {edits} edits", check.as_str()),
            (None, Some(needs)) => format!("not found: needs {needs}"),
            (None, None) => "not found".to_owned(),
        };
        let _ = writeln!(matrix, "{fault:28} {said}");
    }
    let _ = writeln!(matrix, "{found} of {due} that a single exchange can show");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../reports"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("faults-generated", matrix));
    assert!(found * 10 >= due * 9, "only {found} of {due}\n{matrix}");
}
