//! Recipes whose class is known from how they are made: a valid base, edits that change nothing, and
//! one edit that makes it something else.

use mcp_gauntlet::case::class::Class;
use mcp_gauntlet::case::recipe::{Base, Credentials, Edit, Encoding, Recipe};
use mcp_gauntlet::wire::revision::Revision;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::sample::select;

/// A message to be rendered and read, with the class that it must have.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) recipe: Recipe,
    pub(super) session: Option<&'static str>,
    pub(super) credentials: Credentials,
    pub(super) class: Class,
}

/// The bases, each with its own class.
const BASES: [(Base, Class); 9] = [
    (Base::Request, Class::Request),
    (Base::Ping, Class::Request),
    (Base::ToolsList, Class::Request),
    (Base::ToolsCall, Class::Request),
    (Base::FailingCall, Class::Request),
    (Base::UnknownCall, Class::UnknownTool),
    (Base::Initialize, Class::Request),
    (Base::UnknownMethod, Class::UnknownMethod),
    (Base::Notification, Class::Notification),
];

fn set(at: &str, to: &str) -> Edit {
    Edit::Set { at: at.to_owned(), to: to.to_owned() }
}

fn header(name: &str, value: &str) -> Edit {
    Edit::Header { name: name.to_owned(), value: value.to_owned() }
}

/// Edits after which a message is what it was.
fn neutral() -> Vec<Edit> {
    vec![
        set("extra", "1"),
        set("other", "{\"a\":[null]}"),
        set("first", "\"x\""),
        header("X-Other", "1"),
        header("traceparent", "none"),
    ]
}

/// One message of a revision.
pub(super) fn made(revision: Revision) -> impl Strategy<Value = Made> {
    (select(BASES.to_vec()), vec(select(neutral()), 0..3)).prop_flat_map(
        move |((base, class), before)| {
            let changes = changes(base, class, revision);
            (Just(base), Just(before), select(changes)).prop_map(|(base, before, change)| {
                let edits = before.into_iter().chain(change.edits).collect();
                Made {
                    recipe: Recipe { base, edits },
                    session: change.session,
                    credentials: change.credentials,
                    class: change.class,
                }
            })
        },
    )
}

/// One change, and what the message is after it.
#[derive(Clone, Debug)]
struct Change {
    edits: Vec<Edit>,
    session: Option<&'static str>,
    credentials: Credentials,
    class: Class,
}

fn change(edits: Vec<Edit>, class: Class) -> Change {
    Change { edits, session: Some(crate::support::LIVE), credentials: Credentials::Valid, class }
}

/// Every change of every family that makes sense for a base.
fn changes(base: Base, class: Class, revision: Revision) -> Vec<Change> {
    let mut all = vec![change(Vec::new(), class)];
    all.extend(versions(class));
    all.extend(ids(base, class));
    all.extend(params(base, class));
    all.extend(http(base, class, revision));
    // Without a readable method of its own, initialize lacks the headers of every other message.
    if base != Base::Initialize {
        all.extend(methods(base));
        all.extend(broken_numbers());
        all.extend(members(base));
        all.extend(texts());
        all.extend(limits(base));
    }
    all
}

/// The version.
fn versions(class: Class) -> Vec<Change> {
    let versions = ["\"1.0\"", "\"2\"", "2.0", "2", "null", "[\"2.0\"]", "\" 2.0\""];
    let invalid = versions.map(|to| set("jsonrpc", to)).into_iter();
    let invalid = invalid.chain([Edit::Drop { at: "jsonrpc".to_owned() }]);
    let invalid = invalid.map(|edit| change(vec![edit], Class::InvalidRequest));
    invalid.chain([change(vec![set("jsonrpc", "\"2.0\"")], class)]).collect()
}

/// The method: of another kind, or of a name that no request has.
fn methods(base: Base) -> Vec<Change> {
    let methods = ["5", "null", "{}", "[]", "true"];
    let invalid = methods.map(|to| set("method", to)).into_iter();
    let invalid = invalid.chain([Edit::Drop { at: "method".to_owned() }]);
    let invalid = invalid.map(|edit| change(vec![edit], Class::InvalidRequest));
    let unknown = ["\"gauntlet/none\"", "\"\"", "\"Tools/List\"", "\"tools/list \"", "\"rpc.x\""];
    let becomes =
        if base == Base::Notification { Class::Notification } else { Class::UnknownMethod };
    let unknown = unknown.map(|to| change(vec![set("method", to)], becomes));
    // Capital letters make another method of every method.
    let swapped = change(vec![Edit::SwapCase { at: "method".to_owned() }], becomes);
    invalid.chain(unknown).chain([swapped]).collect()
}

/// Ids of every kind.
fn ids(base: Base, class: Class) -> Vec<Change> {
    let valid = ["\"a\"", "\"\"", "0", "-1", "1.0", "1e2", "18446744073709551616", "\"\\u00e9\""];
    let invalid = ["null", "true", "false", "1.5", "1e-1", "{}", "[]", "[7]"];
    // With an id a notification is a request, for a method that no request has.
    let becomes = if base == Base::Notification { Class::UnknownMethod } else { class };
    let valid = valid.map(|to| change(vec![set("id", to)], becomes)).into_iter();
    let invalid = invalid.map(|to| change(vec![set("id", to)], Class::InvalidId));
    let dropped = change(vec![Edit::Drop { at: "id".to_owned() }], Class::Notification);
    valid.chain(invalid).chain([dropped]).collect()
}

/// Numbers that RFC 8259 does not know, as ids.
fn broken_numbers() -> Vec<Change> {
    let broken = ["NaN", "01", "+1", "1.", ".5", "0x10", "'7'", "Infinity"];
    broken.map(|to| change(vec![set("id", to)], Class::Unparsable)).into()
}

/// Params of every kind, and those of the methods whose params we know.
fn params(base: Base, class: Class) -> Vec<Change> {
    let scalars = ["\"x\"", "5", "true", "1.5"];
    let mut all: Vec<Change> =
        scalars.map(|to| change(vec![set("params", to)], Class::InvalidRequest)).into();
    let free = matches!(base, Base::UnknownMethod | Base::Notification);
    let list = if free { class } else { Class::InvalidParams };
    all.extend(["[]", "[1,2]"].map(|to| change(vec![set("params", to)], list)));
    if !free {
        let metas = [("params._meta", "5"), ("params._meta", "{\"progressToken\":1.5}")];
        all.extend(metas.map(|(at, to)| change(vec![set(at, to)], Class::InvalidParams)));
    }
    match base {
        Base::ToolsList | Base::Request => {
            all.push(change(vec![set("params.cursor", "5")], Class::InvalidParams));
            all.push(change(vec![set("params.cursor", "\"c\"")], class));
        }
        Base::ToolsCall | Base::FailingCall => all.extend(call()),
        Base::Initialize => {
            for member in ["protocolVersion", "capabilities", "clientInfo"] {
                let at = format!("params.{member}");
                all.push(change(vec![set(&at, "5")], Class::InvalidParams));
                all.push(change(vec![Edit::Drop { at }], Class::InvalidParams));
            }
        }
        _ => {}
    }
    let absent = match base {
        Base::ToolsCall | Base::FailingCall | Base::UnknownCall | Base::Initialize => {
            Class::InvalidParams
        }
        _ => class,
    };
    all.push(change(vec![set("params", "null")], absent));
    all.push(change(vec![Edit::Drop { at: "params".to_owned() }], absent));
    all
}

/// The params of a call.
fn call() -> Vec<Change> {
    let invalid = [("name", "5"), ("name", "null"), ("arguments", "5"), ("arguments", "[]")];
    let invalid = invalid
        .map(|(name, to)| change(vec![set(&format!("params.{name}"), to)], Class::InvalidParams));
    let wrong = [("arguments", "{}"), ("arguments.text", "5"), ("arguments.text", "null")];
    let wrong = wrong
        .map(|(name, to)| change(vec![set(&format!("params.{name}"), to)], Class::ToolArguments));
    let unknown =
        [set("params.name", "\"no-such-tool\""), Edit::SwapCase { at: "params.name".to_owned() }];
    let unknown = unknown.map(|edit| change(vec![edit], Class::UnknownTool));
    let dropped = change(vec![Edit::Drop { at: "params.name".to_owned() }], Class::InvalidParams);
    invalid.into_iter().chain(wrong).chain(unknown).chain([dropped]).collect()
}

/// Members twice, under another name, or of a response.
fn members(base: Base) -> Vec<Change> {
    let add = |at: &str, to: &str| Edit::Add { at: at.to_owned(), to: to.to_owned() };
    let rename = |at: &str, to: &str| Edit::Rename { at: at.to_owned(), to: to.to_owned() };
    let mut all = vec![
        change(vec![add("method", "\"ping\"")], Class::Ambiguous),
        change(vec![add("jsonrpc", "\"2.0\"")], Class::Ambiguous),
        change(vec![set("result", "{}")], Class::Ambiguous),
        change(vec![set("error", "{\"code\":1}")], Class::Ambiguous),
        change(vec![rename("method", "Method")], Class::InvalidRequest),
        change(vec![rename("jsonrpc", "JSONRPC")], Class::InvalidRequest),
        change(vec![Edit::Drop { at: "method".to_owned() }, set("result", "{}")], Class::Response),
        change(vec![Edit::Drop { at: "method".to_owned() }, set("error", "{}")], Class::Response),
    ];
    if base != Base::Notification {
        all.push(change(vec![add("id", "8")], Class::Ambiguous));
        all.push(change(vec![rename("id", "ID")], Class::Notification));
    }
    all
}

/// Bytes that are no message, or several.
fn texts() -> Vec<Change> {
    let body = |text: &str| vec![Edit::Body(text.to_owned())];
    let broken = vec![
        vec![Edit::Cut(1)],
        vec![Edit::Cut(9)],
        vec![Edit::Suffix("}".to_owned())],
        vec![Edit::Suffix(" {}".to_owned())],
        vec![Edit::Prefix(",".to_owned())],
        vec![set("id", "\"a\u{1}b\"")],
        vec![set("id", "\"a\nb\"")],
        vec![
            set("note", "\"@@\""),
            Edit::ReplaceHex { from: "@@".to_owned(), to: "C3 28".to_owned() },
        ],
        vec![Edit::Encode(Encoding::Utf16le)],
        vec![Edit::Encode(Encoding::Utf16be)],
        body("hello"),
        body("{'a':1}"),
    ];
    let broken = broken.into_iter().map(|edits| change(edits, Class::Unparsable));
    let empty = ["", " ", "\n\t "].map(|text| change(body(text), Class::Empty));
    let scalar = ["42", "\"x\"", "true", "null"].map(|text| change(body(text), Class::Scalar));
    let wrapped = vec![Edit::Prefix("[".to_owned()), Edit::Suffix("]".to_owned())];
    let batch = [body("[]"), body("[1]"), wrapped].map(|edits| change(edits, Class::Batch));
    broken.chain(empty).chain(scalar).chain(batch).collect()
}

/// Depth and size.
fn limits(base: Base) -> Vec<Change> {
    let nest = |depth, objects| Edit::Nest { at: "params.x".to_owned(), depth, objects };
    let mut all: Vec<Change> = [(100, false), (100, true), (300, false), (3000, false)]
        .map(|(depth, objects)| change(vec![nest(depth, objects)], Class::TooDeep))
        .into();
    // One base is enough for the large ones, which take their time.
    if base == Base::Ping {
        let fill = Edit::Fill { at: "params.x".to_owned(), bytes: 950_000 };
        all.push(change(vec![fill], Class::TooLarge));
    }
    all
}

/// The HTTP part.
fn http(base: Base, class: Class, revision: Revision) -> Vec<Change> {
    let dropped = |name: &str| Edit::DropHeader(name.to_owned());
    let edits = [
        (Edit::Method("GET".to_owned()), Class::HttpMethod),
        (Edit::Method("PUT".to_owned()), Class::HttpMethod),
        (header("Content-Type", "text/plain"), Class::HttpContentType),
        (dropped("Content-Type"), Class::HttpContentType),
        (header("Accept", "application/json"), Class::HttpAccept),
        (header("Accept", "text/html"), Class::HttpAccept),
        (dropped("Accept"), Class::HttpAccept),
        (header("Origin", "http://evil.example"), Class::HttpOrigin),
        (header("Origin", "null"), Class::HttpOrigin),
        (header("Content-Type", "application/json; charset=utf-8"), class),
        (header("Origin", "http://127.0.0.1:1234"), class),
    ];
    let mut all: Vec<Change> = edits.map(|(edit, class)| change(vec![edit], class)).into();
    for credentials in [Credentials::None, Credentials::Wrong] {
        all.push(Change { credentials, ..change(Vec::new(), Class::HttpCredentials) });
    }
    let greets = base == Base::Initialize;
    for session in [None, Some("another-session")] {
        let class = if greets { class } else { Class::HttpSession };
        all.push(Change { session, ..change(Vec::new(), class) });
    }
    let named = !greets && revision >= Revision::V2025_06_18;
    let other = if named { Class::HttpProtocolVersion } else { class };
    all.push(change(vec![header("MCP-Protocol-Version", "1999-01-01")], other));
    all
}
