//! Reference gateway.
