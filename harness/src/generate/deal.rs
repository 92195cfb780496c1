//! Which message is the n-th of a run: the same seed deals the same ones to the same target.

use std::fmt;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sha2::{Digest, Sha256};

use super::family::Family;
use super::made::{Made, Scene};
use crate::case::class::Class;
use crate::case::expectation::Expectation;
use crate::case::recipe::Credentials;
use crate::case::requirement::{Level, Requirements};
use crate::case::{Case, Framing, Stimulus, Wait};
use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

/// Deals messages out to the families and revisions, one after the other.
#[derive(Clone, Debug)]
pub struct Dealer {
    seed: u64,
    scenes: Vec<Scene>,
}

/// A message, with what makes it simpler step by step.
pub struct Dealt {
    number: usize,
    family: Family,
    scene: Scene,
    /// The message, and all that it can shrink to.
    pub tree: Box<dyn ValueTree<Value = Made>>,
}

impl fmt::Debug for Dealt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dealt").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl Dealer {
    /// A dealer for a target, of which a scene is known for each revision that it speaks.
    #[must_use]
    pub const fn new(seed: u64, scenes: Vec<Scene>) -> Self {
        Self { seed, scenes }
    }

    /// The message of that number; none for a target that speaks nothing, or whose number is of a
    /// family that it cannot have.
    #[must_use]
    pub fn deal(&self, number: usize) -> Option<Dealt> {
        let family = *Family::ALL.get(number % Family::ALL.len())?;
        let round = number / Family::ALL.len();
        let scene = *self.scenes.get(round % self.scenes.len().max(1))?;
        let strategy = family.strategy(&scene)?;
        let mut runner = TestRunner::new_with_rng(Config::default(), self.rng(number));
        let tree = Box::new(strategy.new_tree(&mut runner).ok()?);
        Some(Dealt { number, family, scene, tree })
    }

    /// The next simpler message to try, after these have been tried: each answer says whether what was
    /// tried still failed. None when there is none left. The tree itself is no value that could be kept
    /// while something is sent.
    #[must_use]
    pub fn simpler(&self, number: usize, answers: &[bool]) -> Option<Dealt> {
        let mut dealt = self.deal(number)?;
        for failed in [true].iter().chain(answers) {
            let tree = &mut dealt.tree;
            let stepped = if *failed { tree.simplify() } else { tree.complicate() };
            if !stepped {
                return None;
            }
        }
        Some(dealt)
    }

    /// The id of the message of that number, without making it.
    #[must_use]
    pub fn id(number: usize) -> String {
        let family = Family::ALL.get(number % Family::ALL.len()).map_or("", |it| it.as_str());
        format!("generated/{family}/{number:04}")
    }

    /// The number in such an id.
    #[must_use]
    pub fn number(id: &str) -> Option<usize> {
        id.strip_prefix("generated/")?.rsplit_once('/')?.1.parse().ok()
    }

    /// Randomness of its own for each message, so that leaving one out changes no other.
    fn rng(&self, number: usize) -> TestRng {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes());
        TestRng::from_seed(RngAlgorithm::ChaCha, &hash.finalize())
    }
}

impl Dealt {
    /// Case id.
    #[must_use]
    pub fn id(&self) -> String {
        Dealer::id(self.number)
    }

    /// The message as it stands now, as a case. Levels come from the requirements.
    #[must_use]
    pub fn case(&self, requirements: &Requirements) -> Case {
        let made = self.tree.current();
        let id = requirement(self.family, made.defect.class, self.scene.revision);
        let transports = match self.family {
            Family::Header => vec![Transport::Http],
            _ => vec![Transport::Http, Transport::Stdio],
        };
        Case {
            id: self.id(),
            title: title(&made),
            note: String::new(),
            requirement: id.to_owned(),
            also: Vec::new(),
            level: requirements.get(id).map_or(Level::Must, |requirement| requirement.level),
            revisions: vec![self.scene.revision],
            transports,
            needs: Vec::new(),
            alone: false,
            stimulus: stimulus(made),
            expectation: Expectation::default(),
        }
    }
}

fn stimulus(made: Made) -> Stimulus {
    Stimulus {
        class: made.defect.class,
        recipe: made.recipe(),
        beside: Vec::new(),
        follow: false,
        control: Some(made.twin()),
        session: made.defect.session,
        before: made.defect.before,
        credentials: Credentials::Valid,
        wait: Wait::Reply,
        framing: Framing::Line,
        give_up_ms: None,
    }
}

/// What was done to the base, in one line.
fn title(made: &Made) -> String {
    let recipe = made.recipe();
    let edits: Vec<String> = recipe.edits.iter().map(crate::case::text::edit).collect();
    let base = crate::case::text::base(recipe.base);
    let before = match made.defect.before.len() {
        0 => String::new(),
        count => format!(", after {count} others"),
    };
    match edits.as_slice() {
        [] => format!("{base}{before}"),
        edits => format!("{base} with {}{before}", edits.join(", ")),
    }
}

/// The requirement that a message is about, by what it is.
const fn requirement(family: Family, class: Class, revision: Revision) -> &'static str {
    match class {
        Class::Request if matches!(family, Family::Sequence) => "JSONRPC-5-SINGLE",
        Class::Request => "JSONRPC-5-ID-ECHO",
        Class::Notification if matches!(family, Family::Mix) => "NOTIF-UNKNOWN",
        Class::Notification => "REQ-WITHOUT-ID",
        Class::Response => "MSG-UNSOLICITED-RESPONSE",
        Class::UnknownMethod => "ERR-32601",
        Class::UnknownTool => "TOOL-UNKNOWN",
        Class::InvalidRequest => match family {
            Family::Version => "JSONRPC-4-VERSION-WRONG",
            Family::Params => "JSONRPC-4.2-PARAMS-STRUCT",
            Family::Member => "JSON-4-CASE",
            _ => "JSONRPC-4-METHOD-TYPE",
        },
        Class::InvalidId => "JSONRPC-5-ID-UNKNOWN",
        Class::Ambiguous => "JSON-4-DUPKEY",
        Class::Scalar => "JSON-2-SCALAR",
        Class::Batch if matches!(revision, Revision::V2025_03_26) => "BATCH-0326-RECEIVE",
        Class::Batch => "BATCH-REMOVED",
        Class::Unparsable if matches!(family, Family::Number) => "JSON-6-NUMBERS",
        Class::Unparsable => "ERR-32700",
        Class::Empty => "JSON-EMPTY-BODY",
        Class::TooDeep => "JSON-9-LIMITS-DEPTH",
        Class::TooLarge => "JSON-9-LIMITS-SIZE",
        Class::HttpMethod => "SH-METHOD-OTHER",
        Class::HttpContentType => "SH-CONTENT-TYPE",
        Class::HttpAccept => "SH-ACCEPT",
        Class::HttpSession => "SH-SESSION-UNKNOWN",
        Class::HttpProtocolVersion => "SH-PROTOVER-INVALID",
        Class::HttpOrigin => "ORIGIN-INVALID-403",
        _ => "ERR-32602",
    }
}

#[cfg(test)]
mod tests;
