//! A person's yes to one exact action: bound to a digest of everything that decides what will happen, and good once. It outlives neither a change of
//! what it was given for nor its use; it never becomes a rule.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest as _, Sha256};

/// What is hashed first, so that no other digest is ever taken for one of these.
const DOMAIN: &str = "alcove approval 1";

/// What will be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A program with its arguments.
    Argv(Vec<String>),
    /// A script, for a shell.
    Script {
        /// The program that reads it.
        shell: String,
        /// Its text, byte for byte.
        text: String,
    },
    /// The files get these contents; `None` goes away.
    Files(BTreeMap<String, Option<[u8; 32]>>),
    /// A page is fetched, or a search made.
    Address(String),
}

/// An action with everything that decides what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exact {
    /// The chat it belongs to.
    pub chat: String,
    /// The tool.
    pub tool: String,
    /// What it does.
    pub what: What,
    /// Where it starts, absolute.
    pub cwd: String,
    /// What is added to the environment.
    pub env: BTreeMap<String, String>,
    /// The files it works on, as they were when the person saw them; `None` is a file that is not there.
    pub targets: BTreeMap<String, Option<[u8; 32]>>,
    /// Whether it has the network.
    pub network: bool,
}

/// The digest of an exact action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Exact {
    /// Its digest. Every part is hashed with its length, so that no two actions read the same.
    pub fn digest(&self) -> Digest {
        let mut hash = Fields(Sha256::new());
        for part in [DOMAIN, &self.chat, &self.tool, &self.cwd] {
            hash.text(part);
        }
        match &self.what {
            What::Argv(words) => {
                hash.text("argv");
                hash.count(words.len());
                words.iter().for_each(|word| hash.text(word));
            }
            What::Script { shell, text } => ["script", shell, text].into_iter().for_each(|part| hash.text(part)),
            What::Files(files) => {
                hash.text("files");
                hash.files(files);
            }
            What::Address(address) => ["address", address].into_iter().for_each(|part| hash.text(part)),
        }
        hash.count(self.env.len());
        for (name, value) in &self.env {
            hash.text(name);
            hash.text(value);
        }
        hash.files(&self.targets);
        hash.text(if self.network { "network" } else { "no network" });
        Digest(hash.0.finalize().into())
    }
}

struct Fields(Sha256);

impl Fields {
    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }

    fn files(&mut self, files: &BTreeMap<String, Option<[u8; 32]>>) {
        self.count(files.len());
        for (path, content) in files {
            self.text(path);
            match content {
                Some(content) => {
                    self.0.update([1]);
                    self.0.update(content);
                }
                None => self.0.update([0]),
            }
        }
    }
}

/// What became of an approval when the action was about to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// It was for exactly this, and is used up now.
    Used,
    /// It was for something else than what would happen now; it is gone.
    Changed,
    /// There is none, or no longer.
    None,
}

/// The approvals that were given and not used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approvals {
    open: BTreeMap<String, Digest>,
}

impl Approvals {
    /// A person said yes to a proposal, which showed this. Whoever of the chat's clients says so; the first answer counts.
    pub fn grant(&mut self, proposal: &str, digest: Digest) {
        self.open.entry(proposal.to_owned()).or_insert(digest);
    }

    /// Takes the approval of a proposal for what will happen now. It is gone afterwards, whatever the answer.
    pub fn spend(&mut self, proposal: &str, now: &Exact) -> Spent {
        match self.open.remove(proposal) {
            Some(digest) if digest == now.digest() => Spent::Used,
            Some(_) => Spent::Changed,
            None => Spent::None,
        }
    }

    /// The proposal was withdrawn, or the chat stopped.
    pub fn revoke(&mut self, proposal: &str) {
        self.open.remove(proposal);
    }
}
