//! Where the records of the probes keep each field: by the values that were sent and came back, and where
//! those are unknown by the names of the generic profile. Asks nothing, writes nothing.

mod status;
mod values;

use super::probes::Probe;
use crate::audit::mapping::named;
use crate::audit::profile::{Field, Profile};
use crate::audit::tree::Tree;
use crate::wire::json::Json;
use std::collections::BTreeMap;

pub(super) use status::Words;

/// The record of one probe.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) json: Json,
    /// Seconds from the answer to its arrival.
    pub(super) delay: f64,
    /// How many lines belong to the probe.
    pub(super) count: usize,
}

/// Places that are kept for one field.
const MOST: usize = 3;

/// How a field is found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Place {
    /// JSON pointer.
    pub(super) pointer: String,
    /// What takes a part of what stands there.
    pub(super) pattern: Option<&'static str>,
    /// Words of the product and ours.
    pub(super) map: Vec<(String, String)>,
}

impl Place {
    fn plain(pointer: String) -> Self {
        Self { pointer, pattern: None, map: Vec::new() }
    }
}

/// What is known of one field.
#[derive(Clone, Debug, Default)]
pub(super) struct Sighting {
    pub(super) places: Vec<Place>,
    /// A remark for the draft.
    pub(super) remark: &'static str,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Sightings {
    pub(super) fields: BTreeMap<Field, Sighting>,
    pub(super) words: Words,
    /// Whether call types are derived from methods.
    pub(super) by_method: bool,
    /// Members that all records have.
    pub(super) has: Vec<String>,
}

impl Sightings {
    /// Names of fields found, and of those that were not.
    pub(super) fn summary(&self) -> (String, String) {
        let found = |field: &Field| self.is_found(*field);
        let (found, missing): (Vec<Field>, Vec<Field>) =
            Field::ALL.iter().partition(|it| found(it));
        let names = |fields: Vec<Field>| {
            let names: Vec<&str> = fields.into_iter().map(Field::as_str).collect();
            names.join(", ")
        };
        (names(found), names(missing))
    }

    pub(super) fn is_found(&self, field: Field) -> bool {
        self.fields.contains_key(&field) || (field == Field::CallType && self.by_method)
    }

    fn add(&mut self, field: Field, places: Vec<Place>, remark: &'static str) {
        if !places.is_empty() {
            self.fields.insert(field, Sighting { places, remark });
        }
    }

    fn first(&self, field: Field) -> Option<&str> {
        let places = self.fields.get(&field).map(|sighting| &sighting.places);
        places.and_then(|places| places.first()).map(|place| place.pointer.as_str())
    }
}

/// A probe with its record, all its places, and those that the generic profile names.
pub(super) struct Pair<'a> {
    probe: &'a Probe,
    record: &'a Record,
    paths: Vec<String>,
    named: Vec<(Field, String)>,
}

impl Pair<'_> {
    fn at(&self, path: &str) -> Option<&Json> {
        self.record.json.pointer(path)
    }

    fn names(&self, field: Field) -> impl Iterator<Item = &String> {
        self.named.iter().filter(move |(named, _)| *named == field).map(|(_, path)| path)
    }
}

/// Looks at the records.
pub(super) fn look(probes: &[Probe], records: &[Option<Record>]) -> Sightings {
    let generic = Profile::builtin("generic");
    let pairs: Vec<Pair<'_>> = probes
        .iter()
        .zip(records)
        .filter_map(|(probe, record)| {
            let record = record.as_ref()?;
            let tree = Tree::of(&record.json);
            let named = generic.as_ref().map(|generic| named(generic, &record.json));
            let paths = tree.places().map(|place| tree.path(place)).collect();
            Some(Pair { probe, record, paths, named: named.unwrap_or_default() })
        })
        .collect();
    let mut found = Sightings::default();
    values::by_value(&pairs, &mut found);
    values::times(&pairs, &mut found);
    status::status(&pairs, &mut found);
    status::call_type(&pairs, &mut found);
    by_name(&pairs, &mut found);
    found.has = common(&pairs, &found);
    found
}

/// Fields whose values nobody but the target knows.
fn by_name(pairs: &[Pair<'_>], found: &mut Sightings) {
    let fields = [
        Field::Id,
        Field::ErrorCode,
        Field::ErrorClass,
        Field::ErrorMessage,
        Field::Response,
        Field::EndUser,
        Field::ServerName,
        Field::NamespacedToolName,
        Field::ToolArguments,
        Field::Transport,
        Field::ProtocolVersion,
        Field::SessionId,
    ];
    for field in fields {
        if found.is_found(field) {
            continue;
        }
        let mut paths: Vec<&String> = pairs.iter().flat_map(|pair| pair.names(field)).collect();
        let filled = |path: &str| {
            pairs.iter().any(|pair| pair.at(path).is_some_and(|value| !value.is_null()))
        };
        // Where several are named, one that says something comes before one that is null.
        paths.sort_by_key(|path| !filled(path));
        let taken = |path: &str| {
            found.fields.values().flat_map(|it| &it.places).any(|it| it.pointer == path)
        };
        let fits = |path: &&&String| !taken(path) && (field != Field::Id || is_unique(pairs, path));
        let Some(path) = paths.iter().find(fits).map(|path| (**path).clone()) else { continue };
        let remark = if filled(&path) { "by its name" } else { "by its name; null in all three" };
        found.add(field, vec![Place::plain(path)], remark);
    }
}

/// Whether each record has a text or number of its own there.
fn is_unique(pairs: &[Pair<'_>], path: &str) -> bool {
    let mut seen: Vec<String> = Vec::new();
    pairs.iter().all(|pair| match pair.at(path) {
        Some(value @ (Json::String(_) | Json::Number(_))) => {
            let text = value.to_text();
            let fresh = !seen.contains(&text);
            seen.push(text);
            fresh
        }
        _ => false,
    })
}

/// Members that every record of ours has, by which records are known. The method and what depends on the
/// message come last: a record of what could not be read has none.
fn common(pairs: &[Pair<'_>], found: &Sightings) -> Vec<String> {
    let order = [
        Field::Status,
        Field::Start,
        Field::Id,
        Field::CallType,
        Field::CorrelationId,
        Field::Method,
    ];
    let everywhere = |path: &&str| pairs.iter().all(|pair| pair.at(path).is_some());
    let mut has: Vec<String> = Vec::new();
    for path in order.into_iter().filter_map(|field| found.first(field)).filter(everywhere) {
        if has.len() < 2 && !has.iter().any(|known| known == path) {
            has.push(path.to_owned());
        }
    }
    if has.is_empty() { vec![String::new()] } else { has }
}

#[cfg(test)]
mod tests;
