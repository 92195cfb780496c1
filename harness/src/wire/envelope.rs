//! The exact bytes of one request, with their headers.

/// One HTTP header as it is written: the case of the name and every byte of the value are kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Header {
    /// Field name as written.
    pub name: String,
    /// Field value as written, without the surrounding white space.
    pub value: Vec<u8>,
}

impl Header {
    /// A header from two texts.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), value: value.into() }
    }

    /// Whether the name is `name`, without regard to case (RFC 9110 section 5.1).
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// One message as it goes to the target. `Host` and `Content-Length` are added by the transport
/// unless they are given here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Envelope {
    /// HTTP method as written (`POST`, `post`, ...).
    pub method: String,
    /// Path and query that replace those of the target's URL, or none to use the URL's own.
    pub path: Option<String>,
    /// Header fields in the order in which they are written.
    pub headers: Vec<Header>,
    /// The body's bytes; empty for none.
    pub body: Vec<u8>,
}

impl Envelope {
    /// The first value of a header, by name without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        find(&self.headers, name)
    }
}

/// The first value of a header, by name without regard to case.
#[must_use]
pub fn find<'a>(headers: &'a [Header], name: &str) -> Option<&'a [u8]> {
    headers.iter().find(|header| header.is(name)).map(|header| header.value.as_slice())
}
