//! A whole envelope: the ranges that go are those that other parsers find.

#![no_main]

libfuzzer_sys::fuzz_target!(init: castile_fuzz::sow("whole"), |data: &[u8]| castile_fuzz::whole(data));
