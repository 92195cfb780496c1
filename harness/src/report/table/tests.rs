use super::super::model::Verdict;
use super::super::sample;
use super::*;

fn sample_at(width: usize) -> String {
    render(&sample::full(), &Style { width, ..Style::default() })
}

fn of(verdicts: Vec<Verdict>) -> Report {
    Report { verdicts, ..sample::empty() }
}

#[test]
fn a_reader_sees_all_at_a_glance() {
    insta::assert_snapshot!(sample_at(110), @r#"
    mcp-gauntlet 0.1.0 tested http://127.0.0.1:4000/mcp (LiteLLM 1.81.0), profile litellm, revisions 2025-03-26
    2025-06-18 2025-11-25
    audit records from jsonl:audit.jsonl
    note: no upstream was given: the upstream checks do not apply

    case              requirement  revision                answered    correlated     audited     verdict
    jsonrpc/
      id/bool         MCP-ID-BOOL  all                     pass        pass           pass        pass
      id/fraction     MCP-ID-BOOL  2025-03-26..2025-06-18  pass        FAIL           pass        FAIL
      id/fraction     MCP-ID-BOOL  2025-11-25              pass        pass           pass        pass
      method/markup   MCP-ID-BOOL  all                     warn        n/a            n/a         warn
    mcp/
      tools/call      MCP-ID-BOOL  all                     untestable  untestable     untestable  untestable
    gateway/
      auth/expired    MCP-ID-BOOL  all                     pass        expected-fail  pass        expected-fail
    audit/
      call-type/list  MCP-ID-BOOL  all                     n/a         n/a            n/a         n/a

    what went wrong

    FAIL  jsonrpc/id/fraction  MCP-ID-BOOL  2025-03-26..2025-06-18
      title      sends what jsonrpc/id/fraction describes
      check      correlated.id FAIL (must)
      expected   what correlated.id requires
      actual     id 1 for gauntlet9f3ax17
      sent       {"jsonrpc":"2.0","id":true}
      received   HTTP 400 {"error":{"code":-32600}}
      record     (found by header) {"call_type":"call_mcp_tool"}
      reproduce  curl -sS http://127.0.0.1:4000/mcp --data '{"id":true}'

    warn  jsonrpc/method/markup  MCP-ID-BOOL  all
      title      calls <script>alert(1)</script>\u{1b}[31m\u{202e}]]>
      check      answered.reply warn (must)
      expected   what answered.reply requires
      actual     echoed <script>alert(1)</script>\u{1b}[31m\u{202e}]]>
      sent       <script>alert(1)</script>\u{1b}[31m\u{202e}]]>
      received   <script>alert(1)</script>\u{1b}[31m\u{202e}]]>
      record     <script>alert(1)</script>\u{1b}[31m\u{202e}]]>
      reproduce  curl -sS http://127.0.0.1:4000/mcp --data '{"id":true}'

    untestable  mcp/tools/call  MCP-ID-BOOL  all
      title      sends what mcp/tools/call describes
      reason     the twin was refused: HTTP 503
      sent       {"jsonrpc":"2.0","id":true}
      received   HTTP 400 {"error":{"code":-32600}}
      reproduce  curl -sS http://127.0.0.1:4000/mcp --data '{"id":true}'

    expected-fail  gateway/auth/expired  MCP-ID-BOOL  all
      title      sends what gateway/auth/expired describes
      check      correlated.id expected-fail (must)
      expected   what correlated.id requires
      actual     id 1 for gauntlet9f3ax17
      sent       {"jsonrpc":"2.0","id":true}
      received   HTTP 400 {"error":{"code":-32600}}
      record     (found by header) {"call_type":"call_mcp_tool"}
      reproduce  curl -sS http://127.0.0.1:4000/mcp --data '{"id":true}'

    does not apply (3): the target has no tools

    sent 412 = replied 380 + acknowledged 32 + closed 0 + silent 0 + refused 0
    records 411 = matched 410 + duplicate 1 + orphan 0; missing 2, unreadable 0
    verdicts 18: 4 pass, 3 warn, 2 FAIL, 3 untestable, 3 n/a, 3 expected-fail
    waited 2.1 s for records, 40.5 s in deliberate silence (side by side)
    took 12.3 s, seed 90125, catalogue sha256:0123456789ab
    FAIL: 2 of 18 verdicts failed
    "#);
}

#[test]
fn a_narrow_terminal_is_not_overrun() {
    let text = sample_at(80);
    let long = |line: &&str| line.chars().count() > 80;
    assert_eq!(text.lines().find(long), None);
    // What does not fit goes on in the next line of its own column.
    assert!(text.contains("\n  auth/     MCP-ID-BOOL all "), "{text}");
    assert!(text.contains("\n  expired "), "{text}");
    let narrower = sample_at(0);
    assert!(narrower.contains("\nwhat went wrong\n"));
}

#[test]
fn colours_change_nothing_but_colours() {
    for width in [80, 110] {
        let style = Style { width, colour: true, ..Style::default() };
        let coloured = render(&sample::full(), &style);
        assert!(coloured.contains("\x1b[31mFAIL\x1b[39m"));
        let mut stripped = String::new();
        for (at, part) in coloured.split("\x1b[").enumerate() {
            let text = if at == 0 { part } else { part.split_once('m').unwrap().1 };
            stripped.push_str(text);
        }
        assert_eq!(stripped, sample_at(width));
    }
}

#[test]
fn only_problems_leaves_out_what_passed_or_does_not_apply() {
    let style = Style { only_problems: true, ..Style::default() };
    let text = render(&sample::full(), &style);
    let (table, rest) = text.split_once("what went wrong").unwrap();
    assert!(!table.contains("id/bool") && !table.contains("audit/"), "{table}");
    assert!(table.contains("id/fraction") && table.contains("tools/call"), "{table}");
    assert_eq!(table.matches("id/fraction").count(), 1, "the mended revision is left out");
    assert!(rest.contains("does not apply (3): the target has no tools"));
}

#[test]
fn a_run_without_trouble_has_no_section_on_it() {
    let text =
        render(&of(vec![sample::verdict("a/b", "2025-11-25", Outcome::Pass)]), &Style::default());
    assert!(!text.contains("what went wrong"));
    assert!(!text.contains("does not apply"));
    let none = render(&sample::empty(), &Style::default());
    assert!(!none.contains("correlated"), "an empty table has no heading");
    assert!(none.ends_with("\nNOTHING TESTED\n"));
}

#[test]
fn hostile_texts_are_harmless_and_bounded() {
    let mut verdict = sample::verdict("a/b\x1b[2J", "2025-11-25\u{202e}", Outcome::Fail);
    let long = format!("\x1b]0;title\x07{}", "\u{301}\r\n<b>".repeat(100_000));
    verdict.requirement.clone_from(&long);
    verdict.title.clone_from(&long);
    verdict.reason = Some(long.clone());
    verdict.sent.clone_from(&long);
    verdict.received.clone_from(&long);
    verdict.record = Some(long.clone());
    verdict.tier = Some("\x1b".to_owned());
    verdict.checks = vec![sample::check("answered.\x1b[31m", Outcome::Fail, &long)];
    let mut report = of(vec![verdict]);
    report.header.target = long.clone();
    report.header.notes = vec![long];
    let text = render(&report, &Style::default());
    assert!(text.chars().all(|c| c == '\n' || !super::super::escape::is_unsafe(c)));
    assert!(text.len() < 20_000, "{} bytes", text.len());
}

#[test]
fn the_command_is_never_cut() {
    let mut verdict = sample::verdict("a/b", "2025-11-25", Outcome::Fail);
    verdict.reproduce = format!("curl --data '{}'", "x".repeat(5000));
    let command = verdict.reproduce.clone();
    let text = render(&of(vec![verdict]), &Style { width: 60, ..Style::default() });
    assert!(text.contains(&format!("  reproduce  {command}\n")));
}

#[test]
fn trouble_that_differs_by_revision_is_told_for_each() {
    let fail = |revision: &str, actual: &str| {
        let mut verdict = sample::verdict("a/b", revision, Outcome::Fail);
        verdict.checks = vec![sample::check("answered.reply", Outcome::Fail, actual)];
        verdict
    };
    let [one, two, three] = sample::REVISIONS;
    let report = of(vec![fail(one, "HTTP 500"), fail(two, "HTTP 500"), fail(three, "nothing")]);
    let text = render(&report, &Style::default());
    assert_eq!(text.matches("\n  b  ").count(), 1, "one row: {text}");
    assert!(text.contains(&format!("\nFAIL  a/b  MCP-ID-BOOL  {one}..{two}\n")), "{text}");
    assert!(text.contains(&format!("\nFAIL  a/b  MCP-ID-BOOL  {three}\n")), "{text}");
}

#[test]
fn transports_are_named_where_there_are_two() {
    let http = sample::verdict("a/b", "2025-11-25", Outcome::Fail);
    let mut stdio = http.clone();
    stdio.transport = "stdio".to_owned();
    let text = render(&of(vec![http, stdio]), &Style::default());
    assert!(text.contains("\n  b (http) "), "{text}");
    assert!(text.contains("\n  b (stdio) "), "{text}");
    assert!(text.contains("\nFAIL  a/b  MCP-ID-BOOL  2025-11-25  stdio\n"), "{text}");
}
