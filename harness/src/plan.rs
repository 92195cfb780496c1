//! What was typed -> what it means. Everything behind this module takes typed values.

pub mod campaign;
pub mod doctor;
mod header;
pub mod init;
mod output;
pub mod replay;
mod select;
mod switches;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::audit::profile::Profile;
use crate::case::Case;
use crate::case::models::Models;
use crate::case::requirement::Requirements;
use crate::case::switch::Switches;
use crate::catalogue::Catalogue;
use crate::cli::{Aim, Cli};
use crate::runner::headers::GivenHeader;
use crate::runner::probe::AllowedTool;
use crate::source::Locator;
use crate::transport::endpoint::Endpoint;
use crate::transport::stdio::{Launcher, Limits};
use crate::wire::json::{self, Json};
use crate::wire::revision::Revision;

/// A mistake of the caller: what, where, what to do. Exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// The meaning of a command line.
#[derive(Debug)]
pub struct Settings {
    /// The endpoint; none for the built-in gateway or a process.
    pub target: Option<Endpoint>,
    /// The command line of the process under test.
    pub stdio: Option<Launcher>,
    /// Where records are; empty when the command line does not say.
    pub audit: Vec<Locator>,
    /// Where the target's own log is; none when it is not read.
    pub log: Option<Locator>,
    /// What the product calls things.
    pub profile: Profile,
    /// Revisions to test.
    pub revisions: Vec<Revision>,
    /// Headers of every message.
    pub headers: Vec<GivenHeader>,
    /// Tools that may be called.
    pub tools: Vec<AllowedTool>,
    /// How disputed verdicts are decided.
    pub switches: Switches,
    /// Whether a warning is a failure.
    pub strict: bool,
    /// Seed of everything random.
    pub seed: u64,
    /// Cases side by side.
    pub jobs: usize,
    /// Total time of one exchange.
    pub deadline: Duration,
    /// Messages a second, at most.
    pub rate: Option<f64>,
    /// Where our own upstream serves; none for nowhere, or for a free port behind the built-in gateway.
    pub upstream: Option<SocketAddr>,
    /// Faults to plant in the built-in gateway.
    pub faults: Vec<String>,
    /// The selected cases.
    pub cases: Vec<Case>,
    /// The selected numbers of generated messages.
    pub generated: Vec<usize>,
    /// The requirements that cases name.
    pub requirements: Requirements,
    /// What the whole catalogue permits.
    pub models: Models,
    /// Digest of the catalogue.
    pub digest: String,
}

impl Settings {
    /// Reads a command line and the files that it names.
    ///
    /// # Errors
    /// [`UsageError`] for the first mistake.
    pub fn from_cli(cli: &Cli) -> Result<Self, UsageError> {
        let catalogue = catalogue(cli.cases.as_deref())?;
        output::check(cli)?;
        let mut settings = Self::aimed(&cli.aim, catalogue)?;
        settings.cases = select::cases(settings.cases, &cli.filters)?;
        settings.generated = select::generated(generated(cli), &cli.filters);
        Ok(settings)
    }

    /// What is tested with a whole catalogue, and how; nothing is generated.
    fn aimed(aim: &Aim, catalogue: Catalogue) -> Result<Self, UsageError> {
        let target = aim.target.as_deref().map(|url| endpoint(url, aim)).transpose()?;
        let remote = target.as_ref().is_some_and(|endpoint| !endpoint.is_loopback());
        let rate = aim.rate.as_deref().map(rate).transpose()?;
        let deadline = duration("--deadline", &aim.deadline)?;
        let stdio = aim.stdio.as_deref().map(|text| launcher(text, deadline)).transpose()?;
        let profile = profile(&aim.profile)?;
        Ok(Self {
            target,
            stdio,
            audit: locators(&aim.audit)?,
            log: aim.log.as_deref().map(log).transpose()?,
            switches: switches::read(&profile, &aim.set)?,
            strict: aim.strict,
            profile,
            revisions: revisions(&aim.revision)?,
            headers: header::read(&aim.header)?,
            tools: aim.call_tool.iter().map(|text| tool(text)).collect::<Result<_, _>>()?,
            seed: aim.seed.unwrap_or_else(rand_seed),
            jobs: jobs(aim.jobs)?,
            deadline,
            rate: rate.or_else(|| remote.then_some(REMOTE_RATE)),
            upstream: aim.upstream,
            faults: aim.fault.clone(),
            models: Models::of(&catalogue.cases),
            cases: catalogue.cases,
            generated: Vec::new(),
            requirements: catalogue.requirements,
            digest: catalogue.digest,
        })
    }
}

/// Generated messages of a run that does not say how many.
const GENERATED: usize = 256;

/// How many messages are generated. A snapshot is compared line by line, and they differ from run to
/// run: none then, unless they are asked for.
fn generated(cli: &Cli) -> usize {
    let usual = if cli.snapshot.is_some() { 0 } else { GENERATED };
    cli.generated.unwrap_or(usual)
}

/// Messages a second to a target that is not on this machine, unless `--rate` says otherwise.
const REMOTE_RATE: f64 = 20.0;

fn usage<T>(text: impl Into<String>) -> Result<T, UsageError> {
    Err(UsageError(text.into()))
}

/// The catalogue of a folder, or the built-in one.
///
/// # Errors
/// When a file of it is wrong; the message carries file and line.
pub fn catalogue(folder: Option<&Path>) -> Result<Catalogue, UsageError> {
    let read = folder.map_or_else(Catalogue::built_in, Catalogue::read);
    read.map_err(|error| UsageError(error.to_string()))
}

fn endpoint(url: &str, aim: &Aim) -> Result<Endpoint, UsageError> {
    let endpoint = Endpoint::parse(url)
        .map_err(|error| UsageError(format!("--target: {error}; give an http(s) URL")))?;
    if endpoint.is_loopback() || aim.i_may_test_this_target {
        return Ok(endpoint);
    }
    usage(format!(
        "--target {endpoint} is not on this machine: malformed messages may harm it; \
         if its owner allows the test, say --i-may-test-this-target"
    ))
}

/// Bytes of one line, and of all that a process writes for one message, that are read.
const MAX_LINE: usize = 8 * 1024 * 1024;

/// How many deadlines a process may take to start, and the longest time that this can be: an
/// interpreter starts in a second, and in many when others start beside it.
const START: (u32, Duration) = (6, Duration::from_secs(30));

fn launcher(text: &str, deadline: Duration) -> Result<Launcher, UsageError> {
    let start = deadline.saturating_mul(START.0).min(START.1);
    let limits = Limits { max_line: MAX_LINE, max_output: 2 * MAX_LINE, start };
    Launcher::parse(text, limits).map_err(|error| {
        UsageError(format!(
            "--stdio {text}: {error}; give a command line, for example 'node server.js'"
        ))
    })
}

fn locators(given: &[String]) -> Result<Vec<Locator>, UsageError> {
    // The text may hold a password: only the error, which knows what to hide, is repeated.
    let parse =
        |text: &String| text.parse().map_err(|error| UsageError(format!("--audit: {error}")));
    let named: Vec<Locator> = given.iter().map(parse).collect::<Result<_, _>>()?;
    let twice =
        named.iter().enumerate().find(|(at, one)| named.iter().take(*at).any(|it| it == *one));
    match twice {
        Some((_, one)) => usage(format!("--audit {one} is given twice: leave one out")),
        None if named.len() > 1 && named.contains(&Locator::None) => {
            usage("--audit none beside another --audit: leave one out")
        }
        None => Ok(named),
    }
}

fn log(text: &str) -> Result<Locator, UsageError> {
    let wrong = |_| UsageError("--log: give the path of a file, or exec:COMMAND".to_owned());
    Locator::of_log(text).map_err(wrong)
}

fn profile(name: &str) -> Result<Profile, UsageError> {
    if let Some(profile) = Profile::builtin(name) {
        return Ok(profile);
    }
    let path = PathBuf::from(name);
    let text = fs::read_to_string(&path).map_err(|error| {
        let known = Profile::BUILTIN.join(", ");
        UsageError(format!("--profile {name}: {error}; known are {known}, or give a file"))
    })?;
    let profile =
        Profile::parse(&text, name).map_err(|error| UsageError(format!("--profile: {error}")))?;
    profile.set_switches().map_err(|error| UsageError(format!("--profile {name}: {error}")))?;
    Ok(profile)
}

fn revisions(names: &[String]) -> Result<Vec<Revision>, UsageError> {
    if names.is_empty() {
        return Ok(Revision::ALL.to_vec());
    }
    let parse = |name: &String| {
        name.parse().map_err(|error| UsageError(format!("--revision {name}: {error}")))
    };
    let mut list: Vec<Revision> = names.iter().map(parse).collect::<Result<_, _>>()?;
    list.sort();
    list.dedup();
    Ok(list)
}

fn tool(text: &str) -> Result<AllowedTool, UsageError> {
    if text.is_empty() || text.starts_with('=') {
        return usage("--call-tool: give the name of a tool, or NAME='{...}'");
    }
    let Some((name, arguments)) = text.split_once('=') else {
        return Ok(AllowedTool { name: text.to_owned(), arguments: None, role: None });
    };
    match json::parse(arguments.as_bytes()) {
        Ok(Json::Object(_)) => Ok(AllowedTool {
            name: name.to_owned(),
            arguments: Some(arguments.to_owned()),
            role: None,
        }),
        Ok(_) => usage(format!("--call-tool {name}: give a JSON object as its arguments")),
        Err(error) => {
            usage(format!("--call-tool {name}: its arguments are no JSON: {error}; give an object"))
        }
    }
}

/// `5s`, `800ms`, `1m`; a number alone is seconds.
fn duration(flag: &str, text: &str) -> Result<Duration, UsageError> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("", 1.0)];
    let split = |(unit, factor): (&str, f64)| Some((text.strip_suffix(unit)?, factor));
    let found = units.into_iter().find_map(split);
    let seconds = found.and_then(|(number, factor)| Some(number.parse::<f64>().ok()? * factor));
    match seconds.filter(|seconds| (0.01..=3600.0).contains(seconds)) {
        Some(seconds) => Ok(Duration::from_secs_f64(seconds)),
        None => usage(format!("{flag} {text}: give a time from 10ms to 60m, for example 5s")),
    }
}

/// Slower than one message in ten seconds a run would seem to hang.
fn rate(text: &str) -> Result<f64, UsageError> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    match number.parse::<f64>().ok().filter(|rate| (0.1..=1_000_000.0).contains(rate)) {
        Some(rate) => Ok(rate),
        None => {
            usage(format!("--rate {text}: give 0.1 to 1000000 messages a second, for example 20/s"))
        }
    }
}

fn jobs(number: usize) -> Result<usize, UsageError> {
    match number {
        1..=1024 => Ok(number),
        _ => usage(format!("--jobs {number}: give 1 to 1024 cases side by side")),
    }
}

fn rand_seed() -> u64 {
    let time = crate::runner::keys::now().to_bits();
    time ^ u64::from(std::process::id()).rotate_left(32)
}

/// How disputed verdicts are decided by a command line and the profile that it names.
///
/// # Errors
/// [`UsageError`] for a profile that cannot be used, or a switch or value that nobody knows.
pub fn switches_of(cli: &Cli) -> Result<Switches, UsageError> {
    switches::read(&profile(&cli.aim.profile)?, &cli.aim.set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_sensible_value() {
        assert_eq!(duration("--deadline", "800ms").unwrap(), Duration::from_millis(800));
        assert_eq!(duration("--deadline", "2s").unwrap(), Duration::from_secs(2));
        assert_eq!(duration("--deadline", "1m").unwrap(), Duration::from_secs(60));
        for text in ["", "s", "-1s", "1h", "NaNs", "0s"] {
            assert!(duration("--deadline", text).is_err(), "{text}");
        }
    }

    #[test]
    fn tools_take_an_object_as_arguments() {
        assert_eq!(tool("echo").unwrap().arguments, None);
        assert_eq!(tool("echo={\"a\":1}").unwrap().arguments.as_deref(), Some("{\"a\":1}"));
        assert!(tool("echo=[1]").is_err());
        assert!(tool("echo={").is_err());
        assert!(tool("").is_err());
        assert!(tool("={}").is_err());
    }

    #[test]
    fn rates_are_positive_numbers() {
        assert!((rate("20/s").unwrap() - 20.0).abs() < f64::EPSILON);
        for text in ["0/s", "fast", "1e-9", "inf", "NaN", "-3"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_not_repeated() {
        let line = |flag: &str, value: &str| {
            let cli = <Cli as clap::Parser>::parse_from(["mcp-gauntlet", flag, value]);
            Settings::from_cli(&cli).unwrap_err().to_string()
        };
        for (flag, value) in [
            ("--target", "http://user:hunter2@host:99999/"),
            ("--target", "user:hunter2@host"),
            ("--audit", "postgres:user:hunter2@host/db"),
            ("--audit", "http://user:hunter2@host:99999/"),
        ] {
            let error = line(flag, value);
            assert!(error.starts_with(flag) && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn jobs_are_at_least_one() {
        assert_eq!(jobs(16).unwrap(), 16);
        assert!(jobs(0).is_err());
        assert!(jobs(1025).is_err());
    }
}
