//! Which tools there are, and which upstream each belongs to.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use super::call::{CallOutcome, ToolCall, Unavailable};
use super::era::Era;
use super::messages::Listed;
use super::mirrored::{Mirrored, mirrored};
use super::process::Process;
use super::remote::Remote;
use super::{arguments, builtin, stateless};
use crate::json::{compact, member, members, quoted, raw, string};
use crate::log::Log;

/// A listing is asked for again after this time.
const LISTING_LIFE: Duration = Duration::from_secs(1);
/// However short-lived it is, one request is served from one listing.
const REQUEST_LIFE: Duration = Duration::from_millis(50);
/// One that failed is asked for again after this time: the upstream may be up again.
const FAILURE_LIFE: Duration = Duration::from_millis(250);
/// An upstream has this long to list its tools.
const LISTING_BUDGET: Duration = Duration::from_secs(3);

/// A tool of one upstream.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    /// The name that the upstream knows.
    pub(crate) name: String,
    description: Box<RawValue>,
    pub(super) schema: Value,
}

/// All upstreams in the order of the configuration.
pub(crate) struct Catalog {
    upstreams: Vec<Upstream>,
}

/// One upstream with the tools it listed last.
pub(crate) struct Upstream {
    /// What stands before the names of its tools.
    pub(crate) alias: String,
    backend: Backend,
    log: Log,
    /// What it lists to callers of the revisions with a handshake, and to those of the one without.
    listing: Mutex<Listing>,
    stateless: Mutex<Listing>,
}

/// Where the tools are.
pub(crate) enum Backend {
    /// In this process.
    Builtin,
    /// Behind HTTP.
    Remote(Box<Remote>),
    /// Behind the standard input and output of a child.
    Process(Box<Process>),
}

/// The way to an upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hop {
    /// Its address, without user information and query.
    pub(crate) address: String,
    /// The credentials that go along.
    pub(crate) authorization: Option<String>,
}

#[derive(Default)]
struct Listing {
    asked: Option<Instant>,
    /// How long it is kept.
    life: Duration,
    /// How often the upstream had told of changes.
    changes: u64,
    /// Why the last listing failed.
    failure: Option<Unavailable>,
    /// What the last successful listing held.
    tools: Option<Arc<Vec<Tool>>>,
}

/// What is known about a tool before it is called.
pub(crate) enum Lookup {
    /// The upstream has it; these are the complaints about the arguments.
    Found { complaint: Option<String> },
    /// The upstream does not have it.
    Unknown,
    /// The upstream cannot be asked.
    Unavailable(Unavailable),
}

impl Tool {
    /// A tool as an upstream describes it; `None` without a name.
    pub(crate) fn read(description: &RawValue) -> Option<Self> {
        let parts = members(description)?;
        let schema = member(&parts, "inputSchema")
            .and_then(|schema| serde_json::from_str(schema.get()).ok())
            .unwrap_or_default();
        Some(Self {
            name: string(member(&parts, "name")?)?,
            description: compact(description),
            schema,
        })
    }

    /// The description under the name that clients use.
    fn namespaced(&self, alias: &str) -> String {
        let parts: Vec<String> = members(&self.description)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| {
                let renamed = (name == "name").then(|| quoted(&format!("{alias}-{}", self.name)));
                let value = renamed.as_deref().unwrap_or(value);
                format!("{}:{value}", quoted(&name))
            })
            .collect();
        format!("{{{}}}", parts.join(","))
    }
}

impl Catalog {
    /// A catalog over these upstreams.
    pub(crate) fn new(upstreams: Vec<Upstream>) -> Self {
        Self { upstreams }
    }

    /// Whether the builtin upstream is there, and so the features beside tools.
    pub(crate) fn has_builtin(&self) -> bool {
        self.upstreams.iter().any(|upstream| matches!(upstream.backend, Backend::Builtin))
    }

    /// The way to each upstream.
    pub(crate) fn hops(&self) -> Vec<Hop> {
        self.upstreams.iter().map(Upstream::hop).collect()
    }

    /// The upstream that a namespaced tool belongs to, and its name there. The longest alias wins.
    pub(crate) fn resolve<'n>(&self, namespaced: &'n str) -> Option<(&Upstream, &'n str)> {
        self.upstreams
            .iter()
            .filter_map(|upstream| {
                let rest = namespaced.strip_prefix(upstream.alias.as_str())?;
                Some((upstream, rest.strip_prefix('-')?))
            })
            .max_by_key(|(upstream, _)| upstream.alias.len())
    }

    /// The result of `tools/list`. An upstream that cannot be asked is left out; where none can, there is
    /// no result: an empty list would say that there are no tools.
    pub(crate) async fn list(&self, era: Era) -> Option<Box<RawValue>> {
        let listings = join_all(self.upstreams.iter().map(|it| it.describe_tools(era))).await;
        if !listings.is_empty() && listings.iter().all(Option::is_none) {
            return None;
        }
        let tools: Vec<String> = listings.into_iter().flatten().flatten().collect();
        Some(raw(format!(r#"{{"tools":[{}]}}"#, tools.join(","))))
    }
}

impl Upstream {
    /// An upstream that was not asked yet.
    pub(crate) fn new(alias: String, backend: Backend, log: Log) -> Self {
        Self { alias, backend, log, listing: Mutex::default(), stateless: Mutex::default() }
    }

    fn hop(&self) -> Hop {
        match &self.backend {
            Backend::Builtin => Hop { address: "builtin".to_owned(), authorization: None },
            Backend::Process(_) => Hop { address: "stdio".to_owned(), authorization: None },
            Backend::Remote(remote) => remote.hop(),
        }
    }

    async fn describe_tools(&self, era: Era) -> Option<Vec<String>> {
        let (tools, failure) = self.tools(Instant::now() + LISTING_BUDGET, era).await;
        if let Some(cause) = failure {
            self.log.unlisted(&self.alias, &cause.to_string());
            return None;
        }
        let tools = tools.iter().flat_map(|tools| tools.iter());
        Some(tools.map(|tool| tool.namespaced(&self.alias)).collect())
    }

    /// What is known about the tool `name`.
    pub(crate) async fn look_up(
        &self,
        name: &str,
        given: Option<&RawValue>,
        (deadline, era): (Instant, Era),
    ) -> Lookup {
        let deadline = deadline.min(Instant::now() + LISTING_BUDGET);
        let (tools, failure) = self.tools(deadline, era).await;
        let tool = tools.as_ref().map(|tools| tools.iter().find(|tool| tool.name == name));
        match (tool, failure) {
            (Some(None), _) => Lookup::Unknown,
            (_, Some(cause)) => Lookup::Unavailable(cause),
            (Some(Some(tool)), None) => {
                Lookup::Found { complaint: arguments::complaint(&tool.schema, given) }
            }
            (None, None) => Lookup::Unknown,
        }
    }

    /// The arguments of the tool `name` that headers mirror, in the revision that has such headers; none if
    /// it is not known.
    pub(crate) async fn mirrored(&self, name: &str) -> Vec<Mirrored> {
        let (tools, _) = self.tools(Instant::now() + LISTING_BUDGET, Era::Stateless).await;
        let tool = tools.as_ref().and_then(|tools| tools.iter().find(|tool| tool.name == name));
        tool.and_then(|tool| mirrored(&tool.schema).ok()).unwrap_or_default()
    }

    /// Whether the tools are part of the gateway.
    pub(crate) fn is_builtin(&self) -> bool {
        matches!(self.backend, Backend::Builtin)
    }

    /// Calls a tool. The deadline is that of the caller.
    pub(crate) async fn call(&self, call: ToolCall<'_>, deadline: Instant) -> CallOutcome {
        match &self.backend {
            Backend::Builtin => match stateless::call(call) {
                Some(outcome) => outcome,
                None => builtin::call(call).await,
            },
            Backend::Remote(remote) => {
                let mirrored = match call.era() {
                    Era::Stateless => self.mirrored(call.name).await,
                    Era::Handshake => Vec::new(),
                };
                let called = remote.call(call, &mirrored, deadline).await;
                called.unwrap_or_else(|cause| self.unavailable(cause))
            }
            Backend::Process(process) => {
                process.call(call, deadline).await.unwrap_or_else(|cause| self.unavailable(cause))
            }
        }
    }

    /// The outcome of a call that this upstream does not answer.
    pub(crate) fn unavailable(&self, cause: Unavailable) -> CallOutcome {
        CallOutcome::Unavailable { alias: self.alias.clone(), cause }
    }

    /// The tools of the last good listing, and why there is no newer one.
    async fn tools(
        &self,
        deadline: Instant,
        era: Era,
    ) -> (Option<Arc<Vec<Tool>>>, Option<Unavailable>) {
        let listing = match era {
            Era::Handshake => &self.listing,
            Era::Stateless => &self.stateless,
        };
        let Ok(mut listing) = timeout_at(deadline, listing.lock()).await else {
            return (None, Some(Unavailable::Timeout));
        };
        let life = if listing.failure.is_some() { FAILURE_LIFE } else { listing.life };
        let changes = self.changes();
        let is_old = |asked: Instant| asked.elapsed() >= life || changes != listing.changes;
        if listing.asked.is_none_or(is_old) {
            listing.changes = changes;
            match self.ask(deadline, era).await {
                Ok(listed) => {
                    let life = listed.life.unwrap_or(LISTING_LIFE);
                    listing.life = life.clamp(REQUEST_LIFE, LISTING_LIFE);
                    listing.tools = Some(Arc::new(listed.tools));
                    listing.failure = None;
                }
                Err(cause) => listing.failure = Some(cause),
            }
            listing.asked = Some(Instant::now());
        }
        (listing.tools.clone(), listing.failure)
    }

    /// How often the upstream has told that its tools are others.
    fn changes(&self) -> u64 {
        match &self.backend {
            Backend::Builtin => 0,
            Backend::Remote(remote) => remote.changed().count(),
            Backend::Process(process) => process.changed.count(),
        }
    }

    async fn ask(&self, deadline: Instant, era: Era) -> Result<Listed, Unavailable> {
        let (mut listed, overlooks) = match &self.backend {
            Backend::Builtin => {
                let tools = [builtin::tools(), stateless::tools()].concat();
                return Ok(Listed { tools, life: None });
            }
            Backend::Remote(remote) => (remote.list(deadline, era).await?, remote.overlooks()),
            Backend::Process(process) => (process.list(deadline).await?, false),
        };
        listed.tools.retain(|tool| overlooks || self.is_safe(tool));
        Ok(listed)
    }

    /// Clients must not follow annotations that are not valid, so that a tool with one is as good
    /// as not there (2026-07-28, Streamable HTTP, Schema Extension).
    fn is_safe(&self, tool: &Tool) -> bool {
        let Err(reason) = mirrored(&tool.schema) else {
            return true;
        };
        self.log.left_out(&self.alias, &crate::text::shown(&tool.name, 128), reason);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(aliases: &[&str]) -> Catalog {
        let upstream =
            |alias: &&str| Upstream::new((*alias).to_owned(), Backend::Builtin, Log::default());
        Catalog::new(aliases.iter().map(upstream).collect())
    }

    #[test]
    fn the_longest_alias_wins() {
        let catalog = catalog(&["a", "a-b"]);
        let resolve = |name: &'static str| {
            catalog.resolve(name).map(|(upstream, bare)| (upstream.alias.clone(), bare))
        };
        assert_eq!(resolve("a-b-c"), Some(("a-b".to_owned(), "c")));
        assert_eq!(resolve("a-c"), Some(("a".to_owned(), "c")));
        assert_eq!(resolve("b-c"), None);
        assert_eq!(resolve("a"), None);
    }

    #[tokio::test]
    async fn tools_are_listed_under_their_alias() {
        let listed = catalog(&["one", "two"]).list(Era::Handshake).await.expect("a list");
        let listed: Value = serde_json::from_str(listed.get()).expect("it is JSON");
        let tools = listed["tools"].as_array().expect("an array");
        assert_eq!(tools.len(), 16);
        assert_eq!(tools[0]["name"], "one-gauntlet_echo");
        assert_eq!(tools[8]["name"], "two-gauntlet_echo");
        assert_eq!(tools[0]["inputSchema"]["required"][0], "text");
    }

    #[test]
    fn a_description_keeps_what_we_do_not_know() {
        let tool = raw(r#"{"name":"t","x-big":18446744073709551616,"inputSchema":{}}"#.to_owned());
        let tool = Tool::read(&tool).expect("it has a name");
        assert_eq!(
            tool.namespaced("a"),
            r#"{"name":"a-t","x-big":18446744073709551616,"inputSchema":{}}"#
        );
    }
}
