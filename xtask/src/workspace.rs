//! Where the checkout is, which packages it has, which files are in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Stop;

/// The checkout that the commands work on.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
}

/// A text file of the checkout; `path` is relative to the root, with `/` on every system.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A package of the workspace as `cargo metadata` tells it.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Relative to the root, with `/` on every system.
    pub(crate) manifest: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One dependency of a package.
#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) dev: bool,
}

impl Workspace {
    /// The checkout that `cargo run` was started in, else the one xtask was built from.
    pub(crate) fn find() -> Result<Self, Stop> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().ok_or("xtask stands in no workspace")?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// `cargo`, the one that runs xtask, in the root.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command.current_dir(&self.root);
        command
    }

    /// The packages, and the target directory that cargo uses.
    pub(crate) fn metadata(&self) -> Result<(Vec<Package>, PathBuf), Stop> {
        let output = self
            .cargo()
            .args(["metadata", "--format-version", "1", "--no-deps"])
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let target = PathBuf::from(text(&metadata, "target_directory")?);
        let packages = list(&metadata, "packages")?
            .iter()
            .map(|package| self.package(package))
            .collect::<Result<_, _>>()?;
        Ok((packages, target))
    }

    fn package(&self, package: &Value) -> Result<Package, Stop> {
        let manifest = Path::new(text(package, "manifest_path")?);
        let manifest = manifest.strip_prefix(&self.root).unwrap_or(manifest);
        let dependencies = list(package, "dependencies")?
            .iter()
            .map(|dependency| {
                Ok(Dependency {
                    name: text(dependency, "name")?.to_owned(),
                    dev: dependency["kind"] == "dev",
                })
            })
            .collect::<Result<_, Stop>>()?;
        Ok(Package {
            name: text(package, "name")?.to_owned(),
            manifest: with_slashes(manifest),
            dependencies,
        })
    }

    /// All text files that are checked in or would be by `git add --all`, in order of path.
    pub(crate) fn files(&self) -> Result<Vec<SourceFile>, Stop> {
        let output = Command::new("git")
            .current_dir(&self.root)
            // A checkout may belong to another user, as in a container; only names are read here.
            .args(["-c", "safe.directory=*"])
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .output()
            .map_err(|error| {
                format!("`git` did not start ({error}); Debian: apt-get install git")
            })?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let mut paths: Vec<&str> = std::str::from_utf8(&output.stdout)?
            .split_terminator('\0')
            .collect();
        paths.sort_unstable();
        paths.dedup();
        let mut files = Vec::new();
        for path in paths {
            // Deleted but still in the index, or not text: nothing to read here.
            if let Ok(text) = std::fs::read_to_string(self.root.join(path)) {
                files.push(SourceFile {
                    path: path.to_owned(),
                    text,
                });
            }
        }
        Ok(files)
    }
}

fn text<'v>(value: &'v Value, key: &str) -> Result<&'v str, Stop> {
    value[key]
        .as_str()
        .ok_or_else(|| format!("`cargo metadata` gave no text `{key}`").into())
}

fn list<'v>(value: &'v Value, key: &str) -> Result<&'v [Value], Stop> {
    value[key]
        .as_array()
        .map(Vec::as_slice)
        .ok_or_else(|| format!("`cargo metadata` gave no list `{key}`").into())
}

fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_knows_its_packages_and_files() {
        let workspace = Workspace::find().unwrap();
        let (packages, _) = workspace.metadata().unwrap();
        let xtask = packages.iter().find(|package| package.name == "xtask");
        assert_eq!(xtask.unwrap().manifest, "xtask/Cargo.toml");
        let files = workspace.files().unwrap();
        assert!(files.iter().any(|file| file.path == "xtask/src/main.rs"));
    }
}
