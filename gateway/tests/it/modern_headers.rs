//! The headers that mirror names and arguments.

use serde_json::{Value, json};

use crate::modern::{caller, message, tool_caller};
use crate::support::{Caller, House};

const ECHO: &str = "gauntlet-gauntlet_echo";
const REGION: &str = "gauntlet-gauntlet_region";

fn call(tool: &str, arguments: &Value) -> String {
    message("7", "tools/call", &json!({"name": tool, "arguments": arguments}))
}

async fn status_and_code(caller: &Caller, body: &str) -> (u16, i64) {
    let reply = caller.post(body).await;
    assert_eq!(reply.raw_id(), "7", "{}", reply.body);
    (reply.status, reply.code())
}

#[tokio::test]
async fn a_call_names_its_tool_in_a_header() {
    let house = House::new().await;
    let nameless = caller(&house, "tools/call");
    let mut twice = tool_caller(&house, ECHO);
    twice.headers.push(("Mcp-Name".to_owned(), ECHO.to_owned()));
    let body = call(ECHO, &json!({"text": "t"}));
    for (caller, expected) in [
        (nameless.with("Mcp-Name", ECHO), (200, 0)),
        (nameless.with("mcp-NAME", &format!("  {ECHO}\t")), (200, 0)),
        (nameless.with("Mcp-Name", "=?base64?Z2F1bnRsZXQtZ2F1bnRsZXRfZWNobw==?="), (200, 0)),
        (nameless.clone(), (400, -32020)),
        (twice, (400, -32020)),
        (nameless.with("Mcp-Name", REGION), (400, -32020)),
        (nameless.with("Mcp-Name", &ECHO.to_uppercase()), (400, -32020)),
        (nameless.with("Mcp-Name", "=?base64?Z2F1bnRsZXQ=?="), (400, -32020)),
        (nameless.with("Mcp-Name", "=?base64?Z2F1bnRsZXQtZ2F1bnRsZXRfZWNobw?="), (400, -32020)),
        (nameless.with("Mcp-Name", "=?BASE64?Z2F1bnRsZXQtZ2F1bnRsZXRfZWNobw==?="), (400, -32020)),
    ] {
        assert_eq!(status_and_code(&caller, &body).await, expected, "{:?}", caller.headers.last());
    }
    let records = house.records().await;
    assert_eq!(records.len(), 10);
    assert!(records[3..].iter().all(|record| {
        record["call_type"] == "call_mcp_protocol_error"
            && record["error_information"]["error_code"] == "-32020"
            && record["metadata"]["mcp_tool_call_metadata"]["name"] == "gauntlet_echo"
    }));
}

#[tokio::test]
async fn names_outside_of_ascii_are_encoded() {
    let house = House::new().await;
    // "né" in UTF-8: there is no such tool, but the header says what the body says.
    let encoded = tool_caller(&house, "=?base64?bsOp?=");
    assert_eq!(status_and_code(&encoded, &call("né", &json!({}))).await, (400, -32602));
    let bare = tool_caller(&house, "né");
    assert_eq!(status_and_code(&bare, &call("né", &json!({}))).await, (400, -32020));
}

#[tokio::test]
async fn a_name_that_is_not_there_is_a_matter_of_the_parameters() {
    let house = House::new().await;
    for params in [json!({}), json!({"name": 5})] {
        let body = message("7", "tools/call", &params);
        assert_eq!(status_and_code(&caller(&house, "tools/call"), &body).await, (400, -32602));
        assert_eq!(status_and_code(&tool_caller(&house, ECHO), &body).await, (400, -32602));
    }
}

#[tokio::test]
async fn annotated_arguments_are_mirrored() {
    let house = House::new().await;
    let bare = tool_caller(&house, REGION);
    let region = bare.with("Mcp-Param-Region", "eu-1");
    let mut twice = region.clone();
    twice.headers.push(("Mcp-Param-Region".to_owned(), "eu-1".to_owned()));
    let arguments = json!({"region": "eu-1"});
    let counted = json!({"region": "eu-1", "count": 42});
    let nothing = json!({"region": "eu-1", "count": null});
    for (caller, arguments, expected) in [
        (region.clone(), &arguments, (200, 0)),
        (bare.with("mcp-param-REGION", "eu-1"), &arguments, (200, 0)),
        (bare.with("Mcp-Param-Region", "=?base64?ZXUtMQ==?="), &arguments, (200, 0)),
        (region.with("Mcp-Param-Unknown", "x"), &arguments, (200, 0)),
        (region.with("Mcp-Param-Count", "42.0"), &counted, (200, 0)),
        (bare.clone(), &arguments, (400, -32020)),
        (twice, &arguments, (400, -32020)),
        (bare.with("Mcp-Param-Region", "EU-1"), &arguments, (400, -32020)),
        (bare.with("Mcp-Param-Region", "=?base64?*?="), &arguments, (400, -32020)),
        (region.clone(), &counted, (400, -32020)),
        (region.with("Mcp-Param-Count", "43"), &counted, (400, -32020)),
        (region.with("Mcp-Param-Count", "42"), &arguments, (400, -32020)),
        (region.with("Mcp-Param-Count", "42"), &nothing, (400, -32020)),
    ] {
        let body = call(REGION, arguments);
        assert_eq!(status_and_code(&caller, &body).await, expected, "{:?}", caller.headers.last());
    }
}
