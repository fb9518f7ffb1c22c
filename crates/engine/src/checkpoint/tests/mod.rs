//! Captured and undone, on real files.

mod cases;
mod dice;
mod house;
mod overlap;
mod pages;
mod refusals;
mod rules;
mod scene;
