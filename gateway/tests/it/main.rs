//! Speaks raw HTTP to gateways that run in this process, and stdio to those that run in one of their own.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod audit_sinks;
#[cfg(test)]
mod audit_webhook;
#[cfg(test)]
mod auth;
#[cfg(test)]
mod batch;
#[cfg(test)]
mod binary;
#[cfg(test)]
mod debug;
#[cfg(test)]
mod envelope;
#[cfg(test)]
mod equivalence;
#[cfg(test)]
mod fault_record;
#[cfg(test)]
mod fault_reply;
#[cfg(test)]
mod fault_setup;
#[cfg(test)]
mod fault_sink;
#[cfg(test)]
mod fault_stateless;
#[cfg(test)]
mod fault_stdio;
#[cfg(test)]
mod fault_upstream;
#[cfg(test)]
mod features;
#[cfg(test)]
mod http;
#[cfg(test)]
mod modern;
#[cfg(test)]
mod modern_ask;
#[cfg(test)]
mod modern_features;
#[cfg(test)]
mod modern_headers;
#[cfg(test)]
mod modern_listen;
#[cfg(test)]
mod modern_refusal;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod pipe;
#[cfg(test)]
mod session;
#[cfg(test)]
mod stdio;
#[cfg(test)]
mod stdio_hostile;
#[cfg(test)]
mod stdio_modern;
#[cfg(test)]
mod stub;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tools;
#[cfg(test)]
mod upstream;
#[cfg(test)]
mod upstream_process;
#[cfg(test)]
mod upstream_trouble;
