//! Whether the authorization endpoint sends people, and later codes, to a foreign place.
//!
//! RFC 6749 section 4.1.2.1 and RFC 9700 section 4.1: where the `redirect_uri` is not one of the client's,
//! the request is refused there, and nobody is redirected, neither to it nor on to an identity provider.

use url::Url;

use super::super::step::{Finding, Outcome, Step};

/// The answer to a request with one `redirect_uri`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in super::super) struct Redirected {
    /// What was asked for.
    pub(in super::super) asked: &'static str,
    /// HTTP status; none where no answer came.
    pub(in super::super) status: Option<u16>,
    /// Where it redirects to.
    pub(in super::super) location: Option<String>,
}

/// Foreign places in the forms by which checks are deceived: a plain one, one behind user information, one
/// whose name begins like the loopback, and no place at all.
pub(in super::super) const FOREIGN: [&str; 4] = [
    "https://gauntlet-foreign.example/cb",
    "http://127.0.0.1@gauntlet-foreign.example/cb",
    "http://127.0.0.1.gauntlet-foreign.example/cb",
    "javascript:alert(1)",
];

/// Where an application on this machine would wait (RFC 8252 section 7.3). Nobody listens there.
pub(in super::super) const LOOPBACK: &str = "http://127.0.0.1:9/cb";

/// What an authorization endpoint was asked.
#[derive(Clone, Debug)]
pub(in super::super) struct Asked {
    /// URLs of the endpoint, as it is called and as it is reached: what leads there leads nowhere else.
    pub(in super::super) own: Vec<Url>,
    /// The answers to all of [`FOREIGN`].
    pub(in super::super) foreign: Vec<Redirected>,
    /// The answer to [`LOOPBACK`].
    pub(in super::super) allowed: Redirected,
}

/// Judges what all authorization endpoints answered.
pub(in super::super) fn redirect(endpoints: &[Asked]) -> Finding {
    let mut judged: Vec<(&Redirected, Outcome, String)> = Vec::new();
    for Asked { own, foreign, .. } in endpoints {
        judged.extend(foreign.iter().map(|answer| {
            let (outcome, told) = one(own, answer);
            (answer, outcome, told)
        }));
    }
    // Of those that are equally bad the first is the plainest.
    let Some((answer, outcome, told)) = judged.iter().min_by_key(|(_, outcome, _)| rank(*outcome))
    else {
        return Finding::not_applicable(Step::Redirect, "nothing was asked", "");
    };
    let advice = "refuse every redirect_uri that is not registered, of the loopback or of the own \
                  origin, with HTTP 400 and without a redirect";
    let meaning = format!("redirect_uri {}: {told}", answer.asked);
    match outcome {
        Outcome::Fail => Finding::fail(Step::Redirect, meaning, advice),
        Outcome::Warn => Finding::warn(Step::Redirect, meaning, advice),
        _ => Finding::pass(
            Step::Redirect,
            format!(
                "redirects to {} foreign places are refused ({told}){}",
                FOREIGN.len(),
                doubt(endpoints)
            ),
        ),
    }
}

/// What is to be said where a place that may be waited at is refused as well.
fn doubt(endpoints: &[Asked]) -> &'static str {
    let refused = |asked: &Asked| asked.allowed.status.is_some_and(|it| (400..500).contains(&it));
    if endpoints.iter().all(refused) {
        "; so is one to the loopback, perhaps for another reason"
    } else {
        ""
    }
}

const fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Fail => 0,
        Outcome::Warn => 1,
        Outcome::Pass | Outcome::NotApplicable | Outcome::NotReached => 2,
    }
}

/// What one answer means, and in which words.
fn one(own: &[Url], answer: &Redirected) -> (Outcome, String) {
    let Some(status) = answer.status else {
        return (Outcome::Warn, "no answer".to_owned());
    };
    match status {
        300..=399 => {
            let location = answer.location.as_deref().unwrap_or_default();
            leads(own, status, location)
        }
        400..=499 => (Outcome::Pass, format!("HTTP {status}")),
        _ => (Outcome::Warn, format!("HTTP {status}, which is no refusal")),
    }
}

/// What a redirect means by where it leads.
fn leads(own: &[Url], status: u16, location: &str) -> (Outcome, String) {
    let Some(to) = own.first().and_then(|base| base.join(location).ok()) else {
        return (Outcome::Warn, format!("HTTP {status} to what is no URL"));
    };
    if !own.iter().any(|url| url.origin() == to.origin()) {
        let origin = to.origin();
        let place =
            if origin.is_tuple() { origin.ascii_serialization() } else { to.scheme().to_owned() };
        return (Outcome::Fail, format!("HTTP {status} leads on to {place}"));
    }
    // An error page of its own tells the user, and sends no one away.
    if to.query_pairs().any(|(name, _)| name == "error") {
        return (Outcome::Pass, format!("HTTP {status} to an error page"));
    }
    (Outcome::Warn, format!("HTTP {status} leads on to {}", to.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, location: &str) -> Redirected {
        let location = Some(location.to_owned()).filter(|location| !location.is_empty());
        Redirected { asked: "https://gauntlet-foreign.example/cb", status: Some(status), location }
    }

    fn judged(foreign: Redirected, allowed: Redirected) -> Finding {
        let own = vec![Url::parse("http://127.0.0.1:4100/authorize").unwrap()];
        let well =
            Asked { own: own.clone(), foreign: vec![answer(400, "")], allowed: answer(404, "") };
        redirect(&[well, Asked { own, foreign: vec![foreign], allowed }])
    }

    #[test]
    fn where_a_redirect_leads_decides() {
        for (status, location, outcome) in [
            (400, "", Outcome::Pass),
            (401, "", Outcome::Pass),
            (404, "", Outcome::Pass),
            (302, "https://gauntlet-foreign.example/cb?error=access_denied", Outcome::Fail),
            (307, "https://idp.example/authorize?redirect_uri=x", Outcome::Fail),
            (307, "http://127.0.0.1:9/authorize?redirect_uri=x", Outcome::Fail),
            (302, "javascript:alert(1)", Outcome::Fail),
            (302, "//gauntlet-foreign.example/cb", Outcome::Fail),
            (302, "/login?next=x", Outcome::Warn),
            (303, "/oauth?error=invalid_request", Outcome::Pass),
            (302, "", Outcome::Warn),
            (200, "", Outcome::Warn),
            (500, "", Outcome::Warn),
        ] {
            let finding = judged(answer(status, location), answer(302, "http://127.0.0.1:9/cb"));
            assert_eq!(finding.outcome, outcome, "{status} {location}: {finding:?}");
        }
    }

    #[test]
    fn a_refusal_of_everything_is_said_to_be_one() {
        let finding = judged(answer(404, ""), answer(404, ""));
        assert!(finding.meaning.contains("so is one to the loopback"), "{finding:?}");
        let finding = judged(answer(404, ""), answer(302, "http://127.0.0.1:9/cb"));
        assert!(!finding.meaning.contains("loopback"), "{finding:?}");
    }
}
