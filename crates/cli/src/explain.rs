//! What each code means: the one place where remedies are written.

mod codes;

use std::fmt;

use crate::problem::Exit;

/// A code, explained.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The stable code.
    pub(crate) code: &'static str,
    /// The exit code of a command that ends with it.
    pub(crate) exit: Exit,
    /// Who must act.
    pub(crate) who: &'static str,
    /// What it means, in one sentence.
    pub(crate) means: &'static str,
    /// What to do about it.
    pub(crate) remedy: &'static str,
}

/// For a code that the table does not hold; a test sees to it that there is none.
pub(crate) const UNLISTED: Entry = Entry {
    code: "unlisted",
    exit: Exit::Usage,
    who: "Castile: please report it",
    means: "This error has no explanation yet.",
    remedy: "report the code and the command that led to it",
};

/// All codes, by area.
pub(crate) fn all() -> impl Iterator<Item = &'static Entry> {
    codes::AREAS.iter().copied().flatten()
}

/// The entry of a code.
pub(crate) fn entry(code: &str) -> Option<&'static Entry> {
    all().find(|entry| entry.code == code)
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bold = anstyle::Style::new().bold();
        writeln!(f, "{bold}{}{bold:#}: {}", self.code, self.means)?;
        writeln!(f, "  {bold}do:{bold:#}   {}", self.remedy)?;
        writeln!(f, "  {bold}who:{bold:#}  {}", self.who)?;
        write!(f, "  {bold}exit:{bold:#} {}", self.exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Every kebab-case literal that a `fn code` of the workspace can return.
    fn codes_in(folder: &Path, found: &mut BTreeSet<String>) {
        for item in std::fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                codes_in(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                for function in source.split("fn code(").skip(1) {
                    let body = function.split("\n    }\n").next().unwrap_or_default();
                    let literals = body.split('"').skip(1).step_by(2);
                    found.extend(
                        literals
                            .filter(|text| {
                                text.contains('-') && !text.contains(' ') || *text == "soap12"
                            })
                            .map(str::to_owned),
                    );
                }
                // Codes that are given where the error is made.
                let remarks = source.split("Diagnostic::new(").skip(1);
                for made in remarks.chain(source.split(" Some(fault(").skip(1)) {
                    let literal = made.split('"').nth(1).unwrap_or_default();
                    let near = made.find('"').is_some_and(|at| at < 80);
                    if near && literal.contains('-') && !literal.contains(' ') {
                        found.insert(literal.to_owned());
                    }
                }
            }
        }
    }

    #[test]
    fn every_code_of_every_crate_is_explained() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut found = BTreeSet::new();
        for name in [
            "auth", "castile", "codegen", "envelope", "http", "migrate", "model", "proxy",
            "sandbox",
        ] {
            codes_in(&crates.join(name).join("src"), &mut found);
        }
        assert!(
            ["proxy-query", "choice-as-optional"]
                .iter()
                .all(|code| found.contains(*code))
                && found.len() > 100,
            "the search for codes is broken: {found:?}"
        );
        let unexplained: Vec<_> = found.iter().filter(|code| entry(code).is_none()).collect();
        assert!(unexplained.is_empty(), "no explanation for {unexplained:?}");
    }

    #[test]
    fn no_code_is_explained_twice() {
        let codes: Vec<_> = all().map(|entry| entry.code).collect();
        let distinct: BTreeSet<_> = codes.iter().collect();
        assert_eq!(codes.len(), distinct.len());
    }
}
