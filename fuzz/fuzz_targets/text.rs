#![cfg_attr(fuzzing, no_main)]
//! See `depesza_fuzz::text`.

depesza_fuzz::target!(text);
