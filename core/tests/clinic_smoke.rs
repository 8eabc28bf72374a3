//! The main job in a dozen lines: a visit is booked, reminded of, answered for.

mod world;

use depesza::engine::Outcome;
use depesza::model::*;
use world::*;

#[test]
fn a_visit_is_booked_reminded_of_and_confirmed() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("umowienie", booking(10));
    world.start("przypomnienie", day_before("10:00"));
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-19 11:00");
    let sent = world.sent();
    assert_eq!(world.sent_at(), ["2026-11-16 09:10", "2026-11-19 10:00"]);
    assert_eq!(sent[1].1, "+48501234567");
    assert_eq!(sent[1].2, "Imie1, wizyta 20.11.2026 o 12:30. Odpisz TAK lub NIE.");
    world.reply("501234567", "tak");
    assert_eq!(world.confirmation("w1"), Some(Reply::Yes));
    assert_eq!(world.fates("w1"), [(Status::Delivered, None), (Status::Delivered, None)]);
}

#[test]
fn a_journal_told_again_does_not_confirm_a_visit_that_was_called_off() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    let set = Fact::ConfirmationSet { visit: "w1".into(), reply: Reply::No, by: "recepcja".into() };
    assert_eq!(world.tell(set.clone()), Outcome::Applied);
    world.visit_state("w1", "1", "2026-11-20 12:30", VisitState::Cancelled);
    assert_eq!(world.confirmation("w1"), None);
    assert_eq!(world.tell(set), Outcome::Known);
    assert_eq!(world.confirmation("w1"), None);
}
