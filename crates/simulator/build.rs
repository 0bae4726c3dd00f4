//! Takes the metadata that an admin deploys into the simulator, so that its org has the same objects.

#![expect(clippy::disallowed_methods, reason = "cargo talks to build scripts by environment")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../salesforce/force-app/main/default");
    let mut files = Vec::new();
    for folder in ["objects", "customMetadata"] {
        collect(&source.join(folder), &mut files)?;
    }
    files.sort();
    let mut out = String::from("[\n");
    for file in files {
        let name = file.strip_prefix(&source).unwrap_or(&file).display().to_string();
        let name = name.replace('\\', "/");
        let _ = writeln!(out, "({name:?}, include_str!({:?})),", file.display().to_string());
    }
    out.push(']');
    let folder = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    fs::write(PathBuf::from(folder).join("metadata.rs"), out)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            files.push(path);
        }
    }
    Ok(())
}
