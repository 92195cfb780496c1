//! The draft of a profile, as TOML with comments. Asks nothing.

use super::look::{Place, Record, Sighting, Sightings};
use super::probes::Sent;
use crate::audit::profile::Field;
use crate::audit::record::Status;
use std::fmt::Write as _;

/// Marks the place of the comment on the tiers, which are known only once the draft is read.
const TIERS: &str = "# TIERS\n";

/// Writes the draft. It parses as a profile.
pub(super) fn draft(
    name: &str,
    sent: &Sent,
    sightings: &Sightings,
    records: &[Option<Record>],
) -> String {
    let mut text = head(name, sent, records);
    status(&mut text, sightings);
    shape(&mut text, sightings);
    let _ = writeln!(text, "\n[shape.fields]");
    for field in Field::ALL {
        if let Some(sighting) = sightings.fields.get(&field) {
            text.push_str(&line(field, sighting));
        }
    }
    for field in Field::ALL.into_iter().filter(|field| !sightings.is_found(*field)) {
        let _ = writeln!(
            text,
            "\n[[cannot]]\nfield = {}\nreason = {}",
            quoted(field.as_str()),
            quoted(missing(field))
        );
    }
    text
}

/// The draft with what its own reading showed.
pub(super) fn with_tiers(text: &str, tiers: &[Option<&'static str>]) -> String {
    let found: Vec<&str> = tiers.iter().map(|tier| tier.unwrap_or("nothing")).collect();
    let told = format!(
        "# The records of the probes were found by: {}. Name tiers to exclude weaker evidence:\n\
         # tiers = [\"header\", \"trace\", \"canary\", \"id\", \"time\"]\n",
        found.join(", ")
    );
    text.replacen(TIERS, &told, 1)
}

fn head(name: &str, sent: &Sent, records: &[Option<Record>]) -> String {
    let delays = records.iter().flatten().map(|record| record.delay);
    let longest = delays.clone().fold(0.0, f64::max);
    let shortest = delays.fold(f64::MAX, f64::min).min(longest);
    // Twice what was seen, and a sink that batches may just have flushed.
    let settle = milliseconds((longest * 2.0).clamp(0.3, 60.0));
    let deadline = milliseconds((longest * 6.0 + 2.0).clamp(3.0, 600.0));
    let mut text = String::from(
        "# Drafted by `mcp-gauntlet init` from the records of three probes; read it before you rely on it.\n\
         # Format: schemas/profile.schema.json. Pointers are JSON pointers (RFC 6901).\n#\n# Sent:\n",
    );
    for (probe, record) in sent.probes.iter().zip(records) {
        let came = if record.is_some() { "recorded" } else { "no record came" };
        let _ = writeln!(text, "#   {}: {}; {came}", comment(probe.title), comment(&probe.answer));
    }
    let _ = write!(
        text,
        "\nname = {}\n\n# Records came {shortest:.2} to {longest:.2} s after the answers. A sink that batches needs more \
         than its\n# interval.\nsettle = \"{settle}ms\"\ndeadline = \"{deadline}ms\"\n\n{TIERS}",
        quoted(name)
    );
    text
}

/// Whole milliseconds, rounded up to a tenth of a second.
fn milliseconds(seconds: f64) -> String {
    format!("{:.0}", (seconds * 10.0).ceil() * 100.0)
}

fn status(text: &mut String, sightings: &Sightings) {
    if sightings.by_method {
        text.push_str(
            "\n# No member tells the kind of call in our words: it follows from the method.\n\
             call_type_from_method = true\n",
        );
    }
    text.push_str("\n# Words that were seen; others are no status: add those of your product.\n");
    if sightings.words.same {
        text.push_str("# A record of a failure said the word of the success.\n");
    }
    text.push_str("[status]\n");
    for (word, status) in &sightings.words.words {
        let ours = match status {
            Status::Success => "success",
            Status::Failure => "failure",
        };
        let _ = writeln!(text, "{} = \"{ours}\"", quoted(word));
    }
}

fn shape(text: &mut String, sightings: &Sightings) {
    let has: Vec<String> = sightings.has.iter().map(|path| quoted(path)).collect();
    let _ = write!(
        text,
        "\n[[shape]]\nname = \"record\"\n# The whole line is the record.\nunder = [\"\"]\n# What all records had. A line \
         without is none, and is counted.\nhas = [{}]\n",
        has.join(", ")
    );
}

/// The line of one field.
fn line(field: Field, sighting: &Sighting) -> String {
    let places: Vec<String> = sighting.places.iter().map(alternative).collect();
    format!("# {}\n{} = [{}]\n", sighting.remark, field.as_str(), places.join(", "))
}

fn alternative(place: &Place) -> String {
    let pointer = quoted(&place.pointer);
    let pattern = place.pattern.map(|pattern| format!(", pattern = {}", quoted(pattern)));
    let pairs: Vec<String> = place
        .map
        .iter()
        .map(|(theirs, ours)| format!("{} = {}", quoted(theirs), quoted(ours)))
        .collect();
    let map = (!pairs.is_empty()).then(|| format!(", map = {{ {} }}", pairs.join(", ")));
    if pattern.is_none() && map.is_none() {
        return pointer;
    }
    let (pattern, map) = (pattern.unwrap_or_default(), map.unwrap_or_default());
    format!("{{ pointer = {pointer}{pattern}{map} }}")
}

/// Why a field is not judged.
fn missing(field: Field) -> &'static str {
    match field {
        Field::Response => {
            "not seen in three probes, none of which was a successful call of a tool; name its place if there is one"
        }
        Field::ServerName | Field::NamespacedToolName => {
            "not seen in three probes, none of which reached an upstream; name its place if there is one"
        }
        Field::Status => {
            "not seen in three probes: nothing differed between success and failure in the same way; name its place \
             if there is one"
        }
        _ => "not seen in three probes; name its place if there is one",
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A text in one line of a comment.
fn comment(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).take(200).collect()
}
