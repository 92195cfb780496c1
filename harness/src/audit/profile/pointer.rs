//! Where something stands in a record: a JSON pointer, or a name wherever it occurs.

use crate::audit::tree::{Tree, normal};
use crate::wire::json::Json;
use serde::Deserialize;
use std::cell::OnceCell;

/// A JSON pointer (RFC 6901), or `**/name`: the outermost member of that name anywhere in the record, names
/// compared without case, `_`, `-` and `.`. `**/error/code` is a `code` that stands in an `error`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct Pointer {
    text: String,
    /// The names behind `**/`; none for a JSON pointer.
    names: Option<Vec<String>>,
}

impl Pointer {
    /// The pointer of one member, whose name needs no escapes.
    pub(super) fn member(name: &str) -> Self {
        Self { text: format!("/{name}"), names: None }
    }

    /// Whether it is a JSON pointer.
    pub(super) const fn is_exact(&self) -> bool {
        self.names.is_none()
    }

    /// The pointer as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands there in a value.
    #[must_use]
    pub fn find<'a>(&self, value: &'a Json) -> Option<&'a Json> {
        self.find_in(&Searched::new(value))
    }

    /// What stands there in a value that is asked several times.
    pub(in crate::audit) fn find_in<'a>(&self, searched: &Searched<'a>) -> Option<&'a Json> {
        match &self.names {
            None => searched.value.pointer(&self.text),
            Some(names) => {
                let tree = searched.tree();
                tree.value(tree.find(names)?)
            }
        }
    }

    /// The JSON pointer of what stands there.
    pub(in crate::audit) fn place_in(&self, searched: &Searched<'_>) -> Option<String> {
        match &self.names {
            None => searched.value.pointer(&self.text).map(|_| self.text.clone()),
            Some(names) => {
                let tree = searched.tree();
                tree.find(names).map(|place| tree.path(place))
            }
        }
    }
}

impl TryFrom<String> for Pointer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix("**/") {
            let names: Vec<String> = rest.split('/').map(normal).collect();
            return if names.iter().any(String::is_empty) || rest.contains(['*', '~']) {
                Err(format!("`{text}` names no member: write **/name or **/outer/name"))
            } else {
                Ok(Self { names: Some(names), text })
            };
        }
        let rooted = text.is_empty() || text.starts_with('/');
        let escaped = text.split('~').skip(1).all(|part| part.starts_with(['0', '1']));
        if rooted && escaped {
            Ok(Self { text, names: None })
        } else {
            Err(format!(
                "`{text}` is no JSON pointer: empty, or /a/b with ~0 for ~ and ~1 for /, or **/name"
            ))
        }
    }
}

/// A value with its members by name, which are looked up only when somebody asks.
#[derive(Debug)]
pub(in crate::audit) struct Searched<'a> {
    pub(in crate::audit) value: &'a Json,
    tree: OnceCell<Tree<'a>>,
}

impl<'a> Searched<'a> {
    pub(in crate::audit) const fn new(value: &'a Json) -> Self {
        Self { value, tree: OnceCell::new() }
    }

    fn tree(&self) -> &Tree<'a> {
        self.tree.get_or_init(|| Tree::of(self.value))
    }
}
