//! A look at a file of a chat's project (envelope §2.9): text only, a bounded piece of it, and never from outside the project or the
//! media folder, however far the chat may otherwise go.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use alcove_proto::ChatId;
use alcove_proto::session::FilePreview;
use percent_encoding::percent_decode_str;

use crate::beneath::{Beneath, Unopened};
use crate::engine::Engine;
use crate::error::Error;
use crate::settings::Refused;

/// Bytes of a file that are shown.
const SHOWN_BYTES: usize = 384 * 1024;
/// Bytes looked at to tell text from the rest.
const SNIFFED_BYTES: usize = 4096;
/// The longest path.
const PATH_BYTES: usize = 4096;
/// The folder beside the database that may be looked at too.
const MEDIA: &str = "media";

/// Names of languages that are not the ending of their files.
#[rustfmt::skip]
const LANGUAGES: &[(&str, &[&str])] = &[
    ("bash", &["sh", "bash", "zsh"]), ("c", &["c", "h"]), ("cpp", &["cc", "cpp", "cxx", "hh", "hpp", "hxx"]), ("csharp", &["cs"]),
    ("javascript", &["js", "cjs", "mjs"]), ("json", &["json", "jsonl", "ndjson", "webmanifest"]), ("jsx", &["jsx"]),
    ("kotlin", &["kt", "kts"]), ("markdown", &["md", "mdx", "markdown"]), ("python", &["py", "pyi"]), ("ruby", &["rb"]),
    ("rust", &["rs"]), ("text", &["txt", "log"]), ("typescript", &["ts", "cts", "mts"]), ("yaml", &["yaml", "yml"]), ("xml", &["svg"]),
];
/// Files that are told by their whole name.
const NAMED: &[(&str, &str)] = &[("dockerfile", "dockerfile"), ("makefile", "makefile"), ("cmakelists.txt", "cmake")];

impl Engine {
    /// The beginning of a text file of the chat's project.
    pub async fn preview(&self, chat: &ChatId, path: Option<&str>) -> Result<FilePreview, Refused> {
        let (project, media, wanted) = self.looked_for(chat, path).await?;
        blocking(move || preview(&project, &media, &wanted)).await
    }

    /// Whether there is something to show. What is only in the way of showing it is an answer; what failed is not.
    pub async fn previewable(&self, chat: &ChatId, path: Option<&str>) -> Result<bool, Refused> {
        let found = async {
            let (project, media, wanted) = self.looked_for(chat, path).await?;
            blocking(move || find(&project, &media, &wanted).and_then(|found| begin(found).map(drop))).await
        };
        match found.await {
            Ok(()) => Ok(true),
            Err(refused) if refused.status < 500 => Ok(false),
            Err(refused) => Err(refused),
        }
    }

    async fn looked_for(&self, chat: &ChatId, path: Option<&str>) -> Result<(PathBuf, PathBuf, PathBuf), Refused> {
        let wanted = wanted(path)?;
        let scope = self.scope(chat).await?;
        Ok((PathBuf::from(scope.project_path), self.data_dir().join(MEDIA), wanted))
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refused> + Send + 'static) -> Result<T, Refused> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(Error::Closing.into()),
    }
}

/// The path a text means: an address of a file, escapes, a query, a fragment and a place in the file are taken off.
fn wanted(text: Option<&str>) -> Result<PathBuf, Refused> {
    let text = text.unwrap_or_default().trim();
    let text = match text.strip_prefix("file://") {
        Some(rest) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => text,
    };
    // The text is cut first: an escaped `#` belongs to the name.
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let text = percent_decode_str(text).decode_utf8_lossy().into_owned();
    let text = without_place(text.trim());
    if text.is_empty() {
        return Err(Refused::bad("missing path"));
    }
    if text.len() > PATH_BYTES {
        return Err(Refused::bad("path is too long"));
    }
    if text.contains('\0') {
        return Err(Refused::bad("invalid path"));
    }
    Ok(crate::scope::expand(text))
}

/// Without `:line` or `:line:column` at the end.
fn without_place(text: &str) -> &str {
    let cut = |text: &'_ str| match text.rsplit_once(':') {
        Some((rest, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(rest.len()),
        Some(_) | None => None,
    };
    let Some(one) = cut(text) else { return text };
    let two = cut(&text[..one]).unwrap_or(one);
    &text[..two]
}

/// A file that was found, and what to call it.
struct Found {
    file: File,
    path: PathBuf,
    display: String,
    project: PathBuf,
}

fn find(project: &Path, media: &Path, wanted: &Path) -> Result<Found, Refused> {
    let outside = || Refused::new(403, "file is outside the current workspace");
    for root in [project, media] {
        // A folder that is gone holds nothing.
        let Ok(folder) = Beneath::hold(root) else { continue };
        let Some(relative) = folder.relative(wanted) else { continue };
        let file = match folder.file(relative) {
            Ok(file) => file,
            Err(Unopened::Outside) => return Err(outside()),
            Err(Unopened::Missing) => return Err(Refused::new(404, "file not found")),
            Err(Unopened::Invalid) => return Err(Refused::bad("invalid path")),
            Err(Unopened::Failed(_)) => return Err(Refused::new(500, "failed to read file")),
        };
        let path = tidy(&folder.path().join(relative));
        let display = path.strip_prefix(project).unwrap_or(&path).to_string_lossy().into_owned();
        return Ok(Found { file, path, display, project: project.to_owned() });
    }
    if wanted.is_absolute() { Err(outside()) } else { Err(Refused::new(404, "file not found")) }
}

/// The path as text, without `.` and `..`.
fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            part @ (std::path::Component::Prefix(_) | std::path::Component::RootDir | std::path::Component::Normal(_)) => out.push(part),
        }
    }
    out
}

/// A file that holds text, with its first bytes.
fn begin(mut found: Found) -> Result<(Found, Vec<u8>), Refused> {
    let mut bytes = Vec::new();
    let read = found.file.by_ref().take(SNIFFED_BYTES as u64).read_to_end(&mut bytes);
    read.map_err(|_| Refused::new(500, "failed to read file"))?;
    if bytes.contains(&0) {
        return Err(Refused::new(415, "binary files cannot be previewed"));
    }
    Ok((found, bytes))
}

fn preview(project: &Path, media: &Path, wanted: &Path) -> Result<FilePreview, Refused> {
    let failed = |_| Refused::new(500, "failed to read file");
    let (mut found, mut bytes) = begin(find(project, media, wanted)?)?;
    let rest = (SHOWN_BYTES + 1 - bytes.len()) as u64;
    found.file.by_ref().take(rest).read_to_end(&mut bytes).map_err(failed)?;
    let size = found.file.metadata().map_err(failed)?.len();
    let truncated = bytes.len() > SHOWN_BYTES;
    bytes.truncate(SHOWN_BYTES);
    Ok(FilePreview {
        path: found.path.to_string_lossy().into_owned(),
        display_path: found.display,
        project_path: found.project.to_string_lossy().into_owned(),
        language: language(&found.path),
        content: text(bytes),
        size,
        truncated,
    })
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into_owned())
}

fn language(path: &Path) -> String {
    let lower = |text: Option<&std::ffi::OsStr>| text.map(|text| text.to_string_lossy().to_lowercase()).unwrap_or_default();
    let (name, ending) = (lower(path.file_name()), lower(path.extension()));
    if let Some((_, language)) = NAMED.iter().find(|(known, _)| *known == name) {
        return (*language).to_owned();
    }
    let known = LANGUAGES.iter().find(|(_, endings)| endings.contains(&ending.as_str()));
    match known {
        Some((language, _)) => (*language).to_owned(),
        None if ending.is_empty() => "text".to_owned(),
        None => ending,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    struct Place {
        dir: tempfile::TempDir,
        project: PathBuf,
    }

    fn place() -> Place {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let project = root.join("app");
        for folder in ["app/src", "app/lib", "app/ünï", "data/media/websocket", "apple"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in
            ["app/src/main.rs", "app/a b.txt", "app/50%.txt", "app/ünï/ç.md", "app/.env", "app/Dockerfile", "app/x.tar", "app/empty"]
        {
            std::fs::write(root.join(file), if file.ends_with("empty") { "" } else { "text" }).unwrap();
        }
        std::fs::write(root.join("secret.txt"), "secret").unwrap();
        std::fs::write(root.join("apple/secret.txt"), "secret").unwrap();
        std::fs::write(root.join("data/media/websocket/n.txt"), "note").unwrap();
        std::fs::write(root.join("data/alcove.db"), "database").unwrap();
        std::fs::write(root.join("app/binary"), b"a\0b").unwrap();
        std::fs::write(root.join("app/latin.txt"), b"caf\xe9").unwrap();
        std::fs::write(root.join("app/long.txt"), "x".repeat(SHOWN_BYTES + 7)).unwrap();
        symlink("src/main.rs", project.join("inner")).unwrap();
        symlink("../secret.txt", project.join("outer")).unwrap();
        symlink("..", project.join("up")).unwrap();
        symlink(root.join("secret.txt"), project.join("absolute")).unwrap();
        symlink("/proc/self/environ", project.join("magic")).unwrap();
        Place { dir, project }
    }

    /// A path as asked for (`@` stands for the place's own folder) and what is shown or said.
    const CASES: &[(&str, &str)] = &[
        // What is there.
        ("src/main.rs", "src/main.rs rust 4"),
        ("./src/main.rs", "src/main.rs rust 4"),
        ("src/../src/main.rs", "src/main.rs rust 4"),
        ("src//main.rs", "src/main.rs rust 4"),
        ("  src/main.rs  ", "src/main.rs rust 4"),
        ("@/app/src/main.rs", "src/main.rs rust 4"),
        ("file://@/app/src/main.rs", "src/main.rs rust 4"),
        ("file://localhost@/app/src/main.rs", "src/main.rs rust 4"),
        ("file://@/app/a%20b.txt", "a b.txt text 4"),
        ("src/main.rs:12", "src/main.rs rust 4"),
        ("src/main.rs:12:7", "src/main.rs rust 4"),
        ("src/main.rs#L12", "src/main.rs rust 4"),
        ("src/main.rs?raw=1", "src/main.rs rust 4"),
        ("src/main.rs:12?x#y", "src/main.rs rust 4"),
        ("src%2Fmain.rs", "src/main.rs rust 4"),
        ("a b.txt", "a b.txt text 4"),
        ("a%20b.txt", "a b.txt text 4"),
        ("50%25.txt", "50%.txt text 4"),
        ("50%.txt", "50%.txt text 4"),
        ("ünï/ç.md", "ünï/ç.md markdown 4"),
        ("%C3%BCn%C3%AF/%C3%A7.md", "ünï/ç.md markdown 4"),
        (".env", ".env text 4"),
        ("Dockerfile", "Dockerfile dockerfile 4"),
        ("x.tar", "x.tar tar 4"),
        ("empty", "empty text 0"),
        ("inner", "inner text 4"),
        ("latin.txt", "latin.txt text 4"),
        ("long.txt", "long.txt text 393223 truncated"),
        ("@/data/media/websocket/n.txt", "@/data/media/websocket/n.txt text 4"),
        // What is not.
        ("", "400 missing path"),
        ("   ", "400 missing path"),
        ("#", "400 missing path"),
        ("?a=b", "400 missing path"),
        (":12", "400 missing path"),
        ("file://", "400 missing path"),
        ("file://host", "400 missing path"),
        ("a%00b", "400 invalid path"),
        ("none.txt", "404 file not found"),
        ("src", "404 file not found"),
        ("src/", "404 file not found"),
        (".", "404 file not found"),
        ("src/main.rs/x", "404 file not found"),
        ("src/main.rs/", "404 file not found"),
        ("SRC/MAIN.RS", "404 file not found"),
        ("src\\main.rs", "404 file not found"),
        ("C:\\Windows\\win.ini", "404 file not found"),
        ("none/../src/main.rs", "404 file not found"),
        ("@/app", "404 file not found"),
        ("@/data/media/none", "404 file not found"),
        ("src%252Fmain.rs", "404 file not found"),
        ("binary", "415 binary files cannot be previewed"),
        // What lies elsewhere.
        ("..", "403 file is outside the current workspace"),
        ("../secret.txt", "403 file is outside the current workspace"),
        ("src/../../secret.txt", "403 file is outside the current workspace"),
        ("%2e%2e/secret.txt", "403 file is outside the current workspace"),
        ("..%2Fsecret.txt", "403 file is outside the current workspace"),
        ("file://@/secret.txt", "403 file is outside the current workspace"),
        ("@/secret.txt", "403 file is outside the current workspace"),
        ("@/app/../secret.txt", "403 file is outside the current workspace"),
        ("@/apple/secret.txt", "403 file is outside the current workspace"),
        ("@/data/alcove.db", "403 file is outside the current workspace"),
        ("@/data/media/../alcove.db", "403 file is outside the current workspace"),
        ("/etc/passwd", "403 file is outside the current workspace"),
        ("//etc/passwd", "403 file is outside the current workspace"),
        ("file:///etc/passwd", "403 file is outside the current workspace"),
        ("/etc/passwd:1", "403 file is outside the current workspace"),
        ("/proc/self/environ", "403 file is outside the current workspace"),
        ("/proc/self/cwd/Cargo.toml", "403 file is outside the current workspace"),
        ("/dev/zero", "403 file is outside the current workspace"),
        ("~/.ssh/id_rsa", "403 file is outside the current workspace"),
        ("~", "403 file is outside the current workspace"),
        ("outer", "403 file is outside the current workspace"),
        ("absolute", "403 file is outside the current workspace"),
        ("magic", "403 file is outside the current workspace"),
        ("up/secret.txt", "403 file is outside the current workspace"),
    ];

    fn told(place: &Place, path: &str) -> String {
        let root = place.dir.path().canonicalize().unwrap().to_string_lossy().into_owned();
        let path = path.replace('@', &root);
        let media = place.dir.path().join("data/media").canonicalize().unwrap();
        match wanted(Some(&path)).and_then(|wanted| preview(&place.project, &media, &wanted)) {
            Ok(shown) => {
                assert_eq!(shown.project_path, place.project.to_string_lossy());
                let more = if shown.truncated { " truncated" } else { "" };
                assert_eq!(shown.content.len() == SHOWN_BYTES, shown.truncated);
                format!("{} {} {}{more}", shown.display_path.replace(&root, "@"), shown.language, shown.size)
            }
            Err(refused) => format!("{} {}", refused.status, refused.message),
        }
    }

    #[test]
    fn every_path_has_its_answer() {
        assert!(CASES.len() >= 60);
        let place = place();
        for (path, expected) in CASES {
            assert_eq!(told(&place, path), *expected, "{path:?}");
        }
        assert_eq!(told(&place, &"x/".repeat(3000)), "400 path is too long");
        assert_eq!(told(&place, &"x".repeat(300)), "400 invalid path");
        assert_eq!(wanted(None).unwrap_err().message, "missing path");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        let place = place();
        let shown = preview(&place.project, Path::new("/none"), Path::new("latin.txt")).unwrap();
        assert_eq!(shown.content, "caf\u{fffd}");
    }
}
