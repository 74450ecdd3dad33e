//! The `Cargo.toml` of the crate.

use std::path::PathBuf;

use super::{Context, MARK};

/// Where the generated crate finds `castile-model`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelDependency {
    /// In the registry, at this version requirement.
    Version(String),
    /// In a folder.
    Path(PathBuf),
    /// In the workspace that the crate joins; package fields and lints are inherited from it too.
    Workspace,
}

/// What the manifest is rendered from besides the contract.
pub(crate) struct Manifest<'a> {
    pub(crate) crate_name: &'a str,
    pub(crate) model: &'a ModelDependency,
}

/// Renders the manifest.
pub(crate) fn manifest(context: &Context<'_>, manifest: &Manifest<'_>) -> String {
    let version = context.ir.version.as_deref().unwrap_or_default();
    let description = match version {
        "" => "Typed client of a SOAP contract".to_owned(),
        version => format!("Typed client of a SOAP contract, version {version}"),
    };
    let (name, description) = (toml(manifest.crate_name), toml(&description));
    let mut text = format!(
        "# {MARK}; do not edit.\n\n[package]\nname = {name}\ndescription = {description}\n"
    );
    if *manifest.model == ModelDependency::Workspace {
        for field in ["version", "edition", "rust-version", "license", "publish"] {
            text.push_str(&format!("{field}.workspace = true\n"));
        }
        text.push_str("\n[lints]\nworkspace = true\n");
    } else {
        text.push_str(
            "version = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.95\"\npublish = false\n",
        );
    }
    text.push_str("\n[features]\ndefault = []\n");
    for service in &context.ir.services {
        let count = service.operations.len();
        let plural = if count == 1 { "" } else { "s" };
        let name: String = service
            .name
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        text.push_str(&format!(
            "# {name}, {count} operation{plural}.\n{} = []\n",
            service.module
        ));
    }
    text.push_str("\n[dependencies]\n");
    let source = match manifest.model {
        ModelDependency::Version(version) => format!("version = {}", toml(version)),
        ModelDependency::Path(path) => format!("path = {}", toml(&path.display().to_string())),
        ModelDependency::Workspace => "workspace = true".to_owned(),
    };
    text.push_str(&match manifest.model {
        _ if context.yaserde => {
            format!("castile-model = {{ {source}, features = [\"yaserde\"] }}\n")
        }
        ModelDependency::Version(version) => format!("castile-model = {}\n", toml(version)),
        ModelDependency::Path(_) => format!("castile-model = {{ {source} }}\n"),
        ModelDependency::Workspace => "castile-model.workspace = true\n".to_owned(),
    });
    text.push_str("\n[package.metadata.docs.rs]\nall-features = true\n");
    text
}

/// A TOML basic string.
fn toml(value: &str) -> String {
    let mut quoted = String::from("\"");
    for character in value.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            plain if plain.is_control() || !plain.is_ascii() => {
                quoted.push_str(&format!("\\U{:08X}", u32::from(plain)));
            }
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}
