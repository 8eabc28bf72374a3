//! The conformance suite of stores (under construction).
