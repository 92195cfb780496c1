//! The words by which a product tells success from failure.

use crate::audit::record::Status;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The product's words, compared without case. A class of HTTP status codes, such as `4xx`, stands for all
/// its codes that are not named themselves.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "BTreeMap<String, Status>")]
pub struct StatusWords(BTreeMap<String, Status>);

impl StatusWords {
    /// What the word says; none for one that the profile does not name.
    #[must_use]
    pub fn get(&self, word: &str) -> Option<Status> {
        let word = word.trim().to_lowercase();
        let class = || self.0.get(&class_of(&word)?);
        self.0.get(&word).or_else(class).copied()
    }
}

/// The class of an HTTP status code: `404` is of `4xx`.
fn class_of(word: &str) -> Option<String> {
    let digits = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let first = word.chars().next().filter(|first| digits && ('1'..='5').contains(first))?;
    Some(format!("{first}xx"))
}

impl TryFrom<BTreeMap<String, Status>> for StatusWords {
    type Error = String;

    fn try_from(words: BTreeMap<String, Status>) -> Result<Self, String> {
        let mut known = BTreeMap::new();
        for (word, status) in words {
            let plain = word.trim().to_lowercase();
            let class = plain.strip_suffix("xx").filter(|first| first.len() == 1);
            if class.is_some_and(|first| !"12345".contains(first)) {
                return Err(format!(
                    "`{word}` is no class of HTTP status codes: they are 1xx to 5xx"
                ));
            }
            if known.insert(plain, status).is_some_and(|other| other != status) {
                return Err(format!("`{word}` is named twice: words are compared without case"));
            }
        }
        Ok(Self(known))
    }
}
