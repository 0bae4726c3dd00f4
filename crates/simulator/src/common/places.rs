//! Where the servers listen, and the callbacks that the app has registered.

use std::path::PathBuf;

/// The ports of the servers and of the callbacks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    pub(crate) appliance_port: u16,
    pub(crate) org_port: u16,
    pub(crate) control_port: u16,
    pub(crate) redirect_ports: Vec<u16>,
    /// The folder with the compiled Lightning components, where there is one.
    pub(crate) components: Option<PathBuf>,
}

impl Places {
    pub(crate) fn appliance_host(&self) -> String {
        format!("localhost:{}", self.appliance_port)
    }

    pub(crate) fn org_url(&self) -> String {
        format!("https://localhost:{}", self.org_port)
    }

    pub(crate) fn control_url(&self) -> String {
        format!("https://localhost:{}", self.control_port)
    }
}
