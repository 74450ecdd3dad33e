//! A contract that the gateway keeps: which operation a request means, what an answer to it is.

use std::path::PathBuf;
use std::sync::Arc;

use castile_codegen::Error;
use castile_codegen::instance::{Amount, Callable, Instances, Message, Plan, Random, Violation};

/// The services of a contract. Reading takes a while; copies share what was read.
#[derive(Debug, Clone)]
pub struct Contract {
    instances: Arc<Instances>,
    operations: Arc<[Callable]>,
}

impl Contract {
    /// Reads WSDL files, folders of them or zip archives, with the schemas beside them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of reading: the files must be whole and every reference must lead somewhere.
    pub fn read(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Result<Self, Error> {
        let instances = Instances::read(paths)?;
        let operations = instances.callables().into();
        Ok(Self {
            instances: Arc::new(instances),
            operations,
        })
    }

    /// The operations, each with its service: `Inquiry.AcctInq`.
    pub fn operations(&self) -> impl Iterator<Item = String> {
        self.operations.iter().map(Callable::full_name)
    }

    /// The same with what a caller must know of each.
    pub fn callables(&self) -> &[Callable] {
        &self.operations
    }

    /// A request of an operation that is valid by the contract, the same for the same seed.
    ///
    /// # Errors
    ///
    /// No such operation, or one of whose request nothing can be drawn.
    pub fn request(&self, operation: &str, seed: u64) -> Result<String, Error> {
        let plan = Plan::new(Amount::Typical);
        self.instances
            .request(operation, &plan, &mut Random::seeded(seed))
    }

    /// The operations that a name means: `AcctInq` in any service, or `Inquiry.AcctInq`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownOperation`], with names that come close.
    pub(crate) fn named(&self, name: &str) -> Result<Vec<&Callable>, Error> {
        let operations = self.operations.iter();
        let named: Vec<_> = operations
            .filter(|operation| operation.name == name || operation.full_name() == name)
            .collect();
        match named.is_empty() {
            true => self.instances.callable(name).map(|_| Vec::new()),
            false => Ok(named),
        }
    }

    /// The operation whose request a message is; of several the one that the service or the action tells.
    pub(crate) fn meant(
        &self,
        message: &Message,
        service: &str,
        action: Option<&str>,
    ) -> Option<&Callable> {
        let mut found: Vec<_> = self
            .operations
            .iter()
            .filter(|operation| operation.request.as_ref() == Some(message.name()))
            .collect();
        let mut prefer = |wanted: &dyn Fn(&Callable) -> bool| {
            if found.iter().any(|operation| wanted(operation)) {
                found.retain(|operation| wanted(operation));
            }
        };
        prefer(&|operation| operation.service.eq_ignore_ascii_case(service));
        prefer(&|operation| Some(operation.action.as_str()) == action);
        found.first().copied()
    }

    /// Whether a service of the contract is so called.
    pub(crate) fn has_service(&self, service: &str) -> bool {
        let mut operations = self.operations.iter();
        operations.any(|operation| operation.service.eq_ignore_ascii_case(service))
    }

    /// What the contract does not allow in a request.
    pub(crate) fn check_request(
        &self,
        operation: &Callable,
        message: &Message,
    ) -> Result<Vec<Violation>, Error> {
        let name = operation.full_name();
        self.instances.check_request(&name, message)
    }

    /// What the contract does not allow in a response.
    pub(crate) fn check_response(
        &self,
        operation: &Callable,
        message: &Message,
    ) -> Result<Vec<Violation>, Error> {
        let name = operation.full_name();
        self.instances.check_response(&name, message)
    }

    /// An answer to an operation, the same for the same seed.
    pub(crate) fn response(&self, operation: &Callable, seed: u64) -> Result<String, Error> {
        let name = operation.full_name();
        let mut random = Random::seeded(seed ^ hash(&name));
        self.instances
            .response(&name, &Plan::new(Amount::Typical), &mut random)
    }

    /// What the detail of a fault of an operation holds; none if it declares none.
    pub(crate) fn fault(&self, operation: &Callable, seed: u64) -> Option<String> {
        let name = operation.full_name();
        let mut random = Random::seeded(seed ^ hash(&name));
        let plan = Plan::new(Amount::Typical);
        self.instances.fault(&name, &plan, &mut random).ok()
    }
}

/// FNV-1a, which is the same on every machine and in every version.
fn hash(text: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325;
    text.bytes().fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
