//! Ranges of addresses, in which the proxies stand that are trusted.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A range of addresses in the notation of RFC 4632 section 3.1, for example `10.0.0.0/8` or `::1/128`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// Leading bits that all addresses of the range have in common.
    prefix: u8,
}

/// The text is no range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no range of addresses; write ADDRESS or ADDRESS/BITS, for example 10.0.0.0/8")]
pub struct NotANetwork {
    text: String,
}

impl Network {
    /// Whether the address is in the range. One of IPv4 that arrives in the form of IPv6 counts as what
    /// it is.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                self.covers(u128::from(own.to_bits() ^ other.to_bits()) << 96)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => self.covers(own.to_bits() ^ other.to_bits()),
            _ => false,
        }
    }

    /// Whether none of the bits that differ is one of the prefix.
    fn covers(&self, differing: u128) -> bool {
        differing.leading_zeros() >= u32::from(self.prefix)
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork { text: text.to_owned() };
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(all), str::parse).map_err(|_| wrong())?;
        if prefix > all {
            return Err(wrong());
        }
        Ok(Self { address, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_what_shares_its_prefix() {
        for (range, inside, outside) in [
            ("10.1.0.0/16", "10.1.255.3", "10.2.0.0"),
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("192.168.7.128/25", "192.168.7.129", "192.168.7.127"),
            ("10.0.0.0/8", "::ffff:10.9.9.9", "::ffff:11.0.0.0"),
            ("fd00::/8", "fdff::1", "fe80::1"),
            ("::1", "::1", "127.0.0.1"),
        ] {
            let network: Network = range.parse().expect(range);
            assert!(network.contains(inside.parse().expect("an address")), "{range} {inside}");
            assert!(!network.contains(outside.parse().expect("an address")), "{range} {outside}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "host/8", "10.0.0.0/", "10.0.0.0/-1"]
        {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        let network: Network = "127.0.0.1".parse().expect("a range");
        assert_eq!(network.to_string(), "127.0.0.1/32");
    }
}
