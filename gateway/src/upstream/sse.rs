//! Reads an event stream (WHATWG HTML, Server-sent events) as it arrives.

/// Collects the data of events from chunks of a stream.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    /// Bytes of the line that is not complete yet.
    line: Vec<u8>,
    /// The data lines of the event that is not complete yet.
    data: Option<String>,
    /// The last line ended with CR, so that a LF would belong to it.
    after_return: bool,
}

impl EventReader {
    /// The data of all events that `chunk` completes.
    pub(crate) fn feed(&mut self, chunk: &[u8]) -> Vec<String> {
        let mut events = Vec::new();
        for byte in chunk {
            let continues_line_end = std::mem::take(&mut self.after_return) && *byte == b'\n';
            match byte {
                _ if continues_line_end => {}
                b'\r' | b'\n' => {
                    self.after_return = *byte == b'\r';
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.end_line(&String::from_utf8_lossy(&line)));
                }
                other => self.line.push(*other),
            }
        }
        events
    }

    /// An empty line ends an event; it is returned if it has data.
    fn end_line(&mut self, line: &str) -> Option<String> {
        if line.is_empty() {
            return self.data.take().filter(|data| !data.is_empty());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        if field == "data" {
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_across_chunks_and_line_ends() {
        let stream =
            b": hello\r\nid: 1\ndata:\n\nevent: message\rdata: {\"a\":\rdata:1}\r\r\ndata: tail";
        for size in 1..stream.len() {
            let mut reader = EventReader::default();
            let events: Vec<String> = stream
                .chunks(size)
                .flat_map(|chunk| reader.feed(chunk))
                .collect();
            assert_eq!(events, ["{\"a\":\n1}"], "chunks of {size}");
        }
    }
}
