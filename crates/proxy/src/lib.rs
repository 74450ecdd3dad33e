//! The HTTP stack as a process: strip, bearer, forward, stream back.
