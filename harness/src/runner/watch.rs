//! What a source must not deliver, whatever it is about: credentials of the run, and the secrets that its
//! messages hold.

use crate::case::Case;
use crate::oracle::evidence::Leak;
use crate::oracle::secrets::Secrets;

/// Leaks that are kept; more of them say no more.
const MOST: usize = 100;

/// Characters of a leak that are shown.
const EXCERPT: usize = 300;

/// What is looked for in everything that a source delivers.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    credentials: Secrets,
    arguments: Secrets,
}

impl Watch {
    /// Looks for these credentials, and for the secrets in the messages of these cases, whose keys begin
    /// with `prefix`. A secret that begins with its key says nothing by its beginning.
    #[must_use]
    pub fn new(credentials: Secrets, cases: &[Case], prefix: &str) -> Self {
        let said = cases.iter().filter_map(|case| case.expectation.secret.as_deref());
        let before = said.filter_map(|text| {
            let (before, behind) = text.split_once("{{key}}").unwrap_or((text, ""));
            let fixed = (before.len(), behind.len()) != (text.len(), 0);
            (!before.is_empty()).then(|| format!("{before}{}", if fixed { prefix } else { "" }))
        });
        Self { credentials, arguments: Secrets::new(before) }
    }

    /// What of it stands in a text.
    #[must_use]
    pub fn leak(&self, text: &str) -> Option<Leak> {
        let credential = self.credentials.are_in(text);
        if !credential && !self.arguments.are_in(text) {
            return None;
        }
        let blotted = self.arguments.blot(&self.credentials.blot(text));
        Some(Leak { credential, excerpt: blotted.chars().take(EXCERPT).collect() })
    }

    /// Keeps what of it stands in a text, up to the bound.
    pub(super) fn keep(&self, text: &str, leaks: &mut Vec<Leak>) {
        if leaks.len() < MOST {
            leaks.extend(self.leak(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::class::Class;
    use crate::oracle::testing::case;

    fn watch() -> Watch {
        let mut case = case(Class::Request);
        case.expectation.secret = Some("SESAME-{{key}}".to_owned());
        Watch::new(Secrets::new(["sk-test-1234".to_owned()]), &[case], "gauntlet0x")
    }

    #[test]
    fn credentials_and_secret_arguments_are_told_apart() {
        let leak = |text: &str| watch().leak(text).map(|leak| (leak.credential, leak.excerpt));
        assert_eq!(leak("key sk-test-1234"), Some((true, "key [secret]".to_owned())));
        let encoded = "c2stdGVzdC0xMjM0";
        assert!(leak(encoded).is_some_and(|(credential, shown)| credential && shown != encoded));
        assert_eq!(
            leak("of SESAME-gauntlet0x000007"),
            Some((false, "of [secret]000007".to_owned()))
        );
        assert_eq!(leak("SESAME- of another run"), None);
        assert_eq!(leak("gauntlet0x000007"), None);
    }

    #[test]
    fn no_more_is_kept_than_says_something() {
        let mut leaks = Vec::new();
        (0..2 * MOST).for_each(|_| watch().keep("sk-test-1234", &mut leaks));
        assert_eq!(leaks.len(), MOST);
    }
}
