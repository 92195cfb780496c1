//! Two words of an expectation about what a result lists: JSON Schemas that must be valid, and texts
//! that should have a form. Places are JSON pointers in which `*` stands for every element.

use std::collections::BTreeMap;

use regex::Regex;

use super::shorten;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::observe::Observation;
use crate::oracle::schema::to_value;
use crate::report::model::Outcome;
use crate::wire::json::Json;
use crate::wire::revision::Revision;

/// Judges the JSON Schemas at the places. Returns whether all are valid.
pub fn schemas(
    observation: &Observation,
    places: &[String],
    revision: Revision,
    findings: &mut Findings,
) -> bool {
    let Some(result) = observation.main.as_ref().and_then(|main| main.get("result")) else {
        return true;
    };
    let mut all = true;
    for place in places {
        let bad = expand(result, place).into_iter().find(|(_, schema)| !valid(schema, revision));
        all &= bad.is_none();
        let actual = bad.map_or_else(
            || "all are".to_owned(),
            |(at, schema)| format!("{at}: {}", shorten(&schema.to_text(), 120)),
        );
        let expected = format!("{place} is a valid JSON Schema");
        findings.require(CheckId::Result, actual == "all are", expected, actual);
    }
    all
}

/// Judges the texts at the places, each by its regular expression; another form warns.
pub fn texts(observation: &Observation, forms: &BTreeMap<String, String>, findings: &mut Findings) {
    let Some(result) = observation.main.as_ref().and_then(|main| main.get("result")) else {
        return;
    };
    for (place, form) in forms {
        let form_of = Regex::new(form);
        let fits = |text: &str| form_of.as_ref().is_ok_and(|form| form.is_match(text));
        let odd = expand(result, place).into_iter();
        let odd = odd.filter(|(_, text)| !text.as_str().is_some_and(fits)).map(|(_, text)| text);
        let odd: Vec<String> = odd.map(|text| shorten(&text.to_text(), 60)).take(5).collect();
        let outcome = if odd.is_empty() { Outcome::Pass } else { Outcome::Warn };
        let actual = if odd.is_empty() { "all are".to_owned() } else { odd.join(", ") };
        findings.add(
            CheckId::Result,
            outcome,
            format!("{place} is like {form} (else warns)"),
            actual,
        );
    }
}

/// Every value at a place, with its pointer. What is not there is no value.
fn expand<'a>(root: &'a Json, place: &str) -> Vec<(String, &'a Json)> {
    let mut found = vec![(String::new(), root)];
    for token in place.split('/').skip(1) {
        let step = found.into_iter().flat_map(|(at, value)| -> Vec<(String, &'a Json)> {
            if token == "*" {
                let elements = value.as_array().unwrap_or_default().iter().enumerate();
                return elements.map(|(n, element)| (format!("{at}/{n}"), element)).collect();
            }
            let pointer = format!("/{token}");
            let named = value.pointer(&pointer).map(|value| (format!("{at}{pointer}"), value));
            named.into_iter().collect()
        });
        found = step.collect();
    }
    found
}

/// Whether a value is a schema by the dialect that it names. Without one that is 2020-12 since
/// 2025-11-25; before, no text says, and draft 7 was as usual. A dialect of its own cannot be judged.
fn valid(schema: &Json, revision: Revision) -> bool {
    let value = to_value(schema);
    let newest = || jsonschema::draft202012::meta::is_valid(&value);
    let older = || jsonschema::draft7::meta::is_valid(&value);
    match schema.get("$schema").and_then(Json::as_str) {
        None if revision >= Revision::V2025_11_25 => newest(),
        None => newest() || older(),
        Some(dialect) if dialect.contains("/2020-12/") => newest(),
        Some(dialect) if dialect.contains("/draft-07/") => older(),
        Some(_) => matches!(schema, Json::Object(_)),
    }
}

#[cfg(test)]
mod tests;
