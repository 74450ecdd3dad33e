//! Which tests did not run, and why.

/// A test that did not run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NotRun {
    pub(super) test: String,
    pub(super) reason: String,
}

impl NotRun {
    pub(super) fn new(test: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            test: test.into(),
            reason: reason.into(),
        }
    }
}

/// The lines that tests append to the file named by `CASTILE_NOT_RUN`: name, tab, reason.
pub(super) fn read(text: &str) -> impl Iterator<Item = NotRun> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (test, reason) = line.split_once('\t').unwrap_or((line, "no reason given"));
            NotRun::new(test.trim(), reason.trim())
        })
}

/// What the test harness said, line by line.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: Vec<String>,
    pub(super) ignored: Vec<NotRun>,
}

impl Tally {
    /// Takes in one line of the harness: `test NAME ... ok`, `FAILED` or `ignored, REASON`.
    pub(super) fn read(&mut self, line: &str) {
        let Some((name, result)) = line
            .strip_prefix("test ")
            .and_then(|line| line.rsplit_once(" ... "))
        else {
            return;
        };
        if result == "ok" {
            self.passed += 1;
        } else if result == "FAILED" {
            self.failed.push(name.to_owned());
        } else if let Some(reason) = result.strip_prefix("ignored") {
            let reason = reason.trim_start_matches([',', ' ']);
            let reason = if reason.is_empty() {
                "ignored without a reason"
            } else {
                reason
            };
            self.ignored.push(NotRun::new(name, reason));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_harness_is_counted() {
        let mut tally = Tally::default();
        let lines = [
            "running 3 tests",
            "test cut::tests::holds ... ok",
            "test cut::tests::fails ... FAILED",
            "test slow ... ignored, an hour of CPU",
            "test src/lib.rs - cut (line 3) ... ignored",
            "test result: FAILED. 1 passed; 1 failed",
        ];
        for line in lines {
            tally.read(line);
        }
        assert_eq!(tally.passed, 1);
        assert_eq!(tally.failed, ["cut::tests::fails"]);
        assert_eq!(
            tally.ignored,
            [
                NotRun::new("slow", "an hour of CPU"),
                NotRun::new("src/lib.rs - cut (line 3)", "ignored without a reason"),
            ]
        );
    }

    #[test]
    fn what_tests_wrote_down_is_read() {
        let read: Vec<_> = read("oidc\tno node\n\njava\n").collect();
        assert_eq!(
            read,
            [
                NotRun::new("oidc", "no node"),
                NotRun::new("java", "no reason given")
            ]
        );
    }
}
