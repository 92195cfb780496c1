//! What was agreed in the handshake that passed through.

use std::sync::{Mutex, PoisonError};

use crate::wire::json::{Json, parse};

/// Where a message of the stateless revision says which revision it is.
const OWN_VERSION: &str = "/params/_meta/io.modelcontextprotocol~1protocolVersion";

/// The session of the upstream, and the revision that is spoken in it.
#[derive(Debug, Default)]
pub(super) struct State {
    agreed: Mutex<Agreed>,
}

/// What goes along with every message.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Agreed {
    pub(super) session: Option<String>,
    pub(super) version: Option<String>,
}

impl State {
    /// What goes along with this message: the revision that it names itself, or that of the handshake.
    pub(super) fn of(&self, message: Option<&Json>) -> Agreed {
        let own = message.and_then(|message| message.pointer(OWN_VERSION)).and_then(Json::as_str);
        match own {
            Some(version) => Agreed { session: None, version: Some(version.to_owned()) },
            None => self.lock().clone(),
        }
    }

    /// Keeps what an answer to `initialize` agrees to.
    pub(super) fn agree(&self, session: Option<String>, answer: &[u8]) {
        let answer = parse(answer).ok();
        let version = answer.as_ref().and_then(|it| it.pointer("/result/protocolVersion"));
        let version = version.and_then(Json::as_str).map(str::to_owned);
        *self.lock() = Agreed { session, version };
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Agreed> {
        self.agreed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
