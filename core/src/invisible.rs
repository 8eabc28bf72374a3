//! Characters a reader cannot see, which pasted numbers and typed answers carry along. They decide nothing in either.

/// Whether `c` shows nothing and takes no room: zero-width characters and joiners, direction marks, the byte order
/// mark, the soft hyphen, variation selectors and tags (the common part of Unicode's `Default_Ignorable_Code_Point`).
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
