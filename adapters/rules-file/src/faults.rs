//! What is wrong with a file: by line, all of it, and bounded.

use std::fmt;

/// Something that was read, and where it stands, for what is found wrong with it later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lined<T> {
    /// The line it begins in, from 1.
    pub line: usize,
    /// What was read.
    pub what: T,
}

/// Something wrong at a place of a file, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, as the user named it.
    pub file: String,
    /// The line, from 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// The column in characters, from 1, where it is known.
    pub column: Option<usize>,
    /// What was expected. It quotes no patient's data.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// The faults of one file: the first [`Faults::SHOWN`], and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    file: String,
    shown: Vec<Fault>,
    more: usize,
}

impl Faults {
    /// The most faults that are kept.
    pub const SHOWN: usize = 20;

    /// No faults yet.
    #[must_use]
    pub fn of(file: &str) -> Self {
        Self { file: file.to_owned(), shown: Vec::new(), more: 0 }
    }

    /// One fault of the whole file.
    #[must_use]
    pub fn whole(file: &str, what: impl Into<String>) -> Self {
        let mut faults = Self::of(file);
        faults.add(None, None, what.into());
        faults
    }

    /// Adds a fault at a line, from 1.
    pub fn at(&mut self, line: usize, what: impl Into<String>) {
        self.add(Some(line), None, what.into());
    }

    /// Adds a fault at a line and column, from 1.
    pub fn at_column(&mut self, line: usize, column: usize, what: impl Into<String>) {
        self.add(Some(line), Some(column), what.into());
    }

    fn add(&mut self, line: Option<usize>, column: Option<usize>, what: String) {
        if self.shown.len() < Self::SHOWN {
            self.shown.push(Fault { file: self.file.clone(), line, column, what });
        } else {
            self.more += 1;
        }
    }

    /// As many more faults of which nobody kept what they are.
    #[must_use]
    pub fn with_more(mut self, more: usize) -> Self {
        self.more += more;
        self
    }

    /// The faults that are kept.
    #[must_use]
    pub fn shown(&self) -> &[Fault] {
        &self.shown
    }

    /// How many faults there are beside the kept ones.
    #[must_use]
    pub fn more(&self) -> usize {
        self.more
    }

    /// The value, unless there are faults.
    ///
    /// # Errors
    /// The faults, if there are any, in the order of the file.
    pub fn unless_any<T>(self, value: T) -> Result<T, Self> {
        if self.shown.is_empty() { Ok(value) } else { Err(self.in_order()) }
    }

    /// The faults in the order of the file.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.shown.sort_by_key(|fault| (fault.line, fault.column));
        self
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.shown.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, "\n{}: and {more} more", self.file),
        }
    }
}

impl std::error::Error for Faults {}
