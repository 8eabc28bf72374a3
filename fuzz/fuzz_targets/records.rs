#![cfg_attr(fuzzing, no_main)]
#![doc = "See `depesza_fuzz::records`."]

depesza_fuzz::target!(depesza_fuzz::records::check);
