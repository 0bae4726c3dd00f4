//! The command line's arguments and their help texts.

use casebridge_domain::jump::JumpMethod;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Creates session keys, starts jumps and tags sessions for Salesforce cases, and checks the set-up.
#[derive(Parser)]
#[command(name = "casebridgectl", version)]
pub(crate) struct Arguments {
    /// Use another profile: the folder with settings.toml and its data.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) config_dir: Option<PathBuf>,
    /// Read secrets from this TOML file (mode 0600) instead of the keyring.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// Print the result as one JSON object on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Checks everything that Casebridge needs, and says how to fix what fails.
    Doctor,
    /// Signs in to Salesforce in the browser ($BROWSER if set).
    SignIn,
    /// Signs out of Salesforce, on this computer and in the org.
    SignOut,
    /// Shows who is signed in.
    Whoami,
    /// Creates a session key for a case.
    SessionKey {
        /// The case: its number, its ID, or a link to it.
        #[arg(long, value_name = "REF")]
        case: String,
        /// How long the key is valid.
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=604_800))]
        ttl: Option<u32>,
        /// The portal that the key's URL belongs to.
        #[arg(long, value_name = "NAME")]
        portal: Option<String>,
        /// The appliance's name in the settings.
        #[arg(long, value_name = "NAME")]
        appliance: Option<String>,
        /// What creates the key: Casebridge on the appliance, or a console in its own dialog.
        #[arg(long, value_enum, default_value_t = Kind::Server)]
        kind: Kind,
        /// With --kind console or web: only print the script.
        #[arg(long)]
        dry_run: bool,
    },
    /// Starts a jump in the representative console.
    Jump(Box<Jump>),
    /// Lists your running sessions, starting with the ones that you own.
    Sessions {
        /// List the sessions of all representatives.
        #[arg(long)]
        all: bool,
        /// Only this appliance, by its name in the settings. Otherwise all of them.
        #[arg(long, value_name = "NAME")]
        appliance: Option<String>,
    },
    /// Tags a running session with a case: your only session, or the one given with --lsid.
    Tag {
        /// The case: its number, its ID, or a link to it.
        #[arg(long, value_name = "REF", required_unless_present = "new")]
        case: Option<String>,
        /// Open the page for a new case in the browser, wait until it is saved, and use that case.
        #[arg(long, conflicts_with = "case")]
        new: bool,
        /// With --new: the subject of the case.
        #[arg(long, value_name = "TEXT", requires = "new")]
        subject: Option<String>,
        /// With --new: the name or e-mail address of the contact. Otherwise the customer's name.
        #[arg(long, value_name = "TEXT", requires = "new")]
        contact: Option<String>,
        /// The session.
        #[arg(long, value_name = "LSID")]
        lsid: Option<String>,
        /// Tag even if the customer is not the case's contact, the session is on another case, or
        /// the case is closed.
        #[arg(long)]
        yes: bool,
        /// Only this appliance, by its name in the settings. Otherwise all of them.
        #[arg(long, value_name = "NAME")]
        appliance: Option<String>,
    },
    /// Sends a session key to the case's contact by e-mail, through Salesforce.
    EmailKey {
        /// The case: its number, its ID, or a link to it.
        #[arg(long, value_name = "REF")]
        case: String,
        /// The short key.
        #[arg(long, value_name = "KEY")]
        short_key: String,
        /// The appliance's name in the settings.
        #[arg(long, value_name = "NAME")]
        appliance: Option<String>,
    },
    /// Imports a finished session to its case in Salesforce.
    Import {
        /// The session.
        #[arg(long, value_name = "LSID")]
        lsid: String,
        /// Count the records, but write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Import even if the session's customer is not the person on the case.
        #[arg(long)]
        yes: bool,
        /// The appliance, by its name in the settings. Otherwise the one that knows the session.
        #[arg(long, value_name = "NAME")]
        appliance: Option<String>,
    },
    /// Shows and manages what is waiting to be written to Salesforce.
    Outbox {
        #[command(subcommand)]
        what: Outbox,
    },
    /// Reads session reports.
    Report {
        #[command(subcommand)]
        what: Report,
    },
    /// Stores and removes the client secrets of appliances.
    Secret {
        #[command(subcommand)]
        what: Secret,
    },
    /// Shows the current settings and where each comes from.
    Policy {
        #[command(subcommand)]
        what: Policy,
    },
    /// Opens a casebridge link in the running tray app.
    Open {
        /// The complete link.
        link: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Outbox {
    /// Lists the waiting entries, starting with those that need you.
    List,
    /// Retries an entry now.
    Retry {
        /// The entry's ID.
        id: u32,
    },
    /// Discards an entry. It will not be written to Salesforce.
    Discard {
        /// The entry's ID.
        id: u32,
    },
}

#[derive(Subcommand)]
pub(crate) enum Report {
    /// Shows the content of a saved SupportSession report. An incomplete report is an error.
    Show {
        /// The report file, as downloaded from the appliance's Reporting API.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum Secret {
    /// Reads an appliance's client secret from standard input and stores it.
    Set {
        /// The appliance's name in the settings.
        #[arg(long, value_name = "NAME", default_value = DEFAULT_APPLIANCE)]
        appliance: String,
    },
    /// Removes an appliance's client secret from this computer.
    Remove {
        /// The appliance's name in the settings.
        #[arg(long, value_name = "NAME", default_value = DEFAULT_APPLIANCE)]
        appliance: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Policy {
    /// Shows every setting, its value and its origin.
    Show,
}

/// What creates a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Casebridge, on the appliance.
    Server,
    /// The representative console on this computer.
    Console,
    /// The web console.
    Web,
}

/// Which console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhichConsole {
    /// The program on this computer.
    Desktop,
    /// The one in the browser.
    Web,
}

/// A jump. Only the given options are sent; an option that the method does not have is an error.
#[derive(Debug, clap::Args)]
pub(crate) struct Jump {
    /// The jump method: item, push-local, push-remote, rdp, vnc, shell or vpro.
    #[arg(value_name = "METHOD", value_parser = methods())]
    pub(crate) method: String,
    /// item: the search term.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// The computer; with item, its host name.
    #[arg(long, value_name = "HOST")]
    pub(crate) target: Option<String>,
    /// The Jumpoint.
    #[arg(long, value_name = "NAME")]
    pub(crate) jumpoint: Option<String>,
    /// item: part of the host name.
    #[arg(long, value_name = "TEXT", conflicts_with = "target")]
    pub(crate) hostname: Option<String>,
    /// item: part of the private IP address.
    #[arg(long, value_name = "TEXT")]
    pub(crate) private_ip: Option<String>,
    /// item: part of the public IP address.
    #[arg(long, value_name = "TEXT")]
    pub(crate) public_ip: Option<String>,
    /// item: part of the tag.
    #[arg(long, value_name = "TEXT")]
    pub(crate) tag: Option<String>,
    /// item: part of the comments.
    #[arg(long, value_name = "TEXT")]
    pub(crate) comments: Option<String>,
    /// item: the jump method: push, local_push, pinned, rdp, vnc or shelljump.
    #[arg(long, value_name = "METHOD")]
    pub(crate) item_method: Option<String>,
    /// item: the credential to use.
    #[arg(long, value_name = "ID")]
    pub(crate) credential_id: Option<String>,
    /// rdp, shell: the user name to log in with.
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// rdp: primary_display, all_displays or WxH.
    #[arg(long, value_name = "SIZE")]
    pub(crate) display_size: Option<String>,
    /// rdp: low, performance, performance_quality or quality.
    #[arg(long, value_name = "QUALITY")]
    pub(crate) quality: Option<String>,
    /// rdp: yes takes over the computer's console session.
    #[arg(long, value_name = "yes|no")]
    pub(crate) rdp_console: Option<String>,
    /// shell: ssh or telnet.
    #[arg(long, value_name = "PROTOCOL")]
    pub(crate) protocol: Option<String>,
    /// shell: the port.
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<String>,
    /// shell: xterm or vt100.
    #[arg(long, value_name = "TERMINAL")]
    pub(crate) terminal: Option<String>,
    /// The case to link the session to: its number, its ID, or a link to it.
    #[arg(long, value_name = "REF")]
    pub(crate) case: Option<String>,
    /// The appliance's name in the settings.
    #[arg(long, value_name = "NAME")]
    pub(crate) appliance: Option<String>,
    /// The console to use. Logging in to one logs you out of the other.
    #[arg(long, value_enum, default_value_t = WhichConsole::Desktop)]
    pub(crate) console: WhichConsole,
    /// Only print the script.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Wait this long for the session with the case, and fail if it does not start.
    #[arg(long, value_name = "SECONDS", requires = "case", conflicts_with = "dry_run",
        value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) wait: Option<u32>,
}

fn methods() -> clap::builder::PossibleValuesParser {
    JumpMethod::ALL.iter().map(|method| method.as_str()).collect::<Vec<_>>().into()
}

impl Arguments {
    /// Exits with a usage error if options conflict in a way that clap can't express.
    pub(crate) fn check(&self) {
        if let Command::SessionKey { kind, dry_run, ttl, .. } = &self.command {
            let wrong = match (kind, dry_run, ttl) {
                (Kind::Server, true, _) => "--dry-run needs --kind console or --kind web",
                (Kind::Console | Kind::Web, _, Some(_)) => "--ttl needs --kind server",
                _ => return,
            };
            Self::command().error(clap::error::ErrorKind::ArgumentConflict, wrong).exit();
        }
    }
}
