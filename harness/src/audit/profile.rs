//! A profile: what one product calls the things of an audit record, as data read from TOML.
//!
//! Knows no record text, no file and no clock: reading records is [`super::mapping`]'s duty, waiting
//! for them the source's.

mod alternative;
mod api;
mod error;
mod pointer;
mod rules;
mod sql;
mod status;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod values;

pub use alternative::{Alternative, At};
pub use api::{Api, ApiMethod, Paging};
pub use error::ProfileError;
pub use pointer::Pointer;
pub use rules::{Answer, CallType, Cannot, Header, Ignore, Shape, ShapeNames, Unrecorded, When};
pub use sql::{Rows, Sql};
pub use status::StatusWords;
pub use template::{Asked, Body, Template};
pub use text::TextLine;
pub use values::{Field, HeaderName, MethodPattern, Seconds};

pub(in crate::audit) use alternative::text_of;
pub(in crate::audit) use pointer::Searched;

use super::correlate::Tiers;
use super::record::AuditRecord;
use crate::case::switch::{SwitchError, Switches};
use crate::wire::json::{Json, parse};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Headers that the harness sends with every exchange, whatever the profile; a profile only adds.
pub const CORRELATION_HEADERS: [&str; 3] = ["x-request-id", "traceparent", "x-litellm-end-user-id"];

/// What one product calls things. Shape: `schemas/profile.schema.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Name by which users choose it.
    pub name: String,
    /// Records are settled when none of ours has come for this long.
    settle: Seconds,
    /// Longest wait for records after the last exchange.
    deadline: Seconds,
    /// Headers to send beside [`CORRELATION_HEADERS`], and what each carries.
    #[serde(default)]
    pub headers: BTreeMap<HeaderName, Header>,
    /// Lines of the source that are known to be no records.
    #[serde(default)]
    pub ignore: Vec<Ignore>,
    /// Why JSON lines that fit no shape are passed over; without it they count as unreadable.
    pub others: Option<String>,
    /// Forms in which records come as lines of text, tried in order.
    #[serde(default, rename = "text")]
    pub texts: Vec<TextLine>,
    /// The forms in which records come, tried in order.
    #[serde(rename = "shape")]
    pub shapes: Vec<Shape>,
    /// The product's words for the outcome.
    pub status: StatusWords,
    /// Translations of call types, tried in order; where none applies the record's own text stays.
    #[serde(default, rename = "call_type")]
    pub call_types: Vec<CallType>,
    /// Whether a record that names its method, and to which no translation applies, gets the call type that
    /// the method has in our vocabulary.
    #[serde(default)]
    pub call_type_from_method: bool,
    /// By which evidence records may be found.
    #[serde(default)]
    pub tiers: Tiers,
    /// Whether the pointers are mere guesses: what no record carries may have another name, so that it is
    /// judged nowhere, and words that nobody knows are passed over.
    #[serde(default)]
    pub guess: bool,
    /// Fields that the product cannot carry.
    #[serde(default)]
    pub cannot: Vec<Cannot>,
    /// Messages for which the product by design writes no record.
    #[serde(default)]
    pub unrecorded: Vec<Unrecorded>,
    /// Disputed verdicts that this product decides in its own way, by the name of the switch.
    #[serde(default)]
    pub switches: BTreeMap<String, String>,
    /// How a query API for records is asked.
    #[serde(default)]
    pub api: Api,
    /// Locators of audit sources that are tried when the user names none.
    #[serde(default)]
    pub default_sources: Vec<String>,
    /// Where records stand in a database, for the locators `postgres:` and `sqlite:`.
    pub sql: Option<Sql>,
}

impl Profile {
    /// Names that [`Profile::builtin`] knows.
    pub const BUILTIN: &'static [&'static str] =
        &["reference", "litellm", "contextforge", "otel-mcp", "generic"];

    /// A profile that comes with the harness; none for an unknown name.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        let text = match name {
            "reference" => include_str!("../../profiles/reference.toml"),
            "litellm" => include_str!("../../profiles/litellm.toml"),
            "contextforge" => include_str!("../../profiles/contextforge.toml"),
            "otel-mcp" => include_str!("../../profiles/otel-mcp.toml"),
            "generic" => include_str!("../../profiles/generic.toml"),
            _ => return None,
        };
        // A test holds that every built-in text parses, so none here always means an unknown name.
        Self::parse(text, name).ok()
    }

    /// A profile from its text; `origin` is the file's name, for messages only.
    ///
    /// # Errors
    /// The place and the reason when the text is no TOML or no profile.
    pub fn parse(text: &str, origin: &str) -> Result<Self, ProfileError> {
        let profile: Self =
            toml::from_str(text).map_err(|error| ProfileError::from_toml(&error, text, origin))?;
        profile.check_shapes(origin)?;
        profile.check_shape_names(origin)?;
        profile.refuse_own_headers(origin)?;
        profile.texts.iter().try_for_each(|form| form.check(&profile.shapes, (origin, text)))?;
        Ok(profile)
    }

    /// Records are settled when none of ours has come for this long.
    #[must_use]
    pub const fn settle(&self) -> Duration {
        self.settle.0
    }

    /// Longest wait for records after the last exchange.
    #[must_use]
    pub const fn deadline(&self) -> Duration {
        self.deadline.0
    }

    /// The switches as the product sets them.
    ///
    /// # Errors
    /// For the first name or value that nobody knows, with those known: a misspelt one would
    /// silently do nothing.
    pub fn set_switches(&self) -> Result<Switches, SwitchError> {
        let mut switches = Switches::default();
        for (name, value) in &self.switches {
            switches.set(name, value)?;
        }
        Ok(switches)
    }

    /// The shape of a line and the object in it that is the record; none when no shape applies.
    #[must_use]
    pub fn locate<'a>(&self, line: &'a Json) -> Option<(&Shape, &'a Json)> {
        self.shapes.iter().find_map(|shape| Some((shape, shape.locate(line)?)))
    }

    /// A line that is no JSON as an object, where it is of a form that the profile knows.
    #[must_use]
    pub fn read_text(&self, line: &str) -> Option<Json> {
        self.texts.iter().find_map(|text| text.read(line))
    }

    /// Why this record cannot carry the field, or none when it can, so that a check may judge it.
    #[must_use]
    pub fn cannot(&self, field: Field, record: &AuditRecord) -> Option<&str> {
        let mut entries = self.cannot.iter().filter(|entry| entry.field == field).peekable();
        entries.peek()?;
        let line = parse(record.raw.as_bytes()).ok().or_else(|| self.read_text(&record.raw));
        let place = line.as_ref().and_then(|line| self.locate(line));
        entries.find(|entry| entry.applies(place)).map(|entry| entry.reason.as_str())
    }

    /// Why an exchange leaves no record by design, or none when it has to leave one. `method` is the
    /// request's method where it has one that is a string.
    #[must_use]
    pub fn unrecorded(&self, method: Option<&str>, answer: Answer) -> Option<&str> {
        let entry = self.unrecorded.iter().find(|entry| entry.applies(method, answer))?;
        Some(&entry.reason)
    }

    fn check_shapes(&self, origin: &str) -> Result<(), ProfileError> {
        if self.shapes.is_empty() {
            return Err(ProfileError::whole(origin, "a profile needs at least one [[shape]]"));
        }
        match self.shapes.iter().find(|shape| shape.under.is_empty() || shape.has.is_empty()) {
            Some(shape) => Err(ProfileError::whole(
                origin,
                &format!(
                    "shape `{}` needs at least one pointer in `under` and in `has`",
                    shape.name
                ),
            )),
            None => Ok(()),
        }
    }

    fn check_shape_names(&self, origin: &str) -> Result<(), ProfileError> {
        let known = |name: &&String| self.shapes.iter().any(|shape| shape.name == **name);
        let mut named =
            self.cannot.iter().filter_map(|entry| entry.shape.as_ref()).flat_map(|names| &names.0);
        match named.find(|name| !known(name)) {
            Some(name) => Err(ProfileError::whole(
                origin,
                &format!("a [[cannot]] entry names the unknown shape `{name}`"),
            )),
            None => Ok(()),
        }
    }

    fn refuse_own_headers(&self, origin: &str) -> Result<(), ProfileError> {
        let ours = |name: &&HeaderName| {
            CORRELATION_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name.as_str()))
        };
        match self.headers.keys().find(ours) {
            Some(name) => Err(ProfileError::whole(
                origin,
                &format!("header `{}` is always sent; remove it", name.as_str()),
            )),
            None => Ok(()),
        }
    }
}
