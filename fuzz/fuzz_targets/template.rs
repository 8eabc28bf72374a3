#![cfg_attr(fuzzing, no_main)]
#![doc = "See `depesza_fuzz::template`."]

depesza_fuzz::target!(depesza_fuzz::template::check);
