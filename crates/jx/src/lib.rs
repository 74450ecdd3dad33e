//! The generated client of the sample contract in `wsdl/sample`.
