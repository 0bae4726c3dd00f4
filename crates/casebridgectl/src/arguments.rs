//! What can be typed.

use casebridge_domain::jump::JumpMethod;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Session keys, jumps and tags for Salesforce cases, and the checks of a set-up, on a command line.
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
        /// Who makes the key: Casebridge on the appliance, or a console in its own dialog.
        #[arg(long, value_enum, default_value_t = Kind::Server)]
        kind: Kind,
        /// With --kind console or web: print the script and start nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Asks the representative console for a jump.
    Jump(Box<Jump>),
    /// Lists your running sessions, the ones you own first.
    Sessions {
        /// Everybody's.
        #[arg(long)]
        all: bool,
        /// The appliance's configured name.
        #[arg(long, value_name = "NAME")]
        appliance: Option<String>,
    },
    /// Puts a running session on a case; the only one you have, or the one you name.
    Tag {
        /// A case number, a case id, or the address of a case page.
        #[arg(long, value_name = "REF")]
        case: String,
        /// The session.
        #[arg(long, value_name = "LSID")]
        lsid: Option<String>,
        /// Even where the customer is not the case's contact, the session carries another case, or
        /// the case is closed.
        #[arg(long)]
        yes: bool,
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
    /// Writes a finished session to its case in Salesforce.
    Import {
        /// The session.
        #[arg(long, value_name = "LSID")]
        lsid: String,
        /// Read everything, count the records, and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Even where the session's customer is not who the case is about.
        #[arg(long)]
        yes: bool,
        /// The appliance's configured name.
        #[arg(long, value_name = "NAME")]
        appliance: Option<String>,
    },
    /// What still waits to be written to Salesforce.
    Outbox {
        #[command(subcommand)]
        what: Outbox,
    },
    /// Reads session reports.
    Report {
        #[command(subcommand)]
        what: Report,
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
pub(crate) enum Outbox {
    /// Lists what waits, what needs a person first.
    List,
    /// Tries an entry again now.
    Retry {
        /// The entry.
        id: u32,
    },
    /// Gives an entry up.
    Discard {
        /// The entry.
        id: u32,
    },
}

#[derive(Subcommand)]
pub(crate) enum Report {
    /// Everything that a saved SupportSession report says. One that is cut off or broken is refused.
    Show {
        /// The report, as the appliance's Reporting API answered.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum Policy {
    /// Every setting, its value and its origin.
    Show,
}

/// Who makes a key.
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

/// A jump. Only what is given is sent; what a method does not take is refused.
#[derive(Debug, clap::Args)]
pub(crate) struct Jump {
    /// item, push-local, push-remote, rdp, vnc, shell or vpro.
    #[arg(value_name = "METHOD", value_parser = methods())]
    pub(crate) method: String,
    /// item: what to search for.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// The computer; with item, its host name.
    #[arg(long, value_name = "HOST")]
    pub(crate) target: Option<String>,
    /// The Jumpoint.
    #[arg(long, value_name = "NAME")]
    pub(crate) jumpoint: Option<String>,
    /// item: a part of the host name.
    #[arg(long, value_name = "TEXT", conflicts_with = "target")]
    pub(crate) hostname: Option<String>,
    /// item: a part of the private address.
    #[arg(long, value_name = "TEXT")]
    pub(crate) private_ip: Option<String>,
    /// item: a part of the public address.
    #[arg(long, value_name = "TEXT")]
    pub(crate) public_ip: Option<String>,
    /// item: a part of the tag.
    #[arg(long, value_name = "TEXT")]
    pub(crate) tag: Option<String>,
    /// item: a part of the comments.
    #[arg(long, value_name = "TEXT")]
    pub(crate) comments: Option<String>,
    /// item: push, local_push, pinned, rdp, vnc or shelljump.
    #[arg(long, value_name = "METHOD")]
    pub(crate) item_method: Option<String>,
    /// item: the credential to use.
    #[arg(long, value_name = "ID")]
    pub(crate) credential_id: Option<String>,
    /// rdp, shell: who logs in there.
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// rdp: primary_display, all_displays or WxH.
    #[arg(long, value_name = "SIZE")]
    pub(crate) display_size: Option<String>,
    /// rdp: low, performance, performance_quality or quality.
    #[arg(long, value_name = "QUALITY")]
    pub(crate) quality: Option<String>,
    /// rdp: yes takes over the computer's own console session.
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
    /// The case that the session carries: a number, an id, or the address of a case page.
    #[arg(long, value_name = "REF")]
    pub(crate) case: Option<String>,
    /// The appliance's configured name.
    #[arg(long, value_name = "NAME")]
    pub(crate) appliance: Option<String>,
    /// Which console does it. Logging in to one logs the other out.
    #[arg(long, value_enum, default_value_t = WhichConsole::Desktop)]
    pub(crate) console: WhichConsole,
    /// Print the script and start nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Wait so long for the session that carries the case, and fail if none comes.
    #[arg(long, value_name = "SECONDS", requires = "case", conflicts_with = "dry_run",
        value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) wait: Option<u32>,
}

fn methods() -> clap::builder::PossibleValuesParser {
    JumpMethod::ALL.iter().map(|method| method.as_str()).collect::<Vec<_>>().into()
}

impl Arguments {
    /// Ends with a usage error where options exclude each other in a way that clap cannot say.
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
