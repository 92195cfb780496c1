//! How deep brackets are nested in bytes that need not be JSON.

/// The deepest nesting of `[` and `{` outside of strings; 0 when there is none. Reads any bytes once:
/// a closing bracket closes whatever is open, and an unterminated string reaches to the end.
#[must_use]
pub fn scan_depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
