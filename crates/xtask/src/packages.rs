//! Programs and libraries of the system that building, running and testing need, and how they come to be there.

use crate::error::Error;
use crate::node;
use crate::process::{Invocation, found};
use crate::say;

/// What a task needs of the system.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The gateway without a window.
    Headless,
    /// The window as well.
    Window,
    /// Everything the tests drive.
    Test,
}

/// A package by its Debian name, the lowest need that asks for it, and the program that stands in for it when it came by other ways.
struct Package {
    name: &'static str,
    from: Need,
    program: Option<&'static [&'static str]>,
}

#[rustfmt::skip]
const PACKAGES: &[Package] = &[
    Package { name: "build-essential", from: Need::Headless, program: None },
    Package { name: "pkg-config", from: Need::Headless, program: Some(&["pkg-config"]) },
    Package { name: "nodejs", from: Need::Headless, program: Some(&["node"]) },
    Package { name: "npm", from: Need::Headless, program: Some(&["npm"]) },
    Package { name: "libwebkit2gtk-4.1-dev", from: Need::Window, program: None },
    Package { name: "libdbus-1-dev", from: Need::Window, program: None },
    Package { name: "bubblewrap", from: Need::Test, program: None },
    Package { name: "python3", from: Need::Test, program: None },
    Package { name: "git", from: Need::Test, program: Some(&["git"]) },
    Package { name: "xvfb", from: Need::Test, program: Some(&["Xvfb"]) },
    Package { name: "dbus", from: Need::Test, program: Some(&["dbus-daemon"]) },
    Package { name: "webkit2gtk-driver", from: Need::Test, program: Some(&["WebKitWebDriver"]) },
    Package { name: "at-spi2-core", from: Need::Test, program: None },
    Package { name: "chromium", from: Need::Test, program: Some(&["chromium"]) },
];

/// Installs what is missing, or says the command that would.
pub(crate) fn install(need: Need) -> Result<(), Error> {
    if found("dpkg-query").is_none() {
        let names: Vec<&str> = wanted(need).map(|package| package.name).collect();
        say::line(&format!(
            "not a Debian-like system: nothing is installed; on Debian these packages would be asked for: {}",
            names.join(" ")
        ));
        return Ok(());
    }
    let missing: Vec<&str> = wanted(need).filter(|package| !is_there(package)).map(|package| package.name).collect();
    if missing.is_empty() {
        say::line("system packages: all there");
        return Ok(());
    }
    if missing.contains(&"nodejs") {
        node::check_offered(&Invocation::new("apt-cache", &["policy", "nodejs"]).output().unwrap_or_default())?;
    }
    say::line(&format!("system packages: installing {}", missing.join(" ")));
    let apt = apt(&missing)?;
    if apt("install").run().is_ok() {
        return Ok(());
    }
    // The usual reason on a fresh system is that no package list was ever fetched.
    apt("update").run()?;
    apt("install").run()
}

fn wanted(need: Need) -> impl Iterator<Item = &'static Package> {
    PACKAGES.iter().filter(move |package| rank(package.from) <= rank(need))
}

fn rank(need: Need) -> u8 {
    match need {
        Need::Headless => 0,
        Need::Window => 1,
        Need::Test => 2,
    }
}

fn is_there(package: &Package) -> bool {
    let installed = || Invocation::new("dpkg-query", &["--show", "--showformat", "${db:Status-Status}", package.name]).output();
    let stands_in = |programs: &[&str]| programs.iter().any(|program| found(program).is_some());
    package.program.is_some_and(stands_in) || installed().is_ok_and(|status| status == "installed")
}

/// How packages are installed here: as root, or through sudo, or not at all.
fn apt(missing: &[&str]) -> Result<impl Fn(&str) -> Invocation, Error> {
    let is_root = Invocation::new("id", &["-u"]).output()?.trim() == "0";
    if !is_root && found("sudo").is_none() {
        return Err(Error::Missing(format!(
            "run this as root, then try again:\n  apt-get install --no-install-recommends {}",
            missing.join(" ")
        )));
    }
    let packages: Vec<String> = missing.iter().map(|name| (*name).to_owned()).collect();
    Ok(move |verb: &str| {
        let start: &[&str] = if is_root { &["apt-get"] } else { &["sudo", "DEBIAN_FRONTEND=noninteractive", "apt-get"] };
        let invocation = Invocation::new(start[0], &start[1..]).with("DEBIAN_FRONTEND", "noninteractive");
        match verb {
            "install" => invocation.and(&["install".to_owned(), "--yes".to_owned(), "--no-install-recommends".to_owned()]).and(&packages),
            verb => invocation.and(&[verb.to_owned()]),
        }
    })
}

/// Whether there is a screen to open a window on.
pub(crate) fn has_display() -> bool {
    let named = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    named("DISPLAY") || named("WAYLAND_DISPLAY") || cfg!(not(target_os = "linux"))
}
