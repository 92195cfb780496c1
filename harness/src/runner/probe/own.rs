//! Finds the tools of our own upstreams behind the target.

use crate::case::recipe::{Base, Recipe};
use crate::generate::base::Call;
use crate::oracle::evidence::Exchange;
use crate::runner::conversation::Conversation;
use crate::runner::keys::Lot;
use crate::target::facts::Facts;
use crate::target::world::World;
use crate::wire::arrival::Arrival;

/// What our own upstreams' tools are called with.
const OWN_ARGUMENTS: &str = r#"{"text":"{{key}}"}"#;

/// The call of our own upstream, where one arrives there, and what arrived: a tool may only be called like it.
pub(super) async fn call(
    world: &World,
    facts: &Facts,
    (lot, prefix): (&Lot, &str),
    exchanges: &mut Vec<Exchange>,
) -> Option<(Call, Arrival)> {
    let own = world.own.as_ref()?;
    let echo = format!("{prefix}echo");
    for tool in facts.tools.iter().filter(|tool| tool.name.ends_with(&echo)) {
        let call = Call { name: tool.name.clone(), arguments: OWN_ARGUMENTS.to_owned() };
        let mut tried = facts.clone();
        tried.calls.own = Some(call.clone());
        let mut conversation = Conversation::new(world, &tried, lot.child());
        let mut arrived = None;
        if conversation.open().await.is_ok() {
            let recipe = Recipe { base: Base::OwnCall, edits: Vec::new() };
            let exchange = conversation.send(&conversation.plain(&recipe, "2")).await;
            let came = own.journal.about(&exchange.key, exchange.started..f64::MAX);
            arrived = came.into_iter().next();
            conversation.exchanges.push(exchange);
        }
        conversation.part(false).await;
        exchanges.append(&mut conversation.exchanges);
        if let Some(came) = arrived {
            return Some((call, came));
        }
    }
    None
}
