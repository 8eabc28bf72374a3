//! (under construction)
/// (under construction)
#[derive(Debug, Default)]
pub struct MemoryStore;
