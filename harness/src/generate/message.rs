//! A message under construction: members in order, values as raw text, so that an edit can put
//! anything on the wire, valid JSON or not.

/// A value: an object that edits can enter, or raw text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Node {
    /// An object; names are raw text between the quotes.
    Object(Vec<(String, Self)>),
    /// Anything else, as it stands on the wire.
    Raw(String),
}

impl Node {
    /// Raw text.
    #[must_use]
    pub fn raw(text: impl Into<String>) -> Self {
        Self::Raw(text.into())
    }

    /// An object of these members.
    #[must_use]
    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, node)| (name.to_owned(), node)).collect())
    }

    /// The wire text, compact.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.length());
        self.write(&mut text);
        text
    }

    /// Bytes of the wire text: a value may be very large, and must not be copied while it grows.
    fn length(&self) -> usize {
        match self {
            Self::Raw(text) => text.len(),
            Self::Object(members) => {
                let lengths = members.iter().map(|(name, node)| name.len() + 4 + node.length());
                lengths.sum::<usize>() + 2
            }
        }
    }

    fn write(&self, text: &mut String) {
        match self {
            Self::Raw(raw) => text.push_str(raw),
            Self::Object(members) => {
                text.push('{');
                for (place, (name, node)) in members.iter().enumerate() {
                    text.push_str(if place == 0 { "\"" } else { ",\"" });
                    text.push_str(name);
                    text.push_str("\":");
                    node.write(text);
                }
                text.push('}');
            }
        }
    }

    /// Sets the member at a dotted path, making the objects on the way. A name in the path that has
    /// dots itself stands in quotes: `params._meta."a.b/c"`.
    pub fn set(&mut self, path: &str, value: Self) {
        let (members, name) = self.holder(path);
        match members.iter_mut().find(|(member, _)| *member == name) {
            Some((_, node)) => *node = value,
            None => members.push((name, value)),
        }
    }

    /// Puts a member at the end (or the front) even where one of that name exists.
    pub fn add(&mut self, path: &str, value: Self, first: bool) {
        let (members, name) = self.holder(path);
        let at = if first { 0 } else { members.len() };
        members.insert(at, (name, value));
    }

    /// Changes the raw text of the member at a path, where there is one.
    pub fn change(&mut self, path: &str, change: fn(&str) -> String) {
        let (members, name) = self.holder(path);
        for (_, node) in members.iter_mut().filter(|(member, _)| *member == name) {
            *node = Self::Raw(change(&node.text()));
        }
    }

    /// Removes every member of that path.
    pub fn remove(&mut self, path: &str) {
        let (members, name) = self.holder(path);
        members.retain(|(member, _)| *member != name);
    }

    /// Puts every member of that path last.
    pub fn move_last(&mut self, path: &str) {
        let (members, name) = self.holder(path);
        // A stable sort: the others keep their order.
        members.sort_by_key(|(member, _)| *member == name);
    }

    /// Renames the member at a path.
    pub fn rename(&mut self, path: &str, to: &str) {
        let (members, name) = self.holder(path);
        for (member, _) in members.iter_mut().filter(|(member, _)| *member == name) {
            to.clone_into(member);
        }
    }

    /// The members of the object that holds the path's last part, and that part. What is no object
    /// on the way becomes an empty one: every edit applies to every message.
    fn holder(&mut self, path: &str) -> (&mut Vec<(String, Self)>, String) {
        match split(path) {
            (name, None) => (self.members(), name.to_owned()),
            (first, Some(rest)) => {
                let members = self.members();
                let at = members.iter().position(|(name, _)| name == first).unwrap_or_else(|| {
                    members.push((first.to_owned(), Self::Object(Vec::new())));
                    members.len() - 1
                });
                match members.get_mut(at) {
                    Some((_, node)) => node.holder(rest),
                    None => unreachable!("the position was found or pushed just now"),
                }
            }
        }
    }

    fn members(&mut self) -> &mut Vec<(String, Self)> {
        if let Self::Raw(_) = self {
            *self = Self::Object(Vec::new());
        }
        match self {
            Self::Object(members) => members,
            Self::Raw(_) => unreachable!("raw text was replaced by an object just now"),
        }
    }
}

/// The first name of a path, and what follows it.
fn split(path: &str) -> (&str, Option<&str>) {
    let quoted = path.strip_prefix('"').and_then(|rest| rest.split_once('"'));
    match quoted {
        Some((name, rest)) => (name, rest.strip_prefix('.')),
        None => path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ping() -> Node {
        Node::object([
            ("id", Node::raw("7")),
            ("params", Node::object([("name", Node::raw("\"x\""))])),
        ])
    }

    #[test]
    fn set_replaces_in_place_and_adds_at_the_end() {
        let mut node = ping();
        node.set("id", Node::raw("true"));
        node.set("params.deep.er", Node::raw("NaN"));
        assert_eq!(node.text(), r#"{"id":true,"params":{"name":"x","deep":{"er":NaN}}}"#);
    }

    #[test]
    fn add_keeps_what_is_there() {
        let mut node = ping();
        node.add("id", Node::raw("8"), false);
        node.add("id", Node::raw("6"), true);
        assert_eq!(node.text(), r#"{"id":6,"id":7,"params":{"name":"x"},"id":8}"#);
    }

    #[test]
    fn change_acts_on_raw_text() {
        let mut node = ping();
        node.change("params.name", str::to_uppercase);
        node.change("params.none", str::to_uppercase);
        assert_eq!(node.text(), r#"{"id":7,"params":{"name":"X"}}"#);
    }

    #[test]
    fn a_name_with_dots_stands_in_quotes() {
        let mut node = ping();
        node.set(r#"params."a.b/c""#, Node::raw("1"));
        node.set(r#"params."d.e".f"#, Node::raw("2"));
        let expected = r#"{"id":7,"params":{"name":"x","a.b/c":1,"d.e":{"f":2}}}"#;
        assert_eq!(node.text(), expected);
        node.remove(r#"params."a.b/c""#);
        assert_eq!(node.text(), r#"{"id":7,"params":{"name":"x","d.e":{"f":2}}}"#);
    }

    #[test]
    fn a_moved_member_stands_last() {
        let mut node = ping();
        node.add("extra", Node::raw("1"), false);
        node.move_last("id");
        node.move_last("none");
        assert_eq!(node.text(), r#"{"params":{"name":"x"},"extra":1,"id":7}"#);
    }

    #[test]
    fn remove_and_rename_enter_objects() {
        let mut node = ping();
        node.remove("id");
        node.rename("params.name", "Name");
        assert_eq!(node.text(), r#"{"params":{"Name":"x"}}"#);
    }
}
