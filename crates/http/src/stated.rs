//! Sends by the model that a profile's state names, to that model's address.

use http::{Request, Response, Uri};

use crate::evidence::Evidence;
use crate::profile::State;
use crate::shadow::Shadow;
use crate::{Body, Classify, Error, SoapTransport};

/// One profile's way to its gateway: `L` by the old model, `O` by the new one, `S` for what a shadow repeats.
///
/// Whatever target a request names, it goes to the address of the model in use.
#[derive(Debug)]
pub struct Stated<L, O, S> {
    way: Way<L, O, S>,
    target: Uri,
    evidence: Option<Evidence>,
}

#[derive(Debug)]
enum Way<L, O, S> {
    Legacy(L),
    /// What it may repeat, an override may know better than a name.
    Shadow(Classify<Shadow<L, S>>),
    Oauth(O),
}

impl<L, O, S> Stated<L, O, S> {
    /// By the old model alone.
    pub fn legacy(stack: L, target: Uri) -> Self {
        Self::new(Way::Legacy(stack), target)
    }

    /// By the old model, with reads repeated by the new one; `target` is the old one's.
    pub fn shadow(stack: Classify<Shadow<L, S>>, target: Uri) -> Self {
        Self::new(Way::Shadow(stack), target)
    }

    /// By the new model.
    pub fn oauth(stack: O, target: Uri) -> Self {
        Self::new(Way::Oauth(stack), target)
    }

    fn new(way: Way<L, O, S>, target: Uri) -> Self {
        Self {
            way,
            target,
            evidence: None,
        }
    }

    /// The same, with each call noted.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Option<Evidence>) -> Self {
        self.evidence = evidence;
        self
    }

    /// The state.
    pub fn state(&self) -> State {
        match &self.way {
            Way::Legacy(_) => State::Legacy,
            Way::Shadow(_) => State::Shadow,
            Way::Oauth(_) => State::Oauth,
        }
    }

    /// The address that calls go to.
    pub fn target(&self) -> &Uri {
        &self.target
    }

    /// What is kept of it, if anything is.
    pub fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }
}

impl<L, O, S> SoapTransport for Stated<L, O, S>
where
    L: SoapTransport<Error = Error>,
    O: SoapTransport<Error = Error>,
    S: SoapTransport<Error = Error> + 'static,
{
    type Error = Error;

    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, Error> {
        self.target.clone_into(request.uri_mut());
        let sent = match &self.way {
            Way::Legacy(stack) => stack.send(request).await,
            Way::Shadow(stack) => stack.send(request).await,
            Way::Oauth(stack) => stack.send(request).await,
        };
        if let Some(evidence) = &self.evidence {
            let end = sent.as_ref().map(|answer| answer.status().as_u16());
            evidence.called(self.state(), end.map_err(Error::code));
        }
        sent
    }
}
