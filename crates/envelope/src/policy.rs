//! What may be cut, what is refused, and how much is read.

/// What may be cut, and what is refused.
///
/// The default is the safe one: blocks without actor, for `next` or for the ultimate receiver go;
/// what is doubtful is refused.
///
/// ```
/// use castile_envelope::Policy;
/// let policy = Policy { allow_signed: true, ..Policy::default() };
/// # assert!(!policy.inspect_body);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// What to do with a Security header for another named actor.
    pub other_actor: OtherActor,
    /// The named actor (SOAP 1.2: role) whose Security header is cut like one without actor.
    ///
    /// Compared by character, white space around it left out. None by default.
    pub actor: Option<String>,
    /// Cut all Security headers for one target where there are several.
    pub allow_second_block: bool,
    /// Cut although a signature reaches across the cut; what it covered can then no longer be verified.
    pub allow_signed: bool,
    /// Drop Header as well if no more than white space is left in it by what was cut.
    pub drop_empty_header: bool,
    /// Only report what would be cut: nothing goes, and what would be refused is refused.
    pub report_only: bool,
    /// Look into Body, too, and report what it holds ([`Finding`](crate::Finding)).
    ///
    /// Then the cost grows with Body. Nothing in Body is changed, and nothing in it is a reason to refuse.
    pub inspect_body: bool,
    /// Refuse a document that is not well-formed to its end (XML 1.0, Namespaces in XML 1.0).
    ///
    /// Then the cost grows with Body. The limits hold for the whole document: nesting, attributes and
    /// namespaces as in Header, and no single tag may be longer than [`Limits::header_bytes`].
    pub well_formed: bool,
    /// How much is read.
    pub limits: Limits,
}

impl Policy {
    /// Whether the document is read to its end.
    pub(crate) fn reads_body(&self) -> bool {
        self.inspect_body || self.well_formed
    }
}

/// What to do with a Security header for a named actor (SOAP 1.2: role) that is
/// neither `next`, nor the ultimate receiver, nor [`Policy::actor`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtherActor {
    /// Refuse the envelope.
    #[default]
    Refuse,
    /// Leave that block where it is.
    Keep,
    /// Cut it like the others.
    Cut,
}

/// How much is read before an envelope is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes from the start of the input to the end of Body's start tag. Default 64 KiB.
    ///
    /// It does not bound Body, but where Body is read each single tag in it; nor [`open`](crate::open()).
    pub header_bytes: usize,
    /// Nested elements, the Envelope being the first. Default 128.
    pub depth: usize,
    /// Attributes on one element, namespace declarations among them. Default 128.
    pub attributes: usize,
    /// Namespace declarations in scope. Default 128.
    pub namespaces: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_bytes: 64 * 1024,
            depth: 128,
            attributes: 128,
            namespaces: 128,
        }
    }
}
