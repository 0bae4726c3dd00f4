//! A stand-in for the representative console: takes a script as the real one does, and lets the
//! simulated appliance run it.
//!
//! A refusal goes to standard error and ends the program with 1; the page of the script, which
//! `--show` opens, says the same.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, anyhow, bail};
use clap::Parser;
use serde_json::Value;

/// Runs a script of the representative console on the simulated appliance.
#[derive(Debug, Parser)]
#[command(name = "casebridge-simulator-console", version)]
struct Arguments {
    /// The appliance, as HOST:PORT.
    #[arg(long)]
    site: String,
    /// The authority that signed the appliance's certificate.
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// The user name of the representative who is logged in, or logs in now.
    #[arg(long, value_name = "NAME")]
    representative: String,
    /// Open the page of the script with this program, as the console would show its window.
    #[arg(long, value_name = "BROWSER")]
    show: Option<PathBuf>,
    /// The script.
    #[arg(long, value_name = "SCRIPT", conflicts_with = "file")]
    run_script: Option<String>,
    /// A script file.
    file: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let (origin, script) = match (&arguments.run_script, &arguments.file) {
        (Some(script), _) => ("run-script", script.clone()),
        (None, Some(file)) => {
            let text = std::fs::read_to_string(file);
            ("file", text.with_context(|| file.display().to_string())?)
        }
        (None, None) => bail!("there is no script: give --run-script or a file"),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(run(&arguments, origin, &script))?;
    writeln!(std::io::stdout(), "{answer}")?;
    let page = answer.get("page").and_then(Value::as_str).unwrap_or_default();
    if let Some(browser) = &arguments.show {
        let mut command = Command::new(browser);
        command.arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().with_context(|| browser.display().to_string())?;
    }
    match answer.get("refused").and_then(Value::as_str) {
        Some(why) => Err(anyhow!("the script was refused: {why}")),
        None => Ok(()),
    }
}

async fn run(arguments: &Arguments, origin: &str, script: &str) -> anyhow::Result<Value> {
    // Whoever was first has installed the same.
    rustls::crypto::ring::default_provider().install_default().ok();
    let authority = reqwest::Certificate::from_pem(&std::fs::read(&arguments.ca)?)?;
    let client = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build()?;
    let form = [
        ("representative", arguments.representative.as_str()),
        ("origin", origin),
        ("script", script),
    ];
    let address = format!("https://{}/simulator/console/run", arguments.site);
    let answer = client.post(address).form(&form).send().await?.error_for_status()?;
    Ok(answer.json().await?)
}
