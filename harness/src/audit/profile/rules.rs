//! The rules of a profile: one type a table, each with the one question that is asked of it.

use super::alternative::Alternative;
use super::pointer::Pointer;
use super::values::{Field, MethodPattern};
use crate::wire::json::Json;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What an additional header carries.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// The unique key of the exchange.
    Key,
}

/// A condition on a JSON value: something stands at the pointer, or just that text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Where to look.
    pub pointer: Pointer,
    /// The text (of a string, number or truth value) that must stand there; without it anything but
    /// `null` will do.
    pub equals: Option<String>,
}

impl When {
    /// Whether the condition holds for a value.
    #[must_use]
    pub fn holds(&self, value: &Json) -> bool {
        match (self.pointer.find(value), &self.equals) {
            (None | Some(Json::Null), _) => false,
            (Some(_), None) => true,
            (Some(found), Some(text)) => {
                found.as_str().map_or_else(|| found.to_text() == *text, |found| found == text)
            }
        }
    }
}

/// Lines that are no records, known by a mark; pointers count from the whole line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// The mark.
    pub when: When,
    /// Why these are no records.
    pub reason: String,
}

/// One form in which records come.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Name, which other rules refer to.
    pub name: String,
    /// Where in the line the record may be, tried in order; every other pointer counts from there.
    pub under: Vec<Pointer>,
    /// What must stand there, be it `null`, for the shape to apply.
    pub has: Vec<Pointer>,
    /// What must hold there, all of it, for the shape to apply.
    #[serde(default)]
    pub when: Vec<When>,
    /// Whether it is a record only where the exchange has no other one.
    #[serde(default)]
    pub auxiliary: bool,
    /// Where each field stands: alternatives, the first that is not absent, null or `""` wins.
    pub fields: BTreeMap<Field, Vec<Alternative>>,
}

impl Shape {
    /// The object in a line that is a record of this shape.
    #[must_use]
    pub fn locate<'a>(&self, line: &'a Json) -> Option<&'a Json> {
        self.under.iter().filter_map(|under| under.find(line)).find(|value| self.applies(value))
    }

    /// The members of the record itself by which its JSON pointers begin.
    pub(super) fn first_tokens(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.values().flatten();
        let fields = fields.filter_map(|alternative| match alternative {
            Alternative::At(at) => Some(&at.pointer),
            Alternative::Constant(_) => None,
        });
        let all = self.has.iter().chain(fields).filter_map(|it| it.as_str().strip_prefix('/'));
        all.map(|rest| rest.split_once('/').map_or(rest, |(first, _)| first))
    }

    fn applies(&self, value: &Json) -> bool {
        value.as_object().is_some()
            && self.has.iter().all(|needed| needed.find(value).is_some())
            && self.when.iter().all(|when| when.holds(value))
    }
}

/// One translation of call types; the pointer counts from the record.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallType {
    /// When it applies.
    pub when: When,
    /// The call type in our vocabulary.
    pub call_type: String,
    /// Why the product's own text is not taken.
    pub reason: String,
}

/// A field that records cannot carry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cannot {
    /// The field.
    pub field: Field,
    /// Only records of this shape, or of one of these; without it all.
    pub shape: Option<ShapeNames>,
    /// A record with something here carries the field after all; counts from the record. Absent,
    /// null, `""`, `{}` and `"{}"` are nothing.
    pub unless: Option<Pointer>,
    /// Why, for the report.
    pub reason: String,
}

impl Cannot {
    /// Whether the entry speaks of the record at this place; one without a place has no exceptions.
    pub(super) fn applies(&self, place: Option<(&Shape, &Json)>) -> bool {
        let Some((shape, record)) = place else {
            return self.shape.is_none();
        };
        let carried =
            self.unless.as_ref().and_then(|unless| unless.find(record)).is_some_and(carries);
        self.shape.as_ref().is_none_or(|names| names.0.contains(&shape.name)) && !carried
    }
}

/// The names of shapes, written as one text or as a list of at least one.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct ShapeNames(pub(super) Vec<String>);

impl TryFrom<toml::Value> for ShapeNames {
    type Error = &'static str;

    fn try_from(written: toml::Value) -> Result<Self, &'static str> {
        let wrong = "`shape` is the name of a shape, or a list of such names";
        let text = |value| match value {
            toml::Value::String(text) => Ok(text),
            _ => Err(wrong),
        };
        match written {
            toml::Value::Array(names) if names.is_empty() => Err(wrong),
            toml::Value::Array(names) => {
                names.into_iter().map(text).collect::<Result<_, _>>().map(Self)
            }
            one => text(one).map(|name| Self(vec![name])),
        }
    }
}

/// Whether a value says anything.
fn carries(value: &Json) -> bool {
    let empty_text = value.as_str().is_some_and(|text| matches!(text.trim(), "" | "{}"));
    let empty_object = value.as_object().is_some_and(<[_]>::is_empty);
    !(value.is_null() || empty_text || empty_object)
}

/// What a caller saw of its message, as far as it decides whether a record is due.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// A JSON-RPC result.
    Result,
    /// A JSON-RPC error, or an HTTP error status.
    Error,
    /// A 2xx status with an empty body.
    Acknowledged,
    /// Closed, silent or refused.
    None,
}

/// Messages that leave no record by design. At least one of the two conditions is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "UnrecordedText")]
pub struct Unrecorded {
    /// Only messages with such a method; without it any, also messages without a method.
    pub method: Option<MethodPattern>,
    /// Only messages that ended so; without it any.
    pub answer: Option<Answer>,
    /// Why, for the report.
    pub reason: String,
}

impl Unrecorded {
    pub(super) fn applies(&self, method: Option<&str>, answer: Answer) -> bool {
        let of_method = self
            .method
            .as_ref()
            .is_none_or(|pattern| method.is_some_and(|method| pattern.covers(method)));
        of_method && self.answer.is_none_or(|wanted| wanted == answer)
    }
}

/// [`Unrecorded`] as written, before its one cross-check.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnrecordedText {
    method: Option<MethodPattern>,
    answer: Option<Answer>,
    reason: String,
}

impl TryFrom<UnrecordedText> for Unrecorded {
    type Error = &'static str;

    fn try_from(text: UnrecordedText) -> Result<Self, &'static str> {
        if text.method.is_none() && text.answer.is_none() {
            return Err("an [[unrecorded]] entry needs `method`, `answer` or both");
        }
        Ok(Self { method: text.method, answer: text.answer, reason: text.reason })
    }
}
