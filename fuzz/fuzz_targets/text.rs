#![cfg_attr(fuzzing, no_main)]
#![doc = "See `depesza_fuzz::text`."]

depesza_fuzz::target!(depesza_fuzz::text::check);
