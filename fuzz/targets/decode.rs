//! A message: what the reader takes is well-formed, and its values are those that quick-xml and roxmltree read.

#![no_main]

libfuzzer_sys::fuzz_target!(init: castile_fuzz::sow("decode"), |data: &[u8]| castile_fuzz::decode(data));
