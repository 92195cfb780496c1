//! What a profile of guesses found in the records of a run, and what it therefore cannot judge.
//!
//! With guesses a missing field cannot be told from one whose name nobody knows: where no record of ours
//! carries it, checks on it do not apply, with the reason. Where some records carry it, its name is known,
//! and a record without it is judged like any other: a sink that drops the error of some failures must not
//! pass because its names were guessed.

use super::mapping::places;
use super::profile::{Cannot, Field, Profile};
use super::record::AuditRecord;
use crate::wire::json::parse;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Looks at one field's place: reading a record a second time costs as much as the first.
const LOOKS: u32 = 20;

/// What was found so far.
#[derive(Clone, Debug, Default)]
pub struct Guess {
    ours: Found,
    /// The same for all records, should none carry a text of ours.
    all: Found,
}

#[derive(Clone, Debug, Default)]
struct Found {
    records: u64,
    fields: BTreeSet<Field>,
    /// How often each field was looked for, and where it stood.
    places: BTreeMap<Field, (u32, BTreeSet<String>)>,
}

impl Guess {
    /// Looks at a record that was read by the profile; `ours` says whether it carries a text of the run.
    pub fn learn(&mut self, profile: &Profile, record: &AuditRecord, ours: bool) {
        if profile.guess {
            self.all.learn(profile, record);
            if ours {
                self.ours.learn(profile, record);
            }
        }
    }

    fn found(&self) -> &Found {
        if self.ours.records > 0 { &self.ours } else { &self.all }
    }

    /// The profile with what it cannot judge. Before any record came nothing is known, and nothing excused.
    #[must_use]
    pub fn informed<'a>(&self, profile: &'a Profile) -> Cow<'a, Profile> {
        let found = self.found();
        if !profile.guess || found.records == 0 {
            return Cow::Borrowed(profile);
        }
        let mut informed = profile.clone();
        let missing = Field::ALL.into_iter().filter(|field| !found.fields.contains(field));
        informed.cannot.extend(missing.map(|field| Cannot {
            field,
            shape: None,
            unless: None,
            reason: format!(
                "no record of this run has a {field} under a name that the profile `{}` guesses; `mcp-gauntlet \
                 init` drafts a profile",
                profile.name,
                field = field.as_str()
            ),
        }));
        Cow::Owned(informed)
    }

    /// What was guessed, in one sentence; none for a profile that knows, or before any record came.
    #[must_use]
    pub fn note(&self, profile: &Profile) -> Option<String> {
        let found = self.found();
        if !profile.guess || found.records == 0 {
            return None;
        }
        let guessed: Vec<String> = found.fields.iter().map(|field| found.place(*field)).collect();
        let missing = Field::ALL.into_iter().filter(|field| !found.fields.contains(field));
        let missing: Vec<&str> = missing.map(Field::as_str).collect();
        let guessed = if guessed.is_empty() { "nothing".to_owned() } else { guessed.join(", ") };
        let missing = match missing.is_empty() {
            true => String::new(),
            false => format!("; no field for {}", missing.join(", ")),
        };
        Some(format!("the profile {} guessed: {guessed}{missing}", profile.name))
    }
}

impl Found {
    fn learn(&mut self, profile: &Profile, record: &AuditRecord) {
        self.records += 1;
        let carried: Vec<Field> =
            Field::ALL.into_iter().filter(|field| field.is_in(record)).collect();
        let looked = |field: &Field| self.places.get(field).map_or(0, |(looks, _)| *looks);
        let worth = carried.iter().any(|field| looked(field) < LOOKS);
        self.fields.extend(&carried);
        if !worth {
            return;
        }
        for field in carried {
            self.places.entry(field).or_default().0 += 1;
        }
        let line = parse(record.raw.as_bytes()).ok().or_else(|| profile.read_text(&record.raw));
        for (field, place) in line.iter().flat_map(|line| places(profile, line)) {
            self.places.entry(field).or_default().1.insert(place);
        }
    }

    /// A field and where it stood.
    fn place(&self, field: Field) -> String {
        let places = self.places.get(&field).map(|(_, places)| places);
        let places: Vec<&str> = places.into_iter().flatten().map(String::as_str).collect();
        match places.as_slice() {
            [] if field == Field::CallType => format!("{} from the method", field.as_str()),
            [] => format!("{} from the profile", field.as_str()),
            places => format!("{} from {}", field.as_str(), places.join(" or ")),
        }
    }
}
