//! `completion/complete` of the builtin upstream: the languages of its prompt and the numbers of its
//! resource template.

use serde_json::json;
use serde_json::value::RawValue;

use super::languages::languages;
use super::prompts::{self, GREETING};
use super::resources::{ITEM_TEMPLATE, ITEMS};
use crate::json::{Kind, Member, kind, member, members, raw, string};
use crate::outcome::Outcome;
use crate::rpc::{Params, code};
use crate::text::shown;

/// An answer holds at most so many values (completion, Response Structure).
const VALUES: usize = 100;
/// Longer names are cut in messages.
const NAME_LIMIT: usize = 128;

/// What is completed.
enum Reference {
    Prompt(String),
    Template(String),
}

/// `completion/complete`.
pub(crate) fn complete(params: &Params<'_>) -> Outcome {
    let (reference, name, begun) = match read(params) {
        Ok(read) => read,
        Err(message) => return Outcome::invalid_params(format!("Invalid params: {message}")),
    };
    match (reference, name.as_str()) {
        (Reference::Prompt(prompt), _) if prompt != GREETING => prompts::unknown(&prompt),
        (Reference::Template(uri), _) if uri != ITEM_TEMPLATE => {
            let message = format!("Unknown resource template: {}", shown(&uri, NAME_LIMIT));
            Outcome::refused(code::INVALID_PARAMS, "UnknownTemplate", message)
        }
        (Reference::Prompt(_), "language") => {
            Outcome::Success(answer(languages().map(str::to_owned), &begun))
        }
        // Nobody can guess whom to greet.
        (Reference::Prompt(_), "name") => Outcome::Success(answer(std::iter::empty(), &begun)),
        (Reference::Template(_), "n") => {
            Outcome::Success(answer((1..=ITEMS).map(|number| number.to_string()), &begun))
        }
        (_, name) => {
            let name = shown(name, NAME_LIMIT);
            Outcome::invalid_params(format!("Invalid params: there is no argument {name}"))
        }
    }
}

/// The candidates that begin with what was typed, whatever its case.
fn answer(candidates: impl Iterator<Item = String>, begun: &str) -> Box<RawValue> {
    let begun = begun.to_lowercase();
    let fitting: Vec<String> =
        candidates.filter(|candidate| candidate.to_lowercase().starts_with(&begun)).collect();
    let values: Vec<&String> = fitting.iter().take(VALUES).collect();
    let more = fitting.len() > values.len();
    raw(json!({"completion": {"values": values, "total": fitting.len(), "hasMore": more}})
        .to_string())
}

/// The reference, the name of the argument and what is typed of it so far.
fn read(params: &Params<'_>) -> Result<(Reference, String, String), &'static str> {
    let object = |name, complaint| {
        member(params.members(), name)
            .filter(|value| kind(value) == Kind::Object)
            .and_then(members)
            .ok_or(complaint)
    };
    let reference = object("ref", "ref must be an object")?;
    let argument = object("argument", "argument must be an object")?;
    let name = text(&argument, "name").ok_or("argument.name must be a string")?;
    let value = text(&argument, "value").ok_or("argument.value must be a string")?;
    Ok((read_reference(&reference)?, name, value))
}

fn read_reference(reference: &[Member<'_>]) -> Result<Reference, &'static str> {
    match text(reference, "type").as_deref() {
        Some("ref/prompt") => {
            text(reference, "name").map(Reference::Prompt).ok_or("ref.name must be a string")
        }
        Some("ref/resource") => {
            text(reference, "uri").map(Reference::Template).ok_or("ref.uri must be a string")
        }
        _ => Err("ref.type must be \"ref/prompt\" or \"ref/resource\""),
    }
}

fn text(of: &[Member<'_>], name: &str) -> Option<String> {
    member(of, name).and_then(string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_more_languages_than_fit_and_none_twice() {
        let mut names: Vec<&str> = languages().collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert!(names.len() == all && all > VALUES, "{all}");
        assert!(names.iter().all(|name| !name.is_empty()));
    }

    #[test]
    fn an_answer_is_cut_and_says_so() {
        let candidates = || languages().map(str::to_owned);
        let all: serde_json::Value =
            serde_json::from_str(answer(candidates(), "").get()).expect("it is JSON");
        let completion = &all["completion"];
        assert_eq!(completion["values"].as_array().map(Vec::len), Some(VALUES));
        assert_eq!(completion["total"], languages().count());
        assert_eq!(completion["hasMore"], true);
        let few = answer(candidates(), "gERm");
        assert_eq!(few.get(), r#"{"completion":{"values":["German"],"total":1,"hasMore":false}}"#);
    }
}
