//! Decides before GTK starts how WebKit shall render. Without a GPU the DMABUF renderer costs a second of start, a hundred
//! megabytes and half a core, so it is switched off there; it is also off where it once painted nothing. It never probes
//! a driver: looking for a render node is enough and takes microseconds.

use crate::remembered::Renderer;

/// WebKit's own switch; a value the person set is left alone.
pub(crate) const DMABUF_SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// The renderer for this start, applied. Must be called while the process has one thread.
#[cfg(target_os = "linux")]
pub(crate) fn settle(remembered: Renderer) -> Renderer {
    if let Some(set) = std::env::var_os(DMABUF_SWITCH) {
        return if set == "0" { Renderer::Dmabuf } else { Renderer::SharedMemory };
    }
    if remembered == Renderer::SharedMemory || software_forced() || !has_render_node(std::path::Path::new("/dev/dri")) {
        switch_dmabuf_off();
        return Renderer::SharedMemory;
    }
    Renderer::Dmabuf
}

/// Other systems have no such choice.
#[cfg(not(target_os = "linux"))]
pub(crate) fn settle(remembered: Renderer) -> Renderer {
    remembered
}

#[cfg(target_os = "linux")]
fn software_forced() -> bool {
    std::env::var_os("LIBGL_ALWAYS_SOFTWARE").is_some_and(|value| value == "1" || value == "true")
}

/// A GPU shows itself as `renderD128` and up; `card0` alone is a display without one.
#[cfg(target_os = "linux")]
fn has_render_node(folder: &std::path::Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD")))
}

/// Sets the variable for WebKit and the processes it starts. The other way, running ourselves again with the variable set,
/// would load GTK and WebKit twice and cost the time this switch is there to save.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "called from main before any thread exists, so nobody reads the environment meanwhile")]
fn switch_dmabuf_off() {
    // SAFETY: `settle` runs first thing in `shell::run`; the runtime, GTK and WebKit start their threads after it.
    unsafe { std::env::set_var(DMABUF_SWITCH, "1") };
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_render_node_is_a_gpu_and_a_card_alone_is_not() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("card0"), "").unwrap();
        assert!(!has_render_node(dir.path()));
        std::fs::write(dir.path().join("renderD128"), "").unwrap();
        assert!(has_render_node(dir.path()));
        assert!(!has_render_node(&dir.path().join("missing")));
    }
}
