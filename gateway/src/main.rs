//! The binary: reads the command line, starts the gateway and waits for a signal.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use reference_gateway::{Config, StartError, termination};
use tracing::level_filters::LevelFilter;

use cli::Arguments;

/// What was typed cannot be run.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let (config, stdio) = match read_command_line() {
        Ok(read) => read,
        Err(code) => return code,
    };
    tracing_subscriber::fmt().with_max_level(LevelFilter::WARN).with_writer(io::stderr).init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.to_string(), 1),
    };
    let ended =
        runtime.block_on(async { if stdio { run_stdio(config).await } else { run(config).await } });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

/// The configuration, and whether stdio is served.
fn read_command_line() -> Result<(Config, bool), ExitCode> {
    let arguments = Arguments::try_parse().map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            ExitCode::SUCCESS
        }
        _ => complain(&first_line(&error.to_string()), USAGE),
    })?;
    let environment = |name: &str| std::env::var(name).ok();
    let stdio = arguments.stdio;
    let config = arguments.into_config(environment).map_err(|reason| complain(&reason, USAGE))?;
    Ok((config, stdio))
}

/// The rest repeats the usage, which `--help` tells.
fn first_line(text: &str) -> String {
    let paragraph: Vec<&str> =
        text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    paragraph.join(" ").trim_start_matches("error: ").to_owned()
}

async fn run(config: Config) -> Result<(), ExitCode> {
    let stopped = termination().map_err(|error| complain(&error.to_string(), 1))?;
    let gateway = reference_gateway::start(config).await.map_err(|error| refuse(&error))?;
    say(&gateway.url());
    stopped.await;
    gateway.stop().await;
    Ok(())
}

async fn run_stdio(config: Config) -> Result<(), ExitCode> {
    reference_gateway::serve_stdio(config).await.map_err(|error| refuse(&error))
}

fn refuse(error: &StartError) -> ExitCode {
    let code = match error {
        StartError::Listen { .. }
        | StartError::AuditFile { .. }
        | StartError::LogFile { .. }
        | StartError::Process(_)
        | StartError::WebhookClient(_)
        | StartError::Client { .. } => 1,
        _ => USAGE,
    };
    complain(&error.to_string(), code)
}

fn complain(reason: &str, code: u8) -> ExitCode {
    say(&format!("reference-gateway: {reason}"));
    ExitCode::from(code)
}

/// Nobody can be told if stderr is closed.
fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
