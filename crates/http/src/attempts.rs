//! How often a message was sent, each time under an id of its own, as a request extension.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::Request;

use crate::{Body, Progress};

/// Shared by whatever sends one message: counts how often it goes out, and gives each time an id of its own.
///
/// The id stands in the message, as `jXLogTrackingId` does. Before a repetition it is replaced in the bytes of the
/// message by a new one; nothing else of them changes. A message that does not hold the id exactly once, as the whole
/// text of an element, goes out again as it was. A new id is as long as the first one.
#[derive(Clone, Default)]
pub struct Attempts(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// The id that the message holds when it is first sent.
    first: Option<String>,
    state: Mutex<State>,
    next: Option<NextId>,
}

#[derive(Default)]
struct State {
    count: u32,
    /// The ids of repetitions.
    renewed: Vec<String>,
}

type NextId = Box<dyn Fn() -> Option<String> + Send + Sync>;

impl Attempts {
    /// The attempts that travel with `request`; new ones without an id if none do.
    pub fn of<B>(request: &Request<B>) -> Self {
        let extensions = request.extensions();
        let of_progress = || Some(extensions.get::<Progress>()?.attempts());
        let known = extensions.get().or_else(of_progress);
        known.cloned().unwrap_or_default()
    }

    /// Attempts of a message that holds `id`, all under that id.
    pub fn under(id: impl Into<String>) -> Self {
        Self::new(id.into(), None)
    }

    /// Attempts of a message that holds `id`; each but the first under an id made by `next`.
    ///
    /// Where `next` has none, the id before is kept.
    pub fn renewed(
        id: impl Into<String>,
        next: impl Fn() -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::new(id.into(), Some(Box::new(next)))
    }

    fn new(id: String, next: Option<NextId>) -> Self {
        Self(Arc::new(Inner {
            first: Some(id),
            state: Mutex::default(),
            next,
        }))
    }

    /// How often the message was handed to a transport.
    pub fn count(&self) -> u32 {
        self.state().count
    }

    /// The ids in their order, the last one that of the last attempt. That of the first is there before it is made.
    pub fn ids(&self) -> Vec<String> {
        let first = self.0.first.iter();
        first.chain(&self.state().renewed).cloned().collect()
    }

    /// Counts an attempt that is about to be made, and puts its id into the message.
    ///
    /// Whoever hands a message to the transport that sends it calls this once for each time. Gives the number of the
    /// attempt, from 1.
    pub fn begin(&self, request: &mut Request<Body>) -> u32 {
        let mut state = self.state();
        state.count = state.count.saturating_add(1);
        if state.count > 1
            && let Some((message, id)) = self.renew(request)
        {
            *request.body_mut() = Body::whole(message);
            state.renewed.push(id);
        }
        state.count
    }

    /// The message under the next id. Whatever is repeated is a copy of the first, so it holds the first id.
    ///
    /// Attachments behind an envelope are no text, so this looks at bytes.
    fn renew(&self, request: &Request<Body>) -> Option<(Vec<u8>, String)> {
        let (next, first) = (self.0.next.as_ref()?, self.0.first.as_ref()?);
        let message = request.body().as_whole()?;
        let element = format!(">{first}</");
        let at = find(message, &element)?;
        let (before, after) = (&message[..at], &message[at + element.len()..]);
        if find(after, first).is_some() || find(before, first).is_some() {
            return None;
        }
        // Of one length, because parts of a multipart message may tell theirs.
        let fits = |id: &String| id.len() == first.len() && !id.contains(['<', '>', '&']);
        let id = next().filter(fits)?;
        let element = format!(">{id}</");
        Some(([before, element.as_bytes(), after].concat(), id))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find(message: &[u8], text: &str) -> Option<usize> {
    let mut places = message.windows(text.len().max(1));
    places.position(|place| place == text.as_bytes())
}

impl fmt::Debug for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts")
            .field("count", &self.count())
            .field("ids", &self.ids())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn renewed() -> Attempts {
        let made = AtomicU32::new(1);
        let next = move || Some(format!("id-{}", made.fetch_add(1, Ordering::SeqCst) + 1));
        Attempts::renewed("id-1", next)
    }

    fn sent(attempts: &Attempts, message: &str) -> (String, Option<String>) {
        let mut request = Request::new(Body::whole(message.to_owned()));
        attempts.begin(&mut request);
        let bytes = request.body().as_whole().expect("in memory");
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        (text, attempts.ids().pop())
    }

    #[test]
    fn each_attempt_has_its_own_id_and_nothing_else_changes() {
        let attempts = renewed();
        let message = "<a><t>id-1</t><b>id</b></a>";
        for n in 1..=3 {
            let (found, id) = sent(&attempts, message);
            assert_eq!(found, message.replace("id-1", &format!("id-{n}")));
            assert_eq!(id, Some(format!("id-{n}")));
        }
        assert_eq!(attempts.count(), 3);
        assert_eq!(attempts.ids(), ["id-1", "id-2", "id-3"]);
    }

    #[test]
    fn a_message_whose_id_is_not_plain_to_see_goes_out_as_it_was() {
        for message in [
            "<a><t>id-1</t><b>id-1</b></a>",
            "<a><t>id-1</t><b x='id-1'/></a>",
            "<a><b x='id-1'/><t>id-1</t></a>",
            "<a><t>x id-1</t></a>",
            "<a><t/></a>",
        ] {
            let attempts = renewed();
            for _ in 0..2 {
                let (found, id) = sent(&attempts, message);
                assert_eq!((&*found, id.as_deref()), (message, Some("id-1")));
            }
            assert_eq!(attempts.ids(), ["id-1"], "{message}");
        }
    }

    #[test]
    fn an_id_that_would_change_the_message_is_not_taken() {
        for id in ["", "<x/>", "&abc", "]]>x", "longer"] {
            let attempts = Attempts::renewed("id-1", || Some(id.to_owned()));
            let message = "<t>id-1</t>";
            sent(&attempts, message);
            assert_eq!(sent(&attempts, message).0, message, "{id}");
        }
    }

    #[test]
    fn an_id_of_the_callers_own_stays() {
        let attempts = Attempts::under("mine");
        for _ in 0..2 {
            let (found, id) = sent(&attempts, "<t>mine</t>");
            assert_eq!((&*found, id.as_deref()), ("<t>mine</t>", Some("mine")));
        }
        let bare = Attempts::default();
        assert_eq!(sent(&bare, "<t/>"), ("<t/>".to_owned(), None));
        assert_eq!(bare.count(), 1);
    }
}
