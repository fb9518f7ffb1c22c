//! The tag language as a whole: a reply in, its text, actions and repairs out; at once or piece by piece.

pub use super::action::{Action, Ending, Origin, SetCall};
pub use super::probe::probe;
pub use super::reader::{ACTIONS_MAX, Event, Reader};
pub use super::repair::{Format, Repair};
pub use super::tool::Tool;

/// A whole reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The text beside the actions, for a person.
    pub text: String,
    /// The same as the record keeps it: with what is left of foreign calls, and with the lines about calls that came to nothing.
    pub unparsed: String,
    /// The actions in order.
    pub actions: Vec<Action>,
    /// What was mended, in order.
    pub repairs: Vec<Repair>,
}

/// Reads a whole reply. Never fails and never panics: what is no action is text.
#[must_use]
pub fn parse(reply: &str) -> Parsed {
    parse_capped(reply, ACTIONS_MAX)
}

/// The same with another bound for actions.
#[must_use]
pub fn parse_capped(reply: &str, cap: usize) -> Parsed {
    let mut reader = Reader::with_cap(cap);
    let mut parsed = Parsed::default();
    parsed.extend(reader.feed(reply));
    parsed.extend(reader.finish());
    parsed
}

impl Extend<Event> for Parsed {
    fn extend<I: IntoIterator<Item = Event>>(&mut self, events: I) {
        for event in events {
            match event {
                Event::Text(text) => {
                    self.text.push_str(&text);
                    self.unparsed.push_str(&text);
                }
                Event::Leftover(leftover) => self.unparsed.push_str(&leftover),
                Event::Action(action) => self.actions.push(action),
                Event::Repair(repair) => {
                    if repair.is_feedback() {
                        self.unparsed.push_str(&repair.line());
                    }
                    self.repairs.push(repair);
                }
            }
        }
    }
}
