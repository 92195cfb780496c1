//! A recipe: a base message plus edits. Every recipe renders; it is serialisable and readable as a
//! case file, and is what generators will build too.

use serde::{Deserialize, Serialize};

/// A base message and the edits that are applied to it in order.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Recipe {
    /// The message to start from.
    #[serde(default)]
    pub base: Base,
    /// The edits, applied in order.
    #[serde(default)]
    pub edits: Vec<Edit>,
}

impl Recipe {
    /// Whether it puts the run's token into the path.
    #[must_use]
    pub fn shows_token(&self) -> bool {
        let shows = |edit: &Edit| matches!(edit, Edit::Path(path) if path.contains("{{token}}"));
        self.edits.iter().any(shows)
    }

    /// Whether it brings back a state that an answer has given.
    #[must_use]
    pub fn brings_state(&self) -> bool {
        let brings = |edit: &Edit| matches!(edit, Edit::Set { to, .. } if to.contains("{{state}}"));
        self.edits.iter().any(brings)
    }
}

/// A valid message to start from.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// `tools/list` where the target has tools, otherwise what [`Self::Ping`] is.
    #[default]
    Request,
    /// `ping`; under the stateless revision `server/discover`.
    Ping,
    /// `server/discover`.
    Discover,
    /// `tools/list`.
    ToolsList,
    /// `tools/call` of the working tool.
    ToolsCall,
    /// `tools/call` of the tool that answers `isError: true`.
    FailingCall,
    /// `tools/call` of the tool whose upstream is dead.
    DeadCall,
    /// `tools/call` of the tool that answers with structured content.
    StructuredCall,
    /// `tools/call` of the tool that tells of its progress.
    ProgressCall,
    /// `tools/call` of the tool that asks the client for input.
    AskingCall,
    /// `tools/call` of the tool that wants an argument in a header too.
    MirroringCall,
    /// `tools/call` of the tool that takes its time.
    SlowCall,
    /// `tools/call` of the tool of our own upstream that answers with its text.
    OwnCall,
    /// `tools/call` of a tool that does not exist.
    UnknownCall,
    /// `initialize` as the harness sends it.
    Initialize,
    /// A request for a method that does not exist.
    UnknownMethod,
    /// `notifications/initialized`; under the stateless revision `notifications/cancelled` for a
    /// request that was never sent.
    Notification,
    /// An empty body, for the edits that give one.
    Empty,
}

/// One change. Members are named by a dotted path (`params.arguments.text`); values are raw text,
/// put on the wire as they stand.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Edit {
    /// Sets a member, adding it where it is missing.
    Set {
        /// Path of the member.
        at: String,
        /// Raw text of the value.
        to: String,
    },
    /// Removes a member.
    Drop {
        /// Path of the member.
        at: String,
    },
    /// Appends a member even where one of that name exists.
    Add {
        /// Path of the member.
        at: String,
        /// Raw text of the value.
        to: String,
    },
    /// Puts a member first even where one of that name exists.
    AddFirst {
        /// Path of the member.
        at: String,
        /// Raw text of the value.
        to: String,
    },
    /// Renames a member. The new name is raw text between the quotes.
    Rename {
        /// Path of the member.
        at: String,
        /// New name.
        to: String,
    },
    /// Puts a member last: members have no order (RFC 8259 section 4).
    Move {
        /// Path of the member.
        at: String,
    },
    /// Turns upper into lower case and back in the raw text of a member.
    SwapCase {
        /// Path of the member.
        at: String,
    },
    /// Sets a member to nested arrays or objects.
    Nest {
        /// Path of the member.
        at: String,
        /// Levels of nesting.
        depth: usize,
        /// Objects instead of arrays.
        #[serde(default)]
        objects: bool,
    },
    /// Sets a member to a string of this many letters.
    Fill {
        /// Path of the member.
        at: String,
        /// Length in bytes.
        bytes: usize,
    },
    /// Replaces the whole body by a text.
    Body(String),
    /// Replaces the whole body by bytes in hexadecimal (white space is ignored).
    BodyHex(String),
    /// Puts a text before the body.
    Prefix(String),
    /// Puts a text behind the body.
    Suffix(String),
    /// Puts bytes, in hexadecimal, before the body.
    PrefixHex(String),
    /// Replaces each occurrence of a text in the body by bytes in hexadecimal.
    ReplaceHex {
        /// The text to look for.
        from: String,
        /// The bytes to put there.
        to: String,
    },
    /// Makes the body an array of this many copies of the message, with ids from 1 on.
    Batch(usize),
    /// Cuts this many bytes off the end of the body.
    Cut(usize),
    /// Encodes the body, which is UTF-8, anew.
    Encode(Encoding),
    /// Sets the HTTP method.
    Method(String),
    /// Sets path and query.
    Path(String),
    /// Sets a header, replacing one of that name.
    Header {
        /// Field name.
        name: String,
        /// Field value.
        value: String,
    },
    /// Adds a header even where one of that name exists.
    AddHeader {
        /// Field name.
        name: String,
        /// Field value.
        value: String,
    },
    /// Removes a header.
    DropHeader(String),
}

/// A text encoding that is not UTF-8.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-16, little endian, with byte order mark.
    Utf16le,
    /// UTF-16, big endian, with byte order mark.
    Utf16be,
}

/// Which session a stimulus names.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionMode {
    /// The case's own session, initialized.
    #[default]
    Live,
    /// No session id at all.
    None,
    /// A well-formed id that was never issued.
    Unknown,
    /// A session that was opened and then ended by DELETE.
    Deleted,
    /// The case's own session, of which `initialize` was answered and `notifications/initialized` not sent.
    Greeted,
}

/// Which credentials a stimulus carries.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credentials {
    /// Those of the command line, if any.
    #[default]
    Valid,
    /// None.
    None,
    /// The same header with a value that differs.
    Wrong,
}
