//! A generated message: a valid base, changes that change nothing, and one defect. What it is after
//! that is known by construction, and so is its twin: the same without the defect.

use std::collections::BTreeMap;

use crate::case::Need;
use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::recipe::{Base, Credentials, Edit, Recipe, SessionMode};
use crate::wire::revision::Revision;

/// What is known of a target before messages are made for it.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The revision in force.
    pub revision: Revision,
    /// What the target offers, of [`Scene::WANTED`].
    pub offers: Vec<Need>,
}

impl Scene {
    /// What makes a difference to the messages that are made.
    pub const WANTED: [Need; 11] = [
        Need::Tools,
        Need::WorkingTool,
        Need::FailingTool,
        Need::DeadTool,
        Need::StructuredTool,
        Need::ProgressTool,
        Need::Sessions,
        Need::Credentials,
        Need::Logging,
        Need::Prompts,
        Need::Resources,
    ];

    /// A target that offers everything under a revision.
    #[must_use]
    pub fn full(revision: Revision) -> Self {
        let there = |need: &Need| *need != Need::Sessions || !revision.is_modern();
        Self { revision, offers: Self::WANTED.into_iter().filter(there).collect() }
    }

    /// Whether the target offers it.
    #[must_use]
    pub fn has(&self, need: Need) -> bool {
        self.offers.contains(&need)
    }
}

/// What a message of a family has that its base has not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Defect {
    /// The changes, applied in order.
    pub edits: Vec<Edit>,
    /// What the message is after them.
    pub class: Class,
    /// The session that it names.
    pub session: SessionMode,
    /// The credentials that it carries.
    pub credentials: Credentials,
    /// What is sent before it on the same session.
    pub before: Vec<Recipe>,
    /// The case that says what may come back, by its id; empty for what the class permits.
    pub like: &'static str,
    /// What may come back, where neither says it.
    pub replies: BTreeMap<ReplyKind, Allowed>,
    /// What it needs beside what its base does.
    pub needs: Vec<Need>,
}

impl Defect {
    /// These edits make a message of this class.
    #[must_use]
    pub fn new(edits: Vec<Edit>, class: Class) -> Self {
        let (session, credentials) = (SessionMode::Live, Credentials::Valid);
        let (before, replies, needs) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { edits, class, session, credentials, before, like: "", replies, needs }
    }

    /// The same, with the permitted replies of that case.
    #[must_use]
    pub fn like(self, case: &'static str) -> Self {
        Self { like: case, ..self }
    }
}

/// One generated message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Made {
    /// The valid message to start from.
    pub base: Base,
    /// Changes of members and headers after which it is what it was.
    pub neutral: Vec<Edit>,
    /// What makes it something else.
    pub defect: Defect,
    /// White space around it.
    pub blank: Vec<Edit>,
}

impl Made {
    /// The message.
    #[must_use]
    pub fn recipe(&self) -> Recipe {
        let edits = self.neutral.iter().chain(&self.defect.edits).chain(&self.blank);
        Recipe { base: self.base, edits: edits.cloned().collect() }
    }

    /// The same message without its defect. It must be accepted, so that what fails by itself has the
    /// list of tools instead.
    #[must_use]
    pub fn twin(&self) -> Recipe {
        let edits = self.neutral.iter().chain(&self.blank);
        let base = match self.base {
            Base::FailingCall | Base::DeadCall => Base::ToolsList,
            base => base,
        };
        Recipe { base, edits: edits.cloned().collect() }
    }
}
