//! What was found out about a target before the first case.

use crate::case::{Case, Need};
use crate::generate::base::Call;
use crate::generate::made::Scene;
use crate::oracle::params::Tool;
use crate::upstream::PREFIX;
use crate::wire::json::Json;
use crate::wire::mirror::{Mirrored, mirrored};
use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

/// What a target is under one revision.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The revision.
    pub revision: Revision,
    /// How it is reached.
    pub transport: Transport,
    /// `serverInfo`: name and version.
    pub server: String,
    /// Whether `initialize` issued a session id.
    pub sessions: bool,
    /// Names of the capabilities that it declares.
    pub capabilities: Vec<String>,
    /// Whether it declares the tools capability and answers `tools/list`.
    pub serves_tools: bool,
    /// Whether it declares the tools capability.
    pub declares_tools: bool,
    /// The tools that exist: those listed and those named by the user.
    pub tools: Vec<Tool>,
    /// The tools that may be called, by what they did when probed.
    pub calls: Calls,
    /// Whether callers without credentials are refused although ours were accepted.
    pub asks_credentials: bool,
    /// Whether the target's address is a loopback address.
    pub loopback: bool,
}

/// Tools that may be called.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// One that succeeded.
    pub working: Option<Call>,
    /// One that answered `isError: true`.
    pub failing: Option<Call>,
    /// One that answers with structured content.
    pub structured: Option<Call>,
    /// One that tells of its progress.
    pub progress: Option<Call>,
    /// One whose upstream is dead: it answered an error or nothing, or is the second that failed.
    pub dead: Option<Call>,
    /// One that asks the client for input.
    pub asking: Option<Call>,
    /// One that succeeded and wants an argument in a header too.
    pub mirroring: Option<Call>,
    /// One that succeeded and took a quarter of a second or longer.
    pub slow: Option<Call>,
    /// The one of our own upstream that answers with its text.
    pub own: Option<Call>,
    /// The same of our second upstream.
    pub second: Option<Call>,
    /// How that call reached our own upstream.
    pub hop: Option<Transport>,
    /// Whether it does so by the stateless revision.
    pub hop_is_modern: bool,
}

/// What the names of our own upstream's tools hold; they may always be called.
pub const OWN_TOOLS: &str = "gauntlet_";

/// Why a case about our own upstream does not apply where there is none.
const NO_UPSTREAM: &str = "needs our own upstream behind the target: --upstream HOST:PORT";

/// Whether it is a tool of the reference gateway's builtin upstream. Those of [`crate::upstream`] break
/// off, hang and lie: they are called by the cases about them alone.
#[must_use]
pub fn is_builtin(name: &str) -> bool {
    name.contains(OWN_TOOLS) && !name.contains(PREFIX)
}

impl Facts {
    /// What generated messages need to know of the target.
    #[must_use]
    pub fn scene(&self) -> Scene {
        let there = |need: &Need| self.lacks(*need).is_none();
        let offers = Scene::WANTED.into_iter().filter(there).collect();
        Scene { revision: self.revision, offers }
    }

    /// The arguments that tools want in a header too, by the tool's name.
    #[must_use]
    pub fn mirrored(&self) -> Vec<(String, Mirrored)> {
        let of = |tool: &Tool| {
            let name = tool.name.clone();
            mirrored(&tool.schema).into_iter().map(move |one| (name.clone(), one))
        };
        self.tools.iter().flat_map(of).collect()
    }

    /// The names of the tools that are not of our own upstream.
    #[must_use]
    pub fn other_tools(&self) -> Vec<String> {
        let others = self
            .tools
            .iter()
            .filter(|tool| !tool.name.contains(PREFIX) && tool.schema != Json::Null);
        others.map(|tool| tool.name.clone()).collect()
    }

    /// Whether the target declares the capability.
    #[must_use]
    pub fn declares(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|declared| declared == capability)
    }

    /// Whether a case is about the revision and the transport.
    #[must_use]
    pub fn speaks(&self, case: &Case) -> bool {
        case.revisions.contains(&self.revision) && case.transports.contains(&self.transport)
    }

    /// Whether a need of a capability, or of its absence, is met, and the reason if not.
    fn declared(&self, need: Need) -> (bool, &'static str) {
        match need {
            Need::Resources => (self.declares("resources"), "the target declares no resources"),
            Need::Prompts => (self.declares("prompts"), "the target declares no prompts"),
            Need::Completions => {
                (self.declares("completions"), "the target declares no completions")
            }
            Need::Logging => (self.declares("logging"), "the target declares no logging"),
            Need::NoResources => (!self.declares("resources"), "the target declares resources"),
            Need::NoSubscribe => (
                !self.declares("resources.subscribe"),
                "the target declares that resources can be subscribed to",
            ),
            Need::NoPrompts => (!self.declares("prompts"), "the target declares prompts"),
            Need::NoCompletions => {
                (!self.declares("completions"), "the target declares completions")
            }
            Need::NoLogging => (!self.declares("logging"), "the target declares logging"),
            Need::OwnUpstream => (
                self.tools.iter().any(|tool| is_builtin(&tool.name)),
                "needs the prompts of our own upstream behind the target",
            ),
            Need::Tasks => (self.declares("tasks"), "the target declares no tasks"),
            Need::NoTasks => (!self.declares("tasks"), "the target declares tasks"),
            // `lacks` answers all others; one that both forget must not pass for met.
            _ => (false, "the harness cannot tell whether the target offers what the case needs"),
        }
    }

    /// Whether a need of what is behind the target is met, and the reason if not.
    fn behind(&self, need: Need) -> (bool, &'static str) {
        match need {
            Need::Upstream => (self.calls.own.is_some(), NO_UPSTREAM),
            Need::UpstreamHttp | Need::UpstreamStdio | Need::UpstreamHandshake
                if self.calls.hop.is_none() =>
            {
                (false, NO_UPSTREAM)
            }
            Need::UpstreamHandshake => (
                !self.calls.hop_is_modern,
                "is about an upstream of an older revision, and the target calls ours by the stateless one",
            ),
            Need::UpstreamHttp => (
                self.calls.hop == Some(Transport::Http),
                "is about HTTP at the hop behind the target, which reaches our upstream over stdio",
            ),
            Need::UpstreamStdio => (
                self.calls.hop == Some(Transport::Stdio),
                "is about stdio at the hop behind the target, which reaches our upstream over HTTP",
            ),
            Need::SecondUpstream => (
                self.calls.second.is_some(),
                "needs our second upstream behind the target too: an MCP server at /second/mcp of the first",
            ),
            Need::OtherTools => (
                !self.other_tools().is_empty(),
                "needs another upstream beside our own behind the target",
            ),
            // No other tools.
            _ => (
                self.other_tools().is_empty(),
                "needs our own upstream to be the only one behind the target",
            ),
        }
    }

    /// Why a need is not met; none when it is.
    #[must_use]
    pub fn lacks(&self, need: Need) -> Option<&'static str> {
        let (met, reason) = match need {
            Need::Tools => (self.serves_tools, "the target serves no tools"),
            Need::WorkingTool => {
                (self.calls.working.is_some(), "needs a tool that may be called: --call-tool NAME")
            }
            Need::FailingTool => (
                self.calls.failing.is_some(),
                "needs a tool that answers isError: --call-tool NAME of one that fails",
            ),
            Need::StructuredTool => (
                self.calls.structured.is_some(),
                "needs a tool that answers structured content: --call-tool NAME of one",
            ),
            Need::ProgressTool => {
                (self.calls.progress.is_some(), "needs the upstream's own tool gauntlet_progress")
            }
            Need::DeadTool => (
                self.calls.dead.is_some(),
                "needs a tool of an upstream that is down: --call-tool NAME='{...}' of one",
            ),
            Need::AskingTool => (
                self.calls.asking.is_some(),
                "needs a tool that asks the client for input: --call-tool NAME",
            ),
            Need::MirroringTool => (
                self.calls.mirroring.is_some(),
                "needs a tool with an argument marked x-mcp-header: --call-tool NAME",
            ),
            Need::SlowTool => (
                self.calls.slow.is_some(),
                "needs a tool that takes a quarter of a second: --call-tool NAME='{...}' of one",
            ),
            Need::Upstream
            | Need::UpstreamHttp
            | Need::UpstreamStdio
            | Need::UpstreamHandshake
            | Need::SecondUpstream
            | Need::OtherTools
            | Need::NoOtherTools => self.behind(need),
            Need::Credentials => (
                self.asks_credentials,
                "the target serves callers without credentials, or none were given: --header",
            ),
            Need::Sessions => (self.sessions, "the target issues no session ids"),
            Need::UndeclaredTools => (!self.declares_tools, "the target declares its tools"),
            Need::Loopback => (self.loopback, "the target is not reached over loopback"),
            capability => self.declared(capability),
        };
        (!met).then_some(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(capabilities: &[&str]) -> Facts {
        Facts {
            revision: Revision::V2025_11_25,
            transport: Transport::Http,
            server: String::new(),
            sessions: true,
            capabilities: capabilities.iter().map(|name| (*name).to_owned()).collect(),
            serves_tools: true,
            declares_tools: true,
            tools: Vec::new(),
            calls: Calls::default(),
            asks_credentials: false,
            loopback: true,
        }
    }

    #[test]
    fn the_hop_behind_the_target_is_over_one_transport() {
        let mut facts = facts(&[]);
        for (hop, over_http, over_stdio) in [
            (None, false, false),
            (Some(Transport::Http), true, false),
            (Some(Transport::Stdio), false, true),
        ] {
            facts.calls.hop = hop;
            let met = [Need::UpstreamHttp, Need::UpstreamStdio].map(|it| facts.lacks(it).is_none());
            assert_eq!(met, [over_http, over_stdio], "{hop:?}");
        }
        facts.calls.hop_is_modern = true;
        let shakes_hands = facts.lacks(Need::UpstreamHandshake).is_none();
        facts.calls.hop_is_modern = false;
        assert!(!shakes_hands && facts.lacks(Need::UpstreamHandshake).is_none());
        facts.calls.hop = None;
        assert_eq!(facts.lacks(Need::UpstreamHandshake), Some(NO_UPSTREAM));
        assert_eq!(facts.lacks(Need::UpstreamStdio), Some(NO_UPSTREAM));
    }

    #[test]
    fn a_capability_is_declared_or_it_is_not() {
        let facts = facts(&["tools", "prompts"]);
        for (need, met) in [
            (Need::Prompts, true),
            (Need::NoPrompts, false),
            (Need::Resources, false),
            (Need::NoResources, true),
            (Need::Completions, false),
            (Need::NoCompletions, true),
            (Need::Logging, false),
            (Need::NoLogging, true),
            (Need::Tasks, false),
            (Need::NoTasks, true),
        ] {
            assert_eq!(facts.lacks(need).is_none(), met, "{need:?}");
        }
    }
}
