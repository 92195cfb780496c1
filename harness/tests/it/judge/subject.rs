//! What is judged: every case of the catalogue under each of its revisions.

use std::sync::LazyLock;

use crate::support::{KEY, ingredients, read, stimulus};
use mcp_gauntlet::case::expectation::ReplyKind;
use mcp_gauntlet::case::graded::StatusRule;
use mcp_gauntlet::case::recipe::Edit;
use mcp_gauntlet::case::switch::Switches;
use mcp_gauntlet::case::{Case, Wait};
use mcp_gauntlet::catalogue::Catalogue;
use mcp_gauntlet::oracle::check::CheckId;
use mcp_gauntlet::oracle::classify::Reading;
use mcp_gauntlet::oracle::evidence::{Evidence, Exchange};
use mcp_gauntlet::oracle::expect::stdio::over_stdio;
use mcp_gauntlet::oracle::expect::{Replies, permitted};
use mcp_gauntlet::oracle::http::admits;
use mcp_gauntlet::oracle::judge::judge;
use mcp_gauntlet::oracle::observe::observe;
use mcp_gauntlet::report::model::Check;
use mcp_gauntlet::wire::delivery::Delivery;
use mcp_gauntlet::wire::envelope::Envelope;
use mcp_gauntlet::wire::json::Json;
use mcp_gauntlet::wire::revision::Revision;
use mcp_gauntlet::wire::transport::Transport;

/// One case under one revision, over one transport.
pub(super) struct Subject {
    pub(super) case: Case,
    pub(super) revision: Revision,
    pub(super) transport: Transport,
    /// Without its body, which no judge looks at and which may be large.
    pub(super) envelope: Envelope,
    pub(super) reading: Reading,
    pub(super) permitted: Replies,
}

pub(super) static SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(|| {
    let cases = Catalogue::built_in().unwrap().cases;
    // Answers that are compared with each other cannot be judged one by one.
    let alone = cases.into_iter().filter(|case| {
        let huge = case.stimulus.recipe.edits.iter().any(|edit| matches!(edit, Edit::Batch(_)));
        case.expectation.beside.same.is_empty() && !huge
    });
    let pairs = alone.flat_map(|case| {
        let revisions = case.revisions.clone().into_iter();
        revisions.flat_map(move |revision| {
            let case = case.clone();
            let transports = case.transports.clone().into_iter();
            transports.map(move |transport| (case.clone(), revision, transport))
        })
    });
    pairs.map(|(case, revision, transport)| Subject::new(case, revision, transport)).collect()
});

impl Subject {
    pub(super) fn new(case: Case, revision: Revision, transport: Transport) -> Self {
        let envelope = stimulus(&case, &ingredients(revision));
        let reading = read(&envelope, revision, transport);
        let mut permitted = permitted(&case, revision, &reading);
        if transport == Transport::Stdio {
            let class = case.stimulus.class;
            permitted = over_stdio(permitted, class, revision, reading.id_readable);
            permitted.extend(case.expectation.on_stdio.clone());
        }
        if matches!(case.stimulus.wait, Wait::Head | Wait::Listen) || cancels(&case) {
            // A stream that was opened and closed again holds no reply to be made up or changed.
            permitted.remove(&ReplyKind::Silent);
        }
        for allowed in permitted.values_mut() {
            // A target that protects itself is no target of a verdict, even where it may do so.
            allowed.status.retain(|rule| *rule != StatusRule::Exactly(429));
        }
        Self {
            case,
            revision,
            transport,
            envelope: Envelope { body: Vec::new(), ..envelope },
            reading,
            permitted,
        }
    }

    pub(super) fn name(&self) -> String {
        format!("{} under {} over {}", self.case.id, self.revision, self.transport)
    }

    /// The verdict on a delivery, of the checks on the reply alone.
    pub(super) fn judge(&self, delivery: Delivery) -> Vec<Check> {
        let observation = observe(&delivery, &self.reading.ids);
        let exchange = Exchange {
            key: KEY.to_owned(),
            trace_id: String::new(),
            envelope: self.envelope.clone(),
            reading: self.reading.clone(),
            delivery,
            observation,
            started: 0.0,
            ended: 0.0,
        };
        let mut checks = judge(&Evidence {
            case: &self.case,
            revision: self.revision,
            control: None,
            stimulus: &exchange,
            beside: &[],
            pages: &[],
            sentinel: None,
            life: None,
            hop: None,
            outage: None,
            log: None,
            audit: Vec::new(),
            secrets: &mcp_gauntlet::oracle::secrets::Secrets::default(),
            switches: &Switches::default(),
        });
        if self.is_partial(exchange.observation.kind) {
            checks.retain(|check| check.check != CheckId::Schema.as_str());
        }
        checks
    }

    /// Whether a reply that is made up holds no more than what the case names of it, which may be
    /// less than the schema of the stateless revision demands.
    fn is_partial(&self, kind: ReplyKind) -> bool {
        let names = self.permitted.get(&kind).is_some_and(|allowed| {
            let lists = [&allowed.has, &allowed.has_warn, &allowed.has_any];
            let maps = [&allowed.kinds, &allowed.equals, &allowed.lists, &allowed.differs];
            lists.iter().any(|list| !list.is_empty())
                || maps.iter().any(|map| !map.is_empty())
                || !allowed.one_of.is_empty()
        });
        self.revision.is_modern() && (names || matches!(kind, ReplyKind::Error | ReplyKind::Stream))
    }

    /// The media types by which a reply may come that the request's Accept admits; JSON for a
    /// request that admits none, since any client can read it.
    pub(super) fn media(&self) -> Vec<&'static str> {
        let all = ["application/json", "text/event-stream"];
        let fit: Vec<_> = all.into_iter().filter(|media| admits(&self.envelope, media)).collect();
        if fit.is_empty() { vec!["application/json"] } else { fit }
    }

    /// The id that an honest answer echoes.
    pub(super) fn echo(&self) -> Option<String> {
        self.reading.ids.first().map(Json::to_text)
    }
}

/// Whether a companion of the case cancels the request, so that silence may be the answer.
pub(super) fn cancels(case: &Case) -> bool {
    let text = format!("{:?}", case.stimulus.beside);
    text.contains("notifications/cancelled")
        && case.expectation.replies.contains_key(&ReplyKind::Silent)
}
