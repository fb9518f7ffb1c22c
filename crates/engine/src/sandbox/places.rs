//! Places commands know: the system's folders, tools that live in a home, and what in a home is nobody else's business. Tables, and what
//! of them is there; nothing is opened.

use std::path::{Path, PathBuf};

/// Folders of the system that are read and run, where they are.
pub(super) const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc",
    "/opt",
    "/nix",
    "/gnu",
    concat!("/home", "/linuxbrew"),
    "/run/current-system",
    "/sys/devices/system",
    "/sys/fs/cgroup",
];

/// Where names of hosts are looked up, when there is a network.
pub(super) const NAMES: &[&str] = &["/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager", "/mnt/wsl"];

/// Devices that hold nothing.
pub(super) const DEVICES: &[&str] = &["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// Folders of programs, as every system has them.
pub(super) const PROGRAMS: &[&str] = &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Something of a home that commands may read.
struct Tool {
    /// From the home.
    path: &'static str,
    /// Whether programs lie in it.
    programs: bool,
    /// Whether it is left out with a network: then tools fetch into a folder of their own, and cannot fetch into this one.
    offline: bool,
}

const fn tool(path: &'static str) -> Tool {
    Tool { path, programs: false, offline: false }
}

const fn programs(path: &'static str) -> Tool {
    Tool { path, programs: true, offline: false }
}

const fn fetched(path: &'static str) -> Tool {
    Tool { path, programs: false, offline: true }
}

/// Never a whole `.cargo` or `.config`: keys lie beside the tools.
const TOOLS: &[Tool] = &[
    programs(".cargo/bin"),
    fetched(".cargo/registry"),
    fetched(".cargo/git"),
    tool(".rustup"),
    tool(".nvm/versions"),
    tool(".local/share/fnm"),
    tool(".volta"),
    programs(".volta/bin"),
    tool(".asdf"),
    programs(".asdf/shims"),
    tool(".local/share/mise"),
    programs(".local/share/mise/shims"),
    tool(".pyenv"),
    programs(".pyenv/shims"),
    programs(".pyenv/bin"),
    tool(".rbenv"),
    programs(".rbenv/shims"),
    tool(".sdkman/candidates"),
    programs(".deno/bin"),
    programs(".bun/bin"),
    programs("go/bin"),
    fetched("go/pkg/mod"),
    tool("miniconda3"),
    tool("anaconda3"),
    tool(".ghcup"),
    programs(".ghcup/bin"),
    tool(".opam"),
    programs(".dotnet"),
    tool(".juliaup"),
    fetched(".m2/repository"),
    programs(".local/bin"),
    tool(".local/lib"),
    tool(".local/share/pipx"),
    tool(".local/share/uv"),
    programs(".local/share/pnpm"),
    programs(".npm-global/bin"),
    tool(".npm-global/lib"),
];

/// What of a home stays out of reach also of a chat that works in the home itself.
const SECRETS: &[&str] = &[
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".netrc",
    ".git-credentials",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".cargo/credentials.toml",
    ".cargo/credentials",
    ".config/gh",
    ".config/gcloud",
    ".config/git/credentials",
    ".config/op",
    ".config/rclone",
    ".config/sops",
    ".password-store",
    ".local/share/keyrings",
    ".local/share/kwalletd",
    ".mozilla",
    ".thunderbird",
    ".config/mozilla",
    ".config/chromium",
    ".config/google-chrome",
    ".config/microsoft-edge",
    ".config/BraveSoftware",
    ".config/vivaldi",
    ".config/opera",
    "snap/firefox",
    "snap/chromium",
    ".var/app",
];

/// A tool's folder that is there.
pub(super) struct Found {
    /// What it is called in a home.
    pub(super) name: &'static str,
    /// Where it is, without links.
    pub(super) real: PathBuf,
    /// Whether programs lie in it.
    pub(super) programs: bool,
}

/// The tools of a home, but what leads into `never`.
pub(super) fn tools(home: &Path, networked: bool, never: &[PathBuf]) -> Vec<Found> {
    let there = |tool: &Tool| {
        let real = home.join(tool.path).canonicalize().ok()?;
        let wide = home.starts_with(&real);
        let leads_in = never.iter().any(|never| real.starts_with(never) || never.starts_with(&real));
        (!wide && !leads_in).then_some(Found { name: tool.path, real, programs: tool.programs })
    };
    TOOLS.iter().filter(|tool| !(networked && tool.offline)).filter_map(there).collect()
}

/// The tools that do not lie in another's folder: to have those is to have all.
pub(super) fn outermost(tools: &[Found]) -> impl Iterator<Item = &Found> {
    let inside = |one: &Found, other: &Found| one.name != other.name && Path::new(one.name).starts_with(other.name);
    tools.iter().filter(move |tool| !tools.iter().any(|other| inside(tool, other)))
}

/// The secrets of a home that are there, without links.
pub(super) fn secrets(home: &Path) -> Vec<PathBuf> {
    SECRETS.iter().filter_map(|secret| home.join(secret).canonicalize().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_found_and_keys_are_not() {
        let place = tempfile::tempdir().unwrap();
        let home = place.path().canonicalize().unwrap();
        for folder in [".cargo/bin", ".cargo/registry", ".ssh", ".rustup", ".nvm/versions", ".dotnet", "go/bin", "data/hidden"] {
            std::fs::create_dir_all(home.join(folder)).unwrap();
        }
        std::fs::write(home.join(".cargo/credentials.toml"), "").unwrap();
        std::os::unix::fs::symlink(&home, home.join(".volta")).unwrap();
        std::os::unix::fs::symlink("data/hidden", home.join(".asdf")).unwrap();
        std::os::unix::fs::symlink(".ssh", home.join(".pyenv")).unwrap();
        let never = [vec![home.join("data")], secrets(&home)].concat();
        let names = |networked| tools(&home, networked, &never).iter().map(|found| found.name).collect::<Vec<_>>();
        assert_eq!(names(false), [".cargo/bin", ".cargo/registry", ".rustup", ".nvm/versions", "go/bin", ".dotnet"]);
        assert_eq!(names(true), [".cargo/bin", ".rustup", ".nvm/versions", "go/bin", ".dotnet"]);
        assert_eq!(secrets(&home), [home.join(".ssh"), home.join(".cargo/credentials.toml")]);
    }

    #[test]
    fn what_lies_in_another_tool_comes_with_it() {
        let found = [".pyenv/shims", ".pyenv", ".pyenv/bin", ".pyenvs"].map(|name| Found { name, real: PathBuf::new(), programs: true });
        assert_eq!(outermost(&found).map(|tool| tool.name).collect::<Vec<_>>(), [".pyenv", ".pyenvs"]);
    }
}
