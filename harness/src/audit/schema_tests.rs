//! The published schemas accept what the code accepts, and refuse what it refuses.

use super::profile::Profile;
use crate::case::switch::Switch;
use jsonschema::Validator;
use serde_json::{Value, json};

const PROFILES: [&str; 5] = [
    include_str!("../../profiles/reference.toml"),
    include_str!("../../profiles/litellm.toml"),
    include_str!("../../profiles/otel-mcp.toml"),
    include_str!("../../profiles/contextforge.toml"),
    include_str!("../../profiles/generic.toml"),
];

fn validator(text: &str) -> Validator {
    let schema: Value = serde_json::from_str(text).expect("JSON");
    for key in ["title", "description"] {
        assert!(schema[key].is_string(), "the schema has a {key}");
    }
    jsonschema::meta::validate(&schema).expect("a schema of 2020-12");
    jsonschema::validator_for(&schema).expect("a schema")
}

fn profile_schema() -> Validator {
    validator(include_str!("../../../schemas/profile.schema.json"))
}

fn record_schema() -> Validator {
    validator(include_str!("../../../schemas/audit-record.schema.json"))
}

fn errors(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| error.to_string()).collect()
}

fn json_of(toml: &str) -> Value {
    let value: toml::Value = toml::from_str(toml).expect("TOML");
    serde_json::to_value(value).expect("JSON")
}

fn record() -> Value {
    serde_json::from_str(include_str!("../../tests/data/house-record.json")).expect("JSON")
}

/// The value with what stands at the pointer replaced.
fn changed(value: &Value, pointer: &str, to: Value) -> Value {
    let mut value = value.clone();
    *value.pointer_mut(pointer).expect(pointer) = to;
    value
}

#[test]
fn the_builtin_profiles_are_valid() {
    let schema = profile_schema();
    for text in PROFILES {
        assert_eq!(errors(&schema, &json_of(text)), Vec::<String>::new());
    }
}

#[test]
fn schemas_and_code_know_the_same_switches() {
    let schema = profile_schema();
    let litellm = json_of(PROFILES[1]);
    let with = |name: &str, value: &str| {
        let mut profile = litellm.clone();
        profile["switches"] = json!({ name: value });
        profile
    };
    for switch in Switch::ALL {
        for value in switch.values() {
            let found = errors(&schema, &with(switch.as_str(), value));
            assert_eq!(found, Vec::<String>::new(), "{switch}={value}");
        }
        assert!(!schema.is_valid(&with(switch.as_str(), "colour")), "{switch}");
    }
    assert!(!schema.is_valid(&with("colour", "red")));
    let case: Value =
        serde_json::from_str(include_str!("../../../schemas/case.schema.json")).expect("JSON");
    let named = &case["properties"]["expect"]["properties"]["switch"]["enum"];
    assert_eq!(*named, json!(Switch::ALL.map(Switch::as_str)));
}

/// Changes of what says how records are read, each of which spoils the profile.
fn spoiled_records() -> Vec<(&'static str, Value)> {
    vec![
        ("/settle", json!("soon")),
        ("/settle", json!(3)),
        ("/name", json!(3)),
        ("/shape", json!([])),
        ("/shape/0/under", json!([])),
        ("/shape/0/has", json!([])),
        ("/shape/0/has", json!(["id"])),
        ("/shape/0/has", json!(["/a~2"])),
        ("/shape/0/fields", json!({"colour": ["/x"]})),
        ("/shape/2/when", json!({"pointer": "/kind"})),
        ("/shape/2/when/0/pointer", json!("kind")),
        ("/shape/3/auxiliary", json!("yes")),
        ("/status", json!({"ok": "fine"})),
        ("/cannot/0/field", json!("colour")),
        ("/cannot/0/reason", json!(1)),
        ("/cannot/0/shape", json!(1)),
        ("/cannot/0/shape", json!([])),
        ("/cannot/0/shape", json!(["otel", 1])),
        ("/unrecorded/0/answer", json!("maybe")),
        ("/unrecorded/0/method", json!("a*b")),
        ("/unrecorded/0", json!({"reason": "r"})),
        ("/ignore/0/when", json!({"equals": "x"})),
        ("/call_type/0/when/pointer", json!("x")),
        ("/call_type/0/when/pointer", json!("**/")),
        ("/call_type/0/when/pointer", json!("**/a/_")),
        ("/call_type/0/when/pointer", json!("**/a~1")),
        ("/shape/0/fields/id", json!([{}])),
        ("/shape/0/fields/id", json!([{"pointer": "/a", "constant": "b"}])),
        ("/shape/0/fields/id", json!([{"pointer": "/a", "map": {"b": 1}}])),
        ("/shape/0/fields/id", json!([{"constant": ""}])),
        ("/shape/0/fields/id", json!(["**/a", 3])),
        ("/status", json!({"9xx": "failure"})),
        ("/tiers", json!([])),
        ("/tiers", json!(["smell"])),
        ("/text/0", json!({"pattern": "a"})),
        ("/text/0", json!({"pattern": "(?<a>.)", "shape": ""})),
    ]
}

/// The same of what says how tables and query APIs are read.
fn spoiled_sources() -> Vec<(&'static str, Value)> {
    vec![
        ("/sql", json!({"key": "id"})),
        ("/sql", json!({"table": "t", "key": "id"})),
        ("/sql", json!({"table": "t", "time": "at"})),
        ("/sql", json!({"table": " ", "time": "at", "key": "id"})),
        ("/sql", json!({"table": "t", "time": "at", "query": "SELECT $1", "key": "id"})),
        ("/sql", json!({"query": "SELECT 1", "key": "id"})),
        ("/sql/overlap", json!("soon")),
        ("/sql/json", json!("metadata")),
        ("/api", json!({"method": "PUT"})),
        ("/api", json!({"paging": "guess"})),
        ("/api", json!({"records": "**/rows"})),
        ("/api", json!({"parameters": {"a": "{until}", "b": "{cursor}"}})),
        ("/api", json!({"overlap": 3})),
        ("/api", json!({"typo": 3})),
        ("/api/limit", json!(0)),
    ]
}

#[test]
fn schema_and_code_refuse_the_same_profiles() {
    let schema = profile_schema();
    let mut litellm = json_of(PROFILES[1]);
    litellm["tiers"] = json!(["header"]);
    litellm["api"] = json!({"limit": 5});
    litellm["text"] = json!([{"pattern": "(?<a>.)"}]);
    litellm["sql"]["overlap"] = json!("1s");
    litellm["sql"]["json"] = json!(["metadata"]);
    for (pointer, to) in spoiled_records().into_iter().chain(spoiled_sources()) {
        let changed = changed(&litellm, pointer, to);
        assert!(!schema.is_valid(&changed), "schema: {pointer}");
        let text = toml::to_string(&changed).expect("TOML");
        assert!(Profile::parse(&text, "changed").is_err(), "code: {pointer}");
    }
    let mut more = litellm;
    more["typo"] = json!(1);
    assert!(!schema.is_valid(&more));
    let mut otel = json_of(PROFILES[2]);
    otel["others"] = json!(true);
    assert!(!schema.is_valid(&otel));
    assert!(Profile::parse(&toml::to_string(&otel).expect("TOML"), "changed").is_err());
}

#[test]
fn every_field_of_the_schema_is_one_of_the_code() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../schemas/profile.schema.json")).expect("JSON");
    let names = schema["$defs"]["field"]["enum"].as_array().expect("names").clone();
    assert_eq!(names.len(), 21, "one for each field of AuditRecord but the raw text");
    let mut profile = json_of(PROFILES[0]);
    for name in names {
        profile["cannot"] = json!([{"field": name, "reason": "r"}]);
        let text = toml::to_string(&profile).expect("TOML");
        Profile::parse(&text, "field").expect("a known field");
    }
}

#[test]
fn a_house_record_is_valid() {
    assert_eq!(errors(&record_schema(), &record()), Vec::<String>::new());
    let success = changed(&record(), "/status", json!("success"));
    let success = changed(&success, "/error_information", json!(null));
    let success = changed(&success, "/metadata/mcp_tool_call_metadata", json!(null));
    for id in [json!(null), json!("a"), json!(true), json!({"a": [1.5]})] {
        let any = changed(&success, "/metadata/mcp_request/jsonrpc_id", id);
        assert_eq!(errors(&record_schema(), &any), Vec::<String>::new());
    }
}

#[test]
fn defective_house_records_are_refused() {
    let schema = record_schema();
    let changes = [
        ("/id", json!("")),
        ("/call_type", json!("")),
        ("/call_type", json!("/mcp/")),
        ("/call_type", json!(null)),
        ("/status", json!("ok")),
        ("/status", json!("success")),
        ("/startTime", json!(1_795_208_837_437_i64)),
        ("/startTime", json!("1795208837.4")),
        ("/error_information", json!(null)),
        ("/error_information/error_code", json!(-32602)),
        ("/error_information/error_code", json!("")),
        ("/end_user", json!("")),
        ("/metadata/mcp_tool_call_metadata", json!({"name": "x"})),
        ("/metadata/mcp_request", json!({})),
        ("/metadata/mcp_request/method", json!("m".repeat(257))),
        ("/metadata/mcp_request/transport", json!("carrier pigeon")),
    ];
    for (pointer, to) in changes {
        assert!(!schema.is_valid(&changed(&record(), pointer, to.clone())), "{pointer}: {to}");
    }
    let mut leaking = record();
    leaking["metadata"]["requester_authorization"] = json!("Bearer key");
    assert!(!schema.is_valid(&leaking));
    for name in ["id", "trace_id", "response", "metadata"] {
        let mut lacking = record();
        lacking.as_object_mut().expect("an object").remove(name);
        assert!(!schema.is_valid(&lacking), "{name}");
    }
}
