//! `castile generate`: WSDL in, a Rust crate out.

use castile_codegen::{Error, Generator, ModelDependency};

use crate::args::Generate;
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Generate) -> Result<Exit, Problem> {
    let mut generator = Generator::new()
        .crate_name(&arguments.crate_name)
        .ops(arguments.ops.iter().map(|name| name.trim()));
    for path in &arguments.wsdl {
        generator = generator.wsdl(path);
    }
    if let Some(path) = &arguments.model_path {
        generator = generator.model_dependency(ModelDependency::Path(path.clone()));
    }
    let output = generator.generate().map_err(problem)?;
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    for diagnostic in &output.diagnostics {
        let said = crate::output::visible(&diagnostic.to_string());
        anstream::eprintln!("{yellow}note[{}]{yellow:#}: {said}", diagnostic.code);
    }
    let out = arguments.out.display();
    if arguments.check {
        let differences = output.check(&arguments.out).map_err(problem)?;
        for difference in &differences {
            crate::output::line(format_args!("{out}/{difference}"))?;
        }
        return Ok(if differences.is_empty() {
            Exit::Done
        } else {
            Exit::Findings
        });
    }
    output.write_to(&arguments.out).map_err(problem)?;
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

fn problem(error: Error) -> Problem {
    let problem = Problem::new(error.code(), &error).remedy(error.remedy());
    match &error {
        Error::Unreadable { path, .. }
        | Error::NoContract { path }
        | Error::HandWritten { path }
        | Error::Unwritable { path, .. } => problem.at(path.display()),
        _ => match error.place() {
            Some(place) => problem.at(place),
            None => problem.at("the command line"),
        },
    }
}

fn many(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
