//! What the target serves to whoever has its credentials: knocks, greets, calls one tool, and looks for the
//! record. What it means is for [`super::judge`] to say.

use super::answer::Answer;
use super::judge::reach::Credentials as Credited;
use super::judge::serve::{Called, Entry, Handshake, Seen, Uncalled};
use crate::audit::record::{AuditRecord, Status};
use crate::case::expectation::ReplyKind;
use crate::case::recipe::{Base, Credentials, Recipe};
use crate::generate::base::Call;
use crate::oracle::evidence::Exchange;
use crate::plan::Settings;
use crate::runner::batch::{Book, Index};
use crate::runner::conversation::Conversation;
use crate::runner::headers::GivenHeader;
use crate::runner::keys::Lot;
use crate::runner::probe::{AllowedTool, OWN_ARGUMENTS, Refusal, Role, bare, candidates, greet};
use crate::source::Source;
use crate::target::facts::Facts;
use crate::target::world::World;
use crate::upstream::PREFIX;
use crate::wire::revision::Revision;

/// One visit to the target, with all that was said.
pub(super) struct Visit<'a> {
    world: &'a World,
    lot: Lot,
    /// Texts that are never shown.
    secrets: Vec<String>,
    /// Everything that was exchanged, but what [`Visit::knock`] did.
    pub(super) exchanges: Vec<Exchange>,
    /// The revisions that are spoken, oldest first.
    pub(super) facts: Vec<Facts>,
    /// Those that are not.
    pub(super) refused: Vec<Refusal>,
}

impl<'a> Visit<'a> {
    /// A visit at which nothing was said.
    pub(super) fn new(world: &'a World, secrets: Vec<String>) -> Self {
        let (lot, exchanges) = (world.keys.lot(0), Vec::new());
        Self { world, lot, secrets, exchanges, facts: Vec::new(), refused: Vec::new() }
    }

    /// What came back in an exchange.
    pub(super) fn answer(&self, exchange: &Exchange) -> Answer {
        Answer::of(exchange, &self.secrets)
    }

    /// Sends the first message with these credentials.
    pub(super) async fn knock(&self, revision: Revision, credentials: Credentials) -> Exchange {
        let facts = bare(self.world, revision);
        let mut conversation = Conversation::new(self.world, &facts, self.lot.child());
        let base = if revision.is_modern() { Base::Discover } else { Base::Initialize };
        let recipe = Recipe { base, edits: Vec::new() };
        let mut sending = conversation.plain(&recipe, "1");
        sending.credentials = credentials;
        conversation.send(&sending).await
    }

    /// The first answer, and those to the same message with other credentials where some were given.
    pub(super) async fn credentials(&self, revision: Revision, given: &Exchange) -> Credited {
        let given = self.answer(given);
        if !self.world.given.iter().any(GivenHeader::is_credential) {
            return Credited { given, none: None, wrong: None };
        }
        let none = self.answer(&self.knock(revision, Credentials::None).await);
        let wrong = self.answer(&self.knock(revision, Credentials::Wrong).await);
        Credited { given, none: Some(none), wrong: Some(wrong) }
    }

    /// Greets the target in each revision, and lists its tools.
    pub(super) async fn greet(&mut self, revisions: &[Revision]) {
        for revision in revisions {
            let mut facts = bare(self.world, *revision);
            match greet(self.world, &mut facts, &self.lot, &mut self.exchanges).await {
                Ok(()) => self.facts.push(facts),
                Err(why) => self.refused.push(Refusal { revision: *revision, why }),
            }
        }
    }

    /// The newest handshake that was accepted, or else the newest.
    pub(super) fn handshake(&self) -> Option<Handshake> {
        let answers: Vec<Answer> = self.sent("initialize").map(|it| self.answer(it)).collect();
        let accepted = answers.iter().rev().find(|answer| answer.kind == ReplyKind::Result);
        let initialize = accepted.or(answers.last()).cloned()?;
        let facts = self.facts.iter().rev().find(|facts| !facts.revision.is_modern());
        Some(Handshake {
            initialize,
            initialized: self.sent("notifications/initialized").last().map(|it| self.answer(it)),
            server: facts.map_or_else(String::new, |facts| facts.server.clone()),
            session: facts.is_some_and(|facts| facts.sessions),
        })
    }

    /// What was sent with this method.
    fn sent<'s>(&'s self, method: &'s str) -> impl Iterator<Item = &'s Exchange> {
        let named = move |exchange: &&Exchange| exchange.reading.method.as_deref() == Some(method);
        self.exchanges.iter().filter(named)
    }

    /// The newest list of tools: its place among the exchanges.
    pub(super) fn listing(&self) -> Option<usize> {
        let lists = |exchange: &Exchange| exchange.reading.method.as_deref() == Some("tools/list");
        self.exchanges.iter().rposition(lists)
    }

    /// Calls one tool, in the newest revision: our own upstream's where it serves, and else one that may
    /// be called. Its exchange is the last one then.
    pub(super) async fn call(&mut self, allowed: &[AllowedTool]) -> Result<Called, Uncalled<'a>> {
        let facts = self.facts.last().cloned().ok_or(Uncalled::NotAllowed)?;
        let (call, base) = match &self.world.own {
            Some(own) => {
                let echo = format!("{PREFIX}echo");
                let named = facts.tools.iter().find(|tool| tool.name.ends_with(&echo));
                let talked = !own.journal.is_empty();
                let tool = named.ok_or(Uncalled::NotOffered(&own.url, talked))?;
                let arguments = OWN_ARGUMENTS.to_owned();
                (Call { name: tool.name.clone(), arguments }, Base::OwnCall)
            }
            None => (chosen(&facts, allowed).ok_or(Uncalled::NotAllowed)?, Base::ToolsCall),
        };
        let tool = call.name.clone();
        let listed = facts.tools.iter().any(|known| known.name == tool);
        let exchange = self.send_call(&facts, call, base).await;
        let arrived =
            self.world.own.as_ref().map(|own| {
                !own.journal.about(&exchange.key, exchange.started..f64::MAX).is_empty()
            });
        let answer = self.answer(&exchange);
        self.exchanges.push(exchange);
        Ok(Called { tool, listed, answer, arrived })
    }

    async fn send_call(&mut self, facts: &Facts, call: Call, base: Base) -> Exchange {
        let mut facts = facts.clone();
        match base {
            Base::OwnCall => facts.calls.own = Some(call),
            _ => facts.calls.working = Some(call),
        }
        let mut conversation = Conversation::new(self.world, &facts, self.lot.child());
        // A session that cannot be opened a second time is told by what comes of the call.
        let _ = conversation.open().await;
        let recipe = Recipe { base, edits: Vec::new() };
        let exchange = conversation.send(&conversation.plain(&recipe, "2")).await;
        conversation.part(false).await;
        self.exchanges.append(&mut conversation.exchanges);
        exchange
    }

    /// Waits for the records, and finds those of one exchange.
    pub(super) async fn records(
        &self,
        place: usize,
        (source, name): (&mut Source, String),
        settings: &Settings,
    ) -> Seen {
        let (mut book, prefix) = (Book::default(), self.world.keys.prefix());
        let broken = book.collect(source, &settings.profile, prefix).await.err();
        let correlation = Index::new(&self.exchanges, &[]).correlate(&book, prefix);
        let matches = correlation.per_exchange.get(place).cloned().unwrap_or_default();
        let found = matches
            .records
            .iter()
            .filter_map(|(place, tier)| Some(entry(tier.as_str(), book.records.get(*place)?)));
        Seen {
            source: name,
            found: found.collect(),
            ambiguous: matches.ambiguous,
            came: (book.records.len(), book.unreadable.len() + book.too_deep.len()),
            broken: broken.map(|error| error.to_string()),
        }
    }

    /// The headers of all answers whose names begin so, each once.
    pub(super) fn headers(&self, prefix: &str) -> Vec<(String, String)> {
        let responses = self.exchanges.iter().filter_map(|it| it.delivery.response.as_ref());
        let mut found: Vec<(String, String)> = responses
            .flat_map(|response| &response.headers)
            .map(|header| (header.name.to_ascii_lowercase(), &header.value))
            .filter(|(name, _)| name.starts_with(prefix))
            .map(|(name, value)| (name, String::from_utf8_lossy(value).into_owned()))
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

/// A tool that may be called and is not known to fail: one that the user names before one of ours.
fn chosen(facts: &Facts, allowed: &[AllowedTool]) -> Option<Call> {
    let may = |role: &Option<Role>| matches!(role, None | Some(Role::Working));
    let all: Vec<(Call, Option<Role>)> =
        candidates(facts, allowed).into_iter().filter(|(_, role)| may(role)).collect();
    let named = all.iter().find(|(call, _)| allowed.iter().any(|tool| tool.name == call.name));
    let ours = || all.iter().find(|(_, role)| *role == Some(Role::Working));
    named.or_else(ours).map(|(call, _)| call.clone())
}

/// What a record says of itself.
fn entry(tier: &'static str, record: &AuditRecord) -> Entry {
    let status = record.status.map_or("no status", |status| match status {
        Status::Success => "success",
        Status::Failure => "failure",
    });
    Entry { tier, call_type: record.call_type.clone().unwrap_or_default(), status }
}
