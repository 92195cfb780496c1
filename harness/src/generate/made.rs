//! A generated message: a valid base, changes that change nothing, and one defect. What it is after
//! that is known by construction, and so is its twin: the same without the defect.

use crate::case::class::Class;
use crate::case::recipe::{Base, Credentials, Edit, Recipe, SessionMode};
use crate::wire::revision::Revision;

/// What is known of a target before messages are made for it.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// The revision in force.
    pub revision: Revision,
    /// Whether the target lists tools.
    pub tools: bool,
    /// Whether a tool may be called.
    pub call: bool,
    /// Whether the target issues session ids.
    pub sessions: bool,
    /// Whether the target asks for credentials, and they were given.
    pub credentials: bool,
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
}

impl Defect {
    /// These edits make a message of this class.
    #[must_use]
    pub const fn new(edits: Vec<Edit>, class: Class) -> Self {
        let (session, credentials) = (SessionMode::Live, Credentials::Valid);
        Self { edits, class, session, credentials, before: Vec::new() }
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

    /// The same message without its defect. It must be accepted.
    #[must_use]
    pub fn twin(&self) -> Recipe {
        let edits = self.neutral.iter().chain(&self.blank);
        Recipe { base: self.base, edits: edits.cloned().collect() }
    }
}
