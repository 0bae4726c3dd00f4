//! A stateful appliance and org on loopback, over TLS, with fault switches.
//!
//! [`Simulator::start`] makes a world from a seed and serves it from a thread of its own, so that
//! it runs beside any runtime. It speaks the protocols of the two systems and shares no type with
//! the clients; its state ends with it.

mod appliance;
mod case_sessions;
mod common;
mod console;
mod control;
mod org;
mod ready;
mod tls;
mod world;

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use anyhow::{Context, anyhow};
use axum::Router;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::RustlsConfig;
use serde_json::Value;
use tempfile::TempDir;

use self::appliance::{
    Crowd, CustomerLeave, KeyTyped, RepJoin, RepLeave, RepLogin, RepLogout, RepOwn, RepRename,
    State as Appliance,
};
pub use self::appliance::{CustomerJoin, SessionBegin, SessionWork, SurveyAnswered};
use self::common::deed::{Deed, Impossible};
pub use self::common::faults::{FaultName, FaultSwitch, Scope};
use self::common::places::Places;
use self::common::site::Site;
pub use self::ready::{Ready, ReadyAppliance, ReadyOrg, ReadyRep};
use self::tls::Identity;
use self::world::World;

/// The ports of the callbacks that are registered unless others are asked for.
pub const REDIRECT_PORTS: [u16; 4] = [17171, 17172, 17173, 1717];

/// A whole report with about so many bytes of chat, for those who measure readers.
pub fn sample_report(chat_bytes: u64) -> String {
    appliance::sample_report(chat_bytes)
}

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the world is made from.
    pub seed: u64,
    /// The org's port; zero takes a free one.
    pub org_port: u16,
    /// The appliance's port; zero takes a free one.
    pub appliance_port: u16,
    /// The control page's port; zero takes a free one.
    pub control_port: u16,
    /// Where to write `ca.pem`; a folder that ends with the simulator while absent.
    pub dir: Option<PathBuf>,
    /// The ports of the registered callbacks.
    pub redirect_ports: Vec<u16>,
    /// The compiled components of the case page (`salesforce/dist`); without them the page has plain
    /// links.
    pub components: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            org_port: 0,
            appliance_port: 0,
            control_port: 0,
            dir: None,
            redirect_ports: REDIRECT_PORTS.to_vec(),
            components: None,
        }
    }
}

/// A running simulator. It ends when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    ready: Ready,
    world: Arc<World>,
    handle: Handle<std::net::SocketAddr>,
    thread: Option<JoinHandle<()>>,
    _folder: Option<TempDir>,
}

impl Simulator {
    /// Makes the world, the certificates and the servers; returns when they listen.
    pub fn start(options: Options) -> anyhow::Result<Self> {
        let (folder, dir) = match options.dir {
            Some(dir) => {
                std::fs::create_dir_all(&dir)
                    .with_context(|| format!("cannot create {}", dir.display()))?;
                (None, dir)
            }
            None => {
                let folder = tempfile::Builder::new().prefix("casebridge-simulator-").tempdir()?;
                let dir = folder.path().to_owned();
                (Some(folder), dir)
            }
        };
        let identity = tls::make_identity(&dir)?;
        let appliance = listen(options.appliance_port)?;
        let org = listen(options.org_port)?;
        let control = listen(options.control_port)?;
        let places = Places {
            appliance_port: appliance.local_addr()?.port(),
            org_port: org.local_addr()?.port(),
            control_port: control.local_addr()?.port(),
            redirect_ports: options.redirect_ports,
            components: options.components.filter(|folder| folder.join(org::SCRIPT).exists()),
        };
        let world = World::make(options.seed, places);
        let servers = vec![
            (appliance, appliance::router(&world.appliance, console::router(&world.console))),
            (org, org::router(&world.org, case_sessions::router(&world))),
            (control, control::router(&world)),
        ];
        let ready = make_ready(&world, &identity);
        let handle = Handle::new();
        let thread = serve(servers, &identity, handle.clone())?;
        Ok(Self { ready, world, handle, thread: Some(thread), _folder: folder })
    }

    /// Where everything is.
    pub fn ready(&self) -> Ready {
        self.ready.clone()
    }

    /// Turns a fault switch.
    pub fn fault(&self, switch: FaultSwitch) {
        self.world.switch(switch);
    }

    /// Switches every fault off.
    pub fn clear_faults(&self) {
        self.world.common.faults.clear();
    }

    /// Everything that happened so far, as `GET /control/state` shows it.
    pub fn state(&self) -> Value {
        self.world.describe()
    }

    /// Starts a session as the customer and returns its LSID.
    pub fn join_customer(&self, join: CustomerJoin) -> anyhow::Result<String> {
        let answer = self.act(join)?;
        Ok(answer.get("lsid").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// Ends a session as the customer.
    pub fn leave_customer(&self, lsid: &str) -> anyhow::Result<()> {
        self.act(CustomerLeave { lsid: lsid.to_owned() }).map(drop)
    }

    /// Logs a representative in to the appliance.
    pub fn log_in_representative(&self, representative: &str) -> anyhow::Result<()> {
        self.act(RepLogin { representative: representative.to_owned() }).map(drop)
    }

    /// Logs a representative out of the appliance.
    pub fn log_out_representative(&self, representative: &str) -> anyhow::Result<()> {
        self.act(RepLogout { representative: representative.to_owned() }).map(drop)
    }

    /// Gives a representative another user name on the appliance.
    pub fn rename_representative(&self, representative: &str, name: &str) -> anyhow::Result<()> {
        let (representative, name) = (representative.to_owned(), name.to_owned());
        self.act(RepRename { representative, name }).map(drop)
    }

    /// Changes a field of a user of the org, as its administrator. An empty value empties it.
    pub fn edit_user(&self, username: &str, field: &str, value: &str) -> anyhow::Result<()> {
        let [username, field, value] = [username, field, value].map(str::to_owned);
        let edit = org::UserEdit { username, field, value };
        edit.act(&self.world.org).map(drop).map_err(|Impossible(why)| anyhow!(why))
    }

    /// Lets a representative into a running session.
    pub fn join_representative(&self, representative: &str, lsid: &str) -> anyhow::Result<()> {
        let representative = representative.to_owned();
        self.act(RepJoin { representative, lsid: lsid.to_owned() }).map(drop)
    }

    /// Lets a representative leave a session that goes on.
    pub fn leave_representative(&self, representative: &str, lsid: &str) -> anyhow::Result<()> {
        let representative = representative.to_owned();
        self.act(RepLeave { representative, lsid: lsid.to_owned() }).map(drop)
    }

    /// Makes a representative who takes part the owner of a session.
    pub fn give_session(&self, representative: &str, lsid: &str) -> anyhow::Result<()> {
        let representative = representative.to_owned();
        self.act(RepOwn { representative, lsid: lsid.to_owned() }).map(drop)
    }

    /// Starts a session without a key and returns its LSID.
    pub fn begin_session(&self, session: SessionBegin) -> anyhow::Result<String> {
        let answer = self.act(session)?;
        Ok(answer.get("lsid").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// Types into the field External Key of the console, while the session runs.
    ///
    /// # Errors
    /// There is no such session.
    pub fn type_external_key(&self, lsid: &str, external_key: &str) -> anyhow::Result<()> {
        let external_key = external_key.to_owned();
        self.act(KeyTyped { lsid: lsid.to_owned(), external_key }).map(drop)
    }

    /// Lets people do their work in a session.
    ///
    /// # Errors
    /// There is no such session.
    pub fn work(&self, work: SessionWork) -> anyhow::Result<()> {
        self.act(work).map(drop)
    }

    /// Lets somebody answer a survey, now or later.
    ///
    /// # Errors
    /// There is no such session.
    pub fn answer_survey(&self, survey: SurveyAnswered) -> anyhow::Result<()> {
        self.act(survey).map(drop)
    }

    /// Starts many sessions of representatives who did not exist before.
    pub fn crowd(&self, sessions: u32, representatives: u32) -> anyhow::Result<()> {
        self.act(Crowd { sessions, representatives }).map(drop)
    }

    /// Changes a value of the org's Casebridge Setting, as an administrator does.
    pub fn set_up(&self, field: &str, value: Value) {
        let mut org = self.world.org.lock();
        let now = org.now();
        let row = org.records.rows("Casebridge_Setting__mdt").first();
        let id = row.and_then(|row| row.get("Id")?.as_str()).unwrap_or_default().to_owned();
        let values = std::iter::once((field.to_owned(), value)).collect();
        org.records.change("Casebridge_Setting__mdt", &id, values, now);
    }

    /// Lets time pass on both servers.
    pub fn advance_clock(&self, seconds: i64) {
        self.world.common.clock.advance(seconds);
    }

    fn act(&self, deed: impl Deed<To = Site<Appliance>>) -> anyhow::Result<Value> {
        deed.act(&self.world.appliance).map_err(|Impossible(why)| anyhow!(why))
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.handle.shutdown();
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already.
            let _ = thread.join();
        }
    }
}

fn listen(port: u16) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("cannot listen on port {port}"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves from a new thread with a runtime of its own; returns once all servers took over.
fn serve(
    servers: Vec<(TcpListener, Router)>,
    identity: &Identity,
    handle: Handle<std::net::SocketAddr>,
) -> anyhow::Result<JoinHandle<()>> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let config = RustlsConfig::from_config(identity.config.clone());
    let (started, wait) = mpsc::channel();
    let thread = std::thread::Builder::new().name("simulator".to_owned()).spawn(move || {
        runtime.block_on(async move {
            let mut tasks = tokio::task::JoinSet::new();
            for (listener, router) in servers {
                let server = match axum_server::from_tcp_rustls(listener, config.clone()) {
                    // Real servers wait for no acknowledgement before they send the rest of an answer.
                    Ok(server) => server
                        .map(|tls| tls.acceptor(NoDelayAcceptor::new()))
                        .handle(handle.clone()),
                    Err(error) => {
                        let _ = started.send(Err(error));
                        return;
                    }
                };
                tasks.spawn(server.serve(router.into_make_service()));
            }
            let _ = started.send(Ok(()));
            while tasks.join_next().await.is_some() {}
        });
    })?;
    wait.recv().context("the simulator's thread ended")??;
    Ok(thread)
}

fn make_ready(world: &World, identity: &Identity) -> Ready {
    let places = &world.common.places;
    let (appliance, org) = (world.appliance.lock(), world.org.lock());
    let (case_id, case_number) = org.first_case();
    let org_url = places.org_url();
    Ready {
        appliance: ReadyAppliance {
            hostname: places.appliance_host(),
            client_id: appliance.client_id.clone(),
            client_secret: appliance.client_secret.clone(),
        },
        org: ReadyOrg {
            login_url: org_url.clone(),
            client_id: org.client_id.clone(),
            redirect_ports: places.redirect_ports.clone(),
            org_id: org.id.clone(),
        },
        control_url: places.control_url(),
        ca_file: identity.ca_file.display().to_string(),
        spki: identity.spki.clone(),
        case_url: format!("{org_url}/lightning/r/Case/{case_id}/view"),
        case_id,
        case_number,
        reps: org
            .users
            .iter()
            .map(|user| ReadyRep {
                org_username: user.username.clone(),
                representative: user.representative.clone(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn a_simulator_listens_until_it_is_dropped_and_leaves_nothing() {
        let simulator = Simulator::start(Options::default()).unwrap();
        let ready = simulator.ready();
        assert!(std::fs::read_to_string(&ready.ca_file).unwrap().contains("BEGIN CERTIFICATE"));
        assert!(TcpStream::connect(&ready.appliance.hostname).is_ok());
        drop(simulator);
        assert!(TcpStream::connect(&ready.appliance.hostname).is_err());
        assert!(!PathBuf::from(ready.ca_file).exists());
    }

    #[test]
    fn a_customer_cannot_join_without_a_key() {
        let simulator = Simulator::start(Options::default()).unwrap();
        let join = CustomerJoin { short_key: Some("1234567".to_owned()), ..Default::default() };
        assert!(simulator.join_customer(join).is_err());
        assert_eq!(simulator.state()["sessions"], serde_json::json!([]));
    }
}
