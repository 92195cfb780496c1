//! When what a record says is what was sent, written as products write it.

use crate::report::model::Outcome;
use crate::wire::id::{Id, IdRelation};
use crate::wire::json::Json;

/// Whether a recorded id is the one that was sent; an id that is kept as a text still is.
pub(in crate::oracle) fn recorded_id(sent: &Json, seen: &Json) -> Outcome {
    use IdRelation::{Different, Identical, Rounded, SameValue, TypeChanged};
    let relation = Id::relation(sent, seen);
    let text = |json: &Json| json.as_str().map_or_else(|| json.to_text(), str::to_owned);
    let control = sent.as_str().is_some_and(|sent| sent.chars().any(char::is_control));
    match relation {
        Identical | SameValue | TypeChanged => Outcome::Pass,
        Rounded | Different if control || same(&text(sent), &text(seen)) => Outcome::Pass,
        Rounded | Different => Outcome::Fail,
    }
}

/// The same text, or a record that was cut at a bound, or an id that the product keeps as a text.
pub(in crate::oracle) fn same(sent: &str, seen: &str) -> bool {
    let bare = |text: &str| printable(text.trim_matches('"'));
    let (sent, seen) = (bare(sent), bare(seen));
    sent == seen
        || (seen.chars().count() >= 64 && sent.starts_with(seen.trim_end_matches(['…', '.'])))
}

/// What is left of a text when a log has been kept from breaking: control characters, invisible
/// characters, white space and escapes of these are no difference.
fn printable(text: &str) -> String {
    let visible = |c: &char| {
        let invisible = matches!(*c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
        !(c.is_control() || c.is_whitespace() || invisible)
    };
    text.chars().filter(visible).collect()
}

/// Whether what stands before a tool's own name may be the prefix of an upstream: it ends in a
/// separator. Any ending would let the last letter of a name stand for the whole.
fn is_prefix(before: &str) -> bool {
    before.ends_with(|last: char| !last.is_alphanumeric())
}

/// Whether a recorded tool name is the one that was called: whole, or with the upstream's prefix
/// written differently or left out.
pub(in crate::oracle) fn names(recorded: &str, called: &str) -> bool {
    recorded == called
        || same(called, recorded)
        || called.strip_suffix(recorded).is_some_and(is_prefix)
        || recorded.replace('/', "-") == called
}
