//! The explanation of a check.

use super::page::Page;
use super::{Library, fault};
use crate::oracle::asked::asked;
use crate::oracle::check::CheckId;

/// How many cases are named as examples.
const EXAMPLES: usize = 5;

/// Its question, what it reads, the faults that prove that it can fail, and the usual remedy.
pub(super) fn explain(check: CheckId, library: Library<'_>) -> String {
    let about = check.about();
    let mut page = Page::new(library.width, &format!("{check} (check)"));
    page.plain(about.question);
    page.say("reads", about.reads);
    page.say("passes", about.passes);
    page.say("how to fix", about.fix);
    page.list("proved by", &fault::caught_by(check.as_str()));
    let cases = library.catalogue.cases.iter().filter(|case| asked(case).contains(&check));
    let ids: Vec<&str> = cases.map(|case| case.id.as_str()).collect();
    let first: Vec<&str> = ids.iter().take(EXAMPLES).copied().collect();
    page.say("asked by", &format!("{} cases, for example {}", ids.len(), first.join(", ")));
    page.into_text()
}
