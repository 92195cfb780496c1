//! The subcommand `doctor`: one line a step, and the exit code.

use super::{print, refuse_lost};
use crate::cli::{Cli, Doctor};
use crate::doctor::{Diagnosis, Finding, Outcome, Step, diagnose};
use crate::examine::{ExamineError, interrupted};
use crate::exit::Exit;
use crate::plan;

/// Diagnoses as the command line says.
pub(super) async fn doctor(cli: &Cli, doctor: &Doctor) -> Result<Exit, ExamineError> {
    refuse_lost(cli, "doctor")?;
    let (settings, public) = plan::doctor::read(doctor)?;
    let diagnosis = tokio::select! {
        diagnosis = diagnose(&settings, public) => diagnosis?,
        () = interrupted() => return Err(ExamineError::Untestable("interrupted".to_owned())),
    };
    print(&text(&diagnosis, settings.strict));
    Ok(exit(&diagnosis, settings.strict))
}

fn exit(diagnosis: &Diagnosis, strict: bool) -> Exit {
    match diagnosis.first_failed() {
        Some(step) if step.is_reach() => Exit::Untestable,
        Some(_) => Exit::Failed,
        None if strict && diagnosis.steps(Outcome::Warn).next().is_some() => Exit::Failed,
        None => Exit::Good,
    }
}

/// All lines.
fn text(diagnosis: &Diagnosis, strict: bool) -> String {
    let head = format!(
        "mcp-gauntlet {} diagnoses {}, public origin {}",
        env!("CARGO_PKG_VERSION"),
        diagnosis.target,
        diagnosis.public_origin
    );
    let lines = diagnosis.findings.iter().map(line);
    let all: Vec<String> =
        std::iter::once(head).chain(lines).chain([conclusion(diagnosis, strict)]).collect();
    all.join("\n")
}

fn line(finding: &Finding) -> String {
    let Finding { step, outcome, meaning, advice } = finding;
    let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
    format!("{:4}  {:13}  {meaning}{advice}", outcome.as_str(), step.as_str())
}

/// The last line: what fails first.
fn conclusion(diagnosis: &Diagnosis, strict: bool) -> String {
    let names = |outcome| {
        let names: Vec<&str> = diagnosis.steps(outcome).map(Step::as_str).collect();
        names.join(", ")
    };
    let (failed, warned) = (names(Outcome::Fail), names(Outcome::Warn));
    match (failed.is_empty(), warned.is_empty()) {
        (false, _) => format!("FAIL: {failed}"),
        (true, false) if strict => format!("FAIL: {warned} (--strict)"),
        (true, false) => format!("PASS, with a warning: {warned}"),
        (true, true) => "PASS: no step failed".to_owned(),
    }
}
