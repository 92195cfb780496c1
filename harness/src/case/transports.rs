//! Over which transports a case can be sent, where its file does not say so.

use super::class::Class;
use super::recipe::{Credentials, Edit, Recipe, SessionMode};
use super::{Need, Stimulus, Wait};
use crate::wire::transport::Transport;

/// Both transports, unless what is sent or asked for exists in HTTP only.
#[must_use]
pub fn by_default(stimulus: &Stimulus, class: Class, needs: &[Need]) -> Vec<Transport> {
    let recipes = std::iter::once(&stimulus.recipe).chain(&stimulus.before);
    let http_only = class.is_http()
        || recipes.into_iter().any(edits_http)
        || needs.iter().any(|need| is_of_http(*need))
        || stimulus.session != SessionMode::Live
        || stimulus.credentials != Credentials::Valid
        || stimulus.wait == Wait::Head;
    if http_only { vec![Transport::Http] } else { Transport::ALL.to_vec() }
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

const fn is_of_http(need: Need) -> bool {
    matches!(need, Need::Credentials | Need::Sessions | Need::Loopback)
}
