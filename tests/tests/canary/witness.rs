//! Sees all that is logged, and keeps all that somebody could print.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::io;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::forms::{Canary, Haystack};

/// The log of the whole process at TRACE, spans and the `log` records of libraries included.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What was printed, each piece under a name.
pub(crate) struct Witness {
    log: Log,
    shown: Vec<(String, String)>,
}

impl Witness {
    /// Listens from now on; once a process.
    pub(crate) fn install() -> Self {
        let log = Log::default();
        tracing_subscriber::fmt()
            .with_max_level(tracing::level_filters::LevelFilter::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(log.clone())
            .init();
        Self {
            log,
            shown: Vec::new(),
        }
    }

    /// Keeps what `{:?}` and `{:#?}` say of a value.
    pub(crate) fn debug(&mut self, name: &str, value: &dyn Debug) {
        self.shown
            .push((name.to_owned(), format!("{value:?}\n{value:#?}")));
    }

    /// Keeps what a value says of itself.
    pub(crate) fn display(&mut self, name: &str, value: &dyn Display) {
        self.shown.push((name.to_owned(), value.to_string()));
    }

    /// Keeps what an error says in every way: itself, and each of its causes.
    pub(crate) fn error(&mut self, name: &str, error: &dyn Error) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.debug(name, &error);
            self.display(name, &error);
            next = error.source();
        }
    }

    /// All that is in the log so far.
    pub(crate) fn log(&self) -> String {
        let log = self.log.0.lock().expect("no panic");
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Where a canary was seen: its name, its form, and the place; never the text around it.
    pub(crate) fn sightings(&self, canaries: &[Canary]) -> Vec<String> {
        let log = self.log();
        let shown = self.shown.iter().map(|(_, text)| text.as_str());
        let all = shown.chain([log.as_str()]).collect::<Vec<_>>().join("\n");
        let all = Haystack::new(&all);
        let seen: Vec<_> = canaries
            .iter()
            .filter(|canary| !canary.found_in(&all).is_empty())
            .collect();
        if seen.is_empty() {
            return Vec::new();
        }
        let lines = log.lines().map(|line| {
            // Spans stand before the target, with braces around their fields.
            let mut words = line.split_whitespace().skip(2);
            let target = words.find(|word| word.ends_with(':') && !word.contains('{'));
            let target = target.unwrap_or("?").trim_end_matches(':');
            (format!("the log of {target}"), line)
        });
        let shown = self.shown.iter();
        let shown = shown.map(|(name, text)| (name.clone(), text.as_str()));
        let mut found = Vec::new();
        for (place, text) in lines.chain(shown) {
            let text = Haystack::new(text);
            for canary in &seen {
                for form in canary.found_in(&text) {
                    found.push(format!("{} ({form}) in {place}", canary.name));
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }
}
