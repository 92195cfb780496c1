//! OTLP in protobuf, record by record.
//!
//! The three levels around a record (request, resource, scope) have the same shape for both signals:
//! field 1 says whose records they are, field 2 repeats what is inside. They are walked without being
//! decoded, since a few bytes of an empty message would become hundreds in memory.

use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::{Message, decode_length_delimiter};

use super::Signal;
use super::sink::{Origin, Record, Sink, Stopped, garbage};
use crate::source::MAX_LINE;

/// Field of a request that holds its resources.
const RESOURCES: u64 = 1;

/// Field of a resource or scope that says which it is.
const HEAD: u64 = 1;

/// Field of a resource or scope that holds what is in it.
const INSIDE: u64 = 2;

/// Reads a request of any of the two services.
pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), Stopped> {
    for group in fields(bytes, RESOURCES) {
        let group = group?;
        let resource = last(group)?.map(Resource::decode).transpose().map_err(garbage)?;
        for scope_group in fields(group, INSIDE) {
            read_scope(scope_group?, resource.as_ref(), sink)?;
        }
    }
    Ok(())
}

fn read_scope(
    bytes: &[u8],
    resource: Option<&Resource>,
    sink: &mut Sink<'_>,
) -> Result<(), Stopped> {
    let scope = last(bytes)?.map(InstrumentationScope::decode).transpose().map_err(garbage)?;
    let origin = Origin::new(resource, scope.as_ref())?;
    for record in fields(bytes, INSIDE) {
        let record = record?;
        if record.len() > MAX_LINE {
            sink.too_long(b"")?;
            continue;
        }
        let record = match sink.signal {
            Signal::Span => Record::Span(Box::new(Span::decode(record).map_err(garbage)?)),
            Signal::Log => Record::Log(Box::new(LogRecord::decode(record).map_err(garbage)?)),
        };
        sink.record(&record, &origin)?;
    }
    Ok(())
}

/// Who the records of a level are of. The last of several counts.
fn last(bytes: &[u8]) -> Result<Option<&[u8]>, Stopped> {
    fields(bytes, HEAD).last().transpose()
}

/// The fields of a message with this number, which are messages themselves.
fn fields(bytes: &[u8], wanted: u64) -> impl Iterator<Item = Result<&[u8], Stopped>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            match field(&mut rest) {
                Some((number, Some(value))) if number == wanted => return Some(Ok(value)),
                Some(_) => {}
                None => {
                    rest = &[];
                    return Some(Err(garbage("the bytes are no protobuf")));
                }
            }
        }
        None
    })
}

/// Takes one field: its number, and its bytes where it has a length. None where the bytes are no field.
fn field<'a>(rest: &mut &'a [u8]) -> Option<(u64, Option<&'a [u8]>)> {
    let key = varint(rest)?;
    let number = (key >> 3 > 0).then_some(key >> 3)?;
    let value = match key & 7 {
        0 => {
            varint(rest)?;
            None
        }
        1 => take(rest, 8).map(|_| None)?,
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            Some(take(rest, length)?)
        }
        5 => take(rest, 4).map(|_| None)?,
        _ => return None,
    };
    Some((number, value))
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let value = decode_length_delimiter(&mut *rest).ok()?;
    u64::try_from(value).ok()
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::fields;

    /// The values of field 2, or none where the bytes are no message.
    fn inside(bytes: &[u8]) -> Option<Vec<&[u8]>> {
        fields(bytes, 2).collect::<Result<Vec<_>, _>>().ok()
    }

    #[test]
    fn walks_over_every_kind_of_field() {
        let bytes = [
            &[0x08, 0xff, 0x01][..],         // 1: varint
            &[0x12, 2, b'a', b'b'],          // 2: bytes
            &[0x09, 1, 2, 3, 4, 5, 6, 7, 8], // 1: 64 bits
            &[0x15, 1, 2, 3, 4],             // 2: 32 bits
            &[0xfa, 0x7f, 1, b'x'],          // 2047: bytes
            &[0x12, 0],                      // 2: no bytes
        ]
        .concat();
        assert_eq!(inside(&bytes), Some(vec![&b"ab"[..], b""]));
        assert_eq!(inside(b""), Some(Vec::new()));
    }

    #[test]
    fn refuses_what_is_no_message() {
        for bytes in [&[0x12, 5, 1][..], &[0x12], &[0x13, 0], &[0x17, 0], &[0x02, 0], &[0xff; 11]] {
            assert_eq!(inside(bytes), None, "{bytes:x?}");
        }
        assert_eq!(inside(b"{\"resourceSpans\":[]}"), None, "JSON");
    }
}
