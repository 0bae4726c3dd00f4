//! The programs of a desktop: each with its own log, none outliving the desktop.

use crate::wait;
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
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

    /// Runs a program to its end.
    ///
    /// # Errors
    /// When it cannot be started or does not end in time.
    pub fn run(&self, name: &str, command: Command) -> Result<Ended> {
        self.begin(name, command)?.ended()
    }

    /// Starts a program that ends by itself, and does not wait for it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn begin(&self, name: &str, mut command: Command) -> Result<Begun> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let output = child.stdout.take().map(drain);
        let errors = child.stderr.take().map(drain);
        Ok(Begun { name: name.to_owned(), child, output, errors, log: self.open_log(name)? })
    }

    /// Waits until a program has ended by itself, and returns its exit code.
    ///
    /// # Errors
    /// When it does not end, or was ended by a signal.
    pub async fn wait_for_end(&self, id: u32) -> Result<i32> {
        wait::until("the end of the program", || async { self.exit_status(id) })
            .await?
            .code()
            .context("the program was ended by a signal")
    }

    /// How a program ended; nothing while it runs.
    ///
    /// # Errors
    /// When it is none of ours.
    pub fn exit_status(&self, id: u32) -> Result<Option<ExitStatus>> {
        let mut running = self.running();
        let child = running.iter_mut().find(|child| child.id() == id);
        Ok(child.context("this program is not ours")?.try_wait()?)
    }

    /// Ends one program with all it started.
    pub fn end(&self, id: u32) {
        let mut running = self.running();
        if let Some(at) = running.iter().position(|child| child.id() == id) {
            end(running.remove(at));
        }
    }

    /// Interrupts a program, as Ctrl-C does.
    ///
    /// # Errors
    /// When it is not there.
    pub fn interrupt(&self, id: u32) -> Result<()> {
        let running = self.running();
        let child = running.iter().find(|child| child.id() == id).context("no such program")?;
        Ok(kill_process(Pid::from_child(child), Signal::INT)?)
    }

    /// The file that holds a program's output.
    pub fn log(&self, name: &str) -> PathBuf {
        self.logs.join(format!("{name}.log"))
    }

    fn keep(&self, child: Child) -> u32 {
        let id = child.id();
        self.running().push(child);
        id
    }

    fn running(&self) -> MutexGuard<'_, Vec<Child>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
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

/// How a program ended and what it said.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to its standard output.
    pub output: String,
    /// What it wrote to its standard error.
    pub errors: String,
}

/// A program that will end by itself.
#[derive(Debug)]
pub struct Begun {
    name: String,
    child: Child,
    output: Option<JoinHandle<String>>,
    errors: Option<JoinHandle<String>>,
    log: File,
}

impl Begun {
    /// Waits for the end.
    ///
    /// # Errors
    /// When it does not end in time; then it is ended.
    pub fn ended(mut self) -> Result<Ended> {
        let deadline = Instant::now() + wait::PATIENCE;
        let status = loop {
            match self.child.try_wait()? {
                Some(status) => break status,
                None if Instant::now() >= deadline => {
                    self.child.kill().ok();
                    self.child.wait().ok();
                    bail!("{} did not end in time", self.name);
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let said = |reader: Option<JoinHandle<String>>| {
            reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
        };
        let ended = Ended {
            code: status.code(),
            output: said(self.output.take()),
            errors: said(self.errors.take()),
        };
        write!(self.log, "{}{}", ended.output, ended.errors)?;
        Ok(ended)
    }
}

/// Reads to the end beside us, so that no pipe fills up.
fn drain(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read until an error is still worth having.
        from.read_to_end(&mut bytes).ok();
        String::from_utf8_lossy(&bytes).into_owned()
    })
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
