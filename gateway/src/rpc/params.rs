//! What the methods demand of their parameters. Every error here is -32602.

use serde_json::value::RawValue;

use super::Params;
use crate::json::{Kind, Member, integer, kind, member, members, string};

/// Longer values of `traceparent` are none (W3C Trace Context section 3.2 gives it 55 characters).
const TRACEPARENT_LIMIT: usize = 256;

/// Parameters of `initialize`.
#[derive(Debug)]
pub(crate) struct InitializeParams {
    pub(crate) protocol_version: String,
}

/// Parameters of `tools/call`.
#[derive(Debug)]
pub(crate) struct CallParams<'a> {
    pub(crate) name: String,
    /// An object; `None` if left out or null.
    pub(crate) arguments: Option<&'a RawValue>,
}

impl<'a> Params<'a> {
    /// The members of params that are given by name.
    pub(crate) fn members(&self) -> &[Member<'a>] {
        match self {
            Self::Object(members) => members,
            Self::Absent | Self::Array => &[],
        }
    }
}

impl InitializeParams {
    /// The schema of `InitializeRequest` requires all three members.
    pub(crate) fn read(params: &Params<'_>) -> Result<Self, &'static str> {
        let members = params.members();
        let protocol_version = member(members, "protocolVersion")
            .and_then(string)
            .ok_or("protocolVersion must be a string")?;
        if member(members, "capabilities").map(kind) != Some(Kind::Object) {
            return Err("capabilities must be an object");
        }
        if !member(members, "clientInfo").is_some_and(is_implementation) {
            return Err("clientInfo must be an object with the strings name and version");
        }
        Ok(Self { protocol_version })
    }
}

fn is_implementation(info: &RawValue) -> bool {
    members(info).is_some_and(|info| {
        ["name", "version"].iter().all(|name| member(&info, name).map(kind) == Some(Kind::String))
    })
}

impl<'a> CallParams<'a> {
    /// The schema of `CallToolRequest`.
    pub(crate) fn read(params: &Params<'a>) -> Result<Self, &'static str> {
        let members = params.members();
        let name = member(members, "name").ok_or("name is missing")?;
        let name = string(name).ok_or("name must be a string")?;
        let arguments = member(members, "arguments");
        match arguments.map(kind) {
            None | Some(Kind::Null) => Ok(Self { name, arguments: None }),
            Some(Kind::Object) => Ok(Self { name, arguments }),
            Some(_) => Err("arguments must be an object"),
        }
    }
}

/// `_meta` is an object and its `progressToken` a string or an integer, in every request.
pub(crate) fn check_meta(params: &Params<'_>) -> Result<(), &'static str> {
    if matches!(params, Params::Array) {
        return Err("params must be an object");
    }
    let Some(meta) = member(params.members(), "_meta") else {
        return Ok(());
    };
    let meta = members(meta).ok_or("_meta must be an object")?;
    match member(&meta, "progressToken") {
        Some(token) if !is_token(token) => Err("progressToken must be a string or an integer"),
        _ => Ok(()),
    }
}

/// The token under which the caller wants to hear of progress, once [`check_meta`] passed.
pub(crate) fn progress_token<'a>(params: &Params<'a>) -> Option<&'a RawValue> {
    member(&members(member(params.members(), "_meta")?)?, "progressToken")
}

fn is_token(token: &RawValue) -> bool {
    kind(token) == Kind::String || integer(token.get()).is_some()
}

/// The text of a parameter that is required.
pub(crate) fn text_member(params: &Params<'_>, name: &str) -> Result<String, String> {
    let text = member(params.members(), name).and_then(string);
    text.ok_or_else(|| format!("{name} must be a string"))
}

/// The trace context of a request (`_meta.traceparent`), for the transports without headers.
pub(crate) fn traceparent(params: &Params<'_>) -> Option<String> {
    traceparent_of(params.members())
}

/// The same for members that were not checked yet.
pub(super) fn traceparent_of(params: &[Member<'_>]) -> Option<String> {
    let meta = members(member(params, "_meta")?)?;
    string(member(&meta, "traceparent")?).filter(|text| text.len() <= TRACEPARENT_LIMIT)
}

/// Listings have one page here, so that no cursor was ever handed out.
pub(crate) fn check_cursor(params: &Params<'_>) -> Result<(), &'static str> {
    match member(params.members(), "cursor").map(kind) {
        None => Ok(()),
        Some(Kind::String) => Err("the cursor is not known"),
        Some(_) => Err("cursor must be a string"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;

    fn with<T>(text: &str, read: impl FnOnce(&Params<'_>) -> T) -> T {
        let text = raw(text.to_owned());
        read(&Params::Object(members(&text).expect("an object")))
    }

    #[test]
    fn initialize_needs_three_members() {
        let good =
            r#"{"protocolVersion":"","capabilities":{},"clientInfo":{"name":"a","version":"1"}}"#;
        assert!(with(good, |params| InitializeParams::read(params).is_ok()));
        for bad in [
            "{}",
            r#"{"protocolVersion":1,"capabilities":{},"clientInfo":{"name":"a","version":"1"}}"#,
            r#"{"protocolVersion":"x","capabilities":[],"clientInfo":{"name":"a","version":"1"}}"#,
            r#"{"protocolVersion":"x","capabilities":{},"clientInfo":{"name":"a"}}"#,
        ] {
            assert!(with(bad, |params| InitializeParams::read(params).is_err()), "{bad}");
        }
    }

    #[test]
    fn meta_and_tokens_are_typed() {
        for (text, good) in [
            (r#"{"_meta":{}}"#, true),
            (r#"{"_meta":{"progressToken":0}}"#, true),
            (r#"{"_meta":{"progressToken":"a"}}"#, true),
            (r#"{"_meta":5}"#, false),
            (r#"{"_meta":{"progressToken":1.5}}"#, false),
            (r#"{"_meta":{"progressToken":null}}"#, false),
        ] {
            assert_eq!(with(text, |params| check_meta(params).is_ok()), good, "{text}");
        }
    }

    #[test]
    fn calls_need_a_name_and_take_null_arguments() {
        for (text, good) in [
            (r#"{"name":"a"}"#, true),
            (r#"{"name":"a","arguments":null}"#, true),
            (r#"{"name":"a","arguments":{}}"#, true),
            (r#"{"name":5}"#, false),
            (r#"{"name":"a","arguments":[]}"#, false),
            (r#"{"arguments":{}}"#, false),
        ] {
            assert_eq!(with(text, |params| CallParams::read(params).is_ok()), good, "{text}");
        }
    }
}
