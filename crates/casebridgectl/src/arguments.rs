//! What can be typed.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Session keys for Salesforce cases, and the checks of a set-up, on a command line.
#[derive(Parser)]
#[command(name = "casebridgectl", version)]
pub(crate) struct Arguments {
    /// Another profile: the folder with settings.toml and the data beside it.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) config_dir: Option<PathBuf>,
    /// Secrets from this TOML file (mode 0600) instead of the keyring.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// One JSON object on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Checks everything that a session key needs.
    Doctor,
    /// Signs in to Salesforce in the browser ($BROWSER if set).
    SignIn,
    /// Ends the sign-in, here and at the org.
    SignOut,
    /// Says who is signed in.
    Whoami,
    /// Makes a session key for a case.
    SessionKey {
        /// A case number, a case id, or the address of a case page.
        #[arg(long, value_name = "REF")]
        case: String,
        /// How long the key can start a session.
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=604_800))]
        ttl: Option<u32>,
        /// The portal that the key's address belongs to.
        #[arg(long, value_name = "NAME")]
        portal: Option<String>,
        /// The appliance's configured name.
        #[arg(long, value_name = "NAME")]
        appliance: Option<String>,
    },
    /// Mails a key to the case's contact, through Salesforce.
    EmailKey {
        /// A case number, a case id, or the address of a case page.
        #[arg(long, value_name = "REF")]
        case: String,
        /// The key.
        #[arg(long, value_name = "KEY")]
        short_key: String,
        /// The appliance's configured name.
        #[arg(long, value_name = "NAME")]
        appliance: Option<String>,
    },
    /// Shows the settings in force and where each comes from.
    Policy {
        #[command(subcommand)]
        what: Policy,
    },
    /// Hands a casebridge link to the running tray app.
    Open {
        /// The whole link.
        link: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Policy {
    /// Every setting, its value and its origin.
    Show,
}
