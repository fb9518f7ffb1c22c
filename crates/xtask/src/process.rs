//! The one place of the tasks that starts processes: compilers, package managers, the built binaries.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;
use crate::say;

/// A command line, its folder and what is added to its environment.
pub(crate) struct Invocation {
    program: String,
    arguments: Vec<String>,
    folder: Option<PathBuf>,
    environment: Vec<(String, String)>,
}

impl Invocation {
    /// A program by name or path, with its arguments.
    pub(crate) fn new(program: &str, arguments: &[&str]) -> Self {
        Self {
            program: program.to_owned(),
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            folder: None,
            environment: Vec::new(),
        }
    }

    /// The cargo that runs this task.
    pub(crate) fn cargo(arguments: &[&str]) -> Self {
        Self::new(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), arguments)
    }

    /// The same, in a folder.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// The same, with one more environment variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same, with more arguments.
    pub(crate) fn and(mut self, arguments: &[String]) -> Self {
        self.arguments.extend_from_slice(arguments);
        self
    }

    /// The command line as a person would type it.
    pub(crate) fn shown(&self) -> String {
        let name = Path::new(&self.program).file_name().map_or(self.program.clone(), |name| name.to_string_lossy().into_owned());
        std::iter::once(name.as_str()).chain(self.arguments.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
    }

    /// Runs it to its end; its output goes where ours goes.
    pub(crate) fn run(&self) -> Result<(), Error> {
        say::line(&format!("$ {}", self.shown()));
        let status = self.command().status().map_err(|source| self.not_started(source))?;
        self.succeeded(status.code())
    }

    /// Becomes it: signals reach it, and its end is ours. Returns only when it could not start, or where processes cannot be replaced.
    pub(crate) fn take_over(&self) -> Result<(), Error> {
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt as _;
            say::line(&format!("$ {}", self.shown()));
            Err(self.not_started(self.command().exec()))
        }
        #[cfg(not(unix))]
        self.run()
    }

    /// Runs it to its end, showing each line of its standard output and handing it to `seen`.
    pub(crate) fn run_seen(&self, mut seen: impl FnMut(&str)) -> Result<(), Error> {
        say::line(&format!("$ {}", self.shown()));
        let mut child = self.command().stdout(Stdio::piped()).spawn().map_err(|source| self.not_started(source))?;
        let output = child.stdout.take().expect("its output is piped");
        for line in BufReader::new(output).split(b'\n') {
            let line = line.map_err(|source| self.not_started(source))?;
            let line = String::from_utf8_lossy(&line);
            say::line(&line);
            seen(&line);
        }
        let status = child.wait().map_err(|source| self.not_started(source))?;
        self.succeeded(status.code())
    }

    /// Runs it silently; its standard output when it succeeded.
    pub(crate) fn output(&self) -> Result<String, Error> {
        let output = self.command().stdin(Stdio::null()).stderr(Stdio::piped()).output().map_err(|source| self.not_started(source))?;
        self.succeeded(output.status.code())?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    #[expect(clippy::disallowed_methods, reason = "tasks build and install with the developer's own tools, outside any sandbox")]
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }

    fn not_started(&self, source: std::io::Error) -> Error {
        Error::Start { program: self.program.clone(), source }
    }

    fn succeeded(&self, code: Option<i32>) -> Result<(), Error> {
        match code {
            Some(0) => Ok(()),
            code => Err(Error::Failed { command: self.shown(), code }),
        }
    }
}

/// Where a program of this name stands in the search path.
pub(crate) fn found(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}
