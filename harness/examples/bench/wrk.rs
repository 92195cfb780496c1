//! The load generator `wrk`, an independent yardstick where it is installed.

use std::fmt::Write as _;
use std::time::Duration;

use tokio::process::Command;

use crate::stage::{Failure, Stage};

/// Whether `wrk` can be run. It answers every question with its version and a failure.
pub(crate) async fn is_installed() -> bool {
    Command::new("wrk").arg("--version").output().await.is_ok()
}

/// Exchanges a second, by its own count.
pub(crate) async fn rate(
    stage: &Stage,
    connections: usize,
    time: Duration,
) -> Result<f64, Failure> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("stimulus.lua");
    std::fs::write(&script, lua(stage).await?)?;
    let threads = std::thread::available_parallelism()?.get().min(connections);
    let seconds = time.as_secs_f64().ceil();
    let output = Command::new("wrk")
        .arg(format!("-t{threads}"))
        .arg(format!("-c{connections}"))
        .arg(format!("-d{seconds}s"))
        .arg("-s")
        .arg(script)
        .arg(stage.endpoint.to_string())
        .output()
        .await?;
    let text = String::from_utf8(output.stdout)?;
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(format!("wrk was not served:\n{text}").into());
    }
    let found = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    Ok(found.ok_or("wrk told no rate")?.trim().parse()?)
}

/// A script that sends the stimulus. None of its texts holds a quote but the JSON body, which stands
/// in long brackets.
async fn lua(stage: &Stage) -> Result<String, Failure> {
    let envelope = stage.envelope().await?;
    let body = String::from_utf8(envelope.body)?;
    let mut text = format!("wrk.method = \"POST\"\nwrk.body = [==[{body}]==]\n");
    for header in envelope.headers {
        let value = String::from_utf8(header.value)?;
        writeln!(text, "wrk.headers[\"{}\"] = \"{value}\"", header.name)?;
    }
    Ok(text)
}
