//! Build script of the shell: bakes `tauri.conf.json`, the icons and the capabilities in.
//!
//! The commands are listed in the application manifest, so each of them needs a capability; a command left out
//! of `capabilities/window.json` is refused even to our own page.

#[rustfmt::skip]
const COMMANDS: &[&str] = &[
    "open_socket", "send_socket", "ack_socket", "close_socket", "painted", "open_external", "runtime_info", "watch", "restart_engine",
    "pick_folder", "open_logs", "export_diagnostics", "save_file",
];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest).capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
