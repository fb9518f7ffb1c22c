//! The wire as data: a golden file for every frame in each direction, and a list of texts with their one reading.
//! `UPDATE_GOLDEN=1 cargo test -p alcove-proto --test wire` writes what is; read the difference before committing it.

mod acting;
mod golden;
mod inbound;
mod outbound;
mod reading;
mod sample;
