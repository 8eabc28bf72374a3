#![cfg_attr(fuzzing, no_main)]
//! See `depesza_fuzz::template`.

depesza_fuzz::target!(template);
