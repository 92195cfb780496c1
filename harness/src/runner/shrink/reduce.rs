//! Makes a message simpler of which nothing is known but its edits: one is left out, or made smaller.

use crate::case::Case;
use crate::case::recipe::{Base, Edit, Recipe};
use crate::generate::input::with_recipe;

/// A message on its way to the simplest one that still fails.
#[derive(Clone, Debug)]
pub(super) struct Reducer {
    best: Case,
    /// The candidates of the best that were tried in vain.
    tried: usize,
}

impl Reducer {
    pub(super) const fn new(case: Case) -> Self {
        Self { best: case, tried: 0 }
    }

    /// The next message to try; none when nothing simpler fails.
    ///
    /// A message whose class was stated is left as it is: with another edit it would be of another.
    pub(super) fn next(&self) -> Option<Case> {
        let several = self.best.expectation.several;
        candidates(&self.best).filter(|_| several).nth(self.tried)
    }

    /// Whether what was tried still failed.
    pub(super) fn answer(&mut self, failed: bool) {
        match self.next().filter(|_| failed) {
            Some(simpler) => (self.best, self.tried) = (simpler, 0),
            None => self.tried += 1,
        }
    }
}

/// What is simpler than a case, the simplest first.
fn candidates(case: &Case) -> impl Iterator<Item = Case> {
    let with = |edits: Vec<Edit>, base: Base| with_recipe(case, Recipe { base, edits });
    let (edits, base) = (&case.stimulus.recipe.edits, case.stimulus.recipe.base);
    let fewer = (0..edits.len()).rev().map(move |left_out| without(edits, left_out));
    let smaller = (0..edits.len()).flat_map(move |at| replaced(edits, at));
    let other =
        (!matches!(base, Base::Ping | Base::Empty)).then(|| with(edits.clone(), Base::Ping));
    fewer
        .map(move |edits| with(edits, base))
        .chain(other)
        .chain(smaller.map(move |edits| with(edits, base)))
}

fn without(edits: &[Edit], left_out: usize) -> Vec<Edit> {
    let others = edits.iter().enumerate().filter(|(at, _)| *at != left_out);
    others.map(|(_, edit)| edit.clone()).collect()
}

/// The edits with one of them made smaller, in every way there is.
fn replaced(edits: &[Edit], at: usize) -> Vec<Vec<Edit>> {
    let smaller = edits.get(at).map(smaller).unwrap_or_default();
    let put = |edit: Edit| {
        let mut edits = edits.to_vec();
        if let Some(place) = edits.get_mut(at) {
            *place = edit;
        }
        edits
    };
    smaller.into_iter().map(put).collect()
}

/// Smaller forms of an edit.
fn smaller(edit: &Edit) -> Vec<Edit> {
    match edit {
        Edit::Set { at, to } => texts(to, |to| Edit::Set { at: at.clone(), to }),
        Edit::Add { at, to } => texts(to, |to| Edit::Add { at: at.clone(), to }),
        Edit::AddFirst { at, to } => texts(to, |to| Edit::AddFirst { at: at.clone(), to }),
        Edit::Body(text) => texts(text, Edit::Body),
        Edit::Prefix(text) => texts(text, Edit::Prefix),
        Edit::Suffix(text) => texts(text, Edit::Suffix),
        Edit::BodyHex(hex) => bytes(hex, Edit::BodyHex),
        Edit::PrefixHex(hex) => bytes(hex, Edit::PrefixHex),
        Edit::Nest { at, depth, objects } if *depth > 1 => {
            vec![Edit::Nest { at: at.clone(), depth: depth / 2, objects: *objects }]
        }
        Edit::Fill { at, bytes } if *bytes > 1 => {
            vec![Edit::Fill { at: at.clone(), bytes: bytes / 2 }]
        }
        Edit::Batch(count) if *count > 1 => vec![Edit::Batch(count / 2)],
        Edit::Cut(count) if *count > 1 => vec![Edit::Cut(count / 2)],
        _ => Vec::new(),
    }
}

/// Both halves of a text.
fn texts(text: &str, edit: impl Fn(String) -> Edit) -> Vec<Edit> {
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let (left, right) = text.split_at(middle);
    let halves = [left, right].into_iter().filter(|half| !half.is_empty() && *half != text);
    halves.map(|half| edit(half.to_owned())).collect()
}

/// Both halves of bytes in hexadecimal.
fn bytes(hex: &str, edit: impl Fn(String) -> Edit) -> Vec<Edit> {
    let digits: String = hex.chars().filter(char::is_ascii_hexdigit).collect();
    let (left, right) = digits.split_at(digits.len() / 4 * 2);
    let halves = [left, right].into_iter().filter(|half| !half.is_empty() && *half != digits);
    halves.map(|half| edit(half.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::input::blank;
    use crate::wire::revision::Revision;

    /// A case with these edits.
    fn case(edits: Vec<Edit>) -> Case {
        let mut case = blank(String::new(), Revision::V2025_11_25);
        case.stimulus.recipe.edits = edits;
        case
    }

    fn reduce(edits: Vec<Edit>, fails: impl Fn(&[Edit]) -> bool) -> (Vec<Edit>, usize) {
        let mut reducer = Reducer::new(case(edits));
        let mut steps = 0;
        while let Some(tried) = reducer.next() {
            reducer.answer(fails(&tried.stimulus.recipe.edits));
            steps += 1;
        }
        (reducer.best.stimulus.recipe.edits, steps)
    }

    fn set(at: &str, to: &str) -> Edit {
        Edit::Set { at: at.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn only_what_the_failure_needs_is_left() {
        let edits = vec![set("method", "1"), set("id", "1.5"), Edit::Suffix("  ".to_owned())];
        let (left, steps) = reduce(edits, |edits| {
            edits.iter().any(|edit| matches!(edit, Edit::Set { at, .. } if at == "id"))
        });
        assert!(
            matches!(&left[..], [Edit::Set { at, to }] if at == "id" && to.len() == 1),
            "{left:?}"
        );
        assert!(steps < 20, "{steps}");
    }

    #[test]
    fn two_edits_that_are_needed_together_stay() {
        let edits = vec![set("a", "1"), set("b", "2"), set("c", "3"), set("d", "4")];
        let (left, _) = reduce(edits, |edits| {
            let has = |name: &str| {
                edits.iter().any(|it| matches!(it, Edit::Set { at, .. } if at == name))
            };
            has("b") && has("d")
        });
        assert_eq!(left, [set("b", "2"), set("d", "4")]);
    }

    #[test]
    fn bytes_and_sizes_are_halved() {
        let hex = Edit::BodyHex("00112233ff445566".to_owned());
        let (left, _) =
            reduce(vec![hex], |edits| matches!(edits, [Edit::BodyHex(hex)] if hex.contains("ff")));
        assert_eq!(left, [Edit::BodyHex("ff".to_owned())]);
        let nest = Edit::Nest { at: "params".to_owned(), depth: 1000, objects: true };
        let (left, _) =
            reduce(vec![nest], |edits| matches!(edits, [Edit::Nest { depth, .. }] if *depth > 100));
        assert!(matches!(left[..], [Edit::Nest { depth: 125, .. }]), "{left:?}");
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(smaller(&set("id", "äö")), [set("id", "ä"), set("id", "ö")]);
        assert!(smaller(&set("id", "ä")).is_empty() && smaller(&set("id", "")).is_empty());
    }
}
