//! Faults in the words of a screen.

use crate::model::{
    Language, MarkerFault, PlaceholderKind, TemplateFault, TemplateFaultKind, TemplateSubject,
};

impl TemplateFault {
    /// The fault as a sentence for whoever writes the body, with its place.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let text = self.kind.message(language);
        let (line, column) = (self.at.line, self.at.column);
        match (&self.kind, language) {
            (TemplateFaultKind::EmptyBody | TemplateFaultKind::BodyTooLong { .. }, _) => text,
            (_, Language::Pl) => format!("Wiersz {line}, znak {column}: {text}"),
            (_, Language::En) => format!("Line {line}, character {column}: {text}"),
        }
    }
}

impl TemplateFaultKind {
    /// The fault as a sentence for whoever writes the body, without its place.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::Pl => self.in_polish(),
            Language::En => self.in_english(),
        }
    }

    fn in_polish(&self) -> String {
        match self {
            Self::EmptyBody => "Treść jest pusta.".to_owned(),
            Self::BodyTooLong { chars, limit } => {
                format!("Treść jest za długa. Liczba znaków: {chars}, dozwolona: {limit}.")
            }
            Self::TooManyPlaceholders { limit } => format!("Za dużo znaczników. Dozwolona liczba: {limit}."),
            Self::UnknownPlaceholder { name, nearest } => {
                let hint = nearest.as_ref().map(|it| format!(" Czy chodziło o ({it})?")).unwrap_or_default();
                format!("Nie ma znacznika ({name}).{hint} Zwykły tekst w nawiasach zapisz tak: (({name})).")
            }
            Self::NotForSubject { name, subject } => {
                let subject = match subject {
                    TemplateSubject::Visits => "wizyty",
                    TemplateSubject::Calls => "rozmowy",
                    TemplateSubject::People => "pacjenta, a nie wizyty",
                };
                format!("Znacznika ({name}) nie można użyć, bo wiadomość dotyczy {subject}.")
            }
            Self::UnknownFormat { name, format, known } if known.is_empty() => {
                format!("Znacznik ({name}) nie ma formatu „{format}” ani żadnego innego.")
            }
            Self::UnknownFormat { name, format, known } => {
                format!("Znacznik ({name}) nie ma formatu „{format}”. Dostępne: {}.", known.join(", "))
            }
            Self::EmptyFallback { name } => {
                format!("Po znaku | w znaczniku ({name}) brakuje tekstu zastępczego.")
            }
            Self::BracketInFallback { name } => {
                format!("Tekst zastępczy w znaczniku ({name}) nie może zawierać nawiasów.")
            }
        }
    }

    fn in_english(&self) -> String {
        match self {
            Self::EmptyBody => "The body is empty.".to_owned(),
            Self::BodyTooLong { chars, limit } => {
                format!("The body is too long. Characters: {chars}, allowed: {limit}.")
            }
            Self::TooManyPlaceholders { limit } => format!("Too many placeholders. Allowed: {limit}."),
            Self::UnknownPlaceholder { name, nearest } => {
                let hint = nearest.as_ref().map(|it| format!(" Did you mean ({it})?")).unwrap_or_default();
                format!(
                    "There is no placeholder ({name}).{hint} Write plain text in brackets like this: (({name}))."
                )
            }
            Self::NotForSubject { name, subject } => {
                let subject = match subject {
                    TemplateSubject::Visits => "visits",
                    TemplateSubject::Calls => "calls",
                    TemplateSubject::People => "patients, not visits",
                };
                format!("The placeholder ({name}) cannot be used, for the message is about {subject}.")
            }
            Self::UnknownFormat { name, format, known } if known.is_empty() => {
                format!("The placeholder ({name}) has no format “{format}” nor any other.")
            }
            Self::UnknownFormat { name, format, known } => {
                format!("The placeholder ({name}) has no format “{format}”. It has: {}.", known.join(", "))
            }
            Self::EmptyFallback { name } => {
                format!("The fallback after | in the placeholder ({name}) is missing.")
            }
            Self::BracketInFallback { name } => {
                format!("The fallback in the placeholder ({name}) cannot hold brackets.")
            }
        }
    }
}

impl MarkerFault {
    /// The field at fault: `name` or `url`; none when it is the number of placeholders.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::NameMalformed | Self::NameTooLong { .. } | Self::NameTaken { .. } => Some("name"),
            Self::UrlTooLong { .. } | Self::UrlWhiteSpace | Self::UrlScheme | Self::UrlHost => Some("url"),
            Self::TooMany { .. } => None,
        }
    }

    /// The fault as a sentence for whoever adds the placeholder or link.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let (pl, en) = match self {
            Self::NameMalformed => (
                "Nazwa może zawierać litery, cyfry, spacje oraz znaki _ i -, a zaczyna się literą.",
                "A name holds letters, digits, spaces, _ and -, and begins with a letter.",
            ),
            Self::NameTaken { by: PlaceholderKind::BuiltIn } => {
                ("Tę nazwę ma znacznik wbudowany.", "A built-in placeholder has that name.")
            }
            Self::NameTaken { by: PlaceholderKind::Custom } => {
                ("Tę nazwę ma znacznik programu.", "A placeholder of the application has that name.")
            }
            Self::NameTaken { by: PlaceholderKind::Link } => {
                ("Tę nazwę ma inny link.", "Another link has that name.")
            }
            Self::UrlWhiteSpace => (
                "Adres nie może zawierać spacji ani znaków niewidocznych.",
                "The URL cannot hold spaces or invisible characters.",
            ),
            Self::UrlScheme => (
                "Adres może zaczynać się od http:// lub https:// albo być bez takiego początku.",
                "The URL begins with http:// or https://, or has no such beginning.",
            ),
            Self::UrlHost => (
                "Adres musi zawierać nazwę strony, na przykład www.estomed.pl.",
                "The URL needs the name of a site, such as www.estomed.pl.",
            ),
            Self::NameTooLong { limit } => {
                return limited(language, "Nazwa jest za długa", "The name is too long", *limit);
            }
            Self::UrlTooLong { limit } => {
                return limited(language, "Adres jest za długi", "The URL is too long", *limit);
            }
            Self::TooMany { limit } => {
                return limited(language, "Jest ich za dużo", "There are too many", *limit);
            }
        };
        match language {
            Language::Pl => pl,
            Language::En => en,
        }
        .to_owned()
    }
}

fn limited(language: Language, pl: &str, en: &str, limit: usize) -> String {
    match language {
        Language::Pl => format!("{pl} (najwięcej: {limit})."),
        Language::En => format!("{en} (at most: {limit})."),
    }
}
