#![cfg_attr(fuzzing, no_main)]
//! See `depesza_fuzz::records`.

depesza_fuzz::target!(records);
