//! Cases: one file each under `cases/`, read into a stimulus (what to send) and an expectation (what
//! may come back). The two halves part before anything is sent: no transport ever sees an expectation.

pub mod class;
pub mod companion;
pub mod coverage;
pub mod expectation;
pub mod file;
pub mod graded;
pub mod models;
pub mod recipe;
pub mod requirement;
pub mod switch;
pub mod text;
pub mod told;
pub mod transports;
pub mod vacuity;

use class::Class;
use companion::Companion;
use expectation::Expectation;
use recipe::{Credentials, Recipe, SessionMode};

use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

/// One case, checked against the vocabulary and the requirement list.
#[derive(Clone, Debug)]
pub struct Case {
    /// Path of the file under `cases/`, without `.toml`.
    pub id: String,
    /// One line on what is sent.
    pub title: String,
    /// The comment at the head of the file: why the case is there. Empty where there is none.
    pub note: String,
    /// Id of the requirement that the case tests.
    pub requirement: String,
    /// Ids of further requirements that the case shows.
    pub also: Vec<String>,
    /// Keyword of the requirement.
    pub level: requirement::Level,
    /// Revisions under which the case runs.
    pub revisions: Vec<Revision>,
    /// Transports over which the case runs.
    pub transports: Vec<Transport>,
    /// What the target or the command line must offer.
    pub needs: Vec<Need>,
    /// Whether nothing else may run beside it.
    pub alone: bool,
    /// Whether it may leave the target, or what stands behind it, worse than it was: it is sent when all
    /// others are done.
    pub last: bool,
    /// What is sent.
    pub stimulus: Stimulus,
    /// What may come back.
    pub expectation: Expectation,
}

/// What a case sends: the half that the sender sees.
#[derive(Clone, Debug)]
pub struct Stimulus {
    /// What the envelope is meant to be, by the case's own word.
    pub class: Class,
    /// How the envelope is made.
    pub recipe: Recipe,
    /// Messages sent before it on the same session; their answers are not judged.
    pub before: Vec<Recipe>,
    /// Messages sent beside it.
    pub beside: Vec<Companion>,
    /// Whether the cursors of its results are followed to the last page.
    pub follow: bool,
    /// The same message with its one defect mended; none where there is no defect to mend.
    pub control: Option<Recipe>,
    /// Which session the stimulus names.
    pub session: SessionMode,
    /// Which credentials the stimulus carries.
    pub credentials: Credentials,
    /// How long to wait for the answer.
    pub wait: Wait,
    /// How the message is put on a process's input.
    pub framing: Framing,
    /// Milliseconds after which the sender hangs up; none to wait for the answer.
    pub give_up_ms: Option<u64>,
    /// For how many deadlines of the run it is sent again until it is accepted. The last answer is judged.
    pub patience: u32,
    /// How our own receiver of records misbehaves meanwhile; none where it does not.
    pub sink: Option<Sink>,
}

impl Stimulus {
    /// A bare request alone, of a class.
    #[must_use]
    pub fn bare(class: Class) -> Self {
        Self {
            class,
            recipe: Recipe::default(),
            before: Vec::new(),
            beside: Vec::new(),
            follow: false,
            control: None,
            session: SessionMode::Live,
            credentials: Credentials::Valid,
            wait: Wait::Reply,
            framing: Framing::Line,
            give_up_ms: None,
            patience: 0,
            sink: None,
        }
    }
}

/// When the answer to a stimulus is over.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// When a JSON-RPC response, or a whole HTTP response, has come.
    #[default]
    Reply,
    /// When the head has come (a stream that stands open by design).
    Head,
    /// After a second and a half, whatever has come until then (a stream that stands open by design).
    Listen,
    /// When the stream of the answer has ended, or two seconds after the answer. On a process's output: when
    /// nothing more has come for a second.
    Close,
}

/// How a message is put on a process's input.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    /// Its bytes and a line feed.
    #[default]
    Line,
    /// The same, each byte in a write of its own.
    Split,
    /// Its bytes without a line feed, and then the end of the input.
    Unended,
}

/// How our own receiver of records misbehaves while a message is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sink {
    /// It closes every connection.
    Down,
    /// It takes what is delivered, and answers late.
    Slow,
    /// It answers with status 500.
    Error,
}

impl std::fmt::Display for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Down => "was down",
            Self::Slow => "was slow",
            Self::Error => "answered 500",
        })
    }
}

/// A prerequisite of a case. A missing one makes the case not applicable, with the reason.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// The target declares the tools capability and answers tools/list.
    Tools,
    /// A tool that may be called and that succeeded when probed.
    WorkingTool,
    /// A tool that may be called and that answered `isError: true` when probed.
    FailingTool,
    /// The upstream's own tool that answers with structured content, or another that did.
    StructuredTool,
    /// The upstream's own tool that tells of its progress.
    ProgressTool,
    /// A tool that may be called and whose upstream does not answer.
    DeadTool,
    /// A tool that may be called and that asks the client for input.
    AskingTool,
    /// A tool that may be called and that wants an argument in a header too.
    MirroringTool,
    /// A tool that may be called, succeeds, and takes a quarter of a second or longer.
    SlowTool,
    /// Our own upstream is behind the target, and its tools can be called.
    Upstream,
    /// The target reaches our own upstream over HTTP.
    UpstreamHttp,
    /// The target reaches our own upstream as a process that it starts (stdio).
    UpstreamStdio,
    /// The target shakes hands with our own upstream, whatever its caller speaks.
    UpstreamHandshake,
    /// Our second upstream is behind the target too.
    SecondUpstream,
    /// The target lists tools that are not of our own upstream.
    OtherTools,
    /// The target lists no other tools than those of our own upstream.
    NoOtherTools,
    /// The target asks for credentials, and valid ones were given.
    Credentials,
    /// The target issues session ids.
    Sessions,
    /// The target does not declare the tools capability.
    UndeclaredTools,
    /// The target is reached over a loopback address.
    Loopback,
    /// The target declares the capability of that name.
    Resources,
    /// The target declares the capability of that name.
    Prompts,
    /// The target declares the capability of that name.
    Completions,
    /// The target declares the capability of that name.
    Logging,
    /// The target does not declare resources.
    NoResources,
    /// The target does not declare that resources can be subscribed to.
    NoSubscribe,
    /// The target does not declare prompts.
    NoPrompts,
    /// The target does not declare completions.
    NoCompletions,
    /// The target does not declare logging.
    NoLogging,
    /// What is behind the target is our own upstream, whose prompts are known.
    OwnUpstream,
    /// The target declares tasks (2025-11-25).
    Tasks,
    /// The target does not declare tasks.
    NoTasks,
}
