//! Rebuilds the crate when the window's files change, since they are embedded.
fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist");
}
