//! Starts the simulator, prints one JSON line when it is ready, and runs until it is told to end.

use std::io::{Read, Write};
use std::path::PathBuf;

use casebridge_simulator::{Options, REDIRECT_PORTS, Simulator};
use clap::Parser;
use tokio::sync::oneshot;

/// A BeyondTrust appliance and a Salesforce org on this machine, to try Casebridge with.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// What the people, cases and ids are made from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The org's port (0: any free one).
    #[arg(long, default_value_t = 0)]
    org_port: u16,
    /// The appliance's port (0: any free one).
    #[arg(long, default_value_t = 0)]
    appliance_port: u16,
    /// The control page's port (0: any free one).
    #[arg(long, default_value_t = 0)]
    control_port: u16,
    /// Where to write ca.pem (default: a folder that is removed at the end).
    #[arg(long)]
    dir: Option<PathBuf>,
    /// A port of a registered callback, besides the usual ones. May be repeated.
    #[arg(long = "redirect-port")]
    redirect_ports: Vec<u16>,
    /// The compiled Lightning components of the case page (salesforce/dist).
    #[arg(long)]
    components: Option<PathBuf>,
    /// End when standard input is closed.
    #[arg(long)]
    exit_with_stdin: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut redirect_ports = REDIRECT_PORTS.to_vec();
    redirect_ports.extend(arguments.redirect_ports);
    let simulator = Simulator::start(Options {
        seed: arguments.seed,
        org_port: arguments.org_port,
        appliance_port: arguments.appliance_port,
        control_port: arguments.control_port,
        dir: arguments.dir,
        redirect_ports,
        components: arguments.components,
    })?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", serde_json::to_string(&simulator.ready())?)?;
    stdout.flush()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(wait_for_end(arguments.exit_with_stdin))
}

/// Waits for SIGTERM or Ctrl-C, or for the end of standard input where that is asked for.
async fn wait_for_end(with_stdin: bool) -> anyhow::Result<()> {
    let (closed, stdin_closed) = oneshot::channel::<()>();
    let stdin_closed = async move {
        if with_stdin {
            std::thread::spawn(move || {
                let _ = std::io::stdin().read_to_end(&mut Vec::new());
                let _ = closed.send(());
            });
            let _ = stdin_closed.await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = stdin_closed => Ok(()),
        ended = tokio::signal::ctrl_c() => Ok(ended?),
        ended = terminated() => ended,
    }
}

#[cfg(unix)]
async fn terminated() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    signal(SignalKind::terminate())?.recv().await;
    Ok(())
}

#[cfg(not(unix))]
async fn terminated() -> anyhow::Result<()> {
    std::future::pending().await
}
