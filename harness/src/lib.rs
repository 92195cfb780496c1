//! `mcp-gauntlet`: sends malformed and unusual JSON-RPC envelopes to an MCP gateway and asserts per
//! case a correlated answer, a matching audit record, and that nothing is silently dropped.
//!
//! The pure core (`wire`, `case`, `generate`, `oracle`, `audit`) knows no clock, no network and no
//! filesystem; the rim (`catalogue`, `runner`, `transport`, `source`, `target`, `report`) has one
//! mechanism a file. The arrows between them are held by `tests/it/arrows.rs`.

pub mod app;
pub mod audit;
pub mod campaign;
pub mod case;
pub mod catalogue;
pub mod cli;
pub mod doctor;
pub mod examine;
pub mod exit;
pub mod explain;
pub mod generate;
pub mod init;
pub mod listing;
pub mod oracle;
pub mod plan;
pub mod report;
pub mod runner;
pub mod source;
pub mod target;
pub mod transport;
pub mod upstream;
pub mod wire;
