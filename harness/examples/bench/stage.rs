//! What all contenders share: a reference gateway, what is known of it, and the message to send.

use std::sync::Arc;
use std::time::Duration;

use mcp_gauntlet::audit::profile::Profile;
use mcp_gauntlet::case::Case;
use mcp_gauntlet::catalogue::Catalogue;
use mcp_gauntlet::oracle::evidence::Exchange;
use mcp_gauntlet::oracle::secrets::Secrets;
use mcp_gauntlet::runner::conversation::Conversation;
use mcp_gauntlet::runner::idle::Idle;
use mcp_gauntlet::runner::keep::Kept;
use mcp_gauntlet::runner::keys::Keys;
use mcp_gauntlet::runner::probe::{Probe, probe};
use mcp_gauntlet::source::{Access, Locator, Source};
use mcp_gauntlet::target::facts::Facts;
use mcp_gauntlet::target::reference::{Reference, dead_tool};
use mcp_gauntlet::target::world::{Reach, World};
use mcp_gauntlet::transport::endpoint::Endpoint;
use mcp_gauntlet::transport::raw_http::{Client, Limits};
use mcp_gauntlet::wire::envelope::Envelope;
use mcp_gauntlet::wire::revision::Revision;

/// Why there is no measurement.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The case whose stimulus is sent: a ping that must be answered and recorded.
const CASE: &str = "audit/ping";
/// The revision in force.
const REVISION: Revision = Revision::V2025_11_25;

/// A gateway and everything that is known of it before the first round.
pub(crate) struct Stage {
    reference: Reference,
    /// Where it listens.
    pub(crate) endpoint: Endpoint,
    /// How it is reached.
    pub(crate) world: Arc<World>,
    /// What it is under the one revision.
    pub(crate) facts: Arc<Vec<Facts>>,
    /// What finding that out took.
    pub(crate) probed: Vec<Exchange>,
    /// The one case.
    pub(crate) cases: Arc<Vec<Case>>,
    /// What its records look like.
    pub(crate) profile: Profile,
    /// Texts that must not come back.
    pub(crate) secrets: Secrets,
}

impl Stage {
    /// Starts a gateway and probes it.
    pub(crate) async fn set() -> Result<Self, Failure> {
        let reference = Reference::start(&[], None, None).await?;
        let profile = Profile::builtin("reference").ok_or("no profile of the reference gateway")?;
        let endpoint = Endpoint::parse(&reference.url())?;
        let world = World {
            reach: Reach::Http(Client::new(endpoint.clone(), Limits::default())?),
            host: "127.0.0.1".to_owned(),
            given: vec![reference.credentials.clone()],
            key_headers: Vec::new(),
            keys: Keys::new(1),
            deadline: Duration::from_secs(5),
            pace: None,
            own: None,
            log: None,
            mailbox: None,
            kept: Kept::default(),
            idle: Idle::default(),
        };
        let Probe { facts, exchanges, .. } = probe(&world, &[REVISION], &[dead_tool()]).await;
        let cases = Catalogue::built_in()?.cases.into_iter().filter(|case| case.id == CASE);
        Ok(Self {
            endpoint,
            facts: Arc::new(facts),
            probed: exchanges,
            cases: Arc::new(cases.collect()),
            profile,
            secrets: Secrets::new(reference.credentials.secret()),
            world: Arc::new(world),
            reference,
        })
    }

    /// The gateway's records from now on.
    pub(crate) async fn source(&self) -> Result<Source, Failure> {
        Ok(Source::open(&Locator::Jsonl(self.reference.audit_file()), Access::default()).await?)
    }

    /// The stimulus in a live session, byte for byte as the harness sends it.
    pub(crate) async fn envelope(&self) -> Result<Envelope, Failure> {
        let facts = self.facts.first().ok_or("the gateway was not understood")?;
        let case = self.cases.first().ok_or("the catalogue has no such case")?;
        let mut conversation = Conversation::new(&self.world, facts, self.world.keys.lot(1));
        conversation.open().await?;
        let sending = conversation.plain(&case.stimulus.recipe, "7");
        Ok(conversation.send(&sending).await.envelope)
    }

    /// Stops the gateway and removes its files.
    pub(crate) async fn strike(self) {
        self.reference.stop().await;
    }
}
