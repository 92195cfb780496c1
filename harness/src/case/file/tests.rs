//! What a case file may hold, what is assumed where it is silent, and the place that an error names.

use super::{Case, parse};
use crate::case::class::Class;
use crate::case::expectation::{Missing, RecordDemand, ReplyKind};
use crate::case::graded::{Grade, IdRule, StatusRule};
use crate::case::recipe::{Base, Credentials, SessionMode};
use crate::case::requirement::{self, Level, Requirements};
use crate::case::{Need, Sink, Wait};
use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

const SMALL: &str = r#"title = "a ping"
requirement = "A"
class = "request"
[send]
base = "ping"
"#;

fn requirements() -> Requirements {
    let text = "[[requirement]]\nid = \"A\"\nlevel = \"should\"\nsource = \"s\"\ntext = \"t\"\n\
                revisions = [\"2025-06-18\", \"2025-11-25\"]\n\
                [[requirement]]\nid = \"OLD\"\nlevel = \"may\"\nsource = \"s\"\ntext = \"t\"\n\
                revisions = [\"2024-11-05\"]\n";
    let mut list = Requirements::new();
    requirement::read(text, "requirements.toml", &mut list).unwrap();
    list
}

fn read(text: &str) -> Case {
    parse(text, "x/y", "cases/x/y.toml", &requirements()).unwrap_or_else(|error| panic!("{error}"))
}

fn error(text: &str) -> String {
    parse(text, "x/y", "cases/x/y.toml", &requirements()).expect_err(text).to_string()
}

/// Asserts that the text is refused at the line (counted from 1) with this word.
fn refused(text: &str, line: usize, word: &str) {
    let error = error(text);
    assert!(error.starts_with(&format!("cases/x/y.toml:{line}: ")), "{error}\n{text}");
    assert!(error.contains(word) && !error.contains('\n'), "{error}");
}

#[test]
fn a_small_file_gets_the_rest_by_default() {
    let case = read(SMALL);
    assert_eq!(
        (case.id.as_str(), case.title.as_str(), case.level),
        ("x/y", "a ping", Level::Should)
    );
    assert_eq!(case.revisions, [Revision::V2025_06_18, Revision::V2025_11_25]);
    assert!(case.needs.is_empty() && !case.alone);
    let stimulus = &case.stimulus;
    assert_eq!((stimulus.class, stimulus.recipe.base), (Class::Request, Base::Ping));
    assert_eq!((stimulus.session, stimulus.credentials), (SessionMode::Live, Credentials::Valid));
    assert_eq!(stimulus.wait, Wait::Reply);
    assert!(stimulus.control.is_none(), "a message without a defect has no twin");
    assert!(case.expectation.replies.is_empty() && case.expectation.headers.is_empty());
    assert_eq!(case.expectation.record, RecordDemand::Required);
    assert!(!case.expectation.orphans);
}

#[test]
fn a_large_file_is_read_whole() {
    let case = read(
        r#"title = "all of it"
requirement = "A"
class = "invalid-id"
revisions = ["2025-06-18"]
transports = ["stdio"]
needs = ["sessions", "working-tool"]
alone = true
[send]
base = "tools-call"
edits = [{ set = { at = "id", to = "true" } }]
before = [{ base = "ping" }]
session = "none"
credentials = "wrong"
wait = "head"
[control]
base = "ping"
[expect]
record = "expected"
orphans = true
[expect.reply.error]
grade = "warn"
code = [-32600]
code-warn = [-32700]
id = ["echo"]
id-warn = ["null", "absent"]
status = [400, "5xx"]
status-warn = [200]
[expect.reply.batch]
responses = 2
responses-warn = 1
[[expect.header]]
name = "Allow"
on = [405]
[[expect.header]]
name = "WWW-Authenticate"
on = ["4xx"]
missing = "warn"
"#,
    );
    assert_eq!(case.revisions, [Revision::V2025_06_18]);
    assert_eq!(case.transports, [Transport::Stdio]);
    assert_eq!((case.needs, case.alone), (vec![Need::Sessions, Need::WorkingTool], true));
    let stimulus = &case.stimulus;
    assert_eq!((stimulus.session, stimulus.credentials), (SessionMode::None, Credentials::Wrong));
    assert_eq!((stimulus.wait, stimulus.before.len()), (Wait::Head, 1));
    assert_eq!(stimulus.control.as_ref().map(|control| control.base), Some(Base::Ping));
    let expectation = &case.expectation;
    assert_eq!((expectation.record, expectation.orphans), (RecordDemand::Expected, true));
    let error = &expectation.replies[&ReplyKind::Error];
    assert_eq!((error.grade, error.code.as_slice()), (Grade::Warn, [-32600].as_slice()));
    assert_eq!(error.id_warn, [IdRule::Null, IdRule::Absent]);
    assert_eq!(error.status, [StatusRule::Exactly(400), StatusRule::Hundred(5)]);
    let batch = &expectation.replies[&ReplyKind::Batch];
    assert_eq!((batch.responses, batch.responses_warn), (Some(2), Some(1)));
    let missing: Vec<Missing> = expectation.headers.iter().map(|rule| rule.missing).collect();
    assert_eq!(missing, [Missing::Fail, Missing::Warn]);
}

#[test]
fn the_twin_is_the_base_without_the_defect() {
    let twin = |send: &str| {
        let text = format!("title = \"t\"\nrequirement = \"A\"\nclass = \"request\"\n{send}\n");
        let twin = read(&text).stimulus.control;
        assert!(twin.as_ref().is_none_or(|twin| twin.edits.is_empty()), "{send}");
        twin.map(|twin| twin.base)
    };
    let edited = |base: &str| twin(&format!("[send]\nbase = \"{base}\"\nedits = [{{ cut = 1 }}]"));
    for (base, expected) in [
        ("ping", Base::Ping),
        ("tools-call", Base::ToolsCall),
        ("initialize", Base::Initialize),
        ("notification", Base::Notification),
        ("empty", Base::Request),
        ("unknown-method", Base::Request),
        ("unknown-call", Base::ToolsList),
        ("failing-call", Base::ToolsList),
        ("dead-call", Base::ToolsList),
    ] {
        assert_eq!(edited(base), Some(expected), "{base}");
    }
    assert_eq!(twin("[send]\nsession = \"none\""), Some(Base::Request));
    assert_eq!(twin("[send]\ncredentials = \"none\""), Some(Base::Request));
    assert_eq!(twin("[send]"), None);
    assert_eq!(twin("[send]\nsession = \"none\"\n[control]\nsend = false"), None);
    assert_eq!(twin("[send]\n[control]"), Some(Base::Request));
}

#[test]
fn what_exists_in_http_only_is_sent_over_http_only() {
    let over = |text: &str| read(text).transports;
    assert_eq!(over(SMALL), Transport::ALL);
    for send in [
        "edits = [{ header = { name = \"Accept\", value = \"*/*\" } }]",
        "edits = [{ add-header = { name = \"Accept\", value = \"*/*\" } }]",
        "edits = [{ drop-header = \"Accept\" }]",
        "edits = [{ path = \"/x\" }]",
        "edits = [{ method = \"PUT\" }]",
        "before = [{ base = \"empty\", edits = [{ method = \"DELETE\" }] }]",
        "session = \"none\"",
        "credentials = \"wrong\"",
        "wait = \"head\"",
        "edits = [{ suffix = \"\\n\" }]",
        "edits = [{ set = { at = \"x\", to = \"\\n\" } }]",
        "edits = [{ body-hex = \"7B 0a 7D\" }]",
    ] {
        assert_eq!(over(&format!("{SMALL}{send}\n")), [Transport::Http], "{send}");
    }
    for kept in ["edits = [{ cut = 1 }]", "before = [{ base = \"ping\" }]", "wait = \"reply\""] {
        assert_eq!(over(&format!("{SMALL}{kept}\n")), Transport::ALL, "{kept}");
    }
    assert_eq!(over(&SMALL.replace("\"request\"", "\"http-accept\"")), [Transport::Http]);
    for (need, transports) in [
        ("loopback", &Transport::ALL[..1]),
        ("sessions", &Transport::ALL[..1]),
        ("credentials", &Transport::ALL[..1]),
        ("tools", &Transport::ALL[..]),
    ] {
        let text = SMALL.replace("[send]", &format!("needs = [\"{need}\"]\n[send]"));
        assert_eq!(over(&text), transports, "{need}");
    }
    for framing in ["split", "unended"] {
        let text = format!("{SMALL}framing = \"{framing}\"\n");
        assert_eq!(over(&text), [Transport::Stdio], "{framing}");
    }
    let named = SMALL.replace("[send]", "transports = [\"http\"]\n[send]");
    assert_eq!(over(&named), [Transport::Http]);
    refused(&named.replace("http", "tcp"), 4, "tcp");
}

#[test]
fn an_unknown_key_is_refused_where_it_stands() {
    refused(&format!("titel = \"x\"\n{SMALL}"), 1, "titel");
    refused(&format!("{SMALL}edit = []\n"), 6, "edit");
    refused(&format!("{SMALL}[expect]\nreplies = 1\n"), 7, "replies");
    refused(&format!("{SMALL}[expect.reply.error]\ncodes = [1]\n"), 7, "codes");
    refused(&format!("{SMALL}[expect.reply.errors]\n"), 6, "errors");
    refused(&format!("{SMALL}[control]\nedit = []\n"), 7, "edit");
}

#[test]
fn a_wrong_type_or_word_is_refused_where_it_stands() {
    refused(&SMALL.replace("\"a ping\"", "5"), 1, "string");
    refused(&SMALL.replace("\"request\"", "\"requests\""), 3, "requests");
    refused(&SMALL.replace("\"ping\"", "\"pong\""), 5, "pong");
    refused(&format!("{SMALL}edits = [{{ cat = 1 }}]\n"), 6, "cat");
    refused(&format!("{SMALL}edits = [{{ cut = -1 }}]\n"), 6, "");
    refused(&format!("{SMALL}[expect.reply.error]\nstatus = [600]\n"), 7, "600");
    refused(&format!("{SMALL}[expect.reply.error]\nstatus = [\"6xx\"]\n"), 7, "6xx");
    refused(&format!("{SMALL}[expect.reply.error]\nid = [\"same\"]\n"), 7, "same");
    refused(&format!("{SMALL}[expect]\nrecord = true\n"), 7, "");
    refused(&SMALL.replace("[send]", "[send"), 4, "");
}

#[test]
fn a_missing_key_is_named() {
    for key in ["title", "requirement", "class"] {
        let lines = SMALL.lines().filter(|line| !line.starts_with(key));
        let text = lines.collect::<Vec<_>>().join("\n");
        refused(&text, 1, key);
    }
    refused("title = \"t\"\nrequirement = \"A\"\nclass = \"request\"\n", 1, "send");
}

#[test]
fn a_case_may_show_further_requirements() {
    let with = |ids: &str| SMALL.replace("class =", &format!("also = [{ids}]\nclass ="));
    assert_eq!(read(&with("\"OLD\"")).also, ["OLD"]);
    assert!(read(SMALL).also.is_empty());
    refused(&with("\"A\", \"NEW\""), 3, "requirement `NEW`");
}

#[test]
fn a_case_runs_under_revisions_of_its_requirement_only() {
    let with = |name: &str| SMALL.replace("class =", &format!("revisions = [{name:?}]\nclass ="));
    assert_eq!(read(&with("2025-06-18")).revisions, [Revision::V2025_06_18]);
    refused(&with("2025-03-26"), 3, "not stated by 2025-03-26: it is by 2025-06-18, 2025-11-25");
    refused(&SMALL.replace("\"A\"", "\"OLD\""), 2, "stated by 2024-11-05 only");
}

#[test]
fn an_unknown_requirement_is_refused_where_it_stands() {
    refused(&SMALL.replace("\"A\"", "\"B\""), 2, "requirement `B`");
    let indented = SMALL.replace("requirement = \"A\"", "# requirement\n  requirement = \"B\"");
    refused(&indented, 3, "requirement `B`");
    let other = format!("# the requirement is this\n{}", SMALL.replace("\"A\"", "\"B\""));
    refused(&other, 3, "requirement `B`");
}

#[test]
fn an_unknown_revision_is_refused_where_it_stands() {
    let text = SMALL.replace("[send]", "revisions = [\"2025-11-25\", \"2024-11-05\"]\n[send]");
    refused(&text, 4, "2024-11-05");
}

#[test]
fn a_receiver_that_misbehaves_serves_one_case_at_a_time_and_has_a_control() {
    let text = |alone: &str, control: &str| {
        let send = "[send]\nbase = \"ping\"\nsink = \"down\"\n";
        let head = SMALL.split("[send]").next().unwrap();
        format!("{head}{alone}{send}{control}")
    };
    let control = "[control]\nbase = \"ping\"\n";
    let case = read(&text("alone = true\n", control));
    assert_eq!(case.stimulus.sink, Some(Sink::Down));
    refused(&text("", control), 6, "alone = true");
    refused(&text("alone = true\n", ""), 7, "[control]");
    assert!(error(&text("", control).replace("down", "gone")).contains("gone"));
    assert_eq!(read(SMALL).stimulus.sink, None);
}
