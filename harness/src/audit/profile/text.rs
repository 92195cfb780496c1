//! Lines of text that are records: a regular expression whose groups are their members.

use super::alternative::compiled;
use super::error::ProfileError;
use super::rules::Shape;
use crate::wire::json::{Json, parse};
use crate::wire::text::Text;
use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

/// A form in which records come as lines of text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextLine {
    pattern: Groups,
    /// The shape that these lines have, for which every pointer then has to name a group.
    shape: Option<Spanned<String>>,
}

/// A regular expression with named groups.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Groups(Regex);

impl TextLine {
    /// The line as an object of the groups that matched: texts, but for those that are a JSON object or array.
    /// None for a line that does not match.
    pub(super) fn read(&self, line: &str) -> Option<Json> {
        let regex = &self.pattern.0;
        let captures = regex.captures(line)?;
        let named = regex.capture_names().flatten();
        let members = named.filter_map(|name| Some((name, captures.name(name)?.as_str())));
        Some(Json::Object(members.map(|(name, text)| (Text::new(name), value(text))).collect()))
    }

    /// Refuses a shape that is none of these, or that asks for a group which the pattern does not have.
    pub(super) fn check(&self, shapes: &[Shape], at: (&str, &str)) -> Result<(), ProfileError> {
        let Some(named) = &self.shape else { return Ok(()) };
        let refuse = |why: &str| ProfileError::at(at, named.span().start, why);
        let name = named.get_ref();
        let Some(shape) = shapes.iter().find(|shape| shape.name == *name) else {
            return Err(refuse(&format!("a [[text]] entry names the unknown shape `{name}`")));
        };
        let groups: Vec<&str> = self.pattern.0.capture_names().flatten().collect();
        let unknown = |token: &&str| !groups.contains(token);
        match shape.first_tokens().find(unknown) {
            Some(token) => Err(refuse(&format!(
                "shape `{name}` asks for the group `{token}`, which the pattern does not have; it has {}",
                groups.join(", ")
            ))),
            None => Ok(()),
        }
    }
}

/// Products put a whole JSON object behind a prefix of their own, or the arguments of a call into a line.
fn value(text: &str) -> Json {
    let container = |json: &Json| json.as_object().is_some() || json.as_array().is_some();
    let found = Some(text).filter(|text| text.starts_with(['{', '[']));
    let json = found.and_then(|text| parse(text.as_bytes()).ok()).filter(container);
    json.unwrap_or_else(|| Json::string(text))
}

impl TryFrom<String> for Groups {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let regex = compiled(&text)?;
        if regex.capture_names().flatten().next().is_none() {
            return Err(format!("`{text}` has no named group: write (?<name>...) for each field"));
        }
        Ok(Self(regex))
    }
}
