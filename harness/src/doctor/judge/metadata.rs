//! The OAuth metadata: whether it names the public origin, and whether a request can change what it names.

use url::Url;

use super::super::step::{Finding, Outcome, Step};
use super::origin::PublicOrigin;
use crate::wire::json::Json;

/// A document of metadata.
#[derive(Clone, Debug)]
pub(in super::super) struct Document {
    /// The path at which it was found.
    pub(in super::super) place: String,
    /// The path of what it is about: the part of the place that follows the well-known name, or nothing.
    pub(in super::super) about: String,
    /// What it says.
    pub(in super::super) json: Json,
}

/// Members that name a place at the target.
const NAMED: [&str; 6] = [
    "resource",
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "registration_endpoint",
    "revocation_endpoint",
];

/// Whether the metadata of the protected resource (RFC 9728 section 3.3) names the endpoint under the
/// public origin. `path` is that of the endpoint; `places` where the metadata was looked for.
pub(in super::super) fn resource(
    documents: &[Document],
    public: &PublicOrigin,
    path: &str,
    places: &[String],
) -> Finding {
    let judge = |document: &Document| one_resource(document, public, path);
    worst(Step::Resource, documents.iter().map(judge), places)
}

/// Whether the metadata of the authorization server (RFC 8414 section 3.3) names the public origin.
pub(in super::super) fn issuer(
    documents: &[Document],
    public: &PublicOrigin,
    places: &[String],
) -> Finding {
    let judge = |document: &Document| one_issuer(document, public);
    worst(Step::Issuer, documents.iter().map(judge), places)
}

/// The first failure, or else the first warning, or else the first finding at all.
fn worst(step: Step, findings: impl Iterator<Item = Finding>, places: &[String]) -> Finding {
    let rank = |finding: &Finding| match finding.outcome {
        Outcome::Fail => 0,
        Outcome::Warn => 1,
        Outcome::Pass | Outcome::NotApplicable | Outcome::NotReached => 2,
    };
    findings.min_by_key(rank).unwrap_or_else(|| {
        let meaning = format!("no metadata at {}", places.join(" and "));
        Finding::not_applicable(step, meaning, "")
    })
}

fn one_resource(document: &Document, public: &PublicOrigin, path: &str) -> Finding {
    let step = Step::Resource;
    let place = &document.place;
    let told = match member_url(document, "resource") {
        Ok(told) => told,
        Err(why) => return Finding::fail(step, why, "RFC 9728 section 2 requires it"),
    };
    if let Some((why, advice)) = public.differs(&told) {
        return Finding::fail(step, format!("resource in {place}: {why}"), advice);
    }
    let servers = document.json.get("authorization_servers").and_then(Json::as_array);
    let servers: Vec<&str> = servers.unwrap_or_default().iter().filter_map(Json::as_str).collect();
    if servers.is_empty() {
        return Finding::fail(
            step,
            format!("{place} names no authorization server"),
            "put at least one into authorization_servers",
        );
    }
    let unreachable = servers.iter().find_map(|server| unreachable(server, public));
    if let Some((why, advice)) = unreachable {
        return Finding::fail(step, format!("authorization_servers in {place}: {why}"), advice);
    }
    let (named, own) = (told.path().trim_end_matches('/'), path.trim_end_matches('/'));
    if named == own || (named.is_empty() && document.about.is_empty()) {
        return Finding::pass(step, format!("{place} names {}{named}", public.as_str()));
    }
    Finding::warn(
        step,
        format!("{place} names the path {}, and the endpoint is {path}", told.path()),
        "clients compare the resource with the URL that they were given",
    )
}

fn one_issuer(document: &Document, public: &PublicOrigin) -> Finding {
    let step = Step::Issuer;
    let place = &document.place;
    let told = match member_url(document, "issuer") {
        Ok(told) => told,
        Err(why) => return Finding::fail(step, why, "RFC 8414 section 2 requires it"),
    };
    if let Some((why, advice)) = public.differs(&told) {
        return Finding::fail(step, format!("issuer in {place}: {why}"), advice);
    }
    let endpoints = NAMED.iter().filter_map(|name| {
        let (why, advice) = unreachable(document.json.get(name)?.as_str()?, public)?;
        Some((format!("{name} in {place}: {why}"), advice))
    });
    if let Some((why, advice)) = endpoints.into_iter().next() {
        return Finding::fail(step, why, advice);
    }
    let named = told.path().trim_end_matches('/');
    if named == document.about.trim_end_matches('/') {
        return Finding::pass(step, format!("{place} names {}{named}", public.as_str()));
    }
    Finding::warn(
        step,
        format!(
            "{place} names the issuer {}{named}, which is not the one it is found by",
            public.as_str()
        ),
        "the issuer and the place of its metadata have the same path (RFC 8414 section 3.3)",
    )
}

/// The URL in a member, without user information.
fn member_url(document: &Document, name: &str) -> Result<Url, String> {
    let told = document.json.get(name).and_then(Json::as_str);
    let told = told.ok_or_else(|| format!("{} has no member {name}", document.place))?;
    Url::parse(told).map_err(|error| format!("{name} in {} is no URL: {error}", document.place))
}

/// What is wrong with a place that may be of others, but must be one that clients can reach.
fn unreachable(text: &str, public: &PublicOrigin) -> Option<(String, String)> {
    let url = Url::parse(text).ok()?;
    public.hides(&url).then(|| public.differs(&url)).flatten()
}

/// What a request says of its way, and must not be believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) enum Forgery {
    /// `X-Forwarded-Host`, with `X-Forwarded-Proto`.
    ForwardedHost,
    /// `X-Forwarded-Proto` alone.
    ForwardedProto,
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `Host`.
    Host,
}

impl Forgery {
    /// Every forgery.
    pub(in super::super) const ALL: [Self; 4] =
        [Self::ForwardedHost, Self::ForwardedProto, Self::Forwarded, Self::Host];

    /// The name of the header.
    pub(in super::super) const fn as_str(self) -> &'static str {
        match self {
            Self::ForwardedHost => "X-Forwarded-Host",
            Self::ForwardedProto => "X-Forwarded-Proto",
            Self::Forwarded => "Forwarded",
            Self::Host => "Host",
        }
    }
}

/// The host that forgeries name.
pub(in super::super) const FORGED: &str = "gauntlet-forged.example";

/// What came of a forgery.
#[derive(Clone, Debug)]
pub(in super::super) struct Forged {
    /// The path that was asked for.
    pub(in super::super) place: String,
    /// What was forged.
    pub(in super::super) forgery: Forgery,
    /// What the document says otherwise.
    pub(in super::super) plain: Json,
    /// HTTP status; none where no answer came.
    pub(in super::super) status: Option<u16>,
    /// What the document says now; none where it is no document.
    pub(in super::super) json: Option<Json>,
}

/// Whether headers change what the metadata names.
///
/// A host that is believed is a failure: whoever sends the header chooses the issuer. A scheme alone that is
/// believed over loopback is worth a look only: servers commonly trust a proxy on their own machine, and
/// whether this one is meant cannot be seen from here.
pub(in super::super) fn forwarded(forged: &[Forged], loopback: bool) -> Finding {
    let step = Step::Forwarded;
    if forged.is_empty() {
        return Finding::not_applicable(step, "there is no metadata that headers could change", "");
    }
    let trust = "declare the public origin (the LiteLLM proxy: PROXY_BASE_URL; the reference gateway: \
                 --public-origin), which no header changes; else believe X-Forwarded-* of the proxy's \
                 address alone, and Host of nobody (if this machine is that proxy, ask from another)";
    let told = |one: &Forged| format!("{} changes what {} names", one.forgery.as_str(), one.place);
    if let Some(one) = forged.iter().find(|one| believes_host(one)) {
        return Finding::fail(step, format!("{}: {FORGED}", told(one)), trust);
    }
    if let Some(one) = forged.iter().find(|one| changes(one)) {
        let scheme = "the scheme alone";
        return if loopback {
            Finding::warn(step, format!("{}: {scheme}, from a loopback address", told(one)), trust)
        } else {
            Finding::fail(step, format!("{}: {scheme}", told(one)), trust)
        };
    }
    let broken = |one: &&Forged| one.status.is_none_or(|status| status >= 500);
    if let Some(one) = forged.iter().find(broken) {
        let status = one.status.map_or_else(|| "no answer".to_owned(), |it| format!("HTTP {it}"));
        let meaning = format!("{} at {} is answered by {status}", one.forgery.as_str(), one.place);
        return Finding::warn(step, meaning, "look into the target's log");
    }
    let names: Vec<&str> = Forgery::ALL.map(Forgery::as_str).to_vec();
    Finding::pass(step, format!("{} change nothing", names.join(", ")))
}

fn believes_host(forged: &Forged) -> bool {
    forged.json.as_ref().is_some_and(|json| json.contains_text(FORGED))
}

/// Whether a place that is named is another. What else may differ (a time, a nonce) is no matter.
fn changes(forged: &Forged) -> bool {
    let Some(json) = &forged.json else { return false };
    let text = |json: &Json, name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    NAMED.iter().any(|name| text(json, name) != text(&forged.plain, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::parse;

    fn document(about: &str, text: &str) -> Document {
        let place = format!("/.well-known/x{about}");
        Document { place, about: about.to_owned(), json: parse(text.as_bytes()).unwrap() }
    }

    fn public() -> PublicOrigin {
        PublicOrigin::parse("https://gw.example", true).unwrap()
    }

    #[test]
    fn a_resource_is_the_endpoint_under_the_public_origin() {
        for (about, text, outcome) in [
            (
                "/mcp",
                r#"{"resource":"https://gw.example/mcp","authorization_servers":["https://gw.example"]}"#,
                Outcome::Pass,
            ),
            (
                "/mcp",
                r#"{"resource":"https://gw.example/mcp/","authorization_servers":["https://idp.example"]}"#,
                Outcome::Pass,
            ),
            (
                "",
                r#"{"resource":"https://gw.example","authorization_servers":["https://gw.example"]}"#,
                Outcome::Pass,
            ),
            (
                "/mcp",
                r#"{"resource":"https://gw.example/x","authorization_servers":["https://gw.example"]}"#,
                Outcome::Warn,
            ),
            (
                "/mcp",
                r#"{"resource":"https://gw.example/mcp","authorization_servers":[]}"#,
                Outcome::Fail,
            ),
            (
                "/mcp",
                r#"{"resource":"https://gw.example/mcp","authorization_servers":["http://gateway:4000"]}"#,
                Outcome::Fail,
            ),
            (
                "/mcp",
                r#"{"resource":"http://gw.example/mcp","authorization_servers":["https://gw.example"]}"#,
                Outcome::Fail,
            ),
            ("/mcp", r#"{"resource":"nonsense"}"#, Outcome::Fail),
            ("/mcp", r#"{"resource":7}"#, Outcome::Fail),
        ] {
            let finding = resource(&[document(about, text)], &public(), "/mcp", &[]);
            assert_eq!(finding.outcome, outcome, "{text}: {finding:?}");
        }
        let none = resource(&[], &public(), "/mcp", &["/a".to_owned(), "/b".to_owned()]);
        assert_eq!(none.meaning, "no metadata at /a and /b");
    }

    #[test]
    fn an_issuer_is_the_public_origin() {
        for (about, text, outcome) in [
            ("", r#"{"issuer":"https://gw.example"}"#, Outcome::Pass),
            ("/mcp", r#"{"issuer":"https://gw.example/mcp"}"#, Outcome::Pass),
            ("/mcp", r#"{"issuer":"https://gw.example"}"#, Outcome::Warn),
            (
                "",
                r#"{"issuer":"https://gw.example","token_endpoint":"http://10.0.0.7/token"}"#,
                Outcome::Fail,
            ),
            (
                "",
                r#"{"issuer":"https://gw.example","token_endpoint":"https://idp.example/token"}"#,
                Outcome::Pass,
            ),
            ("", r#"{"issuer":"http://127.0.0.1:4000"}"#, Outcome::Fail),
            ("", r#"{"issuer":"https://other.example"}"#, Outcome::Fail),
            ("", r#"{}"#, Outcome::Fail),
        ] {
            let finding = issuer(&[document(about, text)], &public(), &[]);
            assert_eq!(finding.outcome, outcome, "{text}: {finding:?}");
        }
        let both = [
            document("/mcp", r#"{"issuer":"https://gw.example/mcp"}"#),
            document("", r#"{"issuer":"http://gateway.internal"}"#),
        ];
        assert_eq!(issuer(&both, &public(), &[]).outcome, Outcome::Fail, "the worst counts");
    }

    fn forged(forgery: Forgery, status: u16, issuer: Option<&str>) -> Forged {
        let json =
            |issuer: &str| parse(format!(r#"{{"issuer":"{issuer}","x":1}}"#).as_bytes()).unwrap();
        let place = "/.well-known/x".to_owned();
        let plain = json("http://gw.example");
        Forged { place, forgery, plain, status: Some(status), json: issuer.map(json) }
    }

    #[test]
    fn a_host_that_is_believed_fails_and_a_scheme_depends_on_the_peer() {
        let same = Some("http://gw.example");
        for (status, issuer, loopback, outcome) in [
            (200, same, true, Outcome::Pass),
            (403, None, true, Outcome::Pass),
            (421, None, false, Outcome::Pass),
            (200, Some("https://gauntlet-forged.example"), true, Outcome::Fail),
            (200, Some("https://gw.example"), true, Outcome::Warn),
            (200, Some("https://gw.example"), false, Outcome::Fail),
            (500, None, true, Outcome::Warn),
        ] {
            let list =
                [forged(Forgery::Host, 200, same), forged(Forgery::ForwardedHost, status, issuer)];
            let finding = forwarded(&list, loopback);
            assert_eq!(finding.outcome, outcome, "{status} {issuer:?}: {finding:?}");
        }
        assert_eq!(forwarded(&[], true).outcome, Outcome::NotApplicable);
    }
}
