//! The explanation of a case.

use super::page::Page;
use super::{Library, permits, requirement};
use crate::case::Case;
use crate::listing::compact_checks;
use crate::oracle::asked::asked;

/// What it sends, why, what may come back, and how a target is mended.
pub(super) fn explain(case: &Case, library: Library<'_>) -> String {
    let mut page = Page::new(library.width, &format!("{} (case)", case.id));
    page.say("sends", &case.title);
    page.say("because", &case.note);
    page.say("class", &case.stimulus.class.to_string());
    let revisions: Vec<&str> = case.revisions.iter().map(|revision| revision.as_str()).collect();
    page.say("runs under", &revisions.join(", "));
    let found = library.catalogue.requirements.get(&case.requirement);
    if let Some(requirement) = found {
        page.gap();
        page.plain(&format!("{}  {}", requirement.id, requirement.level));
        requirement::sentence(requirement, &mut page);
    }
    page.say("also shows", &case.also.join(", "));
    page.gap();
    permits::say(case, library.switches, &mut page);
    page.say("asks", &compact_checks(&asked(case)));
    page.gap();
    page.say("how to fix", found.map_or("", |requirement| &requirement.fix));
    page.say("run it", &format!("mcp-gauntlet {} --target URL", case.id));
    page.into_text()
}
