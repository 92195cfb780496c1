//! Bad input: exit code 2, and one line that says what, where and what to do.

use std::fs;

use super::child::run;

/// A run that must end with exit code 2 and a line that holds all these parts.
fn refused(line: &[&str], parts: &[&str]) {
    let done = run(line);
    let complaint = done.complaint(2);
    for part in parts {
        assert!(complaint.contains(part), "{line:?} lacks {part:?}: {complaint}");
    }
    assert_eq!(done.out, "", "{line:?}");
}

#[test]
fn an_unknown_flag_is_named() {
    let done = run(&["--frobnicate"]);
    assert_eq!(done.code, Some(2));
    assert!(done.err.contains("--frobnicate") && done.err.contains("--help"), "{}", done.err);
}

#[test]
fn a_fault_is_not_planted_in_a_foreign_target() {
    let done = run(&["--fault", "wrong-code", "--target", "http://127.0.0.1:9/mcp"]);
    assert_eq!(done.code, Some(2));
    assert!(done.err.contains("--fault") && done.err.contains("--target"), "{}", done.err);
}

#[test]
fn a_target_is_an_http_url_on_this_machine_unless_allowed() {
    for url in ["", "nonsense", "http://", "ftp://127.0.0.1/mcp", "127.0.0.1:8080/mcp"] {
        refused(&["--target", url], &["--target", "http"]);
    }
    for url in ["http://192.0.2.1/mcp", "https://gateway.example/mcp"] {
        refused(&["--target", url], &["not on this machine", "--i-may-test-this-target"]);
    }
}

#[test]
fn an_audit_source_is_one_that_exists() {
    refused(&["--audit", "csv:x"], &["csv:x", "jsonl:PATH", "none"]);
    refused(&["--audit", "webhook:9"], &["webhook:9", "host and port"]);
    refused(&["--audit", "jsonl:"], &["jsonl:audit.jsonl"]);
    refused(&["--audit", "none", "--audit", "none"], &["--audit none", "twice"]);
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.jsonl");
    refused(
        &["--audit", &format!("jsonl:{}", missing.display())],
        &["missing.jsonl", "does not exist", "create"],
    );
    refused(&["--audit", &format!("jsonl:{}", folder.path().display())], &["no regular file"]);
}

#[test]
fn a_profile_is_known_or_a_file_without_mistakes() {
    refused(&["--profile", "nosuch"], &["nosuch", "reference, litellm", "file"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let shown = path.display().to_string();
    for (text, place) in [
        ("name = \"mine\"\nsettle = \n", "mine.toml:2:"),
        ("name = \"mine\"\n\ncolour = 1\n", "mine.toml:3:"),
        ("name = \"mine\"\nsettle = \"soon\"\ndeadline = \"1s\"\n", "mine.toml:2:"),
    ] {
        fs::write(&path, text).unwrap();
        refused(&["--profile", &shown], &["--profile", place]);
    }
}

#[test]
fn values_of_flags_are_looked_at() {
    refused(&["--revision", "2020-01-01"], &["2020-01-01", "known are", "2025-06-18"]);
    refused(&["--revision", "2025-06-18,x"], &["`x`", "known are"]);
    for header in ["no colon", ": x", "a b: x", "x: a\r\ny: b"] {
        refused(&["--header", header], &["--header (number 1)"]);
    }
    refused(
        &["--header", "a: b", "--header", "c: $GAUNTLET_NO_SUCH_VARIABLE"],
        &["number 2", "GAUNTLET_NO_SUCH_VARIABLE", "export"],
    );
    refused(&["--call-tool", "echo={"], &["--call-tool echo", "no JSON", "object"]);
    refused(&["--call-tool", "echo=[1]"], &["--call-tool echo", "object"]);
    refused(&["--call-tool", ""], &["--call-tool", "name"]);
    refused(&["--deadline", "soon"], &["--deadline soon", "5s"]);
    refused(&["--deadline", "1ms"], &["--deadline 1ms", "10ms"]);
    refused(&["--rate", "fast"], &["--rate fast", "20/s"]);
    refused(&["--rate", "0"], &["--rate 0", "20/s"]);
    refused(&["--jobs", "0"], &["--jobs 0", "1 to 1024"]);
    refused(&["no-such-case-anywhere"], &["no-such-case-anywhere", "list"]);
    refused(&["jsonrpc/id", "no-such-case"], &["no case matches no-such-case;", "list"]);
    refused(&["--set", "batch"], &["--set batch", "NAME=VALUE", "list --switches"]);
    refused(&["--set", "colour=red"], &["`colour`", "known are unknown-tool, ", "origin"]);
    refused(&["--set", "batch=red"], &["`red`", "known are warn, pass, fail"]);
    refused(&["--set", "colour=red", "explain", "METHOD-UNKNOWN"], &["`colour`"]);
}

#[cfg(feature = "reference")]
#[test]
fn an_unknown_fault_is_answered_with_those_known() {
    refused(&["--fault", "nope"], &["--fault nope", "known are", "wrong-code"]);
}

#[test]
fn a_report_needs_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("missing").join("report").display().to_string();
    for flag in ["--report-json", "--report-junit"] {
        refused(&[flag, &inside], &[flag, "missing", "make it"]);
        refused(&[flag, &folder.path().display().to_string()], &[flag, "is a folder"]);
    }
}

const REQUIREMENTS: &str = r#"[[requirement]]
id = "A"
level = "must"
source = "nowhere"
text = "All is well."
"#;

const CASE: &str = r#"title = "a case"
requirement = "A"
class = "unknown-method"
[send]
base = "unknown-method"
"#;

/// A folder of cases that must be refused with a line that holds all these parts.
fn cases_refused(requirements: &str, case: &str, parts: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(folder.path().join("requirements.toml"), requirements).unwrap();
    fs::write(folder.path().join("sub").join("one.toml"), case).unwrap();
    let shown = folder.path().display().to_string();
    refused(&["--cases", &shown], parts);
    refused(&["--cases", &shown, "list"], parts);
}

#[test]
fn a_folder_of_cases_exists_and_holds_some() {
    refused(&["--cases", "/no/such/folder"], &["/no/such/folder", "--cases", "requirements.toml"]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("requirements.toml"), REQUIREMENTS).unwrap();
    refused(&["--cases", &folder.path().display().to_string()], &["no case file", ".toml"]);
}

#[test]
fn a_mistake_in_a_case_is_told_with_file_and_line() {
    cases_refused(REQUIREMENTS, &CASE.replace("[send]", "[send"), &["sub/one.toml:4:"]);
    let unknown = CASE.replace("class =", "colour = 1\nclass =");
    cases_refused(REQUIREMENTS, &unknown, &["sub/one.toml:3:", "colour"]);
    let unknown = CASE.replace("base = \"unknown-method\"", "base = \"nonsense\"");
    cases_refused(REQUIREMENTS, &unknown, &["sub/one.toml:5:", "nonsense", "ping"]);
    let unknown = CASE.replace("\"A\"", "\"B\"");
    cases_refused(REQUIREMENTS, &unknown, &["sub/one.toml:2:", "`B`", "requirements.toml"]);
    let unknown = CASE.replace("class =", "revisions = [\"1999\"]\nclass =");
    cases_refused(REQUIREMENTS, &unknown, &["sub/one.toml:3:", "1999", "known are"]);
}

#[test]
fn an_unknown_further_requirement_is_told_with_file_and_line() {
    let unknown = CASE.replace("class =", "also = [\"B\"]\nclass =");
    cases_refused(REQUIREMENTS, &unknown, &["sub/one.toml:3:", "`B`", "requirements.toml"]);
}

#[test]
fn a_case_runs_where_its_requirement_is_stated_only() {
    let narrow = format!("{REQUIREMENTS}revisions = [\"2025-03-26\"]\n");
    let case = CASE.replace("class =", "revisions = [\"2025-11-25\"]\nclass =");
    cases_refused(&narrow, &case, &["sub/one.toml:3:", "`A`", "2025-11-25", "by 2025-03-26"]);
    let old = format!("{REQUIREMENTS}revisions = [\"2024-11-05\"]\n");
    cases_refused(&old, CASE, &["sub/one.toml:2:", "`A`", "2024-11-05 only"]);
}

#[test]
fn a_case_that_can_never_fail_is_refused() {
    let kinds = "result tool-error error batch accepted stream http garbage closed silent";
    let every: String = kinds.split(' ').map(|kind| format!("[expect.reply.{kind}]\n")).collect();
    let free = format!("{CASE}[expect]\nrecord = \"optional\"\n{every}");
    cases_refused(REQUIREMENTS, &free, &["sub/one.toml:6:", "never fail", "leave out"]);
}

#[test]
fn a_case_that_can_never_pass_is_refused() {
    let warns = format!("{CASE}[expect.reply.error]\ngrade = \"warn\"\n");
    cases_refused(REQUIREMENTS, &warns, &["sub/one.toml:6:", "never pass", "warns"]);
    let kind = format!("{CASE}[expect.reply.result]\nkinds = {{ \"/a\" = \"thing\" }}\n");
    cases_refused(REQUIREMENTS, &kind, &["sub/one.toml:6:", "never pass", "`thing`", "revision"]);
}

#[test]
fn a_mistake_in_the_requirements_is_told_with_file_and_line() {
    let twice = format!("{REQUIREMENTS}\n{REQUIREMENTS}");
    cases_refused(&twice, CASE, &["requirements.toml:8:", "`A`", "twice"]);
    let level = REQUIREMENTS.replace("must", "perhaps");
    cases_refused(&level, CASE, &["requirements.toml:3:", "perhaps"]);
    let revision = format!("{REQUIREMENTS}revisions = [\"1999-12-31\"]\n");
    let parts = ["requirements.toml:2:", "`A`", "`1999-12-31`", "known are 2024-11-05"];
    cases_refused(&revision, CASE, &parts);
}
