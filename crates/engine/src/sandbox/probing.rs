//! How commands are held here, found out beside everything else that starts.

use std::sync::{Arc, OnceLock};

use super::{Helper, Own, Sandbox};

/// A sandbox that is being found out. Whoever needs it before it is known waits.
#[derive(Debug)]
pub(crate) struct Probing {
    helper: Helper,
    own: Own,
    found: OnceLock<Sandbox>,
}

impl Probing {
    /// Begins, in a thread of its own.
    pub(crate) fn begin(helper: Helper, own: Own) -> Arc<Self> {
        let probing = Arc::new(Self { helper, own, found: OnceLock::new() });
        let itself = probing.clone();
        std::thread::spawn(move || itself.sandbox().standing().level);
        probing
    }

    /// What was found out. Blocks until it is.
    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.found.get_or_init(|| Sandbox::probe(&self.helper, self.own.clone()))
    }

    /// The same, when it is known already.
    pub(crate) fn known(&self) -> Option<&Sandbox> {
        self.found.get()
    }
}
