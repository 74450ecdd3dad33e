//! `castile switch`: changes the state of a profile in the file where it stands, and nothing else of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use castile_http::Config;
use castile_http::profile::State;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::args::{Switch, To};
use crate::output::{self, visible};
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Switch) -> Result<Exit, Problem> {
    let file = &arguments.config;
    let in_config = |error| Problem::config(&error, file);
    let config = Config::read(file).map_err(in_config)?;
    let profile = config.profile(&arguments.profile).map_err(in_config)?;
    let to = match arguments.to {
        To::Legacy => State::Legacy,
        To::Shadow => State::Shadow,
        To::Oauth => State::Oauth,
    };
    if profile.state == to {
        output::line(visible(&format!(
            "profile {} is in state {to} already",
            profile.name
        )))?;
        return Ok(Exit::Done);
    }
    profile.with_state(to).map_err(in_config)?;
    let (path, old) = holder(&config.files(file), &profile.name)?;
    let new = edited(&old, &profile.name, to)
        .ok_or_else(|| not_editable(&profile.name).at(path.display()))?;
    let (gone, come) = changed(&old, &new);
    // One line at most goes, one comes: what else would change was not asked for.
    if gone.len() > 1 || come.len() != 1 {
        return Err(not_editable(&profile.name).at(path.display()));
    }
    output::line(visible(&path.display().to_string()))?;
    for (sign, lines) in [('-', &gone), ('+', &come)] {
        for (number, line) in lines {
            output::line(visible(&format!("{sign}{number}: {line}")))?;
        }
    }
    if arguments.dry_run {
        return Ok(Exit::Done);
    }
    replace(&path, &new)?;
    // Only the whole configuration tells whether the new state can be read.
    if let Err(error) = Config::read(file) {
        replace(&path, &old)?;
        return Err(in_config(error));
    }
    output::line(visible(&format!(
        "profile {}: {} -> {to}",
        profile.name, profile.state
    )))?;
    Ok(Exit::Done)
}

/// The file in which the profile stands, without a link to it, and its text.
fn holder(files: &[PathBuf], profile: &str) -> Result<(PathBuf, String), Problem> {
    for file in files {
        let unreadable =
            |error: std::io::Error| Problem::new("file-unreadable", &error).at(file.display());
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        let document = DeTable::parse(&text).ok();
        if document.is_some_and(|document| table(document.get_ref(), profile).is_some()) {
            let path = std::fs::canonicalize(file).map_err(unreadable)?;
            return Ok((path, text));
        }
    }
    Err(not_editable(profile))
}

fn not_editable(profile: &str) -> Problem {
    let fact = format!("the state of profile `{profile}` cannot be changed by itself");
    Problem::said("config-not-editable", fact)
}

fn inner<'d>(table: &'d DeTable<'d>, key: &str) -> Option<&'d Spanned<DeValue<'d>>> {
    let mut entries = table.iter();
    entries.find_map(|(name, value)| (name.get_ref().as_ref() == key).then_some(value))
}

fn table<'d>(document: &'d DeTable<'d>, profile: &str) -> Option<&'d DeTable<'d>> {
    let profiles = inner(document, "profile")?.get_ref().as_table()?;
    inner(profiles, profile)?.get_ref().as_table()
}

/// The text with the state of the profile changed, or written where only a default said it; no other byte changes.
fn edited(text: &str, profile: &str, to: State) -> Option<String> {
    let document = DeTable::parse(text).ok()?;
    let table = table(document.get_ref(), profile)?;
    let (gone, come) = match inner(table, "state") {
        Some(old) => (old.span(), format!("\"{to}\"")),
        None => {
            // Before the first key that stands on a line of its own.
            let start = |key: usize| text[..key].rfind('\n').map_or(0, |at| at + 1);
            let keys = table.keys().map(|key| key.span().start);
            let alone = keys.filter(|key| text[start(*key)..*key].trim().is_empty());
            let line = start(alone.min()?);
            (line..line, format!("state = \"{to}\"\n"))
        }
    };
    Some([&text[..gone.start], &come, &text[gone.end..]].concat())
}

type Line<'t> = (usize, &'t str);

/// The lines that go and those that come, with their numbers from 1.
fn changed<'t>(old: &'t str, new: &'t str) -> (Vec<Line<'t>>, Vec<Line<'t>>) {
    let (before, after): (Vec<&str>, Vec<&str>) = (
        old.split_inclusive('\n').collect(),
        new.split_inclusive('\n').collect(),
    );
    let same = |(a, b): &(&&str, &&str)| a == b;
    let start = before.iter().zip(&after).take_while(same).count();
    let rest = (&before[start..], &after[start..]);
    let end = rest
        .0
        .iter()
        .rev()
        .zip(rest.1.iter().rev())
        .take_while(same)
        .count();
    let lines = |of: &[&'t str]| {
        let middle = &of[start..of.len() - end];
        let numbered = middle.iter().enumerate();
        numbered
            .map(|(at, line)| (start + at + 1, line.trim_end()))
            .collect()
    };
    (lines(&before), lines(&after))
}

/// Puts the file in place of the old one as a whole, with the old one's rights.
fn replace(path: &Path, text: &str) -> Result<(), Problem> {
    let written = (|| {
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file()
            .set_permissions(std::fs::metadata(path)?.permissions())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok::<_, std::io::Error>(())
    })();
    written.map_err(|error| Problem::new("file-unwritable", &error).at(path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_changes_and_all_else_stays() {
        let text = "# a\nversion = 1 # b\n\n[profile.a]  # c\nstate = \"legacy\"  # d\nproduct='p'\r\n\n[profile.a.oauth]\nstate = \"x\"\n[profile.b]\nstate='legacy'";
        let new = edited(text, "a", State::Oauth).unwrap();
        assert_eq!(new, text.replace("\"legacy\"  # d", "\"oauth\"  # d"));
        let (gone, come) = changed(text, &new);
        assert_eq!(gone, [(5, "state = \"legacy\"  # d")]);
        assert_eq!(come, [(5, "state = \"oauth\"  # d")]);
        let last = edited(text, "b", State::Shadow).unwrap();
        assert!(last.ends_with("state=\"shadow\""), "{last}");
        assert_eq!(edited(text, "none", State::Oauth), None);
    }

    #[test]
    fn a_state_that_only_a_default_says_is_written_down() {
        let text = "[profile.a]\nproduct = 'p'\n\n[profile.a.oauth]\nurl = 'x'\n";
        let new = edited(text, "a", State::Oauth).unwrap();
        let (gone, come) = changed(text, &new);
        assert_eq!(
            (gone, come),
            (vec![], vec![(2, "state = \"oauth\"")]),
            "{new}"
        );
        let inline = "profile.a = { product = 'p' }\n";
        assert_eq!(edited(inline, "a", State::Oauth), None);
    }
}
