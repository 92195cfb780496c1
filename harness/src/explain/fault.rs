//! The explanation of a fault of the reference gateway, by the matrix that the tests keep.

use super::Library;
#[cfg(feature = "reference")]
use super::page::Page;

/// Fault x checks that are first to catch it, as the tests measured it.
#[cfg(feature = "reference")]
const MATRIX: &str = include_str!("../../../reports/faults.snap");

/// The same of those that show over stdio alone.
#[cfg(feature = "reference")]
const STDIO: &str = include_str!("../../../reports/faults-stdio.snap");

/// The same of those that show where records are posted to a webhook.
#[cfg(feature = "reference")]
const SINK: &str = include_str!("../../../reports/faults-sink.snap");

/// Fault x steps of `doctor` that fail with those of how a gateway is set up.
#[cfg(feature = "reference")]
const SETUP: &str = include_str!("../../../reports/faults-doctor.snap");

/// The fault's name with the checks that catch it.
#[cfg(feature = "reference")]
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    // The head of the file is that of insta: it ends at the second line of dashes.
    let body = |text: &'static str| text.splitn(3, "---\n").nth(2).unwrap_or_default();
    let lines = [MATRIX, STDIO, SINK, SETUP].into_iter().flat_map(move |text| body(text).lines());
    lines.filter_map(|line| line.split_once(' ')).map(|(name, rest)| (name, rest.trim()))
}

/// What it breaks and which checks catch it; none for a name that no fault has.
#[cfg(feature = "reference")]
pub(super) fn explain(name: &str, library: Library<'_>) -> Option<String> {
    use crate::target::reference::{setup_faults, sink_faults, stdio_faults};
    let is_one_of = |faults: Vec<(String, _)>| faults.iter().any(|(known, _)| known == name);
    let (spoken, setup) = (is_one_of(stdio_faults()), is_one_of(setup_faults()));
    let (_, about) = all().into_iter().find(|(known, _)| known == name)?;
    let mut page = Page::new(library.width, &format!("{name} (fault of the reference gateway)"));
    page.plain(about);
    let caught = rows().find(|(known, _)| *known == name).map(|(_, checks)| checks);
    page.say("caught by", caught.unwrap_or("no check; remake reports/faults.snap"));
    let posted = is_one_of(sink_faults());
    let line = match () {
        () if spoken => {
            format!("mcp-gauntlet --stdio 'mcp-gauntlet gateway --stdio --fault {name}'")
        }
        () if setup => format!("mcp-gauntlet doctor --fault {name}"),
        () if posted => {
            format!("mcp-gauntlet --audit webhook:127.0.0.1:9009 --fault {name} audit/sink")
        }
        () => format!("mcp-gauntlet --fault {name}"),
    };
    page.say("try it", &line);
    Some(page.into_text())
}

/// The names of all faults.
#[cfg(feature = "reference")]
pub(super) fn names() -> Vec<String> {
    all().map(|(name, _)| name).collect()
}

/// Every fault with what it breaks.
#[cfg(feature = "reference")]
fn all() -> impl Iterator<Item = (String, &'static str)> {
    use crate::target::reference::{faults, setup_faults, sink_faults, stdio_faults};
    let of_ways = stdio_faults().into_iter().chain(sink_faults());
    faults().into_iter().chain(of_ways).chain(setup_faults())
}

/// The faults that a check is first to catch, each with what it breaks.
#[cfg(feature = "reference")]
pub(super) fn caught_by(check: &str) -> Vec<String> {
    let about: Vec<(String, &str)> = all().collect();
    let catches = |checks: &str| checks.split(", ").any(|one| one == check);
    rows()
        .filter(|(_, checks)| catches(checks))
        .filter_map(|(name, _)| about.iter().find(|(known, _)| known == name))
        .map(|(name, about)| format!("{name}: {about}"))
        .collect()
}

#[cfg(not(feature = "reference"))]
pub(super) fn explain(_: &str, _: Library<'_>) -> Option<String> {
    None
}

#[cfg(not(feature = "reference"))]
pub(super) fn names() -> Vec<String> {
    Vec::new()
}

#[cfg(not(feature = "reference"))]
pub(super) fn caught_by(_: &str) -> Vec<String> {
    Vec::new()
}
