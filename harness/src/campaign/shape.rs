//! What two failures have in common: the check, the class and the form of the edits, whatever values
//! stand in them.

use crate::case::class::Class;
use crate::case::recipe::{Base, Edit, Recipe};
use sha2::{Digest, Sha256};

/// What tells findings apart: those of one shape are one.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Shape {
    check: String,
    class: Class,
    edits: String,
}

impl Shape {
    /// The shape of a message that failed by a check.
    pub(crate) fn of(check: &str, class: Class, recipe: &Recipe) -> Self {
        let mut edits: Vec<String> = recipe.edits.iter().map(edit).collect();
        edits.dedup();
        // A base that is a bare request says nothing; another may be the defect.
        let base = match recipe.base {
            Base::Request | Base::Ping | Base::ToolsList => String::new(),
            base => crate::case::text::base(base),
        };
        Self { check: check.to_owned(), class, edits: format!("{base} {}", edits.join(", ")) }
    }

    /// Check and class alone.
    pub(crate) fn kind(&self) -> (&str, Class) {
        (&self.check, self.class)
    }

    /// A name for files.
    pub(crate) fn name(&self) -> String {
        let digest = Sha256::digest(self.edits.as_bytes());
        let hex: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{}-{hex}", self.check, self.class)
    }
}

/// The kind of an edit and its place, and of a value the kind.
fn edit(edit: &Edit) -> String {
    match edit {
        Edit::Set { at, to } => format!("{at} {}", kind(to)),
        Edit::Add { at, to } | Edit::AddFirst { at, to } => format!("another {at} {}", kind(to)),
        Edit::Rename { at, .. } => format!("{at} renamed"),
        Edit::Drop { at } | Edit::Move { at } | Edit::SwapCase { at } => {
            format!("{} {at}", name(edit))
        }
        Edit::Nest { at, .. } | Edit::Fill { at, .. } => format!("{} {at}", name(edit)),
        Edit::Header { name, .. } | Edit::AddHeader { name, .. } | Edit::DropHeader(name) => {
            format!("header {}", name.to_ascii_lowercase())
        }
        other => name(other).to_owned(),
    }
}

const fn name(edit: &Edit) -> &'static str {
    match edit {
        Edit::Drop { .. } => "no",
        Edit::Move { .. } => "last",
        Edit::SwapCase { .. } => "other case",
        Edit::Nest { .. } => "nested",
        Edit::Fill { .. } => "long",
        Edit::Batch(_) => "batch",
        Edit::Method(_) => "method",
        Edit::Path(_) => "path",
        Edit::Encode(_) => "encoded",
        Edit::Prefix(_) | Edit::PrefixHex(_) => "before it",
        Edit::Suffix(_) => "behind it",
        Edit::Cut(_) => "cut",
        _ => "bytes",
    }
}

/// The kind of a raw JSON text, by its first character.
fn kind(raw: &str) -> &'static str {
    match raw.trim_start().chars().next() {
        Some('"') => "string",
        Some('{') => "object",
        Some('[') => "array",
        Some('t' | 'f') => "bool",
        Some('n') => "null",
        Some('-' | '0'..='9') if raw.contains(['.', 'e', 'E']) => "fraction",
        Some('-' | '0'..='9') => "integer",
        _ => "no JSON",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(at: &str, to: &str) -> Shape {
        let edits = vec![Edit::Set { at: at.to_owned(), to: to.to_owned() }];
        Shape::of("answered.reply", Class::InvalidId, &Recipe { base: Base::Ping, edits })
    }

    #[test]
    fn values_of_one_kind_are_one_finding_and_others_are_others() {
        assert_eq!(shape("id", "1.5"), shape("id", "-20.25"));
        assert_ne!(shape("id", "1.5"), shape("id", "true"));
        assert_ne!(shape("id", "1.5"), shape("method", "1.5"));
        assert_ne!(shape("id", "1.5").name(), shape("id", "true").name());
        assert_eq!(shape("id", "1.5").kind(), ("answered.reply", Class::InvalidId));
        assert!(shape("id", "1.5").name().starts_with("answered.reply-invalid-id-"));
    }
}
