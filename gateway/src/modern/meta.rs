//! `_meta` of a request (2026-07-28, base protocol, General fields).

use serde_json::value::RawValue;

use super::violation::Violation;
use crate::json::{Kind, Member, kind, member, members, string};
use crate::revision::Revision;
use crate::rpc::Params;
use crate::upstream::builtin::Level;

/// The revision that a request speaks.
pub(super) const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// What the client can do for this request.
const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// Who the client says it is; it changes nothing.
const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
/// From which level on the client wants log messages for this request.
const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";
/// What a request says about itself.
#[derive(Debug)]
pub(super) struct Meta<'a> {
    pub(super) version: String,
    parts: Vec<Member<'a>>,
}

impl<'a> Meta<'a> {
    /// Reads what every request must have; the error says what is missing.
    pub(super) fn read(params: &Params<'a>) -> Result<Self, &'static str> {
        if matches!(params, Params::Array) {
            return Err("params must be an object");
        }
        let meta = member(params.members(), "_meta").ok_or("params._meta is missing")?;
        let parts = members(meta).ok_or("_meta must be an object")?;
        let version = member(&parts, PROTOCOL_VERSION)
            .and_then(string)
            .ok_or("_meta must have the string io.modelcontextprotocol/protocolVersion")?;
        if kind_of(&parts, CLIENT_CAPABILITIES) != Some(Kind::Object) {
            return Err("_meta must have the object io.modelcontextprotocol/clientCapabilities");
        }
        Ok(Self { version, parts })
    }

    /// What a request stands for that says nothing.
    pub(super) fn assumed() -> Self {
        Self { version: Revision::July2026.name().to_owned(), parts: Vec::new() }
    }

    /// Whether the revision is spoken here.
    pub(super) fn check_version(&self) -> Result<(), Violation> {
        match Revision::stateless(&self.version) {
            Some(_) => Ok(()),
            None => Err(Violation::Version(self.version.clone())),
        }
    }

    /// Whether the client can ask its user to fill in a form. One that says nothing about the
    /// modes of elicitation can do that one.
    pub(super) fn can_elicit(&self) -> bool {
        member(&self.parts, CLIENT_CAPABILITIES)
            .and_then(members)
            .and_then(|capabilities| members(member(&capabilities, "elicitation")?))
            .is_some_and(|modes| {
                member(&modes, "form").is_some() || member(&modes, "url").is_none()
            })
    }

    /// What may be left out, but must have its type where it is present.
    pub(super) fn check_optional(&self) -> Result<(), Violation> {
        if !matches!(kind_of(&self.parts, CLIENT_INFO), None | Some(Kind::Object)) {
            return Err(Violation::Meta("clientInfo must be an object"));
        }
        let level = member(&self.parts, LOG_LEVEL);
        let known = |level| string(level).is_some_and(|level| Level::named(&level).is_some());
        if level.is_some_and(|level: &RawValue| !known(level)) {
            return Err(Violation::Meta("logLevel must be a level of RFC 5424, in lower case"));
        }
        Ok(())
    }
}

/// From which level on the client wants log messages for this request; none unless it says so.
pub(crate) fn log_level(params: &Params<'_>) -> Option<Level> {
    let meta = member(params.members(), "_meta").and_then(members)?;
    member(&meta, LOG_LEVEL).and_then(string).and_then(|name| Level::named(&name))
}

fn kind_of(parts: &[Member<'_>], name: &str) -> Option<Kind> {
    member(parts, name).map(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;

    fn read(meta: &str) -> Result<(), String> {
        let text = raw(format!(r#"{{"_meta":{meta}}}"#));
        let params = Params::Object(members(&text).expect("an object"));
        let meta = Meta::read(&params)?;
        meta.check_optional().map_err(|violation| format!("{violation:?}"))
    }

    #[test]
    fn a_request_says_what_it_speaks_and_what_its_client_can_do() {
        let version = r#""io.modelcontextprotocol/protocolVersion":"2026-07-28""#;
        let capabilities = r#""io.modelcontextprotocol/clientCapabilities":{}"#;
        assert_eq!(read(&format!("{{{version},{capabilities}}}")), Ok(()));
        for bad in [
            "5".to_owned(),
            "{}".to_owned(),
            format!("{{{version}}}"),
            format!("{{{capabilities}}}"),
            format!(r#"{{{version},"io.modelcontextprotocol/clientCapabilities":[]}}"#),
            format!(r#"{{{capabilities},"io.modelcontextprotocol/protocolVersion":20260728}}"#),
            format!(r#"{{{version},{capabilities},"io.modelcontextprotocol/clientInfo":"me"}}"#),
            format!(r#"{{{version},{capabilities},"io.modelcontextprotocol/logLevel":"loud"}}"#),
            format!(r#"{{{version},{capabilities},"io.modelcontextprotocol/logLevel":5}}"#),
        ] {
            assert!(read(&bad).is_err(), "{bad}");
        }
        let rich = r#""io.modelcontextprotocol/clientInfo":{"name":"a","version":"1"},"io.modelcontextprotocol/logLevel":"debug""#;
        assert_eq!(read(&format!("{{{version},{capabilities},{rich}}}")), Ok(()));
        assert!(Meta::read(&Params::Absent).is_err());
    }
}
