//! An envelope in UTF-16: the ranges that go are those of the same text in UTF-8.

#![no_main]

libfuzzer_sys::fuzz_target!(init: castile_fuzz::sow("utf16"), |data: &[u8]| castile_fuzz::utf16(data));
