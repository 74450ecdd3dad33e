//! A multipart message: only the root part changes, whole and in chunks.

#![no_main]

libfuzzer_sys::fuzz_target!(init: castile_fuzz::sow("multipart"), |data: &[u8]| castile_fuzz::multipart(data));
