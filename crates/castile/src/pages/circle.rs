//! Notices that a row of cursors leads back.

use castile_model::Text;

/// Notices that a row of cursors comes back to one that was there, however long the circle, by keeping one of them
/// (Brent's algorithm).
#[derive(Debug)]
pub(super) struct Circle {
    kept: Option<Text>,
    steps: u64,
    turn: u64,
}

impl Circle {
    pub(super) fn new() -> Self {
        Self {
            kept: None,
            steps: 0,
            turn: 1,
        }
    }

    /// Whether [`closes`](Self::closes) would say so; takes nothing.
    pub(super) fn would_close(&self, cursor: &Text) -> bool {
        let kept = self.kept.as_ref();
        kept.is_some_and(|kept| kept.as_str() == cursor.as_str())
    }

    /// Takes the next cursor; tells whether it was there.
    pub(super) fn closes(&mut self, cursor: &Text) -> bool {
        if self.would_close(cursor) {
            return true;
        }
        self.steps += 1;
        if self.steps >= self.turn {
            (self.kept, self.steps) = (Some(cursor.clone()), 0);
            self.turn = self.turn.saturating_mul(2);
        }
        false
    }
}
