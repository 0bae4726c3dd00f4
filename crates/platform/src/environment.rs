//! The process's environment as a value, so that tests can bring their own.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Environment variables by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// The environment of this process.
    pub(crate) fn current() -> Self {
        Self { variables: std::env::vars_os().collect() }
    }

    /// A made-up environment.
    #[cfg(test)]
    pub(crate) fn of<V: Into<OsString>>(
        pairs: impl IntoIterator<Item = (&'static str, V)>,
    ) -> Self {
        let variables = pairs.into_iter().map(|(k, v)| (OsString::from(k), v.into())).collect();
        Self { variables }
    }

    /// The variable's value, unless it is unset or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str).filter(|v| !v.is_empty())
    }

    /// The variable's value as an absolute path.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from).filter(|p| p.is_absolute())
    }

    /// The absolute paths of a list such as `XDG_DATA_DIRS`, or of the default.
    #[cfg(target_os = "linux")]
    pub(crate) fn paths(&self, name: &str, default: &str) -> Vec<PathBuf> {
        let list = self.get(name).unwrap_or(OsStr::new(default));
        std::env::split_paths(list).filter(|p| p.is_absolute()).collect()
    }

    /// The user's home folder.
    #[cfg(unix)]
    pub(crate) fn home(&self) -> std::io::Result<PathBuf> {
        self.path("HOME").ok_or_else(|| {
            std::io::Error::new(std::io::ErrorKind::NotFound, "HOME names no folder")
        })
    }

    /// A folder of the XDG base directories: the variable, or a folder below the home.
    #[cfg(target_os = "linux")]
    pub(crate) fn xdg(&self, name: &str, below_home: &str) -> std::io::Result<PathBuf> {
        match self.path(name) {
            Some(path) => Ok(path),
            None => Ok(self.home()?.join(below_home)),
        }
    }
}
