//! `requestState`: what a client carries from one round of a request to the next. It comes back
//! from whom we do not trust, so that it is sealed.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

/// A state can be presented for so long.
const LIFE: Duration = Duration::from_secs(600);

/// The key of one gateway, made when it starts: no state outlives it.
pub(crate) struct Seal {
    key: hmac::Key,
}

/// What a state is good for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Purpose<'a> {
    /// Who may present it.
    pub(super) principal: &'a str,
    /// The tool that it belongs to.
    pub(super) tool: &'a str,
    /// The arguments of the call, in a form that does not depend on how they are written.
    pub(super) arguments: &'a str,
}

impl Default for Seal {
    fn default() -> Self {
        let secret: [u8; 32] = rand::random();
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &secret) }
    }
}

impl Seal {
    /// A state for this purpose. `now` is the time since 1970.
    pub(super) fn state(&self, purpose: Purpose<'_>, now: Duration) -> String {
        let expiry = (now + LIFE).as_secs();
        let tag = hmac::sign(&self.key, &sealed(expiry, purpose));
        format!("{expiry}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// Whether a state is ours, for this purpose, and not too old.
    pub(super) fn admits(&self, state: &str, purpose: Purpose<'_>, now: Duration) -> bool {
        let read = || {
            let (expiry, tag) = state.split_once('.')?;
            let number: u64 =
                expiry.parse().ok().filter(|number: &u64| number.to_string() == expiry)?;
            Some((number, URL_SAFE_NO_PAD.decode(tag).ok()?))
        };
        read().is_some_and(|(expiry, tag)| {
            hmac::verify(&self.key, &sealed(expiry, purpose), &tag).is_ok()
                && now.as_secs() <= expiry
        })
    }
}

/// Each part with its length, so that no two purposes have the same bytes.
fn sealed(expiry: u64, purpose: Purpose<'_>) -> Vec<u8> {
    let mut bytes = expiry.to_be_bytes().to_vec();
    for part in [purpose.principal, purpose.tool, purpose.arguments] {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000_000);
    const CALL: Purpose<'_> = Purpose { principal: "p", tool: "t", arguments: "{}" };

    #[test]
    fn a_state_is_good_for_its_purpose_alone() {
        let seal = Seal::default();
        let state = seal.state(CALL, NOW);
        assert!(seal.admits(&state, CALL, NOW));
        for other in [
            Purpose { principal: "q", ..CALL },
            Purpose { tool: "u", ..CALL },
            Purpose { arguments: r#"{"a":1}"#, ..CALL },
            Purpose { principal: "pt", tool: "", ..CALL },
        ] {
            assert!(!seal.admits(&state, other, NOW), "{other:?}");
        }
        assert!(!Seal::default().admits(&state, CALL, NOW));
    }

    #[test]
    fn a_state_ends() {
        let seal = Seal::default();
        let state = seal.state(CALL, NOW);
        assert!(seal.admits(&state, CALL, NOW + LIFE));
        assert!(!seal.admits(&state, CALL, NOW + LIFE + Duration::from_secs(1)));
    }

    #[test]
    fn a_changed_state_is_not_ours() {
        let seal = Seal::default();
        let state = seal.state(CALL, NOW);
        for place in 0..state.len() {
            let mut bytes = state.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("it is ASCII");
            assert!(!seal.admits(&changed, CALL, NOW), "{changed}");
        }
        for changed in
            [String::new(), format!("0{state}"), format!("+{state}"), format!("{state}.")]
        {
            assert!(!seal.admits(&changed, CALL, NOW), "{changed}");
        }
    }
}
