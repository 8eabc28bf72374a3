#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]
//! The numbered edge cases of call records, and rows that cannot be read.

mod sets;

use depesza::model::{Call, CallDirection, CallStatus};
use depesza_call_records::asterisk::{Columns, Joiner, Omitted, Options, Row, read, status_of};
use depesza_call_records::{Format, Place, detect};
use sets::Set;

/// A row of an incoming call: what rang, the application, seconds after 12:00:00 on 20 November 2026, the word.
fn row(dstchannel: &str, app: &str, times: (u32, Option<u32>, u32), word: &str) -> String {
    let (start, answer, end) = times;
    let clock = |second: u32| format!("\"2026-11-20 12:{:02}:{:02}\"", second / 60, second % 60);
    let answered = answer.map(clock).unwrap_or_default();
    let talked = answer.map_or(0, |answer| end - answer);
    format!(
        "\"\",\"501234567\",\"221234501\",\"from-trunk\",\"\"\"\"\" <501234567>\",\"PJSIP/operator-00000001\",\
         \"{dstchannel}\",\"{app}\",\"\",{},{answered},{},{},{talked},\"{word}\",\"DOCUMENTATION\",\"1795172400.1\",\"\"\n",
        clock(start),
        clock(end),
        end - start,
    )
}

fn options() -> Options {
    Options { trunks: vec!["PJSIP/operator-".into()], ..Options::default() }
}

fn one(rows: &[String], options: Options) -> Call {
    let told = read(rows.concat().as_bytes(), options).unwrap();
    assert_eq!(told.faults, []);
    assert_eq!(told.calls.len(), 1);
    told.calls[0].clone()
}

#[test]
fn edge_110_a_ring_group_of_five_is_one_answered_call() {
    let mut rows: Vec<String> = (1..=4)
        .map(|phone| row(&format!("PJSIP/20{phone}-0000000{phone}"), "Dial", (0, None, 6), "NO ANSWER"))
        .collect();
    rows.insert(2, row("PJSIP/205-00000005", "Dial", (0, Some(6), 40), "ANSWERED"));
    let call = one(&rows, options());
    assert_eq!(call.status, CallStatus::Answered);
    assert_eq!((call.ring_s, call.talk_s), (6, 34));
    assert_eq!(call.answered_by.as_deref(), Some("205"));
    assert_eq!(call.id.as_str(), "1795172400.1");
}

#[test]
fn edge_111_a_menu_or_music_is_no_person_and_the_host_can_say_what_is() {
    let menu = [row("", "BackGround", (0, Some(0), 9), "ANSWERED")];
    let call = one(&menu, options());
    assert_eq!((call.status, call.talk_s, call.raw_status.as_str()), (CallStatus::NoAnswer, 0, "ANSWERED"));

    let queue = [
        row("PJSIP/201-00000002", "Queue", (0, Some(0), 9), "NO ANSWER"),
        row("PJSIP/202-00000003", "Queue", (0, Some(0), 9), "NO ANSWER"),
        row("", "Hangup", (9, Some(9), 12), "ANSWERED"),
    ];
    let call = one(&queue, options());
    assert_eq!((call.status, call.talk_s, call.ring_s), (CallStatus::NoAnswer, 0, 9));

    let robot = [row("PJSIP/robot-00000002", "Dial", (0, Some(1), 9), "ANSWERED")];
    assert_eq!(one(&robot, options()).status, CallStatus::Answered);
    let mut told = options();
    told.no_person_channels.push("PJSIP/robot-".into());
    assert_eq!(one(&robot, told).status, CallStatus::NoAnswer);
    let mut told = options();
    told.person_apps.retain(|app| app != "Dial");
    assert_eq!(one(&robot, told).status, CallStatus::NoAnswer);
}

#[test]
fn edge_112_a_voice_mail_box_has_its_own_status() {
    let rows = [
        row("PJSIP/201-00000002", "Dial", (0, None, 9), "NO ANSWER"),
        row("", "VoiceMail", (9, Some(9), 30), "ANSWERED"),
    ];
    let call = one(&rows, options());
    assert_eq!((call.status, call.talk_s, call.ring_s), (CallStatus::Voicemail, 0, 9));
    assert_eq!(call.answered_by, None);
    let told = Options { voicemail_apps: Vec::new(), ..options() };
    assert_eq!(one(&rows, told).status, CallStatus::NoAnswer);
}

#[test]
fn edge_113_words_and_codes_for_withheld_numbers_are_kept_as_they_are() {
    for word in ["anonymous", "unknown", "-1", "266696687", ""] {
        let text = row("", "Hangup", (0, None, 1), "NO ANSWER").replace("501234567", word);
        assert_eq!(one(&[text], options()).caller.reveal(), word);
    }
}

#[test]
fn edge_116_the_own_number_is_the_shown_one_on_an_outgoing_call() {
    let text = r#""","221234500","600100200","out","","PJSIP/201-00000001","PJSIP/operator-00000002","Dial","","2026-11-20 12:00:00",,"2026-11-20 12:00:05",5,0,"BUSY","DOCUMENTATION","1795172400.1","""#;
    let call = one(&[text.to_owned()], options());
    assert_eq!((call.direction, call.status), (CallDirection::Outgoing, CallStatus::Busy));
    assert_eq!(call.own_number.unwrap().reveal(), "221234500");
    assert_eq!(call.called.reveal(), "600100200");
}

#[test]
fn edge_127_a_row_that_comes_hours_late_has_its_own_times() {
    let mut joiner = Joiner::new(options()).unwrap();
    let early = Row::from_csv(1, row("", "Hangup", (0, None, 1), "NO ANSWER").as_bytes(), Columns::SAMPLE);
    let mut late = early.clone().unwrap().unwrap();
    late.uniqueid = Some("1795172400.99".into());
    late.channel = "PJSIP/operator-00000099".into();
    let mut newest = late.clone();
    newest.uniqueid = Some("1795186800.100".into());
    newest.channel = "PJSIP/operator-00000100".into();
    newest.start += chrono::TimeDelta::hours(4);
    newest.end += chrono::TimeDelta::hours(4);
    joiner.take(newest, Place::START);
    joiner.take(late, Place { offset: 1, ..Place::START });
    let calls = joiner.flush();
    assert_eq!(calls.len(), 2);
    let late = calls.iter().find(|call| call.id.as_str() == "1795172400.99").unwrap();
    assert_eq!(late.started_at.to_string(), "2026-11-20T11:00:00.000Z");
}

#[test]
fn edge_128_both_passes_of_the_autumn_hour_are_told_apart() {
    let told = read(&Set::F.rows(), Set::F.options()).unwrap();
    let started = |id: &str| {
        let call = told.calls.iter().find(|call| call.id.as_str() == id).unwrap();
        (call.started_at.to_string(), call.ended_at.since_ms(call.started_at) / 1000)
    };
    assert_eq!(started("1792888200.0"), ("2026-10-25T00:30:00.000Z".to_owned(), 3));
    assert_eq!(started("1792891801.0"), ("2026-10-25T01:30:01.000Z".to_owned(), 3));
    // across the change: it ends before it began on the wall
    assert_eq!(started("1792889987.0"), ("2026-10-25T00:59:47.000Z".to_owned(), 16));
    // across the spring gap
    assert_eq!(started("1774745989.0"), ("2026-03-29T00:59:49.000Z".to_owned(), 16));
}

#[test]
fn edge_128_without_an_identifier_the_order_of_the_file_tells() {
    let at = |channel: u32, start: &str, end: &str| {
        format!(
            "\"\",\"501\",\"221234501\",\"from-trunk\",\"\",\"PJSIP/operator-{channel:08}\",\"\",\"Hangup\",\"\",\
             \"2026-10-25 {start}\",,\"2026-10-25 {end}\",60,0,\"NO ANSWER\",\"DOCUMENTATION\"\n"
        )
    };
    let text = [at(1, "01:50:00", "01:51:00"), at(2, "02:55:00", "02:56:00"), at(3, "02:05:00", "02:06:00")]
        .concat();
    let told = read(text.as_bytes(), Options { columns: Columns::NONE, ..options() }).unwrap();
    let started: Vec<String> = told.calls.iter().map(|call| call.started_at.to_string()).collect();
    assert_eq!(started, ["2026-10-24T23:50:00.000Z", "2026-10-25T00:55:00.000Z", "2026-10-25T01:05:00.000Z"]);
}

#[test]
fn a_row_that_cannot_be_read_is_a_fault_with_its_line_and_the_others_are_read() {
    let good = row("", "Hangup", (0, None, 1), "NO ANSWER");
    let text = [
        good.replace(",\"\"\n", "\n"),
        "\n".into(),
        good.replace("2026-11-20 12:00:00", "20.11.2026"),
        good.clone(),
        good.replace("\"\",\"501234567\"", "\",\"501234567\""),
    ]
    .concat();
    let told = read(text.as_bytes(), options()).unwrap();
    let faults: Vec<String> = told.faults.iter().map(ToString::to_string).collect();
    let expected = [
        "line 1: expected 18 columns, as the options say, found 17",
        "line 3: start: expected YYYY-MM-DD HH:MM:SS",
        "line 5: expected quotes that end on the line",
    ];
    assert_eq!(faults, expected);
    assert_eq!(told.calls.len(), 1);
}

#[test]
fn rows_marked_omit_are_left_out_unless_the_host_wants_them() {
    let text = [row("PJSIP/201-2", "Dial", (0, Some(1), 5), "ANSWERED").replace("DOCUMENTATION", "OMIT")];
    assert!(read(text[0].as_bytes(), options()).unwrap().calls.is_empty());
    let call = one(&text, Options { omitted: Omitted::Read, ..options() });
    assert_eq!(call.status, CallStatus::Answered);
}

#[test]
fn an_ami_event_is_the_same_row() {
    let text = row("PJSIP/201-00000002", "Dial", (0, Some(6), 40), "ANSWERED");
    let csv = Row::from_csv(1, text.as_bytes(), Columns::SAMPLE).unwrap().unwrap();
    let event = [
        ("Event", "Cdr"),
        ("AccountCode", ""),
        ("Source", "501234567"),
        ("Destination", "221234501"),
        ("DestinationContext", "from-trunk"),
        ("CallerID", "\"\" <501234567>"),
        ("Channel", "PJSIP/operator-00000001"),
        ("DestinationChannel", "PJSIP/201-00000002"),
        ("LastApplication", "Dial"),
        ("LastData", ""),
        ("StartTime", "2026-11-20 12:00:00"),
        ("AnswerTime", "2026-11-20 12:00:06"),
        ("EndTime", "2026-11-20 12:00:40"),
        ("Duration", "40"),
        ("BillableSeconds", "34"),
        ("Disposition", "ANSWERED"),
        ("AMAFlags", "DOCUMENTATION"),
        ("UniqueID", "1795172400.1"),
        ("UserField", ""),
    ];
    assert_eq!(Row::from_ami(1, event).unwrap(), csv);
    assert_eq!(Row::from_ami(7, event[..3].iter().copied()).unwrap_err().line, 7);
}

#[test]
fn every_word_of_asterisk_has_its_status() {
    let words = ["NO ANSWER", "BUSY", "FAILED", "CONGESTION", "CANCEL", "UNKNOWN"];
    let statuses = [
        CallStatus::NoAnswer,
        CallStatus::Busy,
        CallStatus::Failed,
        CallStatus::Congestion,
        CallStatus::Cancelled,
        CallStatus::Failed,
    ];
    assert_eq!(words.map(status_of), statuses);
}

#[test]
fn files_are_known_by_their_beginning() {
    for (set, columns) in [(Set::A, 16), (Set::B, 18), (Set::B2, 18), (Set::C, 21), (Set::F, 18)] {
        assert_eq!(detect(&set.rows()), Format::AsteriskCsv { columns });
    }
    assert_eq!(detect(b" {\"core-uuid\":1}"), Format::FreeswitchJson);
    assert_eq!(detect(b"patient;phone\n"), Format::Unknown);
    assert_eq!(detect(b""), Format::Unknown);
}

#[test]
fn without_trunks_the_contexts_tell_the_direction() {
    // the transfer to a mobile wrote its own context over that of the call, which came from outside
    let overwritten = "1795307007.147";
    let mut others = Vec::new();
    for set in Set::ALL {
        let by_trunk = read(&set.rows(), set.options()).unwrap().calls;
        let told = Options { trunks: Vec::new(), ..set.options() };
        for call in read(&set.rows(), told).unwrap().calls {
            let same = by_trunk.iter().find(|other| other.id == call.id).unwrap();
            if call.direction != same.direction {
                others.push(call.id.to_string());
            }
        }
    }
    assert_eq!(others, [overwritten]);
}

#[test]
fn options_are_read_from_toml_and_unknown_ones_are_refused() {
    let text = "system = \"clinic\"\nzone = \"UTC\"\ntrunks = [\"PJSIP/operator-\"]\nomitted = \"read\"\n\
                [columns]\nnewcdrcolumns = true\n[dialled]\n\"ivr-1/*\" = \"221234503\"\n";
    let options: Options = toml::from_str(text).unwrap();
    assert_eq!((options.columns, options.omitted), (Columns::ALL, Omitted::Read));
    assert_eq!(options.settle_s, 5);
    assert!(toml::from_str::<Options>("setle_s = 4").is_err());
    let wrong = Options { settle_s: 0, ..options };
    assert_eq!(wrong.check().unwrap_err().to_string(), "settle_s: expected 1 to 86400 seconds");
}

#[test]
fn nothing_prints_a_number() {
    let mut joiner = Joiner::new(Set::B.options()).unwrap();
    for row in Set::B.parsed() {
        let printed = format!("{row:?} {:?} {joiner:?}", joiner.take(row.clone(), Place::START));
        for number in ["501234567", "606700805", "501999888", "221234501"] {
            assert!(!printed.contains(number), "{printed}");
        }
    }
}
