//! `castile generate`: WSDL in, a Rust crate out.

mod report;

use std::path::{Component, Path, PathBuf};

use castile_codegen::{Error, Generator, ModelDependency};

use super::contract::notes;
use super::progress::Progress;
use crate::args::{Derive, Generate};
use crate::output::line;
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Generate) -> Result<Exit, Problem> {
    let mut generator = Generator::new()
        .crate_name(&arguments.crate_name)
        .yaserde(arguments.derive == Some(Derive::Yaserde))
        .ops(arguments.ops.iter().map(|name| name.trim()))
        .services(arguments.services.iter().map(|name| name.trim()));
    for path in &arguments.wsdl {
        generator = generator.wsdl(path);
    }
    for path in &arguments.catalog {
        generator = generator.catalog(path);
    }
    if let Some(path) = &arguments.model_path {
        let path = model_path(path, &arguments.out)?;
        generator = generator.model_dependency(ModelDependency::Path(path));
    }
    let mut progress = Progress::default();
    let output = generator.generate_with(|step| progress.step(&step));
    progress.clear();
    let output = output.map_err(Problem::contract)?;
    notes(&output.diagnostics);
    if let (true, Some(first)) = (arguments.strict, output.diagnostics.first()) {
        return Err(Problem::contract(Error::Remark(Box::new(first.clone()))));
    }
    let differences = if arguments.check {
        output.check(&arguments.out).map_err(Problem::contract)?
    } else {
        output.write_to(&arguments.out).map_err(Problem::contract)?;
        Vec::new()
    };
    if arguments.json {
        line(report::json(arguments, &output, &differences)?)?;
    } else if arguments.check {
        for difference in &differences {
            line(format_args!("{}/{difference}", arguments.out.display()))?;
        }
    } else {
        line(report::words(arguments, &output))?;
    }
    Ok(if differences.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// The way to the model as the new manifest must say it: Cargo starts at the manifest, the user here.
fn model_path(model: &Path, out: &Path) -> Result<PathBuf, Problem> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Problem::new("file-unreadable", &error).at(path.display())
    };
    let manifest = model.join("Cargo.toml");
    std::fs::metadata(&manifest).map_err(|error| unreadable(&manifest, error))?;
    if model.is_absolute() {
        return Ok(model.to_path_buf());
    }
    let whole = |path: &Path| std::path::absolute(path).map_err(|error| unreadable(path, error));
    Ok(relative(&whole(out)?, &whole(model)?))
}

/// The way from one absolute folder to another, by their names alone.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let (from, to) = (plain(from), plain(to));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| Component::ParentDir);
    up.chain(to[shared..].iter().copied()).collect()
}

/// The components with `name/..` taken out.
fn plain(path: &Path) -> Vec<Component<'_>> {
    let mut components = Vec::new();
    for component in path.components() {
        match (component, components.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                components.pop();
            }
            _ => components.push(component),
        }
    }
    components
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_model_starts_at_the_new_manifest() {
        for (from, to, way) in [
            (
                "/a/my-client",
                "/a/castile/crates/model",
                "../castile/crates/model",
            ),
            (
                "/a/castile/../my-client",
                "/a/castile/crates/model",
                "../castile/crates/model",
            ),
            (
                "/a/castile/out",
                "/a/castile/./crates/model",
                "../crates/model",
            ),
            ("/b", "/a", "../a"),
        ] {
            assert_eq!(
                relative(Path::new(from), Path::new(to)),
                Path::new(way),
                "{from} {to}"
            );
        }
    }
}
