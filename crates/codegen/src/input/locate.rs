//! Where the file that a location names may lie.

use std::path::{Component, Path, PathBuf};

/// The paths to try for a location, best first, and the last part of it; `None` when it names no file.
pub(super) fn candidates<'a>(
    root: &Path,
    from: &Path,
    location: &'a str,
) -> Option<(Vec<PathBuf>, &'a str)> {
    let location = location.trim();
    let beside = |file: &Path, name: &Path| file.parent().unwrap_or(Path::new("")).join(name);
    let location = location.split(['?', '#']).next().unwrap_or_default();
    let mut candidates = Vec::new();
    let mut add = |location: &str| {
        let last = last_part(location)?;
        let relative = Path::new(location);
        if !location.contains(':') && relative.is_relative() {
            candidates.push(normal(&beside(from, relative)));
        }
        candidates.push(normal(&beside(from, Path::new(last))));
        candidates.push(normal(&beside(root, Path::new(last))));
        Some(())
    };
    add(location)?;
    // A location is a URI reference (RFC 3986, section 2.1): the name of a file may stand in it encoded.
    if let Some(decoded) = decoded(location) {
        add(&decoded);
    }
    Some((candidates, last_part(location)?))
}

/// What stands behind the last slash, when it names something.
fn last_part(location: &str) -> Option<&str> {
    let last = location.rsplit(['/', '\\']).next();
    last.filter(|last| !matches!(*last, "" | "." | ".."))
}

/// The text behind percent-encoding; `None` when there is none, or it is no text.
fn decoded(location: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(location.len());
    let mut rest = location.as_bytes();
    while let [first, more @ ..] = rest {
        rest = more;
        let hex = |at: usize| char::from(*more.get(at)?).to_digit(16);
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).ok()?);
                rest = &more[2..];
            }
            _ => bytes.push(*first),
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (text != location && !text.contains('\0')).then_some(text)
}

/// Of the files with a name, those that share most folders with the one that asks; those that spell the name as
/// it is asked for before others.
pub(super) fn nearest<'a>(known: &'a [PathBuf], from: &Path, name: &str) -> Vec<&'a Path> {
    let rank = |path: &Path| {
        let shared = path.components().zip(from.components());
        let shared = shared.take_while(|(a, b)| a == b).count();
        (shared, path.file_name().is_some_and(|found| found == name))
    };
    let best = known.iter().map(|path| rank(path)).max();
    let mut nearest: Vec<&Path> = known
        .iter()
        .map(PathBuf::as_path)
        .filter(|path| Some(rank(path)) == best)
        .collect();
    nearest.sort();
    nearest
}

/// The path without `.` and inner `..`, so that one file has one name.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(normal.components().next_back(), Some(Component::Normal(_))) =>
            {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}
