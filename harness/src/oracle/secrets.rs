//! Texts that must appear nowhere, in every form in which they could: plain, in hexadecimal, in base64 and
//! percent-encoded.

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// Texts that must appear nowhere.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// Each text, and its other forms.
    forms: Vec<String>,
    finder: Option<AhoCorasick>,
}

impl Secrets {
    /// These texts; an empty one is none.
    #[must_use]
    pub fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let texts = texts.into_iter().filter(|text| !text.is_empty());
        let mut forms: Vec<String> = texts.flat_map(|text| forms(&text)).collect();
        // The longest first: what is blotted out whole leaves no part of another form.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        let finder = AhoCorasick::new(&forms).ok().filter(|_| !forms.is_empty());
        Self { forms, finder }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Whether one of them stands in these bytes, in whatever form.
    #[must_use]
    pub fn are_in(&self, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        let Some(finder) = &self.finder else { return false };
        // Who writes down the URL that we have sent is not who put the token there.
        let is_ours = |at: usize| bytes.get(..at).is_some_and(|it| it.ends_with(IN_OUR_QUERY));
        finder.find_iter(bytes).any(|found| !is_ours(found.start()))
    }

    /// The text with all of them blotted out, and with the beginning of one that was cut: `…` stands
    /// behind it.
    #[must_use]
    pub fn blot(&self, text: &str) -> String {
        // Nearly every text is clean and whole, and is asked of in every check.
        let is_dirty = self.finder.as_ref().is_some_and(|finder| finder.is_match(text));
        if !text.contains('…') && !is_dirty {
            return text.to_owned();
        }
        self.forms.iter().fold(text.to_owned(), |text, form| {
            let text = text.replace(form.as_str(), "[secret]");
            let beginnings = form.char_indices().skip(SHORTEST_PART);
            beginnings
                .filter_map(|(at, _)| form.get(..at))
                .fold(text, |text, beginning| text.replace(&format!("{beginning}…"), "[secret]…"))
        })
    }
}

/// What stands before a credential in the query of a URL that a case sends with one.
const IN_OUR_QUERY: &[u8] = b"gauntlet=1&access_token=";

/// Characters of a secret that say nothing yet.
const SHORTEST_PART: usize = 3;

/// A text as it stands, and in the forms in which logs and headers carry texts.
fn forms(text: &str) -> Vec<String> {
    let hexadecimal: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let mut forms =
        vec![text.to_owned(), hexadecimal.to_uppercase(), hexadecimal, percent.replace('+', "%20")];
    forms.push(percent);
    for before in 0..3 {
        forms.push(in_base64(text, before, |bytes| BASE64_STANDARD_NO_PAD.encode(bytes)));
        forms.push(in_base64(text, before, |bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes)));
    }
    forms.sort();
    forms.dedup();
    forms
}

/// What a text always becomes in base64 (RFC 4648 section 4) behind so many other bytes: the characters
/// that depend on no neighbour.
fn in_base64(text: &str, before: usize, encode: impl Fn(Vec<u8>) -> String) -> String {
    let bytes: Vec<u8> = std::iter::repeat_n(0, before).chain(text.bytes()).collect();
    let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    encode(bytes).get(first..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
    use proptest::prelude::{any, prop_assert, proptest};

    const SECRET: &str = "sesame/open?1";

    fn secrets() -> Secrets {
        Secrets::new([SECRET.to_owned(), String::new()])
    }

    #[test]
    fn a_token_in_a_query_of_ours_is_blotted_out_and_nobody_else_s_leak() {
        let ours = format!("POST /mcp?gauntlet=1&access_token={SECRET} 401");
        assert!(!secrets().are_in(&ours));
        assert_eq!(secrets().blot(&ours), "POST /mcp?gauntlet=1&access_token=[secret] 401");
        assert!(secrets().are_in(format!("{ours} {SECRET}")));
        assert!(secrets().are_in(format!("access_token={SECRET}")));
    }

    #[test]
    fn a_text_is_found_in_every_form_and_blotted_out() {
        let hexadecimal: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [
            SECRET,
            hexadecimal.as_str(),
            &hexadecimal.to_uppercase(),
            "sesame%2Fopen%3F1",
            &BASE64_STANDARD.encode(SECRET),
            &BASE64_URL_SAFE.encode(format!("user:{SECRET}")),
        ] {
            let text = format!("<{form}>");
            assert!(secrets().are_in(&text), "{form}");
            let blotted = secrets().blot(&text);
            assert!(blotted.contains("[secret]") && !secrets().are_in(&blotted), "{blotted}");
        }
        for clean in ["", "sesame", "sesame/open?", "2f6f70656e"] {
            assert!(!secrets().are_in(clean) && secrets().blot(clean) == clean, "{clean}");
        }
        assert_eq!(secrets().blot("a sesame/op… b"), "a [secret]… b");
        assert!(Secrets::default().is_empty() && !Secrets::default().are_in(SECRET));
    }

    proptest! {
        #[test]
        fn base64_hides_it_behind_nothing(
            before in proptest::collection::vec(any::<u8>(), 0..5),
            after in proptest::collection::vec(any::<u8>(), 0..5),
        ) {
            let bytes = [&before, SECRET.as_bytes(), &after].concat();
            prop_assert!(secrets().are_in(BASE64_STANDARD.encode(&bytes)));
            prop_assert!(secrets().are_in(BASE64_URL_SAFE.encode(&bytes)));
        }
    }
}
