//! Tests of `signer`.
