use super::{Answer, Asked, Field, Header, Paging, Profile, ProfileError, Rows};
use crate::audit::record::AuditRecord;
use std::time::Duration;

/// The least that a profile needs, with a place for more tables.
fn minimal(more: &str) -> String {
    format!(
        r#"name = "p"
settle = "300ms"
deadline = "1m"
[status]
ok = "success"
[[shape]]
name = "s"
under = [""]
has = ["/id"]
fields = {{ id = ["/id"] }}
{more}"#
    )
}

fn parse(more: &str) -> Result<Profile, ProfileError> {
    Profile::parse(&minimal(more), "p.toml")
}

fn refused(more: &str) -> ProfileError {
    parse(more).expect_err(more)
}

#[test]
fn every_builtin_profile_parses_under_its_name() {
    for name in Profile::BUILTIN {
        let profile = Profile::builtin(name).expect(name);
        assert_eq!(profile.name, *name);
        assert!(profile.settle() < profile.deadline());
        assert!(profile.set_switches().is_ok(), "{name}");
    }
    assert!(Profile::builtin("nope").is_none());
}

#[test]
fn every_builtin_profile_has_its_parse_error_shown() {
    // `builtin` turns an error into none; here it would be seen.
    for text in [
        include_str!("../../../profiles/reference.toml"),
        include_str!("../../../profiles/litellm.toml"),
        include_str!("../../../profiles/otel-mcp.toml"),
        include_str!("../../../profiles/generic.toml"),
    ] {
        let parsed = Profile::parse(text, "builtin").map(|_| ());
        assert_eq!(parsed, Ok(()));
    }
}

#[test]
fn reads_durations_and_headers() {
    let profile = parse("[headers]\nx-own-id = \"key\"\n").expect("a profile");
    assert_eq!(profile.settle(), Duration::from_millis(300));
    assert_eq!(profile.deadline(), Duration::from_secs(60));
    let headers: Vec<_> =
        profile.headers.iter().map(|(name, what)| (name.as_str(), *what)).collect();
    assert_eq!(headers, [("x-own-id", Header::Key)]);
}

#[test]
fn errors_name_file_line_and_column() {
    let error =
        Profile::parse("name = \"p\"\nsettle = \"soon\"\n", "dir/p.toml").expect_err("soon");
    assert_eq!(error.place, Some((2, 10)));
    let text = error.to_string();
    assert!(text.starts_with("dir/p.toml:2:10: "), "{text}");
    assert!(text.contains("`soon` is no duration"), "{text}");
    let syntax = Profile::parse("name = \"p\"\n= 3\n", "p.toml").expect_err("no key");
    assert_eq!(syntax.place.map(|(line, _)| line), Some(2));
}

#[test]
fn refuses_what_it_does_not_know() {
    for (more, word) in [
        ("typo = 1", "typo"),
        ("[[cannot]]\nfield = \"colour\"\nreason = \"r\"", "colour"),
        ("[[cannot]]\nfield = \"id\"\nreason = \"r\"\nshape = \"none\"", "`none`"),
        ("[[cannot]]\nfield = \"id\"\nreason = \"r\"\nunless = \"id\"", "JSON pointer"),
        ("[[cannot]]\nfield = \"id\"\nreason = \"r\"\nunless = \"/a~2\"", "JSON pointer"),
        ("[[ignore]]\nwhen = { pointer = \"/a\", is = \"b\" }\nreason = \"r\"", "is"),
        ("[[unrecorded]]\nreason = \"r\"", "needs `method`"),
        ("[[unrecorded]]\nmethod = \"a*b\"\nreason = \"r\"", "final *"),
        ("[[unrecorded]]\nmethod = \"a\"\nanswer = \"maybe\"\nreason = \"r\"", "maybe"),
        ("[api]\npaging = \"offset\"", "needs {offset}"),
        ("[api]\nparameters = { a = \"b\" }", "needs {cursor}"),
        ("[api]\nparameters = { a = \"{until}\" }", "no placeholder"),
        ("[api]\nbody = \"{}\"", "POST"),
        ("[api]\nmethod = \"POST\"\nbody = \"{\"", "no JSON text"),
        ("[api]\nmethod = \"PUT\"", "PUT"),
        ("[api]\nlimit = 0", "from 1 to 100000"),
        ("[api]\nrecords = \"**/rows\"", "without **/"),
        ("[api]\nlost = \"/l\"\npaging = \"page\"\nparameters = { p = \"{page}\" }", "`lost`"),
        ("[api]\ntypo = 1", "typo"),
        ("[[text]]\npattern = \"a\"", "no named group"),
        ("[[text]]\npattern = \"(?<a>\"", "no regular expression"),
        ("[[text]]\npattern = \"(?<a>.)\"\nshape = \"none\"", "`none`"),
        ("[[text]]\npattern = \"(?<a>.)\"\nshape = \"s\"", "group `id`"),
        ("[headers]\n\"a b\" = \"key\"", "no header name"),
        ("[headers]\nx-a = \"colour\"", "colour"),
        ("[headers]\nTraceparent = \"key\"", "always sent"),
        ("[[shape]]\nname = \"t\"\nunder = []\nhas = [\"/a\"]\nfields = {}", "`t` needs"),
        ("[[shape]]\nname = \"t\"\nunder = [\"\"]\nhas = []\nfields = {}", "`t` needs"),
    ] {
        let error = refused(more).to_string();
        assert!(error.contains(word), "{more}: {error}");
        assert!(error.starts_with("p.toml:1") || !more.starts_with("[api]"), "{more}: {error}");
    }
    for bad in ["", "1", "s", "-1s", "1.5s", "1h", "61m", "99999999999999999999s", "1 s", "ms"] {
        let text = minimal("").replace("300ms", bad);
        assert!(Profile::parse(&text, "p.toml").is_err(), "{bad}");
    }
}

#[test]
fn refuses_alternatives_that_say_nothing_or_too_much() {
    for (alternative, word) in [
        ("3", "a pointer, or a table"),
        ("{}", "needs `pointer` or `constant`"),
        ("{ pointer = \"/a\", constant = \"b\" }", "not both"),
        ("{ constant = \"\" }", "not empty"),
        ("{ constant = \"a\", map = { b = \"c\" } }", "stands alone"),
        ("{ pointer = \"/a\", pattern = \"b\" }", "0 groups"),
        ("{ pointer = \"/a\", pattern = \"(b)(c)\" }", "2 groups"),
        ("{ pointer = \"/a\", pattern = \"(b\" }", "no regular expression"),
        ("{ pointer = \"a\" }", "no JSON pointer"),
        ("{ pointer = \"/a\", typo = \"b\" }", "typo"),
        ("\"**/\"", "names no member"),
        ("\"**/a/*\"", "names no member"),
        ("\"**/a//b\"", "names no member"),
        ("\"*/a\"", "no JSON pointer"),
    ] {
        let text = minimal("").replace(
            "fields = { id = [\"/id\"] }",
            &format!("[shape.fields]\nid = [{alternative}]"),
        );
        let error = Profile::parse(&text, "p.toml").expect_err(alternative);
        assert_eq!(error.place.map(|(line, _)| line), Some(11), "{alternative}: {error}");
        assert!(error.to_string().contains(word), "{alternative}: {error}");
    }
}

#[test]
fn refuses_keys_of_the_whole_profile_that_say_nothing() {
    for (key, word) in [
        ("tiers = []", "at least one"),
        ("tiers = [\"smell\"]", "smell"),
        ("call_type_from_method = 1", "boolean"),
        ("guess = \"yes\"", "boolean"),
    ] {
        let error = Profile::parse(&format!("{key}\n{}", minimal("")), "p.toml").expect_err(key);
        assert_eq!(error.place.map(|(line, _)| line), Some(1), "{error}");
        assert!(error.to_string().contains(word), "{key}: {error}");
    }
}

#[test]
fn words_of_status_are_told_apart_without_case() {
    for (more, word) in [("OK = \"failure\"", "named twice"), ("6xx = \"failure\"", "1xx to 5xx")] {
        let text = minimal("").replace("ok = \"success\"", &format!("ok = \"success\"\n{more}"));
        let error = Profile::parse(&text, "p.toml").expect_err(more);
        assert!(error.place.is_some() && error.to_string().contains(word), "{error}");
    }
}

#[test]
fn a_group_that_no_pattern_has_is_refused_with_its_place() {
    let error = refused("[[text]]\npattern = \"(?<a>.)\"\nshape = \"s\"");
    assert_eq!(error.place, Some((13, 9)), "{error}");
}

#[test]
fn a_query_api_is_asked_for_numbered_places_by_default() {
    let api = parse("").expect("a profile").api;
    let cursor = serde_json::Value::from(7);
    let asked = Asked { since: 0.0, limit: api.limit, offset: 0, page: 1, cursor: Some(&cursor) };
    let filled = |name: &str| api.parameters[name].fill(&asked);
    assert_eq!(filled("since").as_deref(), Some("7"));
    assert_eq!(filled("limit").as_deref(), Some("1000"));
    assert_eq!((api.parameters.len(), api.paging), (2, Paging::Cursor));
    assert_eq!(api.records.as_str(), "/records");
}

#[test]
fn sets_switches_that_are_known_and_refuses_others() {
    let profile = parse("[switches]\nbatch = \"pass\"\n").expect("a profile");
    assert_eq!(profile.set_switches().expect("known").texts(), ["batch=pass"]);
    for text in ["colour = \"red\"", "batch = \"red\""] {
        let profile = parse(&format!("[switches]\n{text}\n")).expect("a profile");
        let error = profile.set_switches().expect_err(text).to_string();
        assert!(error.contains("red") || error.contains("`colour`"), "{error}");
        assert!(error.contains("known are "), "{error}");
    }
}

#[test]
fn excuses_only_successes_of_the_methods_that_litellm_leaves_out() {
    let litellm = Profile::builtin("litellm").expect("built in");
    let excused = |method, answer| litellm.unrecorded(Some(method), answer).is_some();
    assert!(excused("initialize", Answer::Result));
    assert!(excused("prompts/list", Answer::Result));
    assert!(excused("notifications/initialized", Answer::Acknowledged));
    assert!(!excused("initialize", Answer::Error), "a rejection has to be recorded");
    assert!(!excused("ping", Answer::Acknowledged), "a dropped request is no success");
    assert!(!excused("notifications/initialized", Answer::Error));
    assert!(!excused("pings", Answer::Result));
    assert!(!excused("tools/list", Answer::Result));
    assert!(!excused("tools/call", Answer::None));
    for answer in [Answer::Result, Answer::Error, Answer::Acknowledged, Answer::None] {
        assert_eq!(litellm.unrecorded(None, answer), None);
    }
}

#[test]
fn an_unrecorded_rule_without_method_covers_messages_without_one() {
    let profile = parse("[[unrecorded]]\nanswer = \"none\"\nreason = \"r\"").expect("a profile");
    assert_eq!(profile.unrecorded(None, Answer::None), Some("r"));
    assert_eq!(profile.unrecorded(Some("a"), Answer::None), Some("r"));
    assert_eq!(profile.unrecorded(None, Answer::Error), None);
}

#[test]
fn conditions_compare_texts_and_pass_over_null() {
    let text = "[[ignore]]\nwhen = { pointer = \"/a\", equals = \"1\" }\nreason = \"r\"\n\
                [[ignore]]\nwhen = { pointer = \"/b\" }\nreason = \"r\"";
    let profile = parse(text).expect("a profile");
    let holds = |index: usize, json: &str| {
        profile.ignore[index].when.holds(&crate::wire::json::parse(json.as_bytes()).expect("JSON"))
    };
    assert!(holds(0, r#"{"a":"1"}"#) && holds(0, r#"{"a":1}"#));
    assert!(!holds(0, r#"{"a":"1 "}"#) && !holds(0, r#"{"a":null}"#) && !holds(0, "{}"));
    assert!(holds(1, r#"{"b":""}"#) && holds(1, r#"{"b":false}"#) && !holds(1, r#"{"b":null}"#));
}

#[test]
fn a_field_that_no_record_carries_needs_no_record_to_say_so() {
    let profile = parse("[[cannot]]\nfield = \"id\"\nreason = \"r\"").expect("a profile");
    let unreadable = AuditRecord { raw: "{".to_owned(), ..AuditRecord::default() };
    assert_eq!(profile.cannot(Field::Id, &unreadable), Some("r"));
    assert_eq!(profile.cannot(Field::End, &unreadable), None);
}

#[test]
fn unless_takes_empty_values_for_nothing() {
    let text = "[[cannot]]\nfield = \"id\"\nunless = \"/x\"\nreason = \"r\"";
    let profile = parse(text).expect("a profile");
    let cannot = |x: &str| {
        let raw = format!(r#"{{"id":"1","x":{x}}}"#);
        profile.cannot(Field::Id, &AuditRecord { raw, ..AuditRecord::default() }).is_some()
    };
    for nothing in ["null", r#""""#, "{}", r#""{}""#, r#""{} ""#] {
        assert!(cannot(nothing), "{nothing}");
    }
    for something in ["0", "false", "[]", r#""a""#, r#"{"a":null}"#] {
        assert!(!cannot(something), "{something}");
    }
}

#[test]
fn reads_where_records_stand_in_a_database() {
    let litellm = Profile::builtin("litellm").expect("built in").sql.expect("a table");
    let rows =
        Rows::Table { table: "\"LiteLLM_SpendLogs\"".to_owned(), time: "\"startTime\"".to_owned() };
    assert_eq!((litellm.rows, litellm.key.as_str()), (rows, "request_id"));
    let text = "[sql]\nquery = \"SELECT * FROM t WHERE at >= ?1\"\nkey = \"id\"\n\
                json = [\"data\"]\noverlap = \"5s\"";
    let sql = parse(text).expect("a profile").sql.expect("a query");
    assert!(matches!(&sql.rows, Rows::Query { time: None, .. }));
    assert_eq!((sql.time(), sql.json.as_slice()), (None, ["data".to_owned()].as_slice()));
    assert_eq!(sql.overlap(), Duration::from_secs(5));
    let timed = parse(&format!("{text}\ntime = \"at\"")).expect("a profile").sql;
    assert_eq!(timed.expect("a query").time(), Some("at"));
    assert_eq!(parse("").expect("a profile").sql, None);
}

#[test]
fn refuses_a_database_that_is_half_described() {
    for (text, word) in [
        ("key = \"id\"", "`table` with `time`, or `query`"),
        ("key = \"id\"\ntable = \"t\"", "without `time`"),
        ("key = \"id\"\ntable = \"t\"\ntime = \"at\"\nquery = \"q $1\"", "keep one"),
        ("key = \"id\"\nquery = \"SELECT 1\"", "no parameter"),
        ("table = \"t\"\ntime = \"at\"", "key"),
        ("key = \"\"\ntable = \"t\"\ntime = \"at\"", "`key` of [sql] is empty"),
        ("key = \"id\"\ntable = \" \"\ntime = \"at\"", "`table` of [sql] is empty"),
        ("key = \"id\"\ntable = \"t\"\ntime = \"at\"\ncolour = 1", "colour"),
        ("key = \"id\"\ntable = \"t\"\ntime = \"at\"\noverlap = \"1\"", "no duration"),
    ] {
        let error = refused(&format!("[sql]\n{text}"));
        assert!(error.to_string().contains(word), "{text}: {error}");
        assert!(error.place.is_some(), "{text}");
    }
}
