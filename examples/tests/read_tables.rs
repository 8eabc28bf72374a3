//! Patients and visits as CSV: headings, separators, encodings, and what each fault says.

use depesza::model::{ConsentSource, PatientStatus, VisitState, Zone};
use depesza_examples::read::{decode, patients, visits_csv};

fn patients(text: &str) -> Result<Vec<depesza::model::Patient>, String> {
    let cards = patients::parse("p.csv", text, Zone::default()).map_err(|faults| faults.to_string())?;
    Ok(cards.into_iter().map(|card| card.what).collect())
}

fn visits(text: &str) -> Result<Vec<depesza::model::Visit>, String> {
    let visits = visits_csv::parse("v.csv", text, Zone::default()).map_err(|faults| faults.to_string())?;
    Ok(visits.into_iter().map(|visit| visit.what).collect())
}

#[test]
fn a_whole_card() {
    let text = "id;rewizja;Imię;NAZWISKO;wołacz;telefon;opiekun;telefon opiekuna;data urodzenia;zgoda-wizyty;zgoda marketing;\
        zgody kiedy;zgody źródło;status;utworzono\r\n\
        p1;3;Zuzanna;Żółć;Zuziu;;Ewa Żółć;501 234 567;05.03.2016;TAK;nie;2026-01-02 10:00;import;aktywna;2020-07-01T08:00:00Z\r\n";
    let card = patients(text).unwrap().remove(0);
    assert_eq!((card.id.as_str(), card.revision), ("p1", 3));
    assert_eq!((card.first_name.reveal(), card.last_name.reveal()), ("Zuzanna", "Żółć"));
    assert_eq!(card.vocative.unwrap().reveal(), "Zuziu");
    assert_eq!(card.phone, None);
    let guardian = card.guardian.unwrap();
    assert_eq!((guardian.name.unwrap().reveal(), guardian.phone.reveal()), ("Ewa Żółć", "501 234 567"));
    assert_eq!(card.birth_date.unwrap().to_string(), "2016-03-05");
    let (visits, marketing) = (card.consents.visits.unwrap(), card.consents.marketing.unwrap());
    assert!(visits.given && !marketing.given && card.consents.other.is_none());
    assert_eq!(
        (visits.at.to_string().as_str(), visits.source),
        ("2026-01-02T09:00:00.000Z", ConsentSource::Import)
    );
    assert_eq!(card.status, PatientStatus::Active);
    assert_eq!(card.created_at.unwrap().to_string(), "2020-07-01T08:00:00.000Z");
}

#[test]
fn separators_headings_and_line_ends() {
    let polish = patients("id;imie;nazwisko;telefon\n1;Anna;Nowak;501234567\n").unwrap();
    for text in [
        "id,first_name,last_name,phone\r\n1,Anna,Nowak,501234567\r\n",
        "patient_id\tFirst name\tlast_name\tphone\n1\tAnna\tNowak\t501234567",
        "id;imię;nazwisko;telefon\n\n1; Anna ;\"Nowak\";501234567\n\n",
    ] {
        assert_eq!(patients(text).unwrap(), polish, "{text:?}");
    }
    // what is not on the card is not made up
    assert_eq!((polish[0].revision, polish[0].consents.visits, polish[0].created_at), (1, None, None));
}

#[test]
fn each_fault_of_a_card_has_its_line() {
    let head =
        "id;imie;nazwisko;data_urodzenia;zgoda_wizyty;zgody_kiedy;status;opiekun\r\n1;Anna;Nowak;;;;;\r\n";
    for (row, expected) in [
        (";Jan;Kos;;;;;", "p.csv:3: id: expected a value"),
        ("2;;Kos;;;;;", "p.csv:3: imie: expected a value"),
        (
            "2;Jan;Kos;31.02.2001;;;;",
            "p.csv:3: data_urodzenia: expected a day such as 1984-03-05 or 05.03.1984",
        ),
        ("2;Jan;Kos;;może;2026-01-01 10:00;;", "p.csv:3: zgoda_wizyty: expected tak, nie or nothing"),
        ("2;Jan;Kos;;tak;;;", "p.csv:3: zgody_kiedy: expected the time of the consents on the card"),
        (
            "2;Jan;Kos;;tak;wczoraj;;",
            "p.csv:3: zgody_kiedy: expected a time such as 2026-11-21 14:30 or 2026-11-21T13:30:00Z",
        ),
        ("2;Jan;Kos;;tak;2026-03-29 02:30;;", "p.csv:3: zgody_kiedy: expected a time such as"),
        ("2;Jan;Kos;;;;gość;", "p.csv:3: status: expected aktywny, nieaktywny or zmarły"),
        ("2;Jan;Kos;;;;;Ewa", "p.csv:3: telefon_opiekuna: expected a number, as the card names a guardian"),
        ("2;Jan", "p.csv:3: expected 8 fields as in the header, found 2"),
        ("1;Jan;Kos;;;;;", "p.csv:3: id: expected a new one, this one stands in line 2 already"),
    ] {
        let fault = patients(&format!("{head}{row}\r\n")).unwrap_err();
        assert!(fault.starts_with(expected) && !fault.contains('\n'), "{row}\n{fault}");
        assert!(!fault.contains("Jan") && !fault.contains("Kos"), "it quotes a patient's name: {fault}");
    }
}

#[test]
fn lines_are_the_files_own() {
    // empty lines, a field over two lines, both kinds of line ends
    for end in ["\n", "\r\n"] {
        let text =
            "id;imie;nazwisko;status\n\n\n1;\"Anna\nMaria\";Nowak;?\n\n2;Jan;Kos;?\n".replace('\n', end);
        let faults = patients(&text).unwrap_err();
        let places: Vec<_> = faults.lines().map(|fault| fault.split(": ").next().unwrap()).collect();
        assert_eq!(places, ["p.csv:4", "p.csv:7"], "{end:?}\n{faults}");
    }
}

#[test]
fn headings_are_checked_before_anything_is_lost() {
    let fault = patients("id;imie;nazwisko;telefn\n1;Anna;Nowak;501234567\n").unwrap_err();
    assert!(
        fault.starts_with("p.csv:1: unknown column \"telefn\"; expected some of: id, rewizja, imie"),
        "{fault}"
    );
    let fault = patients("id;imie\n1;Anna\n").unwrap_err();
    assert_eq!(fault, "p.csv:1: expected a column \"nazwisko\" (or \"last_name\")");
    let fault = patients("id;imie;nazwisko;imię\n1;Anna;Nowak;Ewa\n").unwrap_err();
    assert_eq!(fault, "p.csv:1: the column \"imie\" stands there twice");
    assert_eq!(patients("").unwrap_err().lines().count(), 3);
}

#[test]
fn encodings_are_named() {
    let bom = decode("p.csv", b"\xef\xbb\xbfid".to_vec()).unwrap();
    assert_eq!(bom, "id");
    // "Żółć" as windows-1250
    let fault =
        decode("p.csv", b"id;nazwisko\n1;Nowak\n2;\xaf\xf3\xb3\xe6\n".to_vec()).unwrap_err().to_string();
    assert!(fault.starts_with("p.csv:3: expected UTF-8") && fault.contains("windows-1250"), "{fault}");
    let fault = decode("p.csv", b"\xff\xfei\0d\0".to_vec()).unwrap_err().to_string();
    assert_eq!(fault, "p.csv: expected UTF-8, found UTF-16; save the file as UTF-8");
}

#[test]
fn a_whole_visit() {
    let text = "id;rewizja;pacjent;data;godzina;strefa;czas_min;stan;rodzaj;lekarz_id;lekarz;gabinet_id;gabinet;umówiono;\
        seria;pierwsza\nw1;2;p1;21.11.2026;14:30;Europe/Kyiv;45;odbyła się;przegląd;d1;dr Ewa Nowak;;Gabinet 2;\
        2026-10-25 02:30;s1;nie\n";
    let visit = visits(text).unwrap().remove(0);
    assert_eq!((visit.id.as_str(), visit.revision, visit.patient.as_str()), ("w1", 2, "p1"));
    assert_eq!(visit.start.to_string(), "2026-11-21 14:30:00");
    assert_eq!(visit.zone.unwrap().name(), "Europe/Kyiv");
    assert_eq!((visit.duration_min, visit.state), (45, VisitState::TookPlace));
    assert_eq!(visit.doctor.unwrap().id, "d1");
    // without an identifier the name stands for it
    assert_eq!(visit.room.unwrap().id.as_str(), "Gabinet 2");
    // the first of the two hours 02:30
    assert_eq!(visit.booked_at.unwrap().to_string(), "2026-10-25T00:30:00.000Z");
    assert_eq!((visit.series.as_deref(), visit.first_visit), (Some("s1"), Some(false)));
}

#[test]
fn each_fault_of_a_visit_has_its_line() {
    let head = "id;pacjent;data;godzina;czas_min;stan;lekarz_id;lekarz;strefa";
    for (row, expected) in [
        ("1;;2026-11-21;14:30;;;;;", "v.csv:2: pacjent: expected a value"),
        ("1;p1;21/11/2026;14:30;;;;;", "v.csv:2: data: expected a day such as 2026-11-21 or 21.11.2026"),
        ("1;p1;2026-11-21;24:30;;;;;", "v.csv:2: godzina: expected a time such as 14:30"),
        ("1;p1;2026-11-21;14:30;0;;;;", "v.csv:2: czas_min: expected minutes from 1 to 1440"),
        ("1;p1;2026-11-21;14:30;;może;;;", "v.csv:2: stan: expected umówiona, przybył"),
        ("1;p1;2026-11-21;14:30;;;d1;;", "v.csv:2: lekarz: expected a name beside the identifier"),
        ("1;p1;2026-11-21;14:30;;;;;Polska", "v.csv:2: strefa: expected an IANA name such as Europe/Warsaw"),
    ] {
        let fault = visits(&format!("{head}\n{row}\n")).unwrap_err();
        assert!(fault.starts_with(expected) && !fault.contains('\n'), "{row}\n{fault}");
    }
}
