//! Malformed and odd messages: every one is answered, with its id where it has a readable one.

use crate::support::{House, Reply, request, tool_call};
use serde_json::json;

async fn check(house: &House, body: impl AsRef<[u8]>, expected: (u16, i64, &str)) {
    let body = body.as_ref();
    let reply = house.caller.post(body).await;
    let shown: String = String::from_utf8_lossy(body).chars().take(200).collect();
    let actual = (reply.status, reply.code(), reply.raw_id());
    assert_eq!((actual.0, actual.1, actual.2.as_str()), expected, "{shown}");
}

#[tokio::test]
async fn what_is_no_json_is_a_parse_error() {
    let house = House::new().await;
    let utf16: Vec<u8> = request("1", "ping").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for body in [
        &b""[..],
        b" \n",
        b"{\"jsonrpc\":\"2.0\",\"id\":22,\"method\":",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}}garbage",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}",
        b"\xef\xbb\xbf{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xc3\x28\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xc0\xaf\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":NaN,\"method\":\"ping\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":Infinity,\"method\":\"ping\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":01,\"method\":\"ping\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":+1,\"method\":\"ping\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":1.,\"method\":\"ping\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":.5,\"method\":\"ping\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":0x10,\"method\":\"ping\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"pi\nng\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":\"\\ud800\",\"method\":\"ping\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\udfff\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"\\ud800\":1}",
        b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},{\"jsonrpc\"",
        &utf16,
    ] {
        check(&house, body, (400, -32700, "null")).await;
    }
}

#[tokio::test]
async fn an_invalid_request_is_refused_with_its_id() {
    let house = House::new().await;
    for members in [
        r#""jsonrpc":"1.0","method":"ping""#,
        r#""jsonrpc":"2","method":"ping""#,
        r#""jsonrpc":2.0,"method":"ping""#,
        r#""jsonrpc":null,"method":"ping""#,
        r#""jsonrpc":["2.0"],"method":"ping""#,
        r#""jsonrpc":" 2.0","method":"ping""#,
        r#""method":"ping","params":{}"#,
        r#""jsonrpc":"2.0","method":12345"#,
        r#""jsonrpc":"2.0","method":null"#,
        r#""jsonrpc":"2.0","method":{}"#,
        r#""jsonrpc":"2.0""#,
        r#""jsonrpc":"2.0","method_":"tools/list""#,
        r#""jsonrpc":"2.0","method":"ping","params":"x""#,
        r#""jsonrpc":"2.0","method":"ping","params":5"#,
        r#""jsonrpc":"2.0","method":"ping","params":true"#,
        r#""jsonrpc":"2.0","method":"ping","result":{}"#,
        r#""jsonrpc":"2.0","method":"ping","error":{}"#,
        r#""jsonrpc":"2.0","method":"ping","method":"tools/list""#,
        r#""jsonrpc":"2.0","jsonrpc":"2.0","method":"ping""#,
        r#""jsonrpc":"2.0","method":"tools/call","params":{"name":"a","name":"b"}"#,
    ] {
        for id in ["3", r#""\u0061""#] {
            let body = format!(r#"{{{members},"id":{id}}}"#);
            check(&house, body, (400, -32600, id)).await;
        }
    }
}

#[tokio::test]
async fn an_invalid_request_without_a_readable_id_is_refused_with_null() {
    let house = House::new().await;
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1,"\u0069d":2,"method":"ping"}"#,
        r#"{"JSONRPC":"2.0","ID":1,"Method":"ping"}"#,
        r#"{"jsonrpc":"2.0"}"#,
        "{}",
        "42",
        "\"x\"",
        "true",
        "null",
    ] {
        check(&house, body, (400, -32600, "null")).await;
    }
}

#[tokio::test]
async fn what_is_no_id_is_refused_with_null() {
    let house = House::new().await;
    for id in ["null", "true", "false", "1.5", "1e-1", "1e400", "{}", "[]", r#"{"bad":"id"}"#] {
        check(&house, request(id, "tools/list"), (400, -32600, "null")).await;
    }
}

#[tokio::test]
async fn ids_are_echoed_byte_for_byte() {
    let house = House::new().await;
    let long = format!("\"{}\"", "x".repeat(10_000));
    for id in [
        "1",
        "0",
        "-1",
        "-0",
        "1.0",
        "1e0",
        "1E+2",
        "9007199254740993",
        "18446744073709551616",
        "123456789012345678901234567890",
        "\"\"",
        "\"1\"",
        "\"null\"",
        "\"__proto__\"",
        r#""\u00e9\/""#,
        "\"é \"",
        &long,
    ] {
        let reply = house.caller.post(request(id, "ping")).await;
        assert_eq!((reply.status, reply.raw_id().as_str()), (200, id));
        assert_eq!(reply.json()["result"], json!({}));
        let reply = house.caller.post(request(id, "nope")).await;
        assert_eq!((reply.code(), reply.raw_id().as_str()), (-32601, id));
    }
}

#[tokio::test]
async fn deep_messages_are_refused_and_the_gateway_lives() {
    let house = House::new().await;
    for levels in [200, 100_000, 1_000_000] {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        let body =
            format!(r#"{{"jsonrpc":"2.0","params":{{"a":{open}{close}}},"method":"ping","id":5}}"#);
        check(&house, body, (400, -32600, "5")).await;
        check(&house, format!("{open}{close}"), (400, -32600, "null")).await;
        check(&house, open, (400, -32700, "null")).await;
    }
    let (open, close) = ("[".repeat(120), "]".repeat(120));
    let arguments = format!(r#"{{"text":"a","b":{open}{close}}}"#);
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"gauntlet-gauntlet_echo","arguments":{arguments}}}}}"#
    );
    assert_eq!(house.caller.post(body).await.code(), 0);
}

fn is_empty_202(reply: &Reply) -> bool {
    reply.status == 202 && reply.body.is_empty() && reply.header("content-type").is_none()
}

#[tokio::test]
async fn notifications_and_responses_are_accepted_without_a_word() {
    let house = House::new().await;
    for body in [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/does_not_exist","params":{"a":1}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":null}"#,
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"gauntlet-gauntlet_echo"}}"#,
        r#"{"jsonrpc":"2.0","method":"initialize"}"#,
        r#"{"jsonrpc":"2.0","id":999,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":999,"error":{"code":1,"message":"m"}}"#,
    ] {
        let reply = house.caller.post(body).await;
        assert!(is_empty_202(&reply), "{body}: {} {}", reply.status, reply.body);
    }
}

#[tokio::test]
async fn malformed_notifications_and_responses_are_refused_without_an_id_of_theirs() {
    let house = House::new().await;
    for (body, id) in [
        (r#"{"jsonrpc":"1.0","method":"notifications/initialized"}"#, "-"),
        (r#"{"method":"notifications/initialized"}"#, "-"),
        (r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":1}"#, "-"),
        (r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}"#, "-"),
        (r#"{"jsonrpc":"2.0","method":5}"#, "-"),
        (r#"{"jsonrpc":"2.0","id":9,"result":{},"error":{"code":1,"message":"m"}}"#, "null"),
        (r#"{"jsonrpc":"1.0","id":9,"result":{}}"#, "null"),
        (r#"{"jsonrpc":"2.0","id":true,"result":{}}"#, "null"),
    ] {
        check(&house, body, (400, -32600, id)).await;
    }
}

#[tokio::test]
async fn methods_are_matched_exactly() {
    let house = House::new().await;
    for method in [
        "",
        "Tools/List",
        "tools/list ",
        r"tools/list\u0000",
        r"tools/call\u200b",
        "tools//call",
        "rpc.discover",
        "notifications/initialized",
        "sampling/createMessage",
        "resources/subscribe",
        "server/discover",
    ] {
        check(&house, request("29", method), (200, -32601, "29")).await;
    }
}

#[tokio::test]
async fn parameters_are_checked() {
    let house = House::new().await;
    let with = |method: &str, params: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{params}}}"#)
    };
    for (method, params) in [
        ("tools/call", "[]"),
        ("tools/list", "[1,2]"),
        ("ping", "[]"),
        ("tools/call", "{}"),
        ("tools/call", r#"{"name":5}"#),
        ("tools/call", r#"{"name":"gauntlet-gauntlet_echo","arguments":[]}"#),
        ("tools/call", r#"{"name":"gauntlet-gauntlet_echo","arguments":"x"}"#),
        ("tools/list", r#"{"cursor":1}"#),
        ("tools/list", r#"{"cursor":"x"}"#),
        ("tools/list", r#"{"_meta":5}"#),
        ("tools/list", r#"{"_meta":{"progressToken":{}}}"#),
        ("ping", r#"{"_meta":{"progressToken":1.5}}"#),
        ("tools/call", r#"{"name":"gauntlet-gauntlet_echo","_meta":{"progressToken":null}}"#),
    ] {
        check(&house, with(method, params), (200, -32602, "7")).await;
    }
    for (method, params) in [
        ("ping", "null"),
        ("tools/list", "{}"),
        ("tools/list", r#"{"unknown":1,"_meta":{"progressToken":"t"}}"#),
    ] {
        assert_eq!(house.caller.post(with(method, params)).await.code(), 0, "{params}");
    }
    let extra = r#"{"jsonrpc":"2.0","id":1,"method":"ping","foo":1}"#;
    assert_eq!(house.caller.post(extra).await.json()["result"], json!({}));
}

#[tokio::test]
async fn an_id_may_be_used_again_and_at_the_same_time() {
    let house = House::new().await;
    let call = |text: &str| tool_call("7", "gauntlet-gauntlet_echo", &json!({"text": text}));
    let (one, two) = (call("one"), call("two"));
    let (one, two) = tokio::join!(house.caller.post(one), house.caller.post(two));
    assert_eq!(one.json()["result"]["content"][0]["text"], "one");
    assert_eq!(two.json()["result"]["content"][0]["text"], "two");
}
