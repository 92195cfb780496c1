//! The further pages of a listing: its cursors, followed to the end or to the limit.

use super::conversation::{Conversation, Sending};
use crate::case::recipe::{Edit, Recipe};
use crate::oracle::evidence::Exchange;
use crate::wire::json::Json;

/// Pages after which a listing is taken to have no end.
pub const LIMIT: usize = 50;

/// Asks for page after page as long as a result names a next one (MCP server utilities, Pagination).
pub async fn follow(
    conversation: &mut Conversation<'_>,
    first: &Sending<'_>,
    answer: &Exchange,
) -> Vec<Exchange> {
    let mut pages = Vec::new();
    let mut cursor = next_cursor(answer);
    while let Some(to) = cursor.filter(|_| pages.len() < LIMIT) {
        let mut recipe: Recipe = first.recipe.clone();
        recipe.edits.push(Edit::Set { at: "params.cursor".to_owned(), to });
        // An id may be used once in a session.
        let id = format!("7{:03}", pages.len() + 1);
        let page = Sending { recipe: &recipe, id: &id, ..first.clone() };
        let page = conversation.send(&page).await;
        cursor = next_cursor(&page);
        pages.push(page);
    }
    pages
}

/// Raw text of the cursor in a result.
fn next_cursor(answer: &Exchange) -> Option<String> {
    let cursor = answer.observation.main.as_ref()?.pointer("/result/nextCursor")?;
    (!cursor.is_null()).then(|| Json::to_text(cursor))
}
