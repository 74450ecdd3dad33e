//! A false gateway and identity provider to develop and test against.
