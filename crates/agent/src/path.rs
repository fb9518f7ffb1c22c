//! What paths look like (entries §1.2, §1.5): entry paths with their scheme, the paths of records and channels, and the paths of files as
//! a model writes them. Only text is judged here, for clear errors and for one way to write each name: whether a file lies where
//! its path says is decided by the engine, from a descriptor. Opens nothing.

mod entry;
mod file;
mod probe;
mod status;

pub use entry::{PATH_MAX, channel, log_to_data, normalize, record, scheme_of, slugify, target, unique};
pub use file::{Bounds, Named, Protected, Reach, Refusal, file, protected};
pub use probe::probe;
pub use status::{State, status};
