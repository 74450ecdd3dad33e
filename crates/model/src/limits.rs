//! How large a payload may grow before it is refused.

/// Bounds on what the reader accepts. The size of the payload itself is bounded by who reads the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Elements inside each other, the root included. Default 128.
    pub depth: usize,
    /// Elements of the whole payload. Default 10,000,000: an empty element of few bytes may become a struct of many.
    pub elements: usize,
    /// Attributes of one element, namespace declarations included. Default 64.
    pub attributes: usize,
    /// Namespace declarations in scope at one place. Default 256.
    pub namespaces: usize,
    /// Bytes of one namespace name, before and inside the payload. Default 512: whatever is kept verbatim keeps a copy.
    pub namespace: usize,
    /// Bytes of one text, or of one attribute value. Default 64 MiB: images come as base64.
    pub text: usize,
    /// Warnings collected; what comes after is read but not reported. Default 1,000.
    pub warnings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 128,
            elements: 10_000_000,
            attributes: 64,
            namespaces: 256,
            namespace: 512,
            text: 64 << 20,
            warnings: 1_000,
        }
    }
}
