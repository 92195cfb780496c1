use super::*;
use std::fs;
use tempfile::TempDir;

const TEXT: &str = "profile litellm\n\njsonrpc/id/bool  all  pass\nmcp/tools/call  all  fail\n";

fn compared(dir: &TempDir, text: &str) -> SnapshotOutcome {
    compare_with("gateway/one", dir.path(), text, Pending::Written).unwrap()
}

/// Does what `cargo insta accept` does: the pending file takes the place of the kept one.
fn accept(dir: &TempDir) {
    let kept = dir.path().join("gateway__one.snap");
    fs::rename(dir.path().join("gateway__one.snap.new"), kept).unwrap();
}

fn files(dir: &TempDir) -> Vec<String> {
    let names = fs::read_dir(dir.path()).unwrap();
    let mut names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn without_a_snapshot_a_text_is_new_and_left_for_review() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(compared(&dir, TEXT), SnapshotOutcome::New);
    assert_eq!(files(&dir), ["gateway__one.snap.new"]);
    let pending = Snapshot::from_file(&dir.path().join("gateway__one.snap.new")).unwrap();
    assert_eq!(pending.metadata().source(), Some("mcp-gauntlet"));
    assert_eq!(pending.as_text().unwrap().to_string().trim(), TEXT.trim());
}

#[test]
fn an_accepted_text_is_unchanged_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    compared(&dir, TEXT);
    accept(&dir);
    fs::write(dir.path().join("gateway__one.snap.new"), "stale").unwrap();
    assert_eq!(compared(&dir, TEXT), SnapshotOutcome::Unchanged);
    assert_eq!(files(&dir), ["gateway__one.snap"]);
}

#[test]
fn another_text_has_drifted_and_the_diff_says_where() {
    let dir = tempfile::tempdir().unwrap();
    compared(&dir, TEXT);
    accept(&dir);
    let SnapshotOutcome::Drifted { diff } = compared(&dir, &TEXT.replace("fail", "pass")) else {
        panic!("not drifted");
    };
    assert!(diff.starts_with("--- gateway__one.snap\n+++ this run\n@@"), "{diff}");
    assert!(diff.contains("\n-mcp/tools/call  all  fail\n+mcp/tools/call  all  pass\n"), "{diff}");
    assert_eq!(files(&dir), ["gateway__one.snap", "gateway__one.snap.new"]);
    accept(&dir);
    assert_eq!(compared(&dir, &TEXT.replace("fail", "pass")), SnapshotOutcome::Unchanged);
}

#[test]
fn where_files_are_withheld_nothing_is_written_or_removed() {
    let dir = tempfile::tempdir().unwrap();
    let withheld = |text| compare_with("gateway/one", dir.path(), text, Pending::Withheld).unwrap();
    assert_eq!(withheld(TEXT), SnapshotOutcome::New);
    assert_eq!(files(&dir), Vec::<String>::new());
    compared(&dir, TEXT);
    accept(&dir);
    assert!(matches!(withheld("other"), SnapshotOutcome::Drifted { .. }));
    assert_eq!(files(&dir), ["gateway__one.snap"]);
    fs::write(dir.path().join("gateway__one.snap.new"), "stale").unwrap();
    assert_eq!(withheld(TEXT), SnapshotOutcome::Unchanged);
    assert_eq!(files(&dir).len(), 2);
}

#[test]
fn the_environment_decides_as_it_does_for_insta() {
    for (variables, expected) in [
        (&[][..], Pending::Written),
        (&[("CI", "true")], Pending::Withheld),
        (&[("CI", "false")], Pending::Written),
        (&[("CI", "")], Pending::Written),
        (&[("TF_BUILD", "True")], Pending::Withheld),
        (&[("INSTA_UPDATE", "no")], Pending::Withheld),
        (&[("INSTA_UPDATE", "auto")], Pending::Written),
    ] {
        let found = |name: &str| {
            let pair = variables.iter().find(|(known, _)| *known == name);
            pair.map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(pending(found), expected, "{variables:?}");
    }
}

#[test]
fn insta_agrees_with_what_was_accepted() {
    let dir = tempfile::tempdir().unwrap();
    compared(&dir, TEXT);
    accept(&dir);
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(dir.path());
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("gateway/one", TEXT));
}

#[test]
fn the_directory_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let reports = dir.path().join("reports");
    let outcome = compare_with("one", &reports, TEXT, Pending::Written).unwrap();
    assert_eq!(outcome, SnapshotOutcome::New);
    assert!(reports.join("one.snap.new").exists());
}

#[test]
fn windows_line_ends_in_a_checkout_are_no_drift() {
    let dir = tempfile::tempdir().unwrap();
    compared(&dir, TEXT);
    accept(&dir);
    let path = dir.path().join("gateway__one.snap");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace('\n', "\r\n")).unwrap();
    assert_eq!(compared(&dir, TEXT), SnapshotOutcome::Unchanged);
}

#[test]
fn a_file_that_is_no_snapshot_is_an_error_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("gateway__one.snap")).unwrap();
    let error = compare_with("gateway/one", dir.path(), TEXT, Pending::Written).unwrap_err();
    assert!(matches!(error, SnapshotError::Read { .. }), "{error}");
    assert!(error.to_string().contains("gateway__one.snap"));
}

#[test]
fn a_directory_that_is_a_file_is_an_error_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("reports");
    fs::write(&path, "").unwrap();
    let error = compare_with("one", &path, TEXT, Pending::Written).unwrap_err();
    assert!(error.to_string().contains("one.snap"), "{error}");
}
