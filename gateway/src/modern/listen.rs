//! `subscriptions/listen` (2026-07-28, Subscriptions): a stream of the changes that a client asks
//! to hear of. Nothing of what can be listened to changes here, so that after the acknowledgement
//! the stream only stands.

use serde_json::value::RawValue;

use super::finish;
use crate::json::{Kind, elements, kind, member, members, raw};
use crate::rpc::{Answer, Echo, Params};

/// Ties what comes on the stream to the request that opened it.
const SUBSCRIPTION_ID: &str = "io.modelcontextprotocol/subscriptionId";
/// The kinds of changes that are asked for with `true`.
const SWITCHES: [&str; 3] = ["toolsListChanged", "promptsListChanged", "resourcesListChanged"];
/// The resources whose changes are asked for.
const RESOURCES: &str = "resourceSubscriptions";

/// A stream that was asked for.
#[derive(Debug)]
pub(crate) struct Subscription {
    /// The first message: the kinds of changes that will be told.
    pub(crate) acknowledgement: Box<RawValue>,
    /// The last message, once the gateway ends the stream.
    pub(crate) end: Answer,
}

/// Reads the filter; the error says what is wrong with it.
pub(super) fn check(params: &Params<'_>) -> Result<(), &'static str> {
    let filter = member(params.members(), "notifications").ok_or("notifications is missing")?;
    let filter = members(filter).ok_or("notifications must be an object")?;
    if SWITCHES.iter().filter_map(|name| member(&filter, name)).any(|on| kind(on) != Kind::Boolean)
    {
        return Err("what is to be told of must be true or false");
    }
    let strings = |list: &RawValue| {
        elements(list).is_some_and(|list| list.iter().all(|uri| kind(uri) == Kind::String))
    };
    match member(&filter, RESOURCES) {
        Some(list) if !strings(list) => Err("resourceSubscriptions must be an array of strings"),
        _ => Ok(()),
    }
}

impl Subscription {
    /// The stream of the request with this id. The capabilities promise no change, so that none of
    /// the kinds that were asked for is acknowledged.
    pub(super) fn new(id: &RawValue) -> Self {
        let acknowledgement = format!(
            r#"{{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{{"notifications":{{}},"_meta":{{"{SUBSCRIPTION_ID}":{id}}}}}}}"#
        );
        let result = raw(format!(r#"{{"_meta":{{"{SUBSCRIPTION_ID}":{id}}}}}"#));
        Self {
            acknowledgement: raw(acknowledgement),
            end: Answer::result(
                Echo::Of(id.to_owned()),
                finish::result(&result, finish::COMPLETE, "subscriptions/listen"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_typed() {
        for (params, good) in [
            (r#"{"notifications":{}}"#, true),
            (r#"{"notifications":{"toolsListChanged":true,"other":1}}"#, true),
            (r#"{"notifications":{"resourceSubscriptions":["a:b"]}}"#, true),
            ("{}", false),
            (r#"{"notifications":[]}"#, false),
            (r#"{"notifications":{"promptsListChanged":"yes"}}"#, false),
            (r#"{"notifications":{"resourceSubscriptions":"a:b"}}"#, false),
            (r#"{"notifications":{"resourceSubscriptions":[1]}}"#, false),
        ] {
            let text = raw(params.to_owned());
            let params = Params::Object(members(&text).expect("an object"));
            assert_eq!(check(&params).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn the_id_of_the_request_is_that_of_the_subscription() {
        for id in ["7", "\"7\"", "1.0"] {
            let subscription = Subscription::new(&raw(id.to_owned()));
            let tie = format!(r#""{SUBSCRIPTION_ID}":{id}"#);
            assert!(subscription.acknowledgement.get().contains(&tie));
            assert!(subscription.end.text().get().contains(&tie));
        }
    }
}
