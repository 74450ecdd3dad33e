//! An envelope in chunks: output and refusal are those of the whole.

#![no_main]

libfuzzer_sys::fuzz_target!(init: castile_fuzz::sow("chunked"), |data: &[u8]| castile_fuzz::chunked(data));
