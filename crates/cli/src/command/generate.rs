//! `castile generate`: WSDL in, a Rust crate out.

use std::path::{Component, Path, PathBuf};

use castile_codegen::{Error, Generator, ModelDependency};

use crate::args::Generate;
use crate::output::many;
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Generate) -> Result<Exit, Problem> {
    let mut generator = Generator::new()
        .crate_name(&arguments.crate_name)
        .ops(arguments.ops.iter().map(|name| name.trim()));
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
    let output = generator.generate().map_err(Problem::contract)?;
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    for diagnostic in &output.diagnostics {
        let said = crate::output::visible(&diagnostic.to_string());
        anstream::eprintln!("{yellow}note[{}]{yellow:#}: {said}", diagnostic.code);
    }
    if let (true, Some(first)) = (arguments.strict, output.diagnostics.first()) {
        return Err(Problem::contract(Error::Remark(Box::new(first.clone()))));
    }
    let out = arguments.out.display();
    if arguments.check {
        let differences = output.check(&arguments.out).map_err(Problem::contract)?;
        for difference in &differences {
            crate::output::line(format_args!("{out}/{difference}"))?;
        }
        return Ok(if differences.is_empty() {
            Exit::Done
        } else {
            Exit::Findings
        });
    }
    output.write_to(&arguments.out).map_err(Problem::contract)?;
    let counts = output.counts;
    crate::output::line(format_args!(
        "{out}: {}, {}, {} with {}, {}, in {}",
        many(counts.operations, "operation"),
        many(counts.services, "service"),
        many(counts.structs, "struct"),
        many(counts.fields, "field"),
        many(counts.values, "value type"),
        many(output.files.len(), "file"),
    ))?;
    Ok(Exit::Done)
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
