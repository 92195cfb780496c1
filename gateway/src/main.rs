//! The binary: reads the command line, starts the gateway and waits for a signal.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use reference_gateway::{Config, StartError};
use tokio::signal::unix::{SignalKind, signal};
use tracing::level_filters::LevelFilter;

use cli::Arguments;

/// What was typed cannot be run.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let config = match read_command_line() {
        Ok(config) => config,
        Err(code) => return code,
    };
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_writer(io::stderr)
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.to_string(), 1),
    };
    match runtime.block_on(run(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn read_command_line() -> Result<Config, ExitCode> {
    let arguments = Arguments::try_parse().map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            ExitCode::SUCCESS
        }
        _ => complain(&first_line(&error.to_string()), USAGE),
    })?;
    let environment = |name: &str| std::env::var(name).ok();
    arguments
        .into_config(environment)
        .map_err(|reason| complain(&reason, USAGE))
}

/// The rest repeats the usage, which `--help` tells.
fn first_line(text: &str) -> String {
    let paragraph: Vec<&str> = text
        .lines()
        .take_while(|line| !line.is_empty())
        .map(str::trim)
        .collect();
    paragraph.join(" ").trim_start_matches("error: ").to_owned()
}

async fn run(config: Config) -> Result<(), ExitCode> {
    let gateway = reference_gateway::start(config).await.map_err(|error| {
        let code = match error {
            StartError::Listen { .. }
            | StartError::AuditFile { .. }
            | StartError::Client { .. } => 1,
            _ => USAGE,
        };
        complain(&error.to_string(), code)
    })?;
    say(&gateway.url());
    let waited = wait_for_signal().await;
    gateway.stop().await;
    waited.map_err(|error| complain(&error.to_string(), 1))
}

async fn wait_for_signal() -> io::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminated.recv() => Ok(()),
    }
}

fn complain(reason: &str, code: u8) -> ExitCode {
    say(&format!("reference-gateway: {reason}"));
    ExitCode::from(code)
}

/// Nobody can be told if stderr is closed.
fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
