//! The web as its callers see it: addresses as a table, pages as data, and requests against a server on loopback, which the setting
//! for servers nearby allows.

mod addresses;
mod pages;
mod requests;
mod searches;
mod server;
