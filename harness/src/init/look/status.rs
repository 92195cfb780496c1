//! The words by which records tell a success from a failure, and one kind of call from another.

use super::{Pair, Place, Sightings};
use crate::audit::naming::PROTOCOL_ERROR;
use crate::audit::profile::{Field, Profile};
use crate::audit::record::Status;
use crate::audit::tree::normal;
use crate::wire::json::Json;

/// Characters of a word; what is longer is a message.
const WORD: usize = 40;

/// Names under which products keep the kind of a call.
const KINDS: [&str; 10] = [
    "calltype",
    "event",
    "eventtype",
    "eventname",
    "type",
    "kind",
    "operation",
    "action",
    "activity",
    "category",
];

/// The product's words for the outcome, each with ours.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(in crate::init) struct Words {
    /// As they were seen.
    pub(in crate::init) words: Vec<(String, Status)>,
    /// Whether the record of the failures said the word of the success.
    pub(in crate::init) same: bool,
}

/// A word at a place of each record; none where a record has none there.
fn words(pairs: &[Pair<'_>], path: &str) -> Option<Vec<String>> {
    let word = |pair: &Pair<'_>| {
        let text = match pair.at(path)? {
            Json::String(text) => text.lossy().into_owned(),
            value @ (Json::Bool(_) | Json::Number(_)) => value.to_text(),
            _ => return None,
        };
        let short = !text.trim().is_empty() && text.chars().count() <= WORD;
        (short && !text.contains(&pair.probe.key)).then_some(text)
    };
    pairs.iter().map(word).collect()
}

/// Adds the status: words that differ between the success and the failures, best at a place that is named so.
pub(super) fn status(pairs: &[Pair<'_>], found: &mut Sightings) {
    let Some(first) = pairs.first().filter(|pair| pair.probe.served) else { return };
    let differs = |path: &str| {
        let words = words(pairs, path)?;
        let (success, failures) = words.split_first()?;
        let told = failures.first().is_some_and(|failure| failure != success);
        told.then(|| (path.to_owned(), words))
    };
    let sure = |(path, words): &(String, Vec<String>)| {
        let alike = words.iter().skip(2).all(|word| Some(word) == words.get(1));
        alike && !is_kind(path) && words.iter().all(|word| !is_plain_number(word))
    };
    let named = first.names(Field::Status).find_map(|path| differs(path));
    let unnamed = || {
        let untaken = first.paths.iter().filter(|path| !is_taken(found, path));
        untaken.filter_map(|path| differs(path)).find(sure)
    };
    if let Some((path, words)) = named.or_else(unnamed) {
        found.words = meanings(pairs, &words);
        found.add(
            Field::Status,
            vec![Place::plain(path)],
            "its word differs for success and failure",
        );
    } else {
        one_word(pairs, found);
    }
}

/// A status that says the same of all is kept where its word is a known one: that the records of failures say
/// `success` is for the checks to report.
fn one_word(pairs: &[Pair<'_>], found: &mut Sightings) {
    let Some(generic) = Profile::builtin("generic") else { return };
    let known = |path: &String| {
        let word = words(pairs, path)?.into_iter().next()?;
        generic.status.get(&word).map(|status| (path.clone(), word, status))
    };
    let paths = pairs.iter().flat_map(|pair| pair.names(Field::Status));
    if let Some((path, word, status)) = { paths }.find_map(known) {
        let same = pairs.len() > 1;
        found.words = Words { words: vec![(word, status)], same };
        found.add(Field::Status, vec![Place::plain(path)], "by its name");
    }
}

/// What each word means: what the success says is success. Codes of HTTP stand for their class.
fn meanings(pairs: &[Pair<'_>], words: &[String]) -> Words {
    let (mut known, mut same) = (Vec::new(), false);
    for (pair, word) in pairs.iter().zip(words) {
        let status = if pair.probe.served { Status::Success } else { Status::Failure };
        let word = class(word).unwrap_or_else(|| word.to_lowercase());
        match known.iter().find(|(other, _)| *other == word) {
            Some((_, other)) => same |= *other != status,
            None => known.push((word, status)),
        }
    }
    if known.iter().any(|(word, _)| word.ends_with("xx")) {
        for class in ["4xx", "5xx"] {
            if !known.iter().any(|(word, _)| word == class) {
                known.push((class.to_owned(), Status::Failure));
            }
        }
    }
    Words { words: known, same }
}

fn class(word: &str) -> Option<String> {
    let first = word.chars().next().filter(|first| ('1'..='5').contains(first))?;
    (word.len() == 3 && is_plain_number(word)).then(|| format!("{first}xx"))
}

fn is_plain_number(word: &str) -> bool {
    word.parse::<f64>().is_ok()
}

fn is_taken(found: &Sightings, path: &str) -> bool {
    found.fields.values().flat_map(|sighting| &sighting.places).any(|place| place.pointer == path)
}

fn is_kind(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    KINDS.contains(&normal(last).as_str())
}

/// Adds the call type: our own words, or else the method's, or else words of the product that differ.
pub(super) fn call_type(pairs: &[Pair<'_>], found: &mut Sightings) {
    let all: Vec<(&String, Vec<String>)> = pairs
        .iter()
        .flat_map(|pair| &pair.paths)
        .filter_map(|path| Some((path, words(pairs, path)?)))
        .collect();
    let ours = |words: &Vec<String>| {
        pairs.iter().zip(words).any(|(pair, word)| kind(pair) == word && pair.probe.tool.is_none())
    };
    if let Some((path, _)) = all.iter().find(|(_, words)| ours(words)) {
        return found.add(Field::CallType, vec![Place::plain((*path).clone())], "by its value");
    }
    if found.is_found(Field::Method) {
        found.by_method = true;
        return;
    }
    let distinct = |words: &[String]| {
        let mut sorted = words.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.len() == words.len() && words.len() > 1
    };
    let kinds = all.iter().find(|(path, words)| is_kind(path) && distinct(words));
    if let Some((path, words)) = kinds {
        let ours = pairs.iter().map(|pair| kind(pair).to_owned());
        let map = words.iter().cloned().zip(ours).collect();
        let place = Place { map, ..Place::plain((*path).clone()) };
        found.add(Field::CallType, vec![place], "its word differs by the kind of call");
    }
}

/// The call type that the record of a probe should have.
fn kind(pair: &Pair<'_>) -> &'static str {
    match pair.probe.method.as_deref() {
        Some("tools/list") => "list_mcp_tools",
        Some("tools/call") => "call_mcp_tool",
        _ => PROTOCOL_ERROR,
    }
}
