//! The token endpoint of the certified provider, right and wrong, near and far.

mod faults;
mod form;
mod load;
mod rows;
mod signed;
