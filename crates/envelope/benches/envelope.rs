//! Times the plan of a cut against copying and against quick-xml.
fn main() {}
