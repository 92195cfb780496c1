//! The authorization endpoint (RFC 6749 section 3.1). The gateway knows one key and issues no codes: it
//! refuses every request, but first looks where the refusal is to be sent. A redirect to any place that a
//! request names would make the gateway's good name a way to send people anywhere, and a real
//! authorization server behind such a check would send its codes there.

use std::net::IpAddr;

use url::{Host, Url, form_urlencoded};

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is refused here: nobody else may be told (RFC 6749 section 4.1.2.1).
    Refused(&'static str),
    /// It is refused where its client waits for an answer.
    Redirected(String),
}

/// Reads a request. `origin` is the public origin, and the issuer. `anywhere` leaves out the check of
/// where the answer goes.
pub(super) fn answer(query: &str, origin: &str, anywhere: bool) -> Answer {
    let redirect = match only(query, "redirect_uri") {
        Ok(Some(redirect)) => redirect,
        Ok(None) => return Answer::Refused("redirect_uri is missing"),
        Err(()) => return Answer::Refused("redirect_uri must stand there once"),
    };
    let target = Url::parse(&redirect).ok();
    let Some(mut target) = target.filter(|url| anywhere || may_lead(&redirect, url, origin)) else {
        return Answer::Refused(
            "redirect_uri must be an http or https URL of the loopback or of this origin, without \
             user information and fragment",
        );
    };
    let code = matches!(only(query, "response_type").as_ref(), Ok(Some(kind)) if kind == "code");
    let error = if code { "access_denied" } else { "unsupported_response_type" };
    let mut told = target.query_pairs_mut();
    told.append_pair("error", error);
    if let Ok(Some(state)) = only(query, "state") {
        told.append_pair("state", &state);
    }
    // RFC 9207 section 2: errors name the issuer too.
    told.append_pair("iss", origin);
    drop(told);
    Answer::Redirected(target.into())
}

/// The value of a parameter. It must not stand there twice (RFC 6749 section 3.1).
fn only(query: &str, name: &str) -> Result<Option<String>, ()> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let mut values = pairs.filter(|(other, _)| other == name).map(|(_, value)| value.into_owned());
    let first = values.next();
    if values.next().is_some() { Err(()) } else { Ok(first) }
}

/// Whether an answer may be sent there. What readers of URLs understand differently (backslashes, blanks,
/// controls) is refused before it is understood.
fn may_lead(text: &str, url: &Url, origin: &str) -> bool {
    let odd = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
    let plain = !text.contains(odd)
        && url.username().is_empty()
        && url.password().is_none()
        && !text.contains('#')
        && !authority(text).contains('@');
    let own = url.origin().ascii_serialization() == origin;
    plain && matches!(url.scheme(), "http" | "https") && (own || is_loopback(url))
}

/// What stands between `//` and the path, as it was sent: an empty user is no user to most readers.
fn authority(text: &str) -> &str {
    let behind = text.split_once("//").map_or(text, |(_, behind)| behind);
    behind.split(['/', '?', '#']).next().unwrap_or_default()
}

/// RFC 8252 section 7.3: an application on the same machine waits on any port of the loopback.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://gw.example";

    fn query(redirect: &str, more: &str) -> String {
        let redirect: String = form_urlencoded::byte_serialize(redirect.as_bytes()).collect();
        format!("response_type=code&client_id=c&redirect_uri={redirect}{more}")
    }

    #[test]
    fn the_client_is_told_where_it_may_wait() {
        for redirect in [
            "http://127.0.0.1:5000/cb",
            "http://localhost/cb",
            "http://[::1]:9/cb?x=1",
            "https://gw.example/cb",
            "https://GW.example:443/cb",
        ] {
            let Answer::Redirected(to) = answer(&query(redirect, "&state=a%26b"), ORIGIN, false)
            else {
                panic!("{redirect} is refused");
            };
            assert!(to.contains("error=access_denied&state=a%26b&iss=https%3A%2F%2Fgw.example"));
        }
        let implicit = "response_type=token&redirect_uri=http://localhost/";
        let Answer::Redirected(to) = answer(implicit, ORIGIN, false) else {
            panic!("it is refused");
        };
        assert!(to.contains("error=unsupported_response_type"), "{to}");
    }

    #[test]
    fn nothing_is_sent_anywhere_else() {
        for redirect in [
            "https://evil.example/cb",
            "http://gw.example/cb",
            "https://gw.example:8443/cb",
            "https://gw.example.evil.example/",
            "https://gw.example@evil.example/",
            "http://user@127.0.0.1/",
            "http://@127.0.0.1/",
            "http://127.0.0.1\\@evil.example/",
            "http://127.0.0.1.evil.example/",
            "https:/\\evil.example",
            "//evil.example/cb",
            "/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "app:/cb",
            "file:///etc/passwd",
            "http://127.0.0.1/#x",
            "http://127.0.0.1/\r\nx: y",
            "",
        ] {
            let refused = matches!(answer(&query(redirect, ""), ORIGIN, false), Answer::Refused(_));
            assert!(refused, "{redirect}");
        }
        for query in [
            String::new(),
            "response_type=code".to_owned(),
            query("http://127.0.0.1/", "&redirect_uri=http://127.0.0.1/"),
        ] {
            assert!(matches!(answer(&query, ORIGIN, false), Answer::Refused(_)), "{query}");
        }
    }
}
