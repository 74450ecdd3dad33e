//! The command line of Castile.

fn main() {}
