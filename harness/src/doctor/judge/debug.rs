//! The debug headers: whether they show a credential, and whether the gateway's key is the upstream's.
//!
//! A mask may show the ends of a credential, as the LiteLLM proxy does with the first six characters of
//! the header and the last four of the key. What is shown is counted: the longest beginning and the longest
//! end of the credential that stand in the header (from four characters on, fewer stand there by chance), or
//! the longest piece of it (from six on). More than ten characters, or half of the credential, are a failure:
//! what is left can be guessed. Anything less is worth a look.

use super::super::step::{Finding, Step};

/// What a gateway that is asked for them answers.
pub(in super::super) const PREFIX: &str = "x-mcp-debug-";

/// Behind a token that is the key of the gateway itself, in the words of the LiteLLM proxy.
const SAME: &str = "SAME_AS_LITELLM_KEY";

/// Characters of an end of a credential that count as shown.
const END: usize = 4;

/// Characters of any piece of a credential that count as shown.
const PIECE: usize = 6;

/// The most characters that a mask may show.
const MOST: usize = 10;

/// Judges the headers (name and value) of all answers. `secrets` are the credentials that were sent;
/// `reached` says whether one of them reached our own upstream, where that is seen.
pub(in super::super) fn debug_headers(
    headers: &[(String, String)],
    secrets: &[String],
    reached: bool,
) -> Finding {
    let step = Step::DebugHeaders;
    let own_token = "give the upstream a credential of its own, and the caller's in the header that is \
                     meant for it";
    if reached {
        return Finding::fail(step, "the caller's credential reached our own upstream", own_token);
    }
    if let Some((name, _)) = headers.iter().find(|(_, value)| value.contains(SAME)) {
        let meaning =
            format!("{name} says {SAME}: the gateway's key travels as the upstream's token");
        return Finding::fail(step, meaning, own_token);
    }
    if let Some((name, _)) = headers.iter().find(|(_, value)| has_user(value)) {
        let meaning = format!("{name} shows user and password of a URL");
        return Finding::fail(step, meaning, "take them out of the URL of the upstream");
    }
    if headers.is_empty() {
        let meaning = format!("the target sends no {PREFIX}* headers");
        return Finding::not_applicable(step, meaning, "");
    }
    match headers.iter().map(|header| shown(header, secrets)).max() {
        Some(Shown { usable: true, name, .. }) => Finding::fail(
            step,
            format!(
                "{name} shows a credential of the caller, or so much that the rest is no secret"
            ),
            "mask it: no part of it is needed to find a mistake",
        ),
        Some(Shown { characters, name, .. }) if characters > 0 => Finding::warn(
            step,
            format!("{name} shows {characters} characters of a credential"),
            "mask it whole: keys are found again by less",
        ),
        _ => Finding::pass(step, "the headers show no credential"),
    }
}

/// How much of a credential a header shows.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Shown<'a> {
    usable: bool,
    characters: usize,
    name: &'a str,
}

fn shown<'a>((name, value): &'a (String, String), secrets: &[String]) -> Shown<'a> {
    let all = secrets.iter().map(|secret| {
        let (characters, length) = (visible(value, secret), secret.chars().count());
        let usable = characters > MOST || (characters > 0 && characters * 2 >= length);
        Shown { usable, characters, name }
    });
    all.max().unwrap_or(Shown { usable: false, characters: 0, name })
}

/// How many characters of a secret stand in a value.
fn visible(value: &str, secret: &str) -> usize {
    let secret: Vec<char> = secret.chars().collect();
    let holds = |piece: &[char]| value.contains(&piece.iter().collect::<String>());
    let longest = |least: usize, pieces: &dyn Fn(usize) -> Vec<Vec<char>>| {
        let lengths = (least..=secret.len()).rev();
        lengths.into_iter().find(|length| pieces(*length).iter().any(|piece| holds(piece)))
    };
    let owned = <[char]>::to_vec;
    let beginning = longest(END, &|length| secret.chunks(length).take(1).map(owned).collect());
    let end = longest(END, &|length| secret.rchunks(length).take(1).map(owned).collect());
    let anywhere = longest(PIECE, &|length| secret.windows(length).map(owned).collect());
    let ends = beginning.unwrap_or(0) + end.unwrap_or(0);
    ends.min(secret.len()).max(anywhere.unwrap_or(0))
}

/// Whether a URL in the value has user information.
fn has_user(value: &str) -> bool {
    value.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ', ',']).next().unwrap_or_default();
        authority.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::step::Outcome;
    use super::*;

    fn judged(value: &str, secret: &str) -> Outcome {
        let header = ("x-mcp-debug-inbound-auth".to_owned(), value.to_owned());
        debug_headers(&[header], &[secret.to_owned()], false).outcome
    }

    #[test]
    fn a_mask_is_told_from_a_credential() {
        let key = "sk-0123456789abcdefghij";
        for (value, outcome) in [
            ("Bearer ********", Outcome::Pass),
            ("(none)", Outcome::Pass),
            ("Bearer sk-0123456789abcdefghij", Outcome::Fail),
            ("Bearer*********ghij", Outcome::Warn),
            ("sk-012*********ghij", Outcome::Warn),
            ("sk-01234****fghij", Outcome::Fail),
            ("Bearer ****56789abcdef", Outcome::Fail),
            ("Bearer sk-0123456***", Outcome::Warn),
            ("http://127.0.0.1:4567/hij", Outcome::Pass),
        ] {
            assert_eq!(judged(value, key), outcome, "{value}");
        }
        // Ten characters of a short key are most of it.
        assert_eq!(judged("Bearer*********1234", "sk-test-1234"), Outcome::Warn);
        assert_eq!(judged("sk-tes**1234", "sk-test-1234"), Outcome::Fail);
    }

    #[test]
    fn a_shared_key_and_a_password_in_a_url_are_failures() {
        let header = |value: &str| vec![("x-mcp-debug-oauth2-token".to_owned(), value.to_owned())];
        for (headers, reached, outcome) in [
            (
                header("Bearer **** (SAME_AS_LITELLM_KEY - likely misconfigured)"),
                false,
                Outcome::Fail,
            ),
            (header("https://u:p@up.example/mcp"), false, Outcome::Fail),
            (header("https://up.example/a@b"), false, Outcome::Pass),
            (header("(none)"), true, Outcome::Fail),
            (Vec::new(), false, Outcome::NotApplicable),
            (Vec::new(), true, Outcome::Fail),
        ] {
            let finding = debug_headers(&headers, &["sesame-open".to_owned()], reached);
            assert_eq!(finding.outcome, outcome, "{finding:?}");
            assert!(!finding.meaning.contains("u:p"), "{finding:?}");
        }
    }
}
