//! What the demo says: step by step for people, as one JSON document for scripts.

use std::error::Error;
use std::fmt::Display;

use serde_json::{Map, Value, json};

/// The steps so far.
pub(crate) struct Story {
    json: bool,
    steps: Vec<Value>,
}

impl Story {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            steps: Vec::new(),
        }
    }

    /// Tells a step: its facts to scripts, the lines to people.
    pub(crate) fn tell(&mut self, title: &str, facts: Value, lines: impl Display) {
        if self.json {
            let mut step = Map::from_iter([(String::from("step"), Value::from(title))]);
            step.extend(facts.as_object().cloned().unwrap_or_default());
            self.steps.push(step.into());
        } else {
            let bold = anstyle::Style::new().bold();
            self.steps.push(Value::Null);
            anstream::println!("{bold}{}. {title}{bold:#}\n{lines}\n", self.steps.len());
        }
    }

    /// Ends the story, with the reason if it ended too early.
    pub(crate) fn close(self, failure: Option<&crate::script::Failure>) {
        let reason = failure.map(|failure| {
            let mut words = failure.to_string();
            let mut source = failure.source();
            while let Some(cause) = source {
                words = format!("{words}: {cause}");
                source = cause.source();
            }
            words
        });
        if self.json {
            let document = json!({
                "schema_version": 1,
                "ok": reason.is_none(),
                "reason": reason,
                "steps": self.steps,
            });
            anstream::println!("{document:#}");
        }
        match reason {
            Some(reason) => {
                let red = anstyle::AnsiColor::Red.on_default().bold();
                anstream::eprintln!("{red}the demo failed:{red:#} {reason}");
            }
            None if self.json => {}
            None => anstream::println!("All as it should be."),
        }
    }
}
