//! What a process wrote -> its messages, and what is none (MCP transports, stdio: one message a
//! line, and nothing else on standard output).

use std::sync::Arc;

use super::{Notice, Observation, is_response, main_response, message_kind};
use crate::case::expectation::ReplyKind;
use crate::oracle::checks::shorten;
use crate::wire::delivery::{Delivery, End, Output};
use crate::wire::json::{self, Json};

/// What lines hold.
#[derive(Debug, Default)]
pub struct Heard {
    /// Responses, in order.
    pub responses: Vec<Arc<Json>>,
    /// Whether a line was an array.
    pub array: bool,
    /// Requests and notifications of the target, in order.
    pub others: Vec<Arc<Json>>,
    /// The notifications among them.
    pub notices: Vec<Notice>,
    /// The method of each request and notification, in order.
    pub asked: Vec<String>,
    /// Texts that are no message: the first few, cut.
    pub strays: Vec<String>,
    /// Oddities that a reader of lines survives.
    pub quirks: Vec<String>,
}

/// Strays that are kept, and characters of each.
const STRAYS: (usize, usize) = (4, 160);

impl Heard {
    /// Reads whole lines; only the last one may lack its line feed.
    #[must_use]
    pub fn read(text: &[u8]) -> Self {
        let mut heard = Self::default();
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            heard.line(line);
        }
        heard
    }

    fn line(&mut self, line: &[u8]) {
        let Some(whole) = line.strip_suffix(b"\n") else { return self.cut(line) };
        let content = whole.strip_suffix(b"\r").unwrap_or(whole);
        if content.len() < whole.len() {
            self.quirk("a line that ends with CR LF");
        }
        if content.iter().all(u8::is_ascii_whitespace) {
            return self.quirk("a blank line");
        }
        match json::parse(content) {
            Ok(Json::Array(items)) if !items.is_empty() => {
                self.array = true;
                items.into_iter().for_each(|item| self.message(item, content));
            }
            Ok(message) => self.message(message, content),
            Err(_) => self.stray(content),
        }
    }

    fn message(&mut self, message: Json, line: &[u8]) {
        if is_response(&message) {
            self.responses.push(Arc::new(message));
        } else if let Some(method) = message.get("method").and_then(Json::as_str) {
            self.asked.push(method.to_owned());
            let message = Arc::new(message);
            if message.get("id").is_none() {
                let late = !self.responses.is_empty();
                self.notices.push(Notice { message: Arc::clone(&message), late });
            }
            self.others.push(message);
        } else {
            self.stray(line);
        }
    }

    /// A last line without its line feed is cut off, even if what is there can be read.
    fn cut(&mut self, line: &[u8]) {
        if let Ok(message) = json::parse(line) {
            self.message(message, line);
        }
        let text = String::from_utf8_lossy(line);
        self.add_stray(format!("without a line feed at the end: {text}"));
    }

    fn stray(&mut self, line: &[u8]) {
        self.add_stray(String::from_utf8_lossy(line).into_owned());
    }

    fn add_stray(&mut self, text: String) {
        if self.strays.len() < STRAYS.0 {
            self.strays.push(shorten(&text, STRAYS.1));
        }
    }

    fn quirk(&mut self, text: &str) {
        if !self.quirks.iter().any(|known| known == text) {
            self.quirks.push(text.to_owned());
        }
    }
}

/// Reads what a process wrote for one message.
pub(super) fn observe(output: &Output, delivery: &Delivery, ids: &[Json]) -> Observation {
    let heard = Heard::read(&output.lines);
    let main = main_response(&heard.responses, ids);
    let kind = message_kind(heard.array, &heard.responses, main.as_deref());
    let defects = match &delivery.end {
        End::Overflow => vec!["more output than the reader's bound".to_owned()],
        _ => Vec::new(),
    };
    Observation {
        kind: kind.unwrap_or_else(|| kind_without_message(&delivery.end)),
        status: None,
        responses: heard.responses,
        others: heard.others,
        main,
        notices: heard.notices,
        defects,
        oddities: Vec::new(),
        strays: heard.strays,
        quirks: heard.quirks,
        asked: heard.asked,
    }
}

const fn kind_without_message(end: &End) -> ReplyKind {
    match end {
        End::Closed | End::Exited(_) | End::Reset(_) | End::Overflow => ReplyKind::Closed,
        End::Refused(_) => ReplyKind::Refused,
        End::Complete | End::StillOpen | End::Deadline | End::NotHttp(_) => ReplyKind::Silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> Heard {
        Heard::read(text.as_bytes())
    }

    #[test]
    fn messages_are_told_from_everything_else() {
        let text = concat!(
            "Server running on stdio\n",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n",
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}\n",
            "[{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}]\n",
            "\n",
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{}}\r\n",
            "{}\n42\n[]\n",
        );
        let heard = heard(text);
        assert_eq!(heard.responses.len(), 3);
        assert!(heard.array);
        assert_eq!(heard.asked, ["notifications/message"]);
        assert_eq!(heard.strays, ["Server running on stdio", "{}", "42", "[]"]);
        assert_eq!(heard.quirks, ["a blank line", "a line that ends with CR LF"]);
    }

    #[test]
    fn a_message_over_several_lines_is_none() {
        let heard = heard("{\n  \"jsonrpc\": \"2.0\",\n  \"id\": 1,\n  \"result\": {}\n}\n");
        assert!(heard.responses.is_empty());
        assert_eq!(heard.strays.len(), STRAYS.0);
    }

    #[test]
    fn a_line_that_is_cut_off_is_told_even_if_it_can_be_read() {
        let whole = heard("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
        assert_eq!((whole.responses.len(), whole.strays.len()), (1, 1));
        let half = heard("{\"jsonrpc\":\"2.0\",\"id\":1,\"res");
        assert_eq!((half.responses.len(), half.strays.len()), (0, 1));
        assert!(heard("").strays.is_empty());
    }
}
