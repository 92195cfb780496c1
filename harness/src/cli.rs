//! What can be typed. Nothing behind `plan.rs` sees clap.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Sends malformed and unusual JSON-RPC envelopes to an MCP gateway or server, and asserts per case
/// a correlated answer, a matching audit record, and that nothing is silently dropped.
#[derive(Debug, Parser)]
#[command(name = "mcp-gauntlet", version, max_term_width = 100)]
pub struct Cli {
    /// What to do instead of testing.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Run only cases whose id contains one of these texts.
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// What is tested, and how.
    #[command(flatten)]
    pub aim: Aim,
    /// How many messages are generated in all, beside the cases [default: 256; with --snapshot 0]
    #[arg(long, value_name = "N")]
    pub generated: Option<usize>,
    /// Compare the verdicts with the snapshot reports/NAME.snap.
    #[arg(long, value_name = "NAME")]
    pub snapshot: Option<String>,
    /// Folder of the snapshots.
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub snapshot_dir: PathBuf,
    /// Write the report as JSON.
    #[arg(long, value_name = "PATH")]
    pub report_json: Option<PathBuf>,
    /// Write the report as JUnit XML.
    #[arg(long, value_name = "PATH")]
    pub report_junit: Option<PathBuf>,
    /// Print only the cases that did not pass.
    #[arg(long)]
    pub problems: bool,
    /// Read the cases from this folder instead of those built in.
    #[arg(long, value_name = "DIR")]
    pub cases: Option<PathBuf>,
}

/// What is tested, and how.
#[derive(Args, Clone, Debug, Eq, PartialEq)]
pub struct Aim {
    /// URL of the MCP endpoint under test; without it the built-in reference gateway is tested.
    #[arg(long, value_name = "URL")]
    pub target: Option<String>,
    /// Command line of an MCP server that speaks on its standard input and output; it is started
    /// anew for every case.
    #[arg(long, value_name = "COMMAND", conflicts_with = "target", allow_hyphen_values = true)]
    pub stdio: Option<String>,
    /// Where the target's audit records are: jsonl:PATH, http(s)://..., postgres://..., sqlite:PATH,
    /// webhook:HOST:PORT, otlp:HOST:PORT, exec:COMMAND, or none. Several may be given.
    #[arg(long, value_name = "LOCATOR")]
    pub audit: Vec<String>,
    /// The target's own log, a file or exec:COMMAND: it is searched for credentials, and for the warnings
    /// that cases expect.
    #[arg(long, value_name = "PATH|exec:COMMAND")]
    pub log: Option<String>,
    /// What the product calls things: reference, litellm, generic (guesses), or a profile file.
    #[arg(long, value_name = "NAME|PATH", default_value = "reference")]
    pub profile: String,
    /// Serve our own upstream at this address, which the target is configured to use: cases about the hop
    /// behind a gateway need it. Behind the built-in gateway it always serves.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "stdio")]
    pub upstream: Option<std::net::SocketAddr>,
    /// Only these revisions, separated by commas.
    #[arg(long, value_name = "R[,R]", value_delimiter = ',')]
    pub revision: Vec<String>,
    /// A header of every message; `$NAME` is taken from the environment.
    #[arg(long, value_name = "'Name: value'")]
    pub header: Vec<String>,
    /// A tool of the target that may be called, with arguments made from its input schema or given.
    #[arg(long, value_name = "NAME[='{...}']")]
    pub call_tool: Vec<String>,
    /// Seed of everything random: the same seed sends the same bytes
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// How many cases run side by side.
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub jobs: usize,
    /// Total time of one exchange, for example 5s or 800ms.
    #[arg(long, value_name = "TIME", default_value = "5s")]
    pub deadline: String,
    /// At most this many messages a second, for example 20/s.
    #[arg(long, value_name = "N/s")]
    pub rate: Option<String>,
    /// Warnings are failures, and a run without audit records is red too.
    #[arg(long)]
    pub strict: bool,
    /// Decide a disputed verdict, for example unknown-tool=either (see `list --switches`).
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Plant a fault in the built-in reference gateway (see `list --faults`).
    #[arg(long, value_name = "NAME", conflicts_with_all = ["target", "stdio"])]
    pub fault: Vec<String>,
    /// The target is not on this machine, and its owner allows the test.
    #[arg(long)]
    pub i_may_test_this_target: bool,
}

/// What to do instead of testing.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the cases, one a line, with requirement and title.
    List(List),
    /// Run the reference gateway alone.
    #[cfg(feature = "reference")]
    Gateway {
        /// Serve standard input and output, one message a line.
        #[arg(long, conflicts_with = "listen", required_unless_present = "listen")]
        stdio: bool,
        /// Serve HTTP at this address; port 0 takes a free one.
        #[arg(long, value_name = "ADDR")]
        listen: Option<std::net::SocketAddr>,
        /// A file to which audit records are appended, one JSON object a line.
        #[arg(long, value_name = "PATH")]
        audit_file: Option<PathBuf>,
        /// A receiver to which audit records are posted as JSON arrays, for example that of --audit
        /// webhook:HOST:PORT.
        #[arg(long, value_name = "URL")]
        audit_webhook: Option<url::Url>,
        /// A file to which warnings are appended, one a line.
        #[arg(long, value_name = "PATH")]
        log_file: Option<PathBuf>,
        /// The environment variable that holds the key of callers over HTTP.
        #[arg(long, value_name = "NAME", conflicts_with = "stdio")]
        api_key_env: Option<String>,
        /// URL of our own upstream, as `upstream` prints it.
        #[arg(long, value_name = "URL")]
        upstream: Option<url::Url>,
        /// Plant a fault (see `list --faults`).
        #[arg(long, value_name = "NAME")]
        fault: Vec<String>,
    },
    /// Run our own upstream alone: an MCP server whose tools misbehave on purpose. Or be its process.
    Upstream {
        /// Serve at this address; port 0 takes a free one.
        #[arg(long, value_name = "HOST:PORT", required_unless_present = "stdio")]
        listen: Option<std::net::SocketAddr>,
        /// Be the process that a gateway starts as its MCP server: every line goes to the upstream of a run,
        /// which serves at --to.
        #[arg(long, conflicts_with = "listen", requires = "to")]
        stdio: bool,
        /// Where the upstream serves: --upstream of the run, or --listen.
        #[arg(long, value_name = "HOST:PORT", requires = "stdio", value_parser = host_and_port)]
        to: Option<String>,
    },
    /// Find out which hop fails: one line a step, from the address to the audit record, then the debug
    /// headers, the OAuth metadata and the redirects of the target.
    Doctor(Doctor),
    /// Draft a profile: sends three probes, looks at the records that arrive for them, and writes where they keep
    /// each field.
    Init(Init),
    /// Send messages that nobody wrote down, guided by what the target does, and keep what fails.
    Fuzz(Fuzz),
    /// Send a finding, or any case file, once again.
    Replay(Replay),
    /// Make findings cases: copies them to a folder of the catalogue.
    Promote(Promote),
    /// Explain a case, a requirement, a check or a fault: why it matters, what passes, how to fix it.
    Explain {
        /// Its id, as `list` prints it.
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// Refuses what names no port.
fn host_and_port(text: &str) -> Result<String, String> {
    let parts = text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
    match parts.and_then(|(_, port)| port.parse::<u16>().ok()) {
        Some(port) if port > 0 => Ok(text.to_owned()),
        _ => Err("give HOST:PORT, for example 127.0.0.1:9101".to_owned()),
    }
}

/// What to list instead of the cases.
#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
pub struct List {
    /// Print the faults of the reference gateway instead.
    #[arg(long)]
    pub faults: bool,
    /// Print the checks instead.
    #[arg(long)]
    pub checks: bool,
    /// Print the requirements instead: which cases and checks show each, and why some have none.
    #[arg(long)]
    pub requirements: bool,
    /// Print the disputed verdicts instead, with values and citations (see --set).
    #[arg(long)]
    pub switches: bool,
}

/// A diagnosis.
#[derive(Args, Clone, Debug)]
pub struct Doctor {
    /// What is diagnosed, and how.
    #[command(flatten)]
    pub aim: Aim,
    /// What clients call the target, for example https://gateway.example, where that is not the origin of
    /// --target: its OAuth metadata has to name it.
    #[arg(long, value_name = "URL")]
    pub public_origin: Option<String>,
}

/// A first look at a target's records.
#[derive(Args, Clone, Debug)]
pub struct Init {
    /// What is probed, and where its records are.
    #[command(flatten)]
    pub aim: Aim,
    /// Where the draft is written; an existing file is not overwritten.
    #[arg(long, value_name = "PATH", default_value = "gauntlet-profile.toml")]
    pub profile_out: PathBuf,
    /// How long records are waited for, for example 45s: some sinks write every 30 s.
    #[arg(long, value_name = "TIME", default_value = "45s")]
    pub wait: String,
}

/// A campaign of fuzzing.
#[derive(Args, Clone, Debug)]
pub struct Fuzz {
    /// What is fuzzed, and how.
    #[command(flatten)]
    pub aim: Aim,
    /// How long to go on, for example 60s or 10m.
    #[arg(long, value_name = "TIME", default_value = "60s")]
    pub time: String,
    /// Stop after this many findings.
    #[arg(long, value_name = "N")]
    pub findings: Option<usize>,
    /// Folder of inputs that showed something new (`corpus`) and of findings (`findings`); read at the
    /// start and added to.
    #[arg(long, value_name = "DIR", default_value = "gauntlet-fuzz")]
    pub corpus: PathBuf,
    /// A shell command that starts the target again when it has died.
    #[arg(long, value_name = "COMMAND", conflicts_with = "stdio")]
    pub restart: Option<String>,
    /// Write the findings as JSON report.
    #[arg(long, value_name = "PATH")]
    pub report_json: Option<PathBuf>,
}

/// Findings to send again.
#[derive(Args, Clone, Debug)]
pub struct Replay {
    /// The files.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What they are sent to.
    #[command(flatten)]
    pub aim: Aim,
}

/// Findings that become cases.
#[derive(Args, Clone, Debug)]
pub struct Promote {
    /// The files.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The folder of the catalogue.
    #[arg(long, value_name = "DIR", default_value = "cases/regressions")]
    pub to: PathBuf,
}
