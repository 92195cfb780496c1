use crate::source::receiver::testing::{gzip, next, opened, request, send};
use crate::source::{Access, Locator, MAX_LINE, Source};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::{Value, json};

const JSON: &str = "Content-Type: application/json; charset=utf-8\r\n";
const PROTOBUF: &str = "Content-Type: application/x-protobuf\r\n";

async fn open() -> (Source, String) {
    let locator = Locator::Otlp("127.0.0.1:0".to_owned());
    opened(Source::open(&locator, Access::default()).await.expect("opened"))
}

async fn post(address: &str, path: &str, headers: &str, body: &[u8]) -> String {
    send(address, &request("POST", path, headers, body)).await
}

/// A request for traces with one span, and what becomes of it.
fn traces() -> (Value, Value) {
    let sent = json!({"resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "gw"}}]},
        "scopeSpans": [{
            "scope": {"name": "mcp", "version": "1.0"},
            "spans": [{
                "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
                "spanId": "00f067aa0ba902b7",
                "parentSpanId": "53ce929d0e0e4736",
                "name": "tools/call echo",
                "kind": 2,
                "startTimeUnixNano": "1795704642095000000",
                "endTimeUnixNano": "1795704642189000000",
                "attributes": [
                    {"key": "s", "value": {"stringValue": "é"}},
                    {"key": "b", "value": {"boolValue": true}},
                    {"key": "i", "value": {"intValue": "9007199254740993"}},
                    {"key": "d", "value": {"doubleValue": 0.5}},
                    {"key": "a", "value": {"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "x"}]}}},
                    {"key": "k", "value": {"kvlistValue": {"values": [{"key": "n", "value": {"intValue": "2"}}]}}},
                    {"key": "y", "value": {"bytesValue": "AAEC"}},
                    {"key": "none", "value": {}}
                ],
                "events": [{"timeUnixNano": "1795704642100000000", "name": "exception",
                            "attributes": [{"key": "m", "value": {"stringValue": "boom"}}]}],
                "links": [{"traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": "00f067aa0ba902b8"}],
                "status": {"code": 2, "message": "failed"}
            }]
        }]
    }]});
    let line = json!({
        "signal": "span", "name": "tools/call echo", "kind": "SERVER",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7",
        "parent_span_id": "53ce929d0e0e4736", "start": 1_795_704_642.095, "end": 1_795_704_642.189,
        "status": {"code": "ERROR", "message": "failed"},
        "attributes": {"s": "é", "b": true, "i": 9_007_199_254_740_993_i64, "d": 0.5, "a": [1, "x"],
                       "k": {"n": 2}, "y": "AAEC", "none": null},
        "events": [{"name": "exception", "time": 1_795_704_642.1, "attributes": {"m": "boom"}}],
        "links": [{"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b8",
                   "attributes": {}}],
        "resource": {"service.name": "gw"}, "scope": {"name": "mcp", "version": "1.0"}
    });
    (sent, line)
}

/// The same for a log record.
fn logs() -> (Value, Value) {
    let sent = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{
        "timeUnixNano": "1795704642000000000",
        "observedTimeUnixNano": "1795704643000000000",
        "severityNumber": 9,
        "body": {"kvlistValue": {"values": [{"key": "call_type", "value": {"stringValue": "x"}}]}},
        "eventName": "audit",
        "attributes": [{"key": "n", "value": {"intValue": "1"}}]
    }]}]}]});
    let line = json!({
        "signal": "log", "time": 1_795_704_642.0, "observed_time": 1_795_704_643.0, "severity": "INFO",
        "severity_number": 9, "event_name": "audit", "body": {"call_type": "x"}, "attributes": {"n": 1},
        "resource": {}, "scope": {"name": "", "version": ""}
    });
    (sent, line)
}

fn packed<T: Message + serde::de::DeserializeOwned>(json: &Value) -> Vec<u8> {
    serde_json::from_value::<T>(json.clone()).expect("OTLP").encode_to_vec()
}

async fn line(source: &mut Source) -> Value {
    let lines = next(source).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    serde_json::from_str(&lines[0]).unwrap_or_else(|error| panic!("{error}: {}", lines[0]))
}

#[tokio::test]
async fn both_encodings_give_the_same_lines() {
    let (mut source, address) = open().await;
    let ((traces, span), (logs, log)) = (traces(), logs());
    let pack = "Content-Encoding: gzip\r\n";
    for (path, json, protobuf, wanted) in [
        ("/v1/traces", &traces, packed::<ExportTraceServiceRequest>(&traces), span),
        ("/v1/logs/", &logs, packed::<ExportLogsServiceRequest>(&logs), log),
    ] {
        let json = json.to_string().into_bytes();
        let answer = post(&address, path, JSON, &json).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n{}"), "{answer}");
        assert_eq!(line(&mut source).await, wanted);
        let answer = post(&address, path, PROTOBUF, &protobuf).await;
        assert!(answer.contains("content-type: application/x-protobuf"), "{answer}");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n"), "{answer}");
        assert_eq!(line(&mut source).await, wanted);
        for (kind, body) in [(JSON, json), (PROTOBUF, protobuf)] {
            let answer = post(&address, path, &format!("{kind}{pack}"), &gzip(&body)).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert_eq!(line(&mut source).await, wanted);
        }
    }
    assert_eq!(source.lost(), 0);
}

#[tokio::test]
async fn understands_what_senders_of_json_do_beside_the_specification() {
    let (mut source, address) = open().await;
    let sent = json!({"resource_spans": [{
        "resource": null,
        "scope_spans": [{"scope": null, "spans": [{
            "name": "x", "kind": "SPAN_KIND_CLIENT", "links": null, "events": null, "startTimeUnixNano": 1,
            "attributes": [null, {"key": "kind", "value": {"stringValue": "SPAN_KIND_SERVER"}},
                           {"key": "a", "value": {"arrayValue": {}}}, {"key": "v", "value": null}],
            "status": {"code": "STATUS_CODE_OK"}, "unknown": {"a": [1]}
        }]}, {"spans": null}]
    }]});
    post(&address, "/v1/traces", JSON, sent.to_string().as_bytes()).await;
    let found = line(&mut source).await;
    assert_eq!((&found["kind"], &found["status"]), (&json!("CLIENT"), &json!({"code": "OK"})));
    assert_eq!(found["attributes"], json!({"kind": "SPAN_KIND_SERVER", "a": [], "v": null}));
    let sent = json!({"resourceLogs": [{"scopeLogs": [{"log_records": [
        {"severityNumber": "SEVERITY_NUMBER_WARN2", "severityText": null, "body": null}
    ]}]}]});
    post(&address, "/v1/logs", JSON, sent.to_string().as_bytes()).await;
    let found = line(&mut source).await;
    assert_eq!((&found["severity"], &found["body"]), (&json!("WARN2"), &Value::Null));
}

#[tokio::test]
async fn garbage_is_refused_and_told() {
    let (mut source, address) = open().await;
    let traces = traces().0;
    let mut cut = packed::<ExportTraceServiceRequest>(&traces);
    cut.truncate(cut.len() - 3);
    for body in [&b"{\"resourceSpans\":[{]"[..], b"[]", b"", b"{\"resourceSpans\":[7]}", b"\xff"] {
        let answer = post(&address, "/v1/traces", JSON, body).await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("{\"code\":3,"), "{answer}");
        let told = next(&mut source).await;
        assert!(told.len() == 1 && told[0].starts_with("unreadable: no OTLP: "), "{told:?}");
    }
    for body in [&cut[..], b"{\"resourceSpans\":[]}"] {
        let answer = post(&address, "/v1/traces", PROTOBUF, body).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        let (_, status) = answer.split_once("\r\n\r\n").expect("a body");
        assert!(status.starts_with("\u{8}\u{3}\u{12}"), "{status:?}");
        let told = next(&mut source).await;
        assert!(told.len() == 1 && told[0].starts_with("unreadable: no OTLP: "), "{told:?}");
    }
    let headers = format!("{PROTOBUF}Content-Encoding: gzip\r\n");
    assert!(post(&address, "/v1/logs", &headers, b"no gzip").await.starts_with("HTTP/1.1 400"));
    assert!(next(&mut source).await[0].contains("no whole gzip"));
}

#[tokio::test]
async fn a_record_that_is_too_long_costs_only_itself() {
    let (mut source, address) = open().await;
    let span = |text: &str| json!({"name": text});
    let sent = json!({"resourceSpans": [{"scopeSpans": [{"spans": [
        span("short"), span(&"x".repeat(MAX_LINE)), span("next")
    ]}]}]});
    for (kind, body) in [
        (JSON, sent.to_string().into_bytes()),
        (PROTOBUF, packed::<ExportTraceServiceRequest>(&sent)),
    ] {
        assert!(post(&address, "/v1/traces", kind, &body).await.starts_with("HTTP/1.1 200"));
        let lines = next(&mut source).await;
        assert_eq!(lines.len(), 3);
        assert!(lines[0].contains("short") && lines[2].contains("next"));
        assert_eq!(lines[1], "unreadable: longer than 1048576 bytes");
    }
}

#[tokio::test]
async fn many_empty_records_are_refused_before_they_fill_the_memory() {
    let (mut source, address) = open().await;
    // Two bytes each: field 2 without content.
    let spans = [0x12, 0].repeat(1_000_000);
    let wrap = |tag: u8, inner: &[u8]| {
        let mut bytes = vec![tag];
        prost::encode_length_delimiter(inner.len(), &mut bytes).expect("room");
        [bytes, inner.to_vec()].concat()
    };
    let body = wrap(0x0a, &wrap(0x12, &spans));
    assert!(post(&address, "/v1/traces", PROTOBUF, &body).await.starts_with("HTTP/1.1 400"));
    assert_eq!(
        next(&mut source).await,
        ["unreadable: no OTLP: more than 100000 records in one delivery"]
    );
}

#[tokio::test]
async fn what_is_no_delivery_of_ours_is_told_what_is() {
    let (mut source, address) = open().await;
    let grpc = "Content-Type: application/grpc+proto\r\n";
    let answer = post(&address, "/opentelemetry.Trace/Export", grpc, b"x").await;
    assert!(answer.starts_with("HTTP/1.1 415") && answer.contains("OTLP/HTTP"), "{answer}");
    let answer = post(&address, "/v1/traces", "Content-Type: text/plain\r\n", b"x").await;
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
    let answer = post(&address, "/", PROTOBUF, b"x").await;
    assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("/v1/traces"), "{answer}");
    let answer = send(&address, &request("GET", "/v1/traces", "", b"")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("listens here"), "{answer}");
    let answer = send(&address, &request("PUT", "/v1/traces", PROTOBUF, b"")).await;
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    let answer = post(&address, "/v1/metrics", PROTOBUF, b"anything").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(source.poll().await.expect("polled"), []);
    assert_eq!(source.lost(), 0);
}
