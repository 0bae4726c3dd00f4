//! The programs of a desktop: each with its own log, none outliving the desktop.

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// Environment variables by name.
pub type Environment = BTreeMap<String, OsString>;

const FIRST_LINE: Duration = Duration::from_secs(20);
const FAREWELL: Duration = Duration::from_secs(2);

/// The running programs, ended in reverse order when dropped.
#[derive(Debug)]
pub struct Programs {
    logs: PathBuf,
    running: Mutex<Vec<Child>>,
}

impl Programs {
    /// Programs whose output goes to files in this folder.
    pub fn new(logs: &Path) -> Self {
        Self { logs: logs.to_path_buf(), running: Mutex::default() }
    }

    /// Starts a program that runs on; its output goes to `NAME.log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self, name: &str, command: Command) -> Result<u32> {
        let child = self.spawn(name, command, Stdio::null())?;
        Ok(self.keep(child))
    }

    /// Starts a program and gives it one text on its standard input.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_with_input(&self, name: &str, command: Command, input: &str) -> Result<u32> {
        let mut child = self.spawn(name, command, Stdio::piped())?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).with_context(|| format!("{name} reads nothing"))?;
        }
        Ok(self.keep(child))
    }

    /// Starts a program and returns the first line that it prints.
    ///
    /// # Errors
    /// When it cannot be started or prints no line in time.
    pub fn start_for_line(&self, name: &str, mut command: Command) -> Result<String> {
        command.stdout(Stdio::piped());
        let mut child = self.spawn_with(name, command, Stdio::null(), Stdio::piped())?;
        let stdout = child.stdout.take();
        self.keep(child);
        let line = stdout.and_then(first_line).unwrap_or_default();
        if line.is_empty() {
            bail!("{name} did not say where it is; see {}", self.log(name).display());
        }
        Ok(line)
    }

    /// Runs a program to its end and returns what it printed and whether it went well.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run(&self, name: &str, command: Command) -> Result<(bool, String)> {
        let child = self.spawn_with(name, command, Stdio::null(), Stdio::piped())?;
        let output = child.wait_with_output()?;
        Ok((output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// Ends one program with all it started.
    pub fn end(&self, id: u32) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = running.iter().position(|child| child.id() == id) {
            end(running.remove(at));
        }
    }

    /// Whether a program still runs.
    pub fn is_running(&self, id: u32) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let child = running.iter_mut().find(|child| child.id() == id);
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// The file that holds a program's output.
    pub fn log(&self, name: &str) -> PathBuf {
        self.logs.join(format!("{name}.log"))
    }

    fn keep(&self, child: Child) -> u32 {
        let id = child.id();
        self.running.lock().unwrap_or_else(PoisonError::into_inner).push(child);
        id
    }

    fn spawn(&self, name: &str, command: Command, stdin: Stdio) -> Result<Child> {
        let log = self.open_log(name)?;
        self.spawn_with(name, command, stdin, log.into())
    }

    fn spawn_with(
        &self,
        name: &str,
        mut command: Command,
        stdin: Stdio,
        stdout: Stdio,
    ) -> Result<Child> {
        let log = self.open_log(name)?;
        command.stdin(stdin).stdout(stdout).stderr(log).process_group(0);
        command.spawn().with_context(|| format!("cannot start {name}"))
    }

    fn open_log(&self, name: &str) -> Result<File> {
        let path = self.log(name);
        let options = File::options().create(true).append(true).open(&path);
        options.with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner);
        running.drain(..).rev().for_each(end);
    }
}

/// A command with this environment and no other, that ends when we do.
pub fn command(program: impl AsRef<OsStr>, environment: &Environment) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command.env_clear().envs(environment);
    command
}

fn first_line(stdout: ChildStdout) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stdout).lines();
        // Nobody listens any more when the time is over.
        sender.send(lines.next()).ok();
        // A closed pipe would be an error to some programs.
        lines.for_each(drop);
    });
    receiver.recv_timeout(FIRST_LINE).ok()??.ok()
}

/// Asks the program and all it started to end, and makes them.
fn end(mut child: Child) {
    let group = Pid::from_child(&child);
    kill_process_group(group, Signal::TERM).ok();
    let deadline = Instant::now() + FAREWELL;
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    kill_process_group(group, Signal::KILL).ok();
    child.wait().ok();
}
