//! Over which transports a case can be sent, where its file does not say so.

use super::class::Class;
use super::recipe::{Credentials, Edit, Recipe, SessionMode};
use super::{Framing, Need, Stimulus, Wait};
use crate::wire::transport::Transport;

/// Both transports, unless what is sent or asked for exists in HTTP only.
#[must_use]
pub fn by_default(stimulus: &Stimulus, class: Class, needs: &[Need]) -> Vec<Transport> {
    let recipes = std::iter::once(&stimulus.recipe).chain(&stimulus.before);
    let http_only = class.is_http()
        || recipes.into_iter().any(|recipe| edits_http(recipe) || breaks_lines(recipe))
        || needs.iter().any(|need| is_of_http(*need))
        || stimulus.session != SessionMode::Live
        || stimulus.credentials != Credentials::Valid
        || stimulus.wait != Wait::Reply
        || stimulus.give_up_ms.is_some()
        || !stimulus.beside.is_empty();
    match (http_only, stimulus.framing) {
        (true, _) => vec![Transport::Http],
        (false, Framing::Line) => Transport::ALL.to_vec(),
        (false, Framing::Split | Framing::Unended) => vec![Transport::Stdio],
    }
}

fn edits_http(recipe: &Recipe) -> bool {
    recipe.edits.iter().any(|edit| {
        matches!(
            edit,
            Edit::Method(_)
                | Edit::Path(_)
                | Edit::Header { .. }
                | Edit::AddHeader { .. }
                | Edit::DropHeader(_)
        )
    })
}

/// Whether an edit puts a line feed into the message: on standard input that makes several of it.
fn breaks_lines(recipe: &Recipe) -> bool {
    let hex_feed = |hex: &str| {
        let digits: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        digits.chunks(2).any(|pair| pair.eq_ignore_ascii_case(b"0a"))
    };
    recipe.edits.iter().any(|edit| match edit {
        Edit::Set { to, .. } | Edit::Add { to, .. } | Edit::AddFirst { to, .. } => {
            to.contains('\n')
        }
        Edit::Body(text) | Edit::Prefix(text) | Edit::Suffix(text) => text.contains('\n'),
        Edit::BodyHex(hex) | Edit::PrefixHex(hex) => hex_feed(hex),
        Edit::ReplaceHex { to, .. } => hex_feed(to),
        _ => false,
    })
}

const fn is_of_http(need: Need) -> bool {
    matches!(need, Need::Credentials | Need::Sessions | Need::Loopback | Need::Upstream)
}
