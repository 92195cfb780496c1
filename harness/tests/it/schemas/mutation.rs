//! Changes of a message: a member dropped, a value replaced, a member added, another id, a batch.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// One change.
#[derive(Clone, Debug)]
pub(super) enum Mutation {
    /// Removes a member or an element.
    Drop(Index),
    /// Puts another value in its place.
    Replace(Index, Value),
    /// Adds a member to an object, or to the message.
    Add(Index, &'static str, Value),
    /// Gives the message an id of some kind.
    Id(Value),
    /// Makes an array of so many copies.
    Batch(usize),
}

/// Up to two changes; some messages stay whole.
pub(super) fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    vec(mutation(), 0..=2)
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let names = ["extra", "result", "error", "id", "method", "params", "_meta", "text", "data"];
    prop_oneof![
        35 => any::<Index>().prop_map(Mutation::Drop),
        45 => (any::<Index>(), value()).prop_map(|(at, to)| Mutation::Replace(at, to)),
        14 => (any::<Index>(), select(names.to_vec()), value())
            .prop_map(|(at, name, to)| Mutation::Add(at, name, to)),
        5 => value().prop_map(Mutation::Id),
        1 => (0_usize..3).prop_map(Mutation::Batch),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![Just(json!(null)), select(values())]
}

/// A value of every kind of JSON, and the ones that are easily taken for another.
fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(7),
        json!(1.5),
        json!(1.0),
        json!(-1),
        json!(2e10),
        json!(""),
        json!("x"),
        json!("2.0"),
        json!([]),
        json!([1]),
        json!(["x"]),
        json!({}),
        json!({"a": 1}),
    ]
}

/// Every message that differs from this one in one value, put in its place by a [`Mutation`].
pub(super) fn replacements(body: Value) -> impl Iterator<Item = Value> {
    let mut places = Vec::new();
    pointers(&body, "", &mut places);
    let pairs = places
        .into_iter()
        .flat_map(|place| values().into_iter().map(move |to| (place.clone(), to)));
    pairs.filter_map(move |(place, to)| {
        let mut body = body.clone();
        *body.pointer_mut(&place)? = to;
        Some(body)
    })
}

/// The pointers of all values below a value.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    let mut member = |name: &str, value: &Value| {
        let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        pointers(value, &pointer, all);
        all.push(pointer);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| member(name, value)),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(at, value)| member(&at.to_string(), value));
        }
        _ => {}
    }
}

fn place(body: &Value, at: &Index) -> Option<String> {
    let mut all = Vec::new();
    pointers(body, "", &mut all);
    (!all.is_empty()).then(|| at.get(&all).clone())
}

/// Changes a message.
pub(super) fn mutate(body: &mut Value, change: &Mutation) {
    match change {
        Mutation::Drop(at) => drop_at(body, at),
        Mutation::Replace(at, to) => {
            let place = place(body, at).and_then(|place| body.pointer_mut(&place));
            if let Some(place) = place {
                *place = to.clone();
            }
        }
        Mutation::Add(at, name, to) => {
            let inner =
                place(body, at).filter(|place| body.pointer(place).is_some_and(Value::is_object));
            let target = body.pointer_mut(&inner.unwrap_or_default());
            if let Some(members) = target.and_then(Value::as_object_mut) {
                members.insert((*name).to_owned(), to.clone());
            }
        }
        Mutation::Id(id) => {
            if let Some(members) = body.as_object_mut() {
                members.insert("id".to_owned(), id.clone());
            }
        }
        Mutation::Batch(count) => *body = Value::Array(vec![body.clone(); *count]),
    }
}

fn drop_at(body: &mut Value, at: &Index) {
    let Some(place) = place(body, at) else { return };
    let Some((holder, name)) = place.rsplit_once('/') else { return };
    let name = name.replace("~1", "/").replace("~0", "~");
    match body.pointer_mut(holder) {
        Some(Value::Object(members)) => {
            members.shift_remove(&name);
        }
        Some(Value::Array(elements)) => {
            elements.remove(name.parse().unwrap());
        }
        _ => {}
    }
}
