//! Lines of standard output. A thread of its own writes them: whoever does not read them must not keep
//! the process from ending.

use std::io::{self, Write};

use tokio::sync::{mpsc, oneshot};

/// Lines that wait to be written.
const WAITING: usize = 64;

/// Starts writing. The second value resolves when all lines are written, or nobody takes them any more.
pub(super) fn write_lines(
    output: impl Write + Send + 'static,
) -> io::Result<(mpsc::Sender<Vec<u8>>, oneshot::Receiver<()>)> {
    let (lines, mut received) = mpsc::channel::<Vec<u8>>(WAITING);
    let (done, written) = oneshot::channel();
    let write = move || {
        let mut output = output;
        while let Some(line) = received.blocking_recv() {
            if output.write_all(&line_of(line)).and_then(|()| output.flush()).is_err() {
                break;
            }
        }
        let _ = done.send(());
    };
    std::thread::Builder::new().name("output".to_owned()).spawn(write)?;
    Ok((lines, written))
}

/// One line: what ends lines within a message is white space to JSON.
fn line_of(mut message: Vec<u8>) -> Vec<u8> {
    for byte in &mut message {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    message.push(b'\n');
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(line_of(b"{\n\"a\":\r\n1}".to_vec()), b"{ \"a\":  1}\n");
    }
}
