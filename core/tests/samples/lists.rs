//! Lists, conversations, the desk's inbox and statistics.

use super::{Sample, campaign, e164, incoming, moment, outgoing, private, sample};
use depesza::model::*;

fn row() -> MessageRow {
    MessageRow {
        message: incoming(),
        patient_name: Some(private("imie nazwisko").into()),
        actions: vec![RowAction::MarkRead, RowAction::OpenChat, RowAction::Assign],
    }
}

fn filter() -> MessageFilter {
    MessageFilter {
        patient: Some("1".into()),
        campaign: Some("p".into()),
        kind: Some(CampaignKind::Reminder),
        statuses: vec![Status::Delivered, Status::Skipped],
        direction: Some(Direction::Outgoing),
        number: Some(e164()),
        words: Some(private("slowa").into()),
        from: Some(moment()),
        to: Some(moment()),
        reading: Some(Reading::Unread),
    }
}

fn new_message(to: Recipient) -> NewMessage {
    NewMessage {
        to,
        text: private("tresc").into(),
        at: Some(moment()),
        hours: QuietHours::Override,
        key: Some("klik-1".into()),
    }
}

fn figures() -> Figures {
    Figures {
        planned: 1,
        sent: 9,
        delivered: 8,
        failed: 1,
        in_doubt: 1,
        skipped: 2,
        skipped_by_reason: [("no_consent".to_owned(), 2)].into(),
        cancelled: 1,
        parts: 10,
        cost_milli: 900,
        asked: 9,
        yes: 6,
        no: 1,
        other: 1,
        confirmed_per_mille: Some(666),
    }
}

fn inbox() -> InboxPage {
    let waits: Vec<(InboxRef, InboxWhat)> = vec![
        (InboxRef::Message(MessageId(13)), InboxWhat::Unread { row: Box::new(row()) }),
        (InboxRef::Message(MessageId(13)), InboxWhat::Ambiguous { row: Box::new(row()) }),
        (InboxRef::Message(MessageId(13)), InboxWhat::StopMentioned { row: Box::new(row()) }),
        (InboxRef::Message(MessageId(13)), InboxWhat::OptedOut { row: Box::new(row()) }),
        (InboxRef::Message(MessageId(12)), InboxWhat::InDoubt { row: Box::new(row()) }),
        (
            InboxRef::BadNumber("5f".repeat(32)),
            InboxWhat::BadNumber {
                patient: Some("1".into()),
                patient_name: Some(private("imie nazwisko").into()),
            },
        ),
        (
            InboxRef::Pause("smsapi".into()),
            InboxWhat::GatewayPaused {
                gateway: "smsapi".into(),
                class: RejectClass::AccountNoCredit,
                until: moment(),
            },
        ),
        (InboxRef::Account("smsapi".into()), InboxWhat::LowBalance { gateway: "smsapi".into(), left: 30 }),
    ];
    let item = |(id, what)| InboxItem { id, at: moment(), what, actions: vec![RowAction::Settle] };
    InboxPage { items: waits.into_iter().map(item).collect(), next: Some("i1".into()) }
}

pub fn all() -> Vec<Sample> {
    let patient_found = PatientFound {
        id: "1".into(),
        first_name: private("imie").into(),
        last_name: private("nazwisko").into(),
        number: Some(e164()),
        birth_date: "2012-02-29".parse().ok(),
        unread: BoundedCount { count: 1_000, more: true },
    };
    let patient_campaign = PatientCampaign {
        campaign: "p".into(),
        name: "Przypomnienie".into(),
        kind: CampaignKind::Reminder,
        status: CampaignStatus::Active,
        messages: 2,
        last: MessageId(12),
        last_at: moment(),
        last_status: Status::Delivered,
    };
    let text = private("tresc");
    let preview = ChatPreview {
        segments: depesza::text::segments(&text),
        allowed_parts: 6,
        cost_milli: 90,
        advice: depesza::text::advice("bez kosztownych", ReferenceBits::default()),
        text: text.into(),
    };
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let statistics_filter = StatisticsFilter {
        from: day("2026-11-01"),
        to: day("2026-11-30"),
        campaign: Some("p".into()),
        kind: Some(CampaignKind::Reminder),
    };
    let statistics = Statistics {
        total: figures(),
        by_campaign: vec![CampaignFigures { campaign: "p".into(), figures: figures() }],
        by_step: vec![StepFigures { campaign: "p".into(), step: 1, figures: figures() }],
        by_day: vec![DayFigures { day: day("2026-11-19"), figures: figures() }],
    };
    let campaign_filter = CampaignFilter {
        name: Some("przyp".into()),
        kinds: vec![CampaignKind::Reminder],
        statuses: vec![CampaignStatus::Archived],
    };
    let edit =
        MessageEdit { text: Some(private("tresc").into()), at: Some(moment()), hours: QuietHours::Warn };
    let written = Message { origin: Origin::Chat { by: Some("anna".into()) }, ..outgoing() };
    vec![
        // what users write
        sample("message_filter", true, filter()),
        sample("new_message", true, new_message(Recipient::Patient("1".into()))),
        sample("new_message_to_a_number", true, new_message(Recipient::Number(e164()))),
        sample("message_edit", true, edit),
        sample("campaign_filter", true, campaign_filter),
        sample("statistics_filter", true, statistics_filter),
        // what the engine answers
        sample("message_written", false, written),
        sample("message_page", false, MessagePage { rows: vec![row()], next: Some("m1".into()) }),
        sample("chat_preview", false, preview),
        sample("patient_found", false, patient_found),
        sample("patient_campaign", false, patient_campaign),
        sample("inbox_page", false, inbox()),
        sample("campaign_details", false, CampaignDetails { campaign: campaign(), totals: figures() }),
        sample("statistics", false, statistics),
    ]
}
