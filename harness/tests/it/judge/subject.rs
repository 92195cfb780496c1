//! What is judged: every case of the catalogue under each of its revisions.

use std::sync::LazyLock;

use crate::support::{KEY, ingredients, read, stimulus};
use mcp_gauntlet::case::class::Class;
use mcp_gauntlet::case::expectation::ReplyKind;
use mcp_gauntlet::case::switch::Switches;
use mcp_gauntlet::case::{Case, Wait};
use mcp_gauntlet::catalogue::Catalogue;
use mcp_gauntlet::oracle::classify::Reading;
use mcp_gauntlet::oracle::evidence::{Audit, Evidence, Exchange};
use mcp_gauntlet::oracle::expect::{Replies, replies};
use mcp_gauntlet::oracle::http::admits;
use mcp_gauntlet::oracle::judge::judge;
use mcp_gauntlet::oracle::observe::observe;
use mcp_gauntlet::report::model::Check;
use mcp_gauntlet::wire::delivery::Delivery;
use mcp_gauntlet::wire::envelope::Envelope;
use mcp_gauntlet::wire::json::Json;
use mcp_gauntlet::wire::revision::Revision;

/// One case under one revision.
pub(super) struct Subject {
    pub(super) case: Case,
    pub(super) revision: Revision,
    /// Without its body, which no judge looks at and which may be large.
    pub(super) envelope: Envelope,
    pub(super) reading: Reading,
    pub(super) permitted: Replies,
}

pub(super) static SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(|| {
    let cases = Catalogue::built_in().unwrap().cases;
    let pairs = cases.into_iter().flat_map(|case| {
        let revisions = case.revisions.clone();
        revisions.into_iter().map(move |revision| (case.clone(), revision))
    });
    pairs.map(|(case, revision)| Subject::new(case, revision)).collect()
});

impl Subject {
    pub(super) fn new(case: Case, revision: Revision) -> Self {
        let envelope = stimulus(&case, &ingredients(revision));
        let reading = read(&envelope, revision);
        let named = case.expectation.replies.clone();
        let mut permitted = if named.is_empty() {
            replies(case.stimulus.class, revision, reading.id_readable)
        } else {
            named
        };
        let null = reading.arguments.as_ref().is_some_and(Json::is_null);
        if reading.class == Class::ToolArguments && !null {
            // The tool's schema is known to forbid the arguments: executing them is no choice.
            permitted.remove(&ReplyKind::Result);
        }
        if case.stimulus.wait == Wait::Head {
            // A stream that was opened and closed again holds no reply to be made up or changed.
            permitted.remove(&ReplyKind::Silent);
        }
        Self {
            case,
            revision,
            envelope: Envelope { body: Vec::new(), ..envelope },
            reading,
            permitted,
        }
    }

    pub(super) fn name(&self) -> String {
        format!("{} under {}", self.case.id, self.revision)
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
        judge(&Evidence {
            case: &self.case,
            revision: self.revision,
            control: None,
            stimulus: &exchange,
            beside: &[],
            pages: &[],
            sentinel: None,
            audit: Audit::Unavailable,
            secrets: &[],
            switches: &Switches::default(),
        })
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
