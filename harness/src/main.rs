//! The binary `mcp-gauntlet`. Everything it does is in the library.

use std::process::ExitCode;

use clap::Parser;
use mcp_gauntlet::{app, cli::Cli, exit::Exit};

#[tokio::main]
async fn main() -> ExitCode {
    // A panic of ours is told from a target's failure by its exit code.
    tokio::spawn(app::run(Cli::parse())).await.unwrap_or(Exit::Internal).into()
}
