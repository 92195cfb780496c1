//! The families of generated messages: strategies for every kind of defect, each with the class that
//! it makes. proptest draws and shrinks them; nothing here looks at the oracle.

mod batch;
mod call;
mod envelope;
mod feature;
mod header;
mod limits;
mod member;
mod outcome;
mod params;
mod sequence;
mod stateless;
mod text;
mod value;

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::strategy::{SBoxedStrategy, Union};

use super::made::{Defect, Made, Scene};
use crate::case::Need;
use crate::case::class::Class;
use crate::case::recipe::{Base, Edit};

/// What the messages of a family have in common.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Family {
    /// The member `jsonrpc`.
    Version,
    /// The member `method`.
    Method,
    /// The member `id`.
    Id,
    /// The member `params`, and those of known methods.
    Params,
    /// Name and arguments of a call.
    Tool,
    /// Members twice, renamed, added, in another order.
    Member,
    /// The text of the JSON: encodings, escapes, control characters, what is cut or stands behind it.
    Text,
    /// Numbers that RFC 8259 does not know.
    Number,
    /// Depth of nesting.
    Depth,
    /// Size.
    Size,
    /// Arrays of messages.
    Batch,
    /// Notifications and responses.
    Mix,
    /// HTTP method and headers.
    Header,
    /// Several messages on one session.
    Sequence,
    /// Valid calls of every kind of tool.
    Call,
    /// What the target declares beside tools, and the revision that is agreed on.
    Feature,
}

impl Family {
    /// Every family, in the order in which messages are dealt out to them.
    pub const ALL: [Self; 16] = [
        Self::Version,
        Self::Method,
        Self::Id,
        Self::Params,
        Self::Tool,
        Self::Member,
        Self::Text,
        Self::Number,
        Self::Depth,
        Self::Size,
        Self::Batch,
        Self::Mix,
        Self::Header,
        Self::Sequence,
        Self::Call,
        Self::Feature,
    ];

    /// The word in case ids.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Method => "method",
            Self::Id => "id",
            Self::Params => "params",
            Self::Tool => "tool",
            Self::Member => "member",
            Self::Text => "text",
            Self::Number => "number",
            Self::Depth => "depth",
            Self::Size => "size",
            Self::Batch => "batch",
            Self::Mix => "mix",
            Self::Header => "header",
            Self::Sequence => "sequence",
            Self::Call => "call",
            Self::Feature => "feature",
        }
    }

    /// Messages of the family for a target. None where it cannot have any, such as calls of a target
    /// without tools.
    #[must_use]
    pub fn strategy(self, scene: &Scene) -> Option<SBoxedStrategy<Made>> {
        let bases = self.bases(scene);
        if bases.is_empty() {
            return None;
        }
        let of = |base| {
            let around = (vec(neutral(base), 0..3), vec(blank(), 0..2));
            let made = (around, self.defects(base, scene))
                .prop_map(move |((neutral, blank), defect)| Made { base, neutral, defect, blank });
            made.sboxed()
        };
        Some(Union::new(bases.into_iter().map(of)).sboxed())
    }

    /// The valid messages that the family starts from, the simplest first.
    fn bases(self, scene: &Scene) -> Vec<Base> {
        let calls = [(Base::ToolsCall, scene.has(Need::WorkingTool))];
        let requests = [(Base::Ping, true), (Base::ToolsList, scene.has(Need::Tools))];
        let messages = [(Base::Notification, true)];
        // The stateless revision has no handshake.
        let greeting = [(Base::Initialize, !scene.revision.is_modern())];
        let all: Vec<(Base, bool)> = match self {
            Self::Tool => calls.to_vec(),
            Self::Mix => messages.to_vec(),
            Self::Version | Self::Text => [&requests[..], &calls, &messages].concat(),
            Self::Size => vec![(Base::Ping, true)],
            Self::Call => call::bases(scene),
            Self::Feature => feature::bases(scene),
            Self::Id => [&requests[..], &calls, &greeting].concat(),
            _ => [&requests[..], &calls].concat(),
        };
        all.into_iter().filter(|(_, there)| *there).map(|(base, _)| base).collect()
    }

    fn defects(self, base: Base, scene: &Scene) -> SBoxedStrategy<Defect> {
        let class = class_of(base);
        match self {
            Self::Version => envelope::versions(class),
            Self::Method => envelope::methods(),
            Self::Id => envelope::ids(class),
            Self::Params => params::of(base, scene),
            Self::Tool => params::of_a_call(),
            Self::Member => member::of(class),
            Self::Text => text::of(base),
            Self::Number => text::numbers(base),
            Self::Depth => limits::depths(class),
            Self::Size => limits::sizes(),
            Self::Batch => batch::of(scene),
            Self::Mix => envelope::mixed(scene),
            Self::Header => header::of(class, scene),
            Self::Sequence => sequence::of(class, scene),
            Self::Call => call::of(base, scene),
            Self::Feature => feature::of(base, scene),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a base is by itself.
const fn class_of(base: Base) -> Class {
    match base {
        Base::Notification => Class::Notification,
        _ => Class::Request,
    }
}

/// One change of members or headers that no reader may mind.
fn neutral(base: Base) -> SBoxedStrategy<Edit> {
    let header = "[a-z]{1,8}"
        .prop_map(|name| Edit::Header { name: format!("X-Gauntlet-{name}"), value: name });
    if base == Base::Notification {
        return header.sboxed();
    }
    // The version stands last then: members have no order (RFC 8259 section 4).
    let moved = Just(Edit::Move { at: "jsonrpc".to_owned() });
    proptest::prop_oneof![header, moved].sboxed()
}

/// White space before or behind the message.
fn blank() -> impl Strategy<Value = Edit> {
    let spaces = "[ \t]{1,4}";
    proptest::prop_oneof![spaces.prop_map(Edit::Suffix), spaces.prop_map(Edit::Prefix)]
}

/// An edit that sets a member.
fn set(at: &str, to: impl Into<String>) -> Edit {
    Edit::Set { at: at.to_owned(), to: to.into() }
}

/// An edit that removes a member.
fn without(at: &str) -> Edit {
    Edit::Drop { at: at.to_owned() }
}
