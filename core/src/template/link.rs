//! What counts as a URL in a message. Nothing is rewritten: a URL goes out as its user typed it.

use super::name::is_blank;
use crate::model::MarkerFault;

/// The longest URL of a link marker, in characters.
pub const MAX_URL_CHARS: usize = 500;

/// Checks a URL as telephones recognise one: an optional `http` or `https`, a host name with a dot, then anything
/// without white space.
///
/// Hosts may be international (RFC 5890); addresses of numbers, user names and bare names such as `localhost` are
/// refused, for no patient's telephone opens them safely.
pub(crate) fn check(url: &str) -> Result<(), MarkerFault> {
    if url.chars().count() > MAX_URL_CHARS {
        return Err(MarkerFault::UrlTooLong { limit: MAX_URL_CHARS });
    }
    if url.chars().any(is_blank) {
        return Err(MarkerFault::UrlWhiteSpace);
    }
    let rest = match url.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?', '#']) => {
            if !(scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")) {
                return Err(MarkerFault::UrlScheme);
            }
            rest
        }
        _ => url,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let port_is_valid = port.is_none_or(|port| {
        port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if is_host(host) && port_is_valid { Ok(()) } else { Err(MarkerFault::UrlHost) }
}

/// RFC 1123 host names, with letters of any script; at least two labels, the last one with a letter.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let top = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && host.split('.').all(is_label)
        && top.chars().count() >= 2
        && top.starts_with(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_as_users_type_them() {
        for url in [
            "www.estomed.pl",
            "estomed.pl/ankieta",
            "https://estomed.pl/a_(b)?utm_source=sms&x=%20#góra",
            "HTTPS://Estomed.PL:8443/x",
            "gabinet-żółty.pl",
            "a.xn--p1ai",
            "estomed.pl?u=ftp://b.pl",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn what_is_no_link() {
        use MarkerFault::{UrlHost, UrlScheme, UrlTooLong, UrlWhiteSpace};
        for (url, fault) in [
            ("", UrlHost),
            ("https://", UrlHost),
            ("localhost", UrlHost),
            ("192.168.0.1", UrlHost),
            ("estomed..pl", UrlHost),
            ("-a.pl", UrlHost),
            ("a.pl:0", UrlHost),
            ("a.pl:x", UrlHost),
            ("a.pl:+80", UrlHost),
            ("javascript:alert(1)", UrlHost),
            ("mailto:a@b.pl", UrlHost),
            ("bank.pl@evil.pl", UrlHost),
            ("ftp://a.pl", UrlScheme),
            (" a.pl", UrlWhiteSpace),
            ("a.pl/\n", UrlWhiteSpace),
            ("a.pl/\u{200B}", UrlWhiteSpace),
        ] {
            assert_eq!(check(url), Err(fault), "{url}");
        }
        let long = format!("a.pl/{}", "x".repeat(MAX_URL_CHARS));
        assert_eq!(check(&long), Err(UrlTooLong { limit: MAX_URL_CHARS }));
    }
}
