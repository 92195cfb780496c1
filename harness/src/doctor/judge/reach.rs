//! From the address to the credentials: whether there is something that can be asked at all.

use super::super::answer::Answer;
use super::super::step::{Finding, Step};
use crate::case::expectation::ReplyKind;

/// Whether the host has addresses.
pub(in super::super) fn address(host: &str, found: Result<&str, &str>) -> Finding {
    match found {
        Ok(address) if address == host => {
            Finding::pass(Step::Address, format!("the URL gives the address {address}"))
        }
        Ok(address) => Finding::pass(Step::Address, format!("{host} is {address}")),
        Err(why) => Finding::fail(
            Step::Address,
            format!("{host} has no address: {why}"),
            "check the host in --target, and the resolver of this machine",
        ),
    }
}

/// Whether a connection could be made; `failed` says why not.
pub(in super::super) fn tcp(place: &str, failed: Option<&str>) -> Finding {
    match failed {
        None => Finding::pass(Step::Tcp, format!("{place} takes connections")),
        Some(why) => Finding::fail(
            Step::Tcp,
            format!("no connection to {place}: {why}"),
            "is the target running, and is the port right?",
        ),
    }
}

/// Whether TLS was agreed on. `failed` says why not; `uses` whether the URL says https.
pub(in super::super) fn tls(uses: bool, failed: Option<&str>) -> Finding {
    match (uses, failed) {
        (false, _) => Finding::not_applicable(Step::Tls, "the URL says http", ""),
        (true, None) => Finding::pass(Step::Tls, "agreed on, and the certificate is trusted"),
        (true, Some(why)) => Finding::fail(Step::Tls, why, tls_advice(why)),
    }
}

fn tls_advice(why: &str) -> &'static str {
    if why.contains("certificate") {
        "give the certificate's issuer in the file that SSL_CERT_FILE names, or check that the \
         certificate is for this host and not expired"
    } else if why.contains("message") || why.contains("corrupt") {
        "the port may speak plain HTTP: try http:// in --target"
    } else {
        "check the port, and what ends TLS before the target"
    }
}

/// Whether an endpoint of MCP answers in HTTP; the answer is that to the first message.
pub(in super::super) fn http(path: &str, answer: &Answer) -> Finding {
    let fail = |advice: &str| Finding::fail(Step::Http, answer.told.clone(), advice);
    let nowhere = "that is no MCP endpoint: check the path of the URL, which often is /mcp";
    match (answer.kind, answer.status) {
        (ReplyKind::Refused, _) => fail("is the target running, and is the port right?"),
        (ReplyKind::Closed, _) => {
            fail("it does not answer in HTTP: check the port, and whether it is http or https")
        }
        (ReplyKind::Silent, None) => fail(
            "it takes connections and does not answer: check the port; --deadline waits longer",
        ),
        (_, Some(300..=399)) => {
            let to = answer.location.as_deref().unwrap_or("no place");
            let meaning = format!("{}: it redirects to {to}", answer.told);
            Finding::fail(Step::Http, meaning, "redirects are not followed: give the final URL")
        }
        (_, Some(404 | 405 | 501)) if answer.code != Some(METHOD_NOT_FOUND) => {
            Finding::fail(Step::Http, format!("{} at {path}", answer.told), nowhere)
        }
        (_, Some(429)) => fail("the target protects itself: wait, and try again"),
        (_, Some(502..=504)) => {
            fail("a proxy before the target does not reach it: is the target running?")
        }
        (ReplyKind::Garbage | ReplyKind::Accepted, _) => {
            Finding::fail(Step::Http, format!("{} at {path}", answer.told), nowhere)
        }
        _ => Finding::pass(Step::Http, answer.told.clone()),
    }
}

/// The code of JSON-RPC for an unknown method, which the stateless revision sends with HTTP 404.
const METHOD_NOT_FOUND: i64 = -32601;

/// The answers to one message with the given credentials, without any, and with some that are wrong for
/// certain.
#[derive(Clone, Debug)]
pub(in super::super) struct Credentials {
    /// With what was given.
    pub(in super::super) given: Answer,
    /// Without any; none where none were given, so that it would be the same.
    pub(in super::super) none: Option<Answer>,
    /// With wrong ones; none where none were given.
    pub(in super::super) wrong: Option<Answer>,
}

/// Whether the credentials are accepted, and needed.
pub(in super::super) fn credentials(seen: &Credentials) -> Finding {
    let answer = &seen.given;
    let Some((none, wrong)) = seen.none.as_ref().zip(seen.wrong.as_ref()) else {
        return uncredited(answer);
    };
    if answer.is_mcp() {
        let served = |other: &Answer| other.is_mcp() && other.is_like(answer);
        return match (served(none), served(wrong)) {
            (true, _) => Finding::warn(
                Step::Credentials,
                "accepted, and so are callers without any",
                "make the target ask for credentials, or leave --header out",
            ),
            (false, true) => Finding::warn(
                Step::Credentials,
                "accepted, and so is a credential that is wrong for certain",
                "make the target check credentials",
            ),
            (false, false) => {
                let refusal =
                    none.status.map_or_else(|| none.told.clone(), |it| format!("HTTP {it}"));
                Finding::pass(
                    Step::Credentials,
                    format!("accepted; a caller without any is refused ({refusal})"),
                )
            }
        };
    }
    let check = "check --header and the variable in it";
    if answer.asks_credentials() {
        return Finding::fail(
            Step::Credentials,
            format!("these are not accepted: {}", answer.in_words()),
            check,
        );
    }
    // Some gateways answer a wrong key with 400 or 500 and no word about it.
    if answer.is_like(wrong) {
        return Finding::fail(
            Step::Credentials,
            format!(
                "{}, the same as with a credential that is wrong for certain",
                answer.in_words()
            ),
            format!("{check}; where they are right, look into the target's log"),
        );
    }
    Finding::pass(Step::Credentials, "answered otherwise than a wrong credential")
}

/// Where no credentials were given.
fn uncredited(answer: &Answer) -> Finding {
    let give = "give them with --header 'Authorization: Bearer $TOKEN'";
    if answer.is_mcp() {
        return Finding::pass(Step::Credentials, "none were given, and none are asked for");
    }
    if answer.asks_credentials() {
        let meaning = format!("the target asks for some: {}", answer.in_words());
        return Finding::fail(Step::Credentials, meaning, give);
    }
    let meaning = format!("none were given, and the answer is {}", answer.in_words());
    Finding::warn(Step::Credentials, meaning, format!("if the target wants some, {give}"))
}

#[cfg(test)]
mod tests {
    use super::super::super::answer::testing::answer;
    use super::super::super::step::Outcome;
    use super::*;

    #[test]
    fn a_page_a_redirect_and_a_wrong_path_are_no_endpoint() {
        let not_found = Answer { code: Some(-32600), ..answer(ReplyKind::Error, 404) };
        let stateless = Answer { code: Some(-32601), ..answer(ReplyKind::Error, 404) };
        let moved = Answer { location: Some("/mcp/".to_owned()), ..answer(ReplyKind::Http, 307) };
        for (answer, outcome, part) in [
            (answer(ReplyKind::Result, 200), Outcome::Pass, ""),
            (answer(ReplyKind::Http, 401), Outcome::Pass, ""),
            (answer(ReplyKind::Http, 500), Outcome::Pass, ""),
            (stateless, Outcome::Pass, ""),
            (not_found, Outcome::Fail, "the path"),
            (answer(ReplyKind::Http, 404), Outcome::Fail, "the path"),
            (answer(ReplyKind::Garbage, 200), Outcome::Fail, "the path"),
            (answer(ReplyKind::Http, 502), Outcome::Fail, "proxy"),
            (moved, Outcome::Fail, "final URL"),
        ] {
            let finding = http("/x", &answer);
            assert_eq!(finding.outcome, outcome, "{answer:?}");
            assert!(finding.advice.contains(part), "{finding:?}");
        }
    }

    fn judged(given: &Answer, others: Option<(Answer, Answer)>) -> Finding {
        let (none, wrong) = others.unzip();
        credentials(&Credentials { given: given.clone(), none, wrong })
    }

    #[test]
    fn a_wrong_key_is_told_whatever_the_status() {
        let (good, refused) = (answer(ReplyKind::Result, 200), answer(ReplyKind::Http, 401));
        let (bad, broken) = (answer(ReplyKind::Http, 400), answer(ReplyKind::Http, 500));
        for (given, none, wrong, outcome, part) in [
            (&good, &refused, &refused, Outcome::Pass, "refused (HTTP 401)"),
            (&good, &broken, &broken, Outcome::Pass, "refused (HTTP 500)"),
            (&good, &good, &good, Outcome::Warn, "without any"),
            (&good, &refused, &good, Outcome::Warn, "wrong for certain"),
            (&refused, &refused, &refused, Outcome::Fail, "not accepted"),
            (&bad, &refused, &bad, Outcome::Fail, "wrong for certain"),
            (&broken, &broken, &broken, Outcome::Fail, "wrong for certain"),
            (&broken, &refused, &refused, Outcome::Pass, "otherwise"),
        ] {
            let finding = judged(given, Some((none.clone(), wrong.clone())));
            assert_eq!(finding.outcome, outcome, "{given:?} {none:?} {wrong:?}");
            assert!(finding.meaning.contains(part), "{finding:?}");
        }
    }

    #[test]
    fn whoever_gives_none_is_told_how() {
        for (kind, status, outcome) in [
            (ReplyKind::Result, 200, Outcome::Pass),
            (ReplyKind::Error, 401, Outcome::Fail),
            (ReplyKind::Http, 500, Outcome::Warn),
        ] {
            let finding = judged(&answer(kind, status), None);
            assert_eq!(finding.outcome, outcome);
            assert_eq!(finding.advice.contains("--header"), outcome != Outcome::Pass);
        }
    }

    #[test]
    fn tls_is_told_from_plain_http() {
        let plain = tls(true, Some("TLS handshake failed: received corrupt message"));
        assert!(plain.advice.contains("http://"), "{plain:?}");
        let untrusted = tls(true, Some("TLS handshake failed: invalid peer certificate"));
        assert!(untrusted.advice.contains("SSL_CERT_FILE"), "{untrusted:?}");
        assert_eq!(tls(false, None).outcome, Outcome::NotApplicable);
        assert_eq!(tls(true, None).outcome, Outcome::Pass);
    }
}
