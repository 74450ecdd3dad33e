//! Thin commands for the people who build Castile.

fn main() {}
