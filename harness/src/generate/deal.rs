//! Which message is the n-th of a run: the same seed deals the same ones to the same target.

use std::sync::{Arc, OnceLock};

use proptest::strategy::{SBoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sha2::{Digest, Sha256};

use super::family::Family;
use super::made::{Defect, Made, Scene};
use crate::case::class::Class;
use crate::case::expectation::Expectation;
use crate::case::models::Models;
use crate::case::recipe::{Base, Credentials, SessionMode};
use crate::case::requirement::{Level, Requirements};
use crate::case::text::summary;
use crate::case::{Case, Need, Stimulus};
use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

/// Deals messages out to the families and revisions, one after the other.
#[derive(Clone, Debug)]
pub struct Dealer {
    seed: u64,
    scenes: Vec<Scene>,
    /// What each family makes in each scene, built when it is first asked for.
    strategies: Arc<Vec<OnceLock<Option<SBoxedStrategy<Made>>>>>,
}

/// One message that was dealt.
#[derive(Clone, Debug)]
pub struct Dealt {
    number: usize,
    family: Family,
    scene: Scene,
    /// The message.
    pub made: Made,
}

impl Dealer {
    /// A dealer for a target, of which a scene is known for each revision that it speaks.
    #[must_use]
    pub fn new(seed: u64, scenes: Vec<Scene>) -> Self {
        let slots = std::iter::repeat_with(OnceLock::new).take(scenes.len() * Family::ALL.len());
        let strategies = Arc::new(slots.collect());
        Self { seed, scenes, strategies }
    }

    /// The message of that number; none for a target that speaks nothing, or whose number is of a
    /// family that it cannot have.
    #[must_use]
    pub fn deal(&self, number: usize) -> Option<Dealt> {
        let (family, scene) = self.share(number)?;
        let made = self.tree(number, self.rng(number))?.current();
        Some(Dealt { number, family, scene, made })
    }

    /// The message of that number under another seed.
    #[must_use]
    pub fn with_seed(&self, seed: u64, number: usize) -> Option<Dealt> {
        Self { seed, ..self.clone() }.deal(number)
    }

    /// The next simpler message to try, after these have been tried: each answer says whether what was
    /// tried still failed. None when there is none left.
    ///
    /// Everything is dealt anew each time: the tree that knows what is simpler cannot be kept while
    /// something is sent.
    #[must_use]
    pub fn simpler(&self, number: usize, answers: &[bool]) -> Option<Dealt> {
        let (family, scene) = self.share(number)?;
        let mut tree = self.tree(number, self.rng(number))?;
        let mut answers = answers.iter();
        let pruned = match prune(&tree.current(), &mut answers) {
            Pruned::Try(made) => return Some(Dealt { number, family, scene, made }),
            Pruned::Done(pruned) => pruned,
        };
        let mut failed = true;
        loop {
            let stepped = if failed { tree.simplify() } else { tree.complicate() };
            if !stepped {
                return None;
            }
            let Some(answer) = answers.next() else { break };
            failed = *answer;
        }
        let mut made = tree.current();
        pruned.iter().for_each(|leave_out| leave_out(&mut made));
        Some(Dealt { number, family, scene, made })
    }

    /// Family and scene of a number.
    fn share(&self, number: usize) -> Option<(Family, Scene)> {
        let (scene, family) = self.place(number)?;
        Some((*Family::ALL.get(family)?, self.scenes.get(scene)?.clone()))
    }

    /// Where scene and family of a number stand: the families in turn, and then the next scene.
    fn place(&self, number: usize) -> Option<(usize, usize)> {
        let round = number / Family::ALL.len();
        Some((round.checked_rem(self.scenes.len())?, number % Family::ALL.len()))
    }

    fn tree(&self, number: usize, rng: TestRng) -> Option<impl ValueTree<Value = Made> + use<>> {
        let (family, scene) = self.share(number)?;
        let (row, column) = self.place(number)?;
        let slot = self.strategies.get(row * Family::ALL.len() + column)?;
        let strategy = slot.get_or_init(|| family.strategy(&scene)).as_ref()?;
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        strategy.new_tree(&mut runner).ok()
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

    /// The revision that it is of.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.scene.revision
    }

    /// The message as it stands now, as a case. Levels come from the requirements, and what may come back
    /// from the models where it is like one of them.
    #[must_use]
    pub fn case(&self, requirements: &Requirements, models: &Models) -> Case {
        let made = &self.made;
        let revision = self.scene.revision;
        let stated =
            |id: &&str| requirements.get(*id).is_some_and(|it| it.revisions().contains(&revision));
        let model = models.requirement(made.defect.like).filter(stated);
        let own = requirement(Some(self.family), made.defect.class, revision);
        let id = model.unwrap_or(own);
        let transports = match self.family {
            Family::Header => vec![Transport::Http],
            _ => vec![Transport::Http, Transport::Stdio],
        };
        Case {
            id: self.id(),
            title: title(made),
            note: String::new(),
            requirement: id.to_owned(),
            also: Vec::new(),
            level: requirements.get(id).map_or(Level::Must, |requirement| requirement.level),
            revisions: vec![self.scene.revision],
            transports,
            needs: needs(made),
            alone: false,
            last: false,
            stimulus: stimulus(made.clone()),
            expectation: expectation(&made.defect, models),
        }
    }
}

fn expectation(defect: &Defect, models: &Models) -> Expectation {
    let replies = defect.replies.clone();
    let own = || Expectation { replies, ..Expectation::default() };
    models.like(defect.like).unwrap_or_else(own)
}

/// A part that a message may do without.
type LeaveOut = fn(&mut Made);

/// What is left out before anything is made simpler: most failures do not need it.
const PARTS: [LeaveOut; 2] = [|made| made.neutral.clear(), |made| made.blank.clear()];

/// What came of leaving parts out.
enum Pruned {
    /// The next message to try.
    Try(Made),
    /// Everything was tried: the parts that the failure does without.
    Done(Vec<LeaveOut>),
}

fn prune<'a>(whole: &Made, answers: &mut impl Iterator<Item = &'a bool>) -> Pruned {
    let (mut left, mut done_without) = (whole.clone(), Vec::new());
    for part in PARTS {
        let mut made = left.clone();
        part(&mut made);
        if made != left {
            match answers.next() {
                None => return Pruned::Try(made),
                Some(false) => continue,
                Some(true) => left = made,
            }
        }
        done_without.push(part);
    }
    Pruned::Done(done_without)
}

/// What a target must offer to be sent the message.
fn needs(made: &Made) -> Vec<Need> {
    let bases = || made.defect.before.iter().map(|recipe| recipe.base).chain([made.base]);
    let all = [
        (Need::Tools, bases().any(|base| base == Base::ToolsList)),
        (Need::WorkingTool, bases().any(|base| base == Base::ToolsCall)),
        (Need::FailingTool, bases().any(|base| base == Base::FailingCall)),
        (Need::DeadTool, bases().any(|base| base == Base::DeadCall)),
        (Need::StructuredTool, bases().any(|base| base == Base::StructuredCall)),
        (Need::ProgressTool, bases().any(|base| base == Base::ProgressCall)),
        (Need::Sessions, made.defect.session != SessionMode::Live),
        (Need::Credentials, made.defect.credentials != Credentials::Valid),
    ];
    let of_bases = all.into_iter().filter(|(_, needed)| *needed).map(|(need, _)| need);
    of_bases.chain(made.defect.needs.iter().copied()).collect()
}

fn stimulus(made: Made) -> Stimulus {
    Stimulus {
        recipe: made.recipe(),
        control: Some(made.twin()),
        session: made.defect.session,
        before: made.defect.before,
        credentials: made.defect.credentials,
        ..Stimulus::bare(made.defect.class)
    }
}

/// What was done to the base, in one line.
fn title(made: &Made) -> String {
    format!("{}{}", summary(&made.recipe()), around(&made.defect))
}

/// What a defect has beside its edits.
fn around(defect: &Defect) -> String {
    let before = match defect.before.len() {
        0 => String::new(),
        1 => ", after another message".to_owned(),
        count => format!(", after {count} other messages"),
    };
    let session = match defect.session {
        SessionMode::Live => "",
        SessionMode::None => ", without a session",
        SessionMode::Unknown => ", in a session that never was",
        SessionMode::Deleted => ", in a session that was ended",
        SessionMode::Greeted => ", before notifications/initialized",
    };
    let credentials = match defect.credentials {
        Credentials::Valid => "",
        Credentials::None => ", without credentials",
        Credentials::Wrong => ", with wrong credentials",
    };
    format!("{before}{session}{credentials}")
}

/// The requirement that a message is about, by what it is and the family that it is of, if any.
pub(crate) const fn requirement(
    family: Option<Family>,
    class: Class,
    revision: Revision,
) -> &'static str {
    match class {
        Class::Request if matches!(family, Some(Family::Sequence)) => "JSONRPC-5-SINGLE",
        Class::Request => "JSONRPC-5-ID-ECHO",
        Class::Notification if matches!(family, Some(Family::Mix)) => "NOTIF-UNKNOWN",
        Class::Notification => "REQ-WITHOUT-ID",
        Class::Response => "MSG-UNSOLICITED-RESPONSE",
        Class::UnknownMethod => "ERR-32601",
        Class::UnknownTool => "TOOL-UNKNOWN",
        Class::InvalidRequest => match family {
            Some(Family::Version) => "JSONRPC-4-VERSION-WRONG",
            Some(Family::Params) => "JSONRPC-4.2-PARAMS-STRUCT",
            Some(Family::Member) => "JSON-4-CASE",
            _ => "JSONRPC-4-METHOD-TYPE",
        },
        Class::InvalidId => "JSONRPC-5-ID-UNKNOWN",
        Class::Ambiguous => "JSON-4-DUPKEY",
        Class::Scalar => "JSON-2-SCALAR",
        Class::Batch if matches!(revision, Revision::V2025_03_26) => "BATCH-0326-RECEIVE",
        Class::Batch => "BATCH-REMOVED",
        Class::Unparsable if matches!(family, Some(Family::Number)) => "JSON-6-NUMBERS",
        Class::Unparsable => "ERR-32700",
        Class::Empty => "JSON-EMPTY-BODY",
        Class::TooDeep => "JSON-9-LIMITS-DEPTH",
        Class::TooLarge => "JSON-9-LIMITS-SIZE",
        Class::HttpMethod => "SH-METHOD-OTHER",
        Class::HttpContentType => "SH-CONTENT-TYPE",
        Class::HttpAccept => "SH-ACCEPT",
        Class::HttpSession => "SH-SESSION-UNKNOWN",
        Class::HttpProtocolVersion => "SH-PROTOVER-INVALID",
        Class::HttpOrigin if !matches!(revision, Revision::V2025_11_25 | Revision::V2026_07_28) => {
            "ORIGIN-INVALID-OLD"
        }
        Class::HttpOrigin => "ORIGIN-INVALID-403",
        Class::HttpCredentials => "AUTH-401",
        Class::MissingMeta => "META-REQUIRED",
        Class::UnsupportedVersion => "ERR-32022",
        Class::HeaderMismatch => "M-HDR-METHOD",
        _ => "ERR-32602",
    }
}

#[cfg(test)]
mod tests;
