//! Mutation of recipes: what is changed is an edit, and what comes in comes from another recipe or
//! from a list of odd values. What comes of it nobody knows by construction.

use super::dice::Dice;
use crate::case::recipe::{Base, Edit, Encoding, Recipe};

/// Most edits of a recipe.
const MOST: usize = 8;

/// Paths at which something stands in most messages.
const PLACES: [&str; 10] = [
    "jsonrpc",
    "id",
    "method",
    "params",
    "params.name",
    "params.arguments",
    "params._meta",
    "params.cursor",
    "result",
    "error",
];

/// Raw texts of values that readers trip over.
const VALUES: [&str; 30] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "1.5",
    "1.0",
    "1e2",
    "1e400",
    "9007199254740993",
    "18446744073709551616",
    "\"\"",
    "\"a\"",
    "\"7\"",
    "\" 7\"",
    "\"2.0\"",
    "\"1.0\"",
    "\"ping\"",
    "\"tools/list\"",
    "\"rpc.discover\"",
    "\"notifications/cancelled\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\u{202e}\"",
    "[]",
    "{}",
    "[{}]",
    "{\"\":{}}",
];

/// Bytes, in hexadecimal, that readers of text trip over.
const BYTES: [&str; 10] =
    ["00", "0a", "0d0a", "1b", "7f", "c0af", "eda080", "efbbbf", "ff", "2c2c"];

/// Texts before and behind a message.
const AROUND: [&str; 10] =
    [" ", "\n", "\r\n\r\n", ",", "{}", "}", "]", "//", "\u{feff}", "\u{2028}"];

/// Bases that may be followed by more on the same session.
const BASES: [Base; 8] = [
    Base::Request,
    Base::Ping,
    Base::ToolsList,
    Base::ToolsCall,
    Base::UnknownCall,
    Base::UnknownMethod,
    Base::Notification,
    Base::Empty,
];

/// Whether an edit changes the HTTP request around the body.
const fn is_http(edit: &Edit) -> bool {
    matches!(
        edit,
        Edit::Method(_)
            | Edit::Path(_)
            | Edit::Header { .. }
            | Edit::AddHeader { .. }
            | Edit::DropHeader(_)
    )
}

/// A child of two recipes. A defect of the HTTP request hides one of the body and may be told in
/// many ways, so that the two are not mixed.
#[must_use]
pub fn mutate(parent: &Recipe, other: &Recipe, dice: &mut Dice) -> Recipe {
    let mut child = parent.clone();
    if !BASES.contains(&child.base) {
        child.base = Base::Request;
    }
    for _ in 0..=dice.below(3) {
        change(&mut child, other, dice);
    }
    let http = child.edits.first().is_some_and(is_http);
    child.edits.retain(|edit| is_http(edit) == http);
    child.edits.truncate(MOST);
    child
}

fn change(child: &mut Recipe, other: &Recipe, dice: &mut Dice) {
    let at = dice.below(child.edits.len());
    match (dice.below(10), child.edits.get_mut(at)) {
        (0, Some(_)) => drop(child.edits.remove(at)),
        (1, Some(_)) => child.edits.swap(0, at),
        (2, Some(edit)) => {
            let copy = edit.clone();
            child.edits.push(copy);
        }
        (3, _) => child.base = dice.pick(&BASES).copied().unwrap_or_default(),
        (4 | 5, Some(edit)) => *edit = altered(edit, dice),
        (6 | 7, _) => child.edits.extend(dice.pick(&other.edits).cloned()),
        _ => child.edits.insert(at, fresh(dice)),
    }
}

/// The same kind of edit at another place, or with another value.
fn altered(edit: &Edit, dice: &mut Dice) -> Edit {
    match edit {
        Edit::Set { at, .. } if dice.below(2) == 0 => Edit::Set { at: at.clone(), to: value(dice) },
        Edit::Set { to, .. } => Edit::Set { at: place(dice), to: to.clone() },
        Edit::Add { at, .. } => Edit::Add { at: at.clone(), to: value(dice) },
        Edit::AddFirst { at, .. } => Edit::AddFirst { at: at.clone(), to: value(dice) },
        Edit::Drop { .. } => Edit::Drop { at: place(dice) },
        Edit::Nest { at, objects, .. } => {
            Edit::Nest { at: at.clone(), depth: 1 << dice.below(14), objects: !objects }
        }
        Edit::Fill { at, .. } => Edit::Fill { at: at.clone(), bytes: 1 << dice.below(17) },
        Edit::Cut(_) => Edit::Cut(dice.below(64)),
        Edit::Batch(_) => Edit::Batch(dice.below(6)),
        Edit::BodyHex(hex) => Edit::BodyHex(flipped(hex, dice)),
        Edit::Header { name, value } => {
            Edit::AddHeader { name: name.clone(), value: value.clone() }
        }
        other => other.clone(),
    }
}

fn fresh(dice: &mut Dice) -> Edit {
    match dice.below(13) {
        0..=2 => Edit::Set { at: place(dice), to: value(dice) },
        3 => Edit::Drop { at: place(dice) },
        4 => Edit::Add { at: place(dice), to: value(dice) },
        5 => Edit::AddFirst { at: place(dice), to: value(dice) },
        6 => Edit::Rename { at: place(dice), to: "x".to_owned() },
        7 => {
            Edit::Nest { at: place(dice), depth: 1 << dice.below(14), objects: dice.below(2) == 0 }
        }
        8 => Edit::Prefix(around(dice)),
        9 => Edit::Suffix(around(dice)),
        10 => Edit::ReplaceHex { from: "jsonrpc".to_owned(), to: bytes(dice) },
        11 => Edit::PrefixHex(bytes(dice)),
        _ => Edit::Encode(if dice.below(2) == 0 { Encoding::Utf16le } else { Encoding::Utf16be }),
    }
}

/// Bytes in hexadecimal with one digit changed.
fn flipped(hex: &str, dice: &mut Dice) -> String {
    let at = dice.below(hex.len());
    let digit = char::from_digit(u32::try_from(dice.below(16)).unwrap_or(0), 16).unwrap_or('0');
    let change = |(place, old): (usize, char)| if place == at { digit } else { old };
    hex.chars().enumerate().map(change).collect()
}

fn of(list: &[&str], dice: &mut Dice) -> String {
    dice.pick(list).map_or_else(String::new, |text| (*text).to_owned())
}

fn place(dice: &mut Dice) -> String {
    of(&PLACES, dice)
}

fn value(dice: &mut Dice) -> String {
    of(&VALUES, dice)
}

fn bytes(dice: &mut Dice) -> String {
    of(&BYTES, dice)
}

fn around(dice: &mut Dice) -> String {
    of(&AROUND, dice)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn parents() -> (Recipe, Recipe) {
        let set = |at: &str, to: &str| Edit::Set { at: at.to_owned(), to: to.to_owned() };
        let header = Edit::Header { name: "Accept".to_owned(), value: "*/*".to_owned() };
        let one = Recipe { base: Base::Initialize, edits: vec![set("id", "1.5")] };
        (one, Recipe { base: Base::Ping, edits: vec![header, set("method", "7")] })
    }

    #[test]
    fn children_are_many_and_never_mix_http_with_the_body() {
        let (one, other) = parents();
        let mut dice = Dice::new(3);
        let mut kinds = BTreeSet::new();
        let mut texts = BTreeSet::new();
        for _ in 0..5000 {
            let child = mutate(&one, &other, &mut dice);
            assert!(child.edits.len() <= MOST && child.base != Base::Initialize);
            let http = child.edits.iter().filter(|edit| is_http(edit)).count();
            assert!(http == 0 || http == child.edits.len(), "{child:?}");
            kinds.extend(
                child.edits.iter().map(std::mem::discriminant).map(|kind| format!("{kind:?}")),
            );
            texts.insert(format!("{child:?}"));
        }
        assert!(texts.len() > 1500, "{}", texts.len());
        assert!(kinds.len() >= 13, "{}", kinds.len());
    }

    #[test]
    fn the_same_seed_makes_the_same_child() {
        let (one, other) = parents();
        let child = |seed| mutate(&one, &other, &mut Dice::new(seed));
        assert_eq!(child(5), child(5));
    }
}
