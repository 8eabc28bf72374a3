//! Places in a text: the core counts bytes of UTF-8, Python counts characters (code points).

/// Converts byte offsets of one text, each cheaply when they ascend.
pub struct Places<'a> {
    text: &'a str,
    at: usize,
    characters: usize,
}

impl<'a> Places<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { text, at: 0, characters: 0 }
    }

    /// The index of the character that begins at a byte offset.
    pub fn character(&mut self, byte: usize) -> usize {
        if byte < self.at {
            (self.at, self.characters) = (0, 0);
        }
        let between = self.text.get(self.at..byte).unwrap_or_default();
        self.characters += between.chars().count();
        self.at = byte;
        self.characters
    }
}
