//! Children that are shells: what is heard of them, and that nothing of them is left.

use std::time::Duration;

use tokio::time::Instant;

use super::{Child, Framing, Grace, Launcher, Limits, Said};
use crate::wire::delivery::End;
use crate::wire::life::Leaving;

const LIMITS: Limits =
    Limits { max_line: 1000, max_output: 10_000, start: Duration::from_secs(10) };
const GRACE: Grace = Grace {
    input: Duration::from_secs(10),
    terminate: Duration::from_millis(500),
    children: Duration::from_millis(100),
};
/// For those who do not leave.
const SHORT: Grace = Grace { input: Duration::from_millis(200), ..GRACE };

fn shell(script: &str) -> Child {
    let quoted = shlex::try_quote(script).unwrap();
    Launcher::parse(&format!("sh -c {quoted}"), LIMITS).unwrap().start().unwrap()
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

async fn heard(child: &mut Child) -> (Vec<String>, Said) {
    let mut lines = Vec::new();
    loop {
        match child.listen(soon()).await {
            Said::Line(line) => lines.push(String::from_utf8_lossy(&line).into_owned()),
            other => return (lines, other),
        }
    }
}

fn exited(how: &str) -> Said {
    Said::Ended(End::Exited(how.to_owned()))
}

#[test]
fn a_command_line_is_split_like_a_shell_does() {
    let parse = |text: &str| Launcher::parse(text, LIMITS).map(|it| (it.program, it.arguments));
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let node = parse("node 'my server.js' --flag \"a b\" c\\ d").unwrap();
    assert_eq!(node, ("node".to_owned(), words(&["my server.js", "--flag", "a b", "c d"])));
    assert!(parse("").is_err() && parse("  ").is_err() && parse("''").is_err());
    assert!(parse("node 'server.js").is_err());
}

#[tokio::test]
async fn what_is_written_comes_back_in_lines() {
    for framing in [Framing::Line, Framing::Split] {
        let mut child = shell("while read -r line; do echo \"got $line\"; done");
        child.send(b"one", framing);
        child.send(b"two", framing);
        for expected in ["got one\n", "got two\n"] {
            assert_eq!(child.listen(soon()).await, Said::Line(expected.into()), "{framing:?}");
        }
        let soon = Instant::now() + Duration::from_millis(50);
        assert_eq!(child.listen(soon).await, Said::Nothing);
        let farewell = child.farewell(GRACE).await;
        assert_eq!((farewell.leaving, farewell.crash), (Leaving::OnItsOwn, None));
    }
}

#[tokio::test]
async fn the_end_of_the_input_follows_a_message_without_a_line_feed() {
    let mut child = shell("cat; exit 3");
    child.send(b"{\"a\":1}", Framing::Unended);
    let (lines, end) = heard(&mut child).await;
    assert_eq!((lines, end), (vec!["{\"a\":1}".to_owned()], exited("exit code 3")));
}

#[tokio::test]
async fn an_exit_is_heard_at_once_although_a_grandchild_holds_the_pipe() {
    let begun = Instant::now();
    let mut child = shell("echo bye; sleep 60 & exit 7");
    let (lines, end) = heard(&mut child).await;
    assert_eq!((lines, end), (vec!["bye\n".to_owned()], exited("exit code 7")));
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(child.farewell(GRACE).await.leaving, Leaving::LeftBehind);
}

#[tokio::test]
async fn a_signal_is_told_from_an_exit() {
    let mut child = shell("kill -SEGV $$");
    assert_eq!(heard(&mut child).await.1, exited("signal 11"));
    let farewell = child.farewell(GRACE).await;
    assert_eq!((farewell.leaving, farewell.crash), (Leaving::Early, Some(11)));
}

#[tokio::test]
async fn endless_lines_and_endless_output_are_cut() {
    let mut child = shell("head -c 100000 /dev/zero | tr '\\0' x; sleep 60");
    let (lines, end) = heard(&mut child).await;
    assert_eq!(lines.iter().map(String::len).collect::<Vec<_>>(), [1000]);
    assert_eq!(end, Said::Ended(End::Overflow));
}

#[tokio::test]
async fn standard_error_cannot_block_a_child() {
    let mut child = shell("head -c 1000000 /dev/zero | tr '\\0' e >&2; echo done");
    let (lines, _) = heard(&mut child).await;
    assert_eq!(lines, ["done\n"]);
    assert!(child.errors().starts_with("eee"));
    assert_eq!(child.errors(), "");
}

#[tokio::test]
async fn who_does_not_leave_is_asked_and_then_killed() {
    let deaf = shell("echo here; exec sleep 60");
    assert_eq!(
        deaf.farewell(Grace { terminate: Duration::from_secs(10), ..SHORT }).await.leaving,
        Leaving::Terminated
    );
    let mut stubborn = shell("trap '' TERM; echo here; while :; do sleep 60; done");
    assert_eq!(stubborn.listen(soon()).await, Said::Line("here\n".into()));
    let group = stubborn.group.clone_for_test();
    assert_eq!(stubborn.farewell(SHORT).await.leaving, Leaving::Killed);
    // A busy machine takes a moment to end what was killed.
    for _ in 0..100 {
        if group.is_running() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    assert!(!group.is_running());
    std::mem::forget(group);
}

#[tokio::test]
async fn a_child_that_is_dropped_takes_its_grandchildren_with_it() {
    let mut child = shell("sleep 60 & echo here; wait");
    assert_eq!(child.listen(soon()).await, Said::Line("here\n".into()));
    let group = child.group.clone_for_test();
    assert!(group.is_running());
    drop(child);
    let end = soon();
    while group.is_running() {
        assert!(Instant::now() < end, "the group goes on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    std::mem::forget(group);
}

#[tokio::test]
async fn a_program_that_does_not_exist_is_named() {
    let launcher = Launcher::parse("no-such-program-here --stdio", LIMITS).unwrap();
    let error = launcher.start().unwrap_err();
    assert!(error.contains("cannot start `no-such-program-here`"), "{error}");
}
