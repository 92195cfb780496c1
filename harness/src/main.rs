//! The binary `mcp-gauntlet`. Everything it does is in the library.

use std::process::ExitCode;

use clap::Parser;
use mcp_gauntlet::{app, cli::Cli};

#[tokio::main]
async fn main() -> ExitCode {
    app::run(Cli::parse()).await.into()
}
