//! The parser of HTTP responses: no piecing changes what it reads, it keeps its bounds, and what it
//! read can be observed.

use std::time::Duration;

use mcp_gauntlet::oracle::observe::observe;
use mcp_gauntlet::transport::raw_http::Limits;
use mcp_gauntlet::transport::raw_http::pieces::{Read, read};
use mcp_gauntlet::wire::delivery::{Delivery, End};
use mcp_gauntlet::wire::json::Json;

use crate::PIECES;

/// Small, so that short inputs come to them.
const LIMITS: Limits = Limits { max_head: 512, max_body: 256, reply_grace: Duration::ZERO };

/// All bytes that come back for a request, up to the end of the connection.
pub fn http(data: &[u8]) {
    for method in ["POST", "HEAD", "CONNECT"] {
        let whole = read(method, data, usize::MAX, LIMITS);
        for size in PIECES {
            let pieced = read(method, data, size, LIMITS);
            assert_eq!(told(pieced), told(whole.clone()), "{method}, in pieces of {size} bytes");
        }
        check(data, &whole);
        look(whole);
    }
}

/// What no piecing may change. Where the bytes are no HTTP, the text quotes what has come, and the rest
/// is not read; nor is it where there are too many.
fn told(read: Read) -> Read {
    match read.end {
        End::NotHttp(_) => Read { end: End::NotHttp(String::new()), unread: 0, ..read },
        End::Overflow => Read { unread: 0, ..read },
        _ => read,
    }
}

fn check(data: &[u8], read: &Read) {
    let consumed = data.len().checked_sub(read.unread).expect("more unread than there was");
    let Some(response) = &read.response else {
        return assert_ne!(read.end, End::Complete, "complete without a head");
    };
    assert!((200..=999).contains(&response.status) || response.status == 101, "no final status");
    let body = response.body.len();
    assert!(body <= LIMITS.max_body, "a body of {body} bytes");
    // Where the bytes cease to be HTTP, or are too many, those of the last read are not counted.
    let whence =
        if matches!(read.end, End::NotHttp(_) | End::Overflow) { data.len() } else { consumed };
    assert!(body <= whence, "a body of {body} bytes out of {whence}");
    if read.end == End::Complete && response.header("transfer-encoding").is_none() {
        let stands = data.get(consumed - body..consumed);
        assert_eq!(stands, Some(response.body.as_slice()), "the body is not what stands there");
    }
}

fn look(read: Read) {
    let surplus = if read.end == End::Complete { read.unread } else { 0 };
    let (response, end) = (read.response, read.end);
    let delivery = Delivery { output: None, response, end, elapsed: Duration::ZERO, surplus };
    let seen = observe(&delivery, &[Json::Bool(true)]);
    let whole = delivery.end == End::Complete && surplus == 0;
    let broken = seen.defects.iter().any(|defect| defect.contains("connection"));
    assert!(!(whole && broken), "a whole response with {:?}", seen.defects);
}
