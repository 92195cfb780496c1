//! Texts of requests with places to fill in.

use crate::audit::timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What is filled in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Hole {
    /// The time from which records are asked for, ISO 8601 in UTC.
    Since,
    /// The same as seconds since the Unix epoch.
    SinceUnix,
    /// How many records are asked for.
    Limit,
    /// How many are passed over.
    Offset,
    /// The number of the page, from 1.
    Page,
    /// What the answer before said of the next.
    Cursor,
}

impl Hole {
    const ALL: [Self; 6] =
        [Self::Since, Self::SinceUnix, Self::Limit, Self::Offset, Self::Page, Self::Cursor];

    /// As it is written.
    #[must_use]
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Since => "{since}",
            Self::SinceUnix => "{since_unix}",
            Self::Limit => "{limit}",
            Self::Offset => "{offset}",
            Self::Page => "{page}",
            Self::Cursor => "{cursor}",
        }
    }
}

/// What one request asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Seconds since the Unix epoch.
    pub since: f64,
    /// Records.
    pub limit: u32,
    /// Records to pass over.
    pub offset: u64,
    /// Number of the page, from 1.
    pub page: u64,
    /// What the answer before said of the next; none for the first page.
    pub cursor: Option<&'a Value>,
}

impl Asked<'_> {
    /// A value as JSON; null where there is none yet.
    fn value(&self, hole: Hole) -> Value {
        match hole {
            Hole::Since => timestamp::iso(self.since).into(),
            Hole::SinceUnix => Value::from(self.since.floor()),
            Hole::Limit => self.limit.into(),
            Hole::Offset => self.offset.into(),
            Hole::Page => self.page.into(),
            Hole::Cursor => self.cursor.cloned().unwrap_or_default(),
        }
    }

    /// A value as text; none where there is none yet.
    fn text(&self, hole: Hole) -> Option<String> {
        match (hole, self.value(hole)) {
            (_, Value::Null) => None,
            (_, Value::String(text)) => Some(text),
            (Hole::SinceUnix, _) => Some(format!("{:.0}", self.since.floor())),
            (_, other) => Some(other.to_string()),
        }
    }
}

/// A text with places to fill in.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Hole(Hole),
}

impl Template {
    /// Reads a text. A name in braces that is none of ours is refused, other braces are text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, behind)) = rest.split_once('{') {
            let name = behind.split_once('}').map_or("", |(name, _)| name);
            let is_name = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            let written = format!("{{{name}}}");
            let hole = Hole::ALL.into_iter().find(|hole| hole.as_str() == written);
            parts.push(Part::Text(before.to_owned()));
            rest = match (hole, is_name) {
                (Some(hole), _) => {
                    parts.push(Part::Hole(hole));
                    behind.split_once('}').map_or("", |(_, behind)| behind)
                }
                (None, true) => {
                    let known = Hole::ALL.map(Hole::as_str).join(", ");
                    return Err(format!("{written} is no placeholder; known are {known}"));
                }
                (None, false) => {
                    parts.push(Part::Text("{".to_owned()));
                    behind
                }
            };
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Ok(Self(parts))
    }

    pub(super) fn has(&self, wanted: Hole) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Hole(hole) if *hole == wanted))
    }

    /// The text with everything filled in; none where something is not known yet.
    #[must_use]
    pub fn fill(&self, asked: &Asked<'_>) -> Option<String> {
        let part = |part: &Part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::Hole(hole) => asked.text(*hole),
        };
        self.0.iter().map(part).collect()
    }

    /// The same as JSON: a text that is one placeholder alone becomes its value.
    fn value(&self, asked: &Asked<'_>) -> Value {
        match self.0.as_slice() {
            [Part::Hole(hole)] => asked.value(*hole),
            _ => self.fill(asked).map_or(Value::Null, Value::String),
        }
    }
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

/// A JSON text whose strings have places to fill in.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Body(Value);

impl Body {
    pub(super) fn has(&self, hole: Hole) -> bool {
        let mut found = false;
        // Every string was read when the profile was.
        let _ = filled(&self.0, &mut |text| {
            found |= Template::parse(text)?.has(hole);
            Ok(Value::Null)
        });
        found
    }

    /// The text with everything filled in. A string that is one placeholder alone becomes its value, null where
    /// that is not known yet.
    #[must_use]
    pub fn fill(&self, asked: &Asked<'_>) -> String {
        let value = filled(&self.0, &mut |text| Ok(Template::parse(text)?.value(asked)));
        value.unwrap_or_default().to_string()
    }
}

impl TryFrom<String> for Body {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let body: Value = serde_json::from_str(&text)
            .map_err(|error| format!("`body` is no JSON text: {error}"))?;
        filled(&body, &mut |text| Template::parse(text).map(|_| Value::Null))?;
        Ok(Self(body))
    }
}

/// The value with every string replaced.
fn filled(
    value: &Value,
    replace: &mut impl FnMut(&str) -> Result<Value, String>,
) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => replace(text)?,
        Value::Array(elements) => {
            let all: Result<_, String> = elements.iter().map(|it| filled(it, replace)).collect();
            Value::Array(all?)
        }
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| Ok((name.clone(), filled(value, replace)?));
            let all: Result<_, String> = members.iter().map(member).collect();
            Value::Object(all?)
        }
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Asked, Body, Template};
    use serde_json::{Value, json};

    const FIRST: Asked<'_> =
        Asked { since: 1_795_209_961.89, limit: 50, offset: 100, page: 3, cursor: None };

    #[test]
    fn places_are_filled_in() {
        let fill = |text: &str, asked: &Asked<'_>| Template::parse(text).expect(text).fill(asked);
        let cursor = Value::from("a b");
        let next = Asked { cursor: Some(&cursor), ..FIRST };
        for (text, filled) in [
            ("ts>{since}", "ts>2026-11-20T21:26:01.890Z"),
            ("{since_unix}-{limit}", "1795209961-50"),
            ("{offset}/{page}", "100/3"),
            ("{\"a\": 1}", "{\"a\": 1}"),
            ("{", "{"),
            ("", ""),
        ] {
            assert_eq!(fill(text, &FIRST).as_deref(), Some(filled), "{text}");
        }
        assert_eq!(fill("x{cursor}", &FIRST), None);
        assert_eq!(fill("x{cursor}", &next).as_deref(), Some("xa b"));
        let error = Template::parse("{until}").expect_err("unknown");
        assert!(
            error.contains("{until} is no placeholder") && error.contains("{since_unix}"),
            "{error}"
        );
    }

    #[test]
    fn a_body_keeps_its_types() {
        let body = r#"{"from":"{since}","n":"{limit}","t":["x {page}"],"c":"{cursor}","k":true}"#;
        let body = Body::try_from(body.to_owned()).expect("JSON");
        let first: Value = serde_json::from_str(&body.fill(&FIRST)).expect("JSON");
        let wanted = json!({"from": "2026-11-20T21:26:01.890Z", "n": 50, "t": ["x 3"], "c": null, "k": true});
        assert_eq!(first, wanted);
        let cursor = json!({"q": "\""});
        let next: Value =
            serde_json::from_str(&body.fill(&Asked { cursor: Some(&cursor), ..FIRST }))
                .expect("JSON");
        assert_eq!(next["c"], cursor);
        assert!(Body::try_from("{".to_owned()).is_err());
        assert!(Body::try_from(r#"["{x}"]"#.to_owned()).is_err());
    }
}
