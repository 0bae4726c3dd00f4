//! Takes the metadata that an admin deploys into the simulator, so that its org has the same objects.

#![expect(clippy::disallowed_methods, reason = "cargo talks to build scripts by environment")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let salesforce = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../salesforce");
    let mut files = Vec::new();
    for package in ["force-app", "starting-values"] {
        let source = salesforce.join(package).join("main/default");
        for folder in ["objects", "customMetadata"].map(|name| source.join(name)) {
            if folder.exists() {
                collect(&folder, &source, &mut files)?;
            }
        }
    }
    files.sort();
    let mut out = String::from("[\n");
    for (name, file) in files {
        let _ = writeln!(out, "({name:?}, include_str!({:?})),", file.display().to_string());
    }
    out.push(']');
    let folder = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    fs::write(PathBuf::from(folder).join("metadata.rs"), out)
}

/// Adds the files below a folder, with their path below the source.
fn collect(folder: &Path, source: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, source, files)?;
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            let name = path.strip_prefix(source).unwrap_or(&path).display().to_string();
            files.push((name.replace('\\', "/"), path));
        }
    }
    Ok(())
}
