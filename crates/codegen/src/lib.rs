//! Reads WSDL and XML Schema, writes typed Rust clients.
