//! Content-Encoding (RFC 9110 section 8.4.1) of what is delivered, unpacked within a bound.

use std::io::Read;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::source::MAX_POLL;

/// Most bytes that a body may have when it is unpacked.
pub(in crate::source) const MAX_UNPACKED: usize = MAX_POLL;

/// How a body is packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::source) enum Encoding {
    /// Not at all.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950, or RFC 1951 as some senders have it.
    Deflate,
}

impl Encoding {
    /// What the headers say.
    ///
    /// # Errors
    /// The name of an encoding, or of a list of them, that is not understood.
    pub(in crate::source) fn of(headers: &HeaderMap) -> Result<Self, String> {
        let Some(value) = headers.get(CONTENT_ENCODING) else {
            return Ok(Self::Identity);
        };
        let name = String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
        match name.as_str() {
            "" | "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "deflate" => Ok(Self::Deflate),
            _ => Err(name.chars().take(40).collect()),
        }
    }

    /// The body as it was before it was packed.
    ///
    /// # Errors
    /// Why it cannot be unpacked, or that it is longer than [`MAX_UNPACKED`].
    pub(in crate::source) fn unpack(self, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        match self {
            Self::Identity => Ok(bytes),
            Self::Gzip => bounded(MultiGzDecoder::new(bytes.as_slice()), "gzip"),
            Self::Deflate if is_zlib(&bytes) => {
                bounded(ZlibDecoder::new(bytes.as_slice()), "deflate")
            }
            Self::Deflate => bounded(DeflateDecoder::new(bytes.as_slice()), "deflate"),
        }
    }
}

/// Whether the first two bytes are a header of RFC 1950 section 2.2.
fn is_zlib(bytes: &[u8]) -> bool {
    let Some([method, flags]) = bytes.first_chunk() else {
        return false;
    };
    method & 0x0f == 8 && (u16::from(*method) * 256 + u16::from(*flags)) % 31 == 0
}

fn bounded(decoder: impl Read, name: &str) -> Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    decoder
        .take(MAX_UNPACKED as u64 + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| format!("no whole {name}: {error}"))?;
    if unpacked.len() > MAX_UNPACKED {
        return Err(format!("{name} of more than {MAX_UNPACKED} bytes"));
    }
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use super::{Encoding, MAX_UNPACKED};
    use axum::http::{HeaderMap, HeaderValue};
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(bytes).expect("packed");
        packer.finish().expect("packed")
    }

    #[test]
    fn reads_the_name_in_any_case() {
        let of = |name: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("content-encoding", HeaderValue::from_str(name).expect("a value"));
            Encoding::of(&headers)
        };
        assert_eq!(Encoding::of(&HeaderMap::new()), Ok(Encoding::Identity));
        assert_eq!(of(" GZip "), Ok(Encoding::Gzip));
        assert_eq!(of("deflate"), Ok(Encoding::Deflate));
        assert_eq!(of("gzip, br"), Err("gzip, br".to_owned()));
    }

    #[test]
    fn unpacks_every_kind() {
        let text = b"{\"a\":1}".to_vec();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(&text).expect("packed");
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
        raw.write_all(&text).expect("packed");
        let twice = [gzip(b"{\"a\""), gzip(b":1}")].concat();
        for (encoding, bytes) in [
            (Encoding::Identity, text.clone()),
            (Encoding::Gzip, gzip(&text)),
            (Encoding::Gzip, twice),
            (Encoding::Deflate, zlib.finish().expect("packed")),
            (Encoding::Deflate, raw.finish().expect("packed")),
        ] {
            assert_eq!(encoding.unpack(bytes), Ok(text.clone()), "{encoding:?}");
        }
    }

    #[test]
    fn refuses_what_is_broken_or_grows_too_long() {
        let mut cut = gzip(&[b'x'; 4000]);
        cut.truncate(cut.len() - 9);
        for bytes in [cut, b"no gzip at all".to_vec(), Vec::new()] {
            let error = Encoding::Gzip.unpack(bytes).expect_err("broken");
            assert!(error.starts_with("no whole gzip: "), "{error}");
        }
        assert_eq!(
            Encoding::Gzip.unpack(gzip(&vec![0; MAX_UNPACKED])).map(|it| it.len()),
            Ok(MAX_UNPACKED)
        );
        let error = Encoding::Gzip.unpack(gzip(&vec![0; MAX_UNPACKED + 1])).expect_err("a bomb");
        assert_eq!(error, "gzip of more than 67108864 bytes");
    }
}
