//! The members of a record wherever they stand, for pointers that give a name alone.
//!
//! Made once a record: a profile of guesses asks for a hundred names.

use crate::wire::json::Json;
use crate::wire::text::Text;
use std::collections::HashMap;

/// Members in which a caller's own words stand: what is called `status` in there is not the record's.
const FOREIGN: [&str; 4] = ["arguments", "args", "toolarguments", "toolinput"];

/// All members of a value, the outermost first.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    /// Places of nodes by their names, ascending.
    by_name: HashMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Node<'a> {
    /// The node in which it stands; none for the value itself.
    parent: Option<usize>,
    step: Step<'a>,
    value: &'a Json,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Member(&'a Text),
    Element(usize),
}

/// A name as pointers compare it: in lower case, without `_`, `-` and `.`.
pub(crate) fn normal(name: &str) -> String {
    let kept = name.chars().filter(|char| !matches!(char, '_' | '-' | '.'));
    kept.flat_map(char::to_lowercase).collect()
}

impl<'a> Tree<'a> {
    pub(crate) fn of(value: &'a Json) -> Self {
        let root = Node { parent: None, step: Step::Root, value };
        let mut tree = Self { nodes: vec![root], by_name: HashMap::new() };
        let mut next = 0;
        while let Some(node) = tree.nodes.get(next) {
            let value = node.value;
            if !tree.is_foreign(next) {
                tree.enter(next, value);
            }
            next += 1;
        }
        tree
    }

    fn is_foreign(&self, place: usize) -> bool {
        match self.nodes.get(place).map(|node| node.step) {
            Some(Step::Member(name)) => FOREIGN.contains(&normal(&name.lossy()).as_str()),
            _ => false,
        }
    }

    /// Adds what stands in a node.
    fn enter(&mut self, parent: usize, value: &'a Json) {
        for (name, member) in value.as_object().unwrap_or_default() {
            let place = self.nodes.len();
            self.by_name.entry(normal(&name.lossy())).or_default().push(place);
            let step = Step::Member(name);
            self.nodes.push(Node { parent: Some(parent), step, value: member });
        }
        for (at, element) in value.as_array().unwrap_or_default().iter().enumerate() {
            let step = Step::Element(at);
            self.nodes.push(Node { parent: Some(parent), step, value: element });
        }
    }

    /// The first place of these names in a row (as [`normal`] makes them) where something but null
    /// stands; where there is none, the first where null does.
    pub(crate) fn find(&self, names: &[String]) -> Option<usize> {
        let (last, before) = names.split_last()?;
        let places = self.by_name.get(last)?;
        let here = |place: &&usize| self.stands_in(**place, before);
        let filled = |place: &&usize| self.value(**place).is_some_and(|value| !value.is_null());
        let mut fitting = places.iter().filter(here);
        fitting.clone().find(filled).or_else(|| fitting.next()).copied()
    }

    /// Whether the members around a place have these names, the nearest last.
    fn stands_in(&self, place: usize, names: &[String]) -> bool {
        let mut place = place;
        names.iter().rev().all(|name| {
            let parent = self.nodes.get(place).and_then(|node| node.parent);
            let around = parent.and_then(|parent| Some((parent, self.nodes.get(parent)?)));
            match around {
                Some((parent, Node { step: Step::Member(own), .. })) => {
                    place = parent;
                    normal(&own.lossy()) == *name
                }
                _ => false,
            }
        })
    }

    pub(crate) fn value(&self, place: usize) -> Option<&'a Json> {
        self.nodes.get(place).map(|node| node.value)
    }

    /// The pointer (RFC 6901) that names a place.
    pub(crate) fn path(&self, place: usize) -> String {
        let (mut steps, mut at) = (Vec::new(), Some(place));
        while let Some(node) = at.and_then(|at| self.nodes.get(at)) {
            match node.step {
                Step::Root => {}
                Step::Member(name) => {
                    steps.push(name.lossy().replace('~', "~0").replace('/', "~1"));
                }
                Step::Element(number) => steps.push(number.to_string()),
            }
            at = node.parent;
        }
        steps.iter().rev().map(|step| format!("/{step}")).collect()
    }

    /// Every place, the outermost first.
    pub(crate) fn places(&self) -> std::ops::Range<usize> {
        0..self.nodes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Tree, normal};
    use crate::wire::json::parse;

    fn found(text: &str, names: &[&str]) -> Option<String> {
        let value = parse(text.as_bytes()).expect("JSON");
        let tree = Tree::of(&value);
        let names: Vec<String> = names.iter().map(|name| normal(name)).collect();
        tree.find(&names).map(|place| tree.path(place))
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn the_outermost_member_is_found_in_any_notation() {
        let text = r#"{"a":{"b":{"request_id":1},"Request-ID":2}}"#;
        assert_eq!(found(text, &["request.id"]), some("/a/Request-ID"));
        assert_eq!(found(r#"{"x/y":[{"a~b":1}]}"#, &["a~b"]), some("/x~1y/0/a~0b"));
        assert_eq!(found(text, &["id"]), None);
    }

    #[test]
    fn names_in_a_row_need_their_members_around() {
        let text = r#"{"code":1,"error":{"inner":{"code":2}},"e":{"error":{"code":3}}}"#;
        assert_eq!(found(text, &["error", "code"]), some("/e/error/code"));
        assert_eq!(found(text, &["inner", "code"]), some("/error/inner/code"));
        assert_eq!(found(text, &["none", "code"]), None);
    }

    #[test]
    fn null_is_passed_over_where_something_stands_elsewhere() {
        assert_eq!(found(r#"{"a":null,"b":{"a":0}}"#, &["a"]), some("/b/a"));
        assert_eq!(found(r#"{"a":null}"#, &["a"]), some("/a"));
    }

    #[test]
    fn what_a_caller_sent_is_not_searched() {
        let text = r#"{"request":{"Arguments":{"status":"ok"}}}"#;
        assert_eq!(found(text, &["status"]), None);
        assert_eq!(found(text, &["arguments"]), some("/request/Arguments"));
    }
}
