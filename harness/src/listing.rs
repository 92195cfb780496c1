//! What `list` prints, as text. Sends nothing, and prints nothing itself.

mod requirements;

use std::fmt::Write as _;

use crate::case::switch::{Switch, Switches};
use crate::catalogue::Catalogue;
use crate::oracle::check::CheckId;

pub use requirements::{checks as compact_checks, requirements, revisions};

/// One line a case: id, requirement and title.
#[must_use]
pub fn cases(catalogue: &Catalogue) -> String {
    let mut text = String::new();
    for case in &catalogue.cases {
        let _ = writeln!(text, "{:44} {:28} {}", case.id, case.requirement, case.title);
    }
    text
}

/// One line a check: its id.
#[must_use]
pub fn checks() -> String {
    CheckId::ALL.map(|check| format!("{check}\n")).concat()
}

/// One line a fault of the reference gateway: name and what it breaks.
#[cfg(feature = "reference")]
#[must_use]
pub fn faults() -> String {
    use crate::target::reference::{faults, setup_faults, sink_faults};
    let lines = faults().into_iter().chain(sink_faults()).chain(setup_faults());
    lines.map(|(name, about)| format!("{name:24} {about}\n")).collect()
}

/// A few lines a switch: the question, its values with the default marked, and why it is disputed.
#[must_use]
pub fn switches(switches: &Switches) -> String {
    let mut text = String::new();
    for switch in Switch::ALL {
        let value = |value: &&str| match () {
            () if *value == switch.default_value() => format!("{value} (default)"),
            () => (*value).to_owned(),
        };
        let values: Vec<String> = switch.values().iter().map(value).collect();
        let _ = writeln!(text, "{switch}\n    about     {}", switch.about());
        let _ = writeln!(text, "    values    {}", values.join(", "));
        if let Some(value) = switches.changed(switch) {
            let _ = writeln!(text, "    set to    {value}");
        }
        let _ = writeln!(text, "    disputed  {}", switch.citation());
    }
    text
}
