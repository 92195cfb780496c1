//! `--header 'Name: value'`: headers as they are typed, with variables of the environment filled in.
//!
//! No message repeats a value: what was typed may be a credential.

use super::UsageError;
use crate::runner::headers::GivenHeader;
use crate::wire::envelope::Header;

/// Reads the headers of a command line, in order.
///
/// # Errors
/// [`UsageError`] for the first that is none; it says which by its place.
pub(super) fn read(texts: &[String]) -> Result<Vec<GivenHeader>, UsageError> {
    let numbered = |(at, text): (usize, &String)| {
        header(text).map_err(|why| UsageError(format!("--header (number {}): {why}", at + 1)))
    };
    texts.iter().enumerate().map(numbered).collect()
}

/// `Name: value`, where `$NAME` or `${NAME}` in the value comes from the environment.
fn header(text: &str) -> Result<GivenHeader, String> {
    let form = "write it as 'Name: value'";
    let (name, typed) = text.split_once(':').ok_or(form)?;
    let (name, typed) = (name.trim(), typed.trim());
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(format!("what stands before the colon is no name of a header; {form}"));
    }
    let value = expand(typed).map_err(|why| format!("{name}: {why}"))?;
    if value.bytes().any(|byte| byte != b'\t' && byte.is_ascii_control()) {
        return Err(format!("{name}: its value holds a control character; take it out"));
    }
    let mut given =
        GivenHeader { header: Header::new(name, value.clone()), printable: String::new() };
    given.printable = match given.secret() {
        Some(_) if value == typed => format!("{name}: ${}", name.to_uppercase().replace('-', "_")),
        _ => format!("{name}: {typed}"),
    };
    Ok(given)
}

/// A character of a token (RFC 9110 section 5.6.2), of which names of headers are made.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

fn expand(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('$') {
        out.push_str(before);
        let braced = behind.strip_prefix('{').and_then(|behind| behind.split_once('}'));
        let (name, tail) = braced.unwrap_or_else(|| {
            let end = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            behind.split_at(end.unwrap_or(behind.len()))
        });
        out.push_str(&variable(name)?);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

fn variable(name: &str) -> Result<String, String> {
    if name.is_empty() {
        return Err("a `$` without the name of a variable; write $NAME or ${NAME}".to_owned());
    }
    // What does not look like the name of a variable may be part of a password with a `$` in it.
    let usual = name.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'));
    let shown = if usual { format!("variable `{name}`") } else { "variable behind `$`".to_owned() };
    std::env::var_os(name)
        .ok_or_else(|| format!("the {shown} is not in the environment; export it"))?
        .into_string()
        .map_err(|_| format!("the {shown} is no UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_out_credential_is_printed_as_a_variable() {
        let given = header("Authorization: Bearer sesame-open").unwrap();
        assert_eq!(given.printable, "Authorization: $AUTHORIZATION");
        assert_eq!(given.secret().as_deref(), Some("sesame-open"));
        assert_eq!(header("x-plain: yes").unwrap().printable, "x-plain: yes");
    }

    #[test]
    fn what_is_no_header_is_refused_without_repeating_it() {
        for text in [
            "Bearer hunter2",
            "hunter2 hunter2: x",
            ": hunter2",
            "a: hunter2\nb: c",
            "a: hunter2\u{1}",
            "a: hunter2$",
            "a: hunter2${}",
            "a: $GAUNTLET_NO_SUCH_VARIABLE hunter2",
            "a: p$hunter2",
        ] {
            let error = read(&["x: y".to_owned(), text.to_owned()]).unwrap_err().to_string();
            assert!(error.starts_with("--header (number 2): "), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_missing_variable_is_named() {
        let error = header("a: ${GAUNTLET_NO_SUCH_VARIABLE}").unwrap_err();
        assert!(error.contains("`GAUNTLET_NO_SUCH_VARIABLE`"), "{error}");
    }
}
