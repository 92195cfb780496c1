//! `--log`: the target's own log, as a file and as the output of a command.

use std::path::Path;

use reference_gateway::{Config, Fault, Upstream, UpstreamKind};

use super::child::{Done, run};
use super::gateway::{Served, serve_with};
use super::upstream::free_port;

/// A gateway with a log, and an upstream at this port.
fn logging(path: &Path, port: u16, faults: &[Fault]) -> Served {
    let own = UpstreamKind::Http(format!("http://127.0.0.1:{port}/mcp").parse().unwrap());
    let log_file = Some(path.to_owned());
    let mut config = Config { log_file, faults: faults.to_vec(), ..Config::default() };
    config.upstreams.push(Upstream { alias: "theirs".to_owned(), kind: own });
    serve_with(config)
}

fn tested(target: &str, port: u16, log: &str) -> Done {
    let address = format!("127.0.0.1:{port}");
    let aim = ["--target", target, "--audit", "none", "--upstream", &address, "--log", log];
    let cases = ["--generated", "0", "--revision", "2025-11-25", "upstream/asks/sampling"];
    run(&[&aim[..], &cases].concat())
}

#[test]
fn warnings_are_found_in_a_file_and_in_the_output_of_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gateway.log");
    let shown = path.display().to_string();
    for (faults, passes) in
        [(&[][..], true), (&[Fault::RefusalUnlogged], false), (&[Fault::PromptInLog], false)]
    {
        for log in [shown.clone(), format!("exec:tail -n 0 -f {shown}")] {
            let port = free_port();
            let target = logging(&path, port, faults);
            let done = tested(&target.url, port, &log);
            assert_eq!(done.code, Some(i32::from(!passes)), "{faults:?} {log}: {done:#?}");
            assert!(!done.out.contains("SECRET-PROMPT"), "{}", done.out);
        }
    }
}

#[test]
fn a_log_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let target = logging(&folder.path().join("gateway.log"), port, &[]);
    let done = tested(&target.url, port, "no/such.log");
    assert_eq!(done.code, Some(2), "{done:#?}");
    assert!(done.err.contains("--log: file `no/such.log` does not exist"), "{}", done.err);
    let done = tested(&target.url, port, "exec:echo no such pod >&2; exit 4");
    assert_eq!(done.code, Some(3), "{done:#?}");
    assert!(
        done.err.contains("--log: the command") && done.err.contains("no such pod"),
        "{}",
        done.err
    );
    let done = tested(&target.url, port, "exec:");
    assert_eq!(done.code, Some(2), "{done:#?}");
}
