//! The subcommand `init`: writes the draft, and says what was seen and what to do next.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::{print, refuse_lost};
use crate::cli::{Cli, Init};
use crate::examine::{ExamineError, interrupted};
use crate::exit::Exit;
use crate::init::{Drafted, init as look};
use crate::plan::{self, UsageError};

/// Drafts a profile as the command line says.
pub(super) async fn init(cli: &Cli, init: &Init) -> Result<Exit, ExamineError> {
    refuse_lost(cli, "init")?;
    let (settings, order) = plan::init::read(init)?;
    let drafted = tokio::select! {
        drafted = look(&settings, &order) => drafted?,
        () = interrupted() => return Err(ExamineError::Untestable("interrupted".to_owned())),
    };
    write(&init.profile_out, &drafted.text)?;
    print(&text(&drafted, init));
    Ok(Exit::Good)
}

/// Never over a file that came into being meanwhile.
fn write(path: &Path, text: &str) -> Result<(), UsageError> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.as_mut().map(|file| file.write_all(text.as_bytes()));
    match written {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(failed(path, &error)),
        Err(error) => Err(failed(path, error)),
    }
}

fn failed(path: &Path, error: &std::io::Error) -> UsageError {
    UsageError(format!("--profile-out {}: {error}; give another path", path.display()))
}

fn text(drafted: &Drafted, init: &Init) -> String {
    let head = format!(
        "mcp-gauntlet {} looked at the records of {} in {}",
        env!("CARGO_PKG_VERSION"),
        drafted.target,
        drafted.audit
    );
    let path = init.profile_out.display();
    let next = [
        format!("wrote {path}: read it, and name what was not seen"),
        format!("next: run with the same --target and --audit, and --profile {path}"),
    ];
    let all: Vec<String> =
        std::iter::once(head).chain(drafted.seen.iter().cloned()).chain(next).collect();
    all.join("\n")
}
