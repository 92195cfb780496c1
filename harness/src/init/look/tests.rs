use super::super::probes::Probe;
use super::{Record, Sightings, look};
use crate::audit::profile::Field;
use crate::audit::record::Status;
use crate::wire::json::parse;

fn probe(number: usize, method: &str, served: bool) -> Probe {
    let called = method == "tools/call";
    Probe {
        title: "a probe",
        place: number,
        key: format!("gauntletx00{number}"),
        trace_id: format!("{number:032x}"),
        id: parse(format!("7010{number}").as_bytes()).ok(),
        method: Some(method.to_owned()),
        tool: called.then(|| "nope".to_owned()),
        arguments: called.then(|| parse(br#"{"text":"x"}"#).expect("JSON")),
        session: Some("s-1".to_owned()),
        revision: "2025-11-25".to_owned(),
        served,
        answer: "an answer".to_owned(),
        error_code: (!served).then(|| format!("-3260{number}")),
        error_message: None,
        started: 1_795_208_837.0,
        ended: 1_795_208_838.0,
    }
}

fn probes() -> Vec<Probe> {
    vec![probe(1, "tools/list", true), probe(2, "no/such", false), probe(3, "tools/call", false)]
}

fn looked(lines: [&str; 3]) -> Sightings {
    let record = |line: &str| {
        let json = parse(line.as_bytes()).expect("JSON");
        Some(Record { json, delay: 0.0, count: 1 })
    };
    look(&probes(), &lines.map(record))
}

fn pointers(found: &Sightings, field: Field) -> Vec<&str> {
    let sighting = found.fields.get(&field);
    sighting.into_iter().flat_map(|it| &it.places).map(|it| it.pointer.as_str()).collect()
}

#[test]
fn values_are_found_under_names_that_nobody_knows() {
    let found = looked([
        r#"{"q":"gauntletx001","w":"tools/list","n":"70101","state":"fine","t":1795208837123}"#,
        r#"{"q":"gauntletx002","w":"no/such","n":"70102","state":"bad","e":-32602,"t":1795208837123}"#,
        r#"{"q":"gauntletx003","w":"tools/call","n":"70103","state":"bad","e":-32603,"t":1795208837123,
            "p":{"u":"nope","v":{"text":"x"}}}"#,
    ]);
    for (field, place) in [
        (Field::CorrelationId, "/q"),
        (Field::Method, "/w"),
        (Field::JsonrpcId, "/n"),
        (Field::Status, "/state"),
        (Field::ErrorCode, "/e"),
        (Field::ToolName, "/p/u"),
        (Field::ToolArguments, "/p/v"),
        (Field::Start, "/t"),
    ] {
        assert_eq!(pointers(&found, field), [place], "{field:?}");
    }
    assert!(found.by_method && !found.is_found(Field::TraceId));
    assert!(found.fields[&Field::Start].places[0].pattern.is_some(), "milliseconds");
    let words = [("fine".to_owned(), Status::Success), ("bad".to_owned(), Status::Failure)];
    assert_eq!(found.words.words, words);
    assert_eq!(found.has, ["/state", "/t"]);
}

#[test]
fn a_value_that_one_record_contradicts_is_no_place() {
    let found = looked([
        r#"{"q":"gauntletx001","m":"tools/list"}"#,
        r#"{"q":"gauntletx001","m":"no/such"}"#,
        r#"{"q":"gauntletx003","m":null}"#,
    ]);
    assert!(!found.is_found(Field::CorrelationId));
    assert_eq!(pointers(&found, Field::Method), ["/m"]);
}

#[test]
fn http_codes_and_words_for_kinds_are_mapped() {
    let found = looked([
        r#"{"id":1,"request_id":"gauntletx001","kind":"LIST","status":200}"#,
        r#"{"id":2,"request_id":"gauntletx002","kind":"OTHER","status":404}"#,
        r#"{"id":3,"request_id":"gauntletx003","kind":"CALL","status":400}"#,
    ]);
    let words: Vec<&str> = found.words.words.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(words, ["2xx", "4xx", "5xx"]);
    let kinds = &found.fields[&Field::CallType].places[0];
    assert_eq!(kinds.pointer, "/kind");
    assert_eq!(kinds.map[0], ("LIST".to_owned(), "list_mcp_tools".to_owned()));
    assert_eq!(kinds.map[2], ("CALL".to_owned(), "call_mcp_tool".to_owned()));
    assert_eq!(pointers(&found, Field::Id), ["/id"]);
}

#[test]
fn a_status_that_says_success_of_all_is_kept_for_the_checks() {
    let line = |key: u8, method: &str| {
        format!(r#"{{"request_id":"gauntletx00{key}","method":"{method}","status":"success"}}"#)
    };
    let lines = [line(1, "tools/list"), line(2, "no/such"), line(3, "tools/call")];
    let found = looked([&lines[0], &lines[1], &lines[2]]);
    assert_eq!(pointers(&found, Field::Status), ["/status"]);
    assert_eq!(found.words.words, [("success".to_owned(), Status::Success)]);
    assert!(found.words.same);
}

#[test]
fn a_trace_is_taken_out_of_its_header() {
    let line = |number: usize| {
        format!(r#"{{"h":{{"traceparent":"00-{number:032x}-0000000000000001-01"}}}}"#)
    };
    let lines = [line(1), line(2), line(3)];
    let found = looked([&lines[0], &lines[1], &lines[2]]);
    assert_eq!(pointers(&found, Field::TraceId), ["/h/traceparent"]);
    assert!(found.fields[&Field::TraceId].places[0].pattern.is_some());
}
