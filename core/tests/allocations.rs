//! The loops over texts allocate nothing once their buffers have grown, and the engine no more than it did.
#![allow(clippy::panic, clippy::unwrap_used)]
#![allow(unsafe_code, reason = "an allocator that counts")]

mod world;

use depesza::model::{Diacritics, Fact, ReferenceBits, TemplateSubject, VisitState};
use depesza::template::{Batch, Catalogue, Column, RowOptions, Rows, Slot, Template, ValueWriter, Values};
use depesza::text::{self, Level};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use world::{World, at, booking, numbered_patient, numbered_visit};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// counts, and passes on to the system's
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

const NAMES: [&str; 6] = ["Anna", "Łukasz", "Józef Maria", "Żaneta – „Żaba”", "Zoë", "Müller & Söhne [2]"];

struct Name(&'static str);

impl Values for Name {
    fn write(&self, _: Slot, out: &mut ValueWriter<'_>) {
        out.text(self.0);
    }
}

#[test]
fn no_message_allocates_after_the_first() {
    let body =
        "Dzień dobry (imie), zapraszamy (data|jutro) na wizytę w „Estomed”…\nSzczegóły: www.estomed.pl ";
    let template = Template::compile(body, &Catalogue::new(TemplateSubject::Visits)).unwrap();
    let names: Vec<&str> = NAMES.iter().copied().cycle().take(500).collect();
    let columns = [Column::Texts(&names), Column::Same("")];
    for level in Level::ALL {
        if !level.force() {
            continue;
        }
        for diacritics in [Diacritics::Plain, Diacritics::Polish] {
            let rows = Rows::new(&template, RowOptions { diacritics, reference_bits: ReferenceBits::Eight });
            let mut batch = Batch::new();
            let mut out = String::new();
            let mut work = || {
                rows.render_batch(names.len(), &columns, &mut batch).unwrap();
                for name in NAMES {
                    out.clear();
                    rows.render_into(&[name, "21.11.2026"], &mut out).unwrap();
                    rows.write_into(&[name, "21.11.2026"], &mut out).unwrap();
                    template.render_into(&Name(name), &mut out).unwrap();
                    let end = out.len();
                    out.push_str(name);
                    text::finish_into(name, diacritics, ReferenceBits::Eight, &mut out);
                    text::transliterate_into(name, &mut out);
                    assert!(text::segments(name).count == 1 && out.len() > end);
                }
            };
            // the tables are made, the buffers grow
            work();
            assert_eq!(allocations(&mut work), 0, "{level:?}, {diacritics:?}");
        }
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(String::from("Anna"))), 1);
}

/// The most allocations of a message from the queue to the gateway's answer, those of the memory store and of the simulator
/// included: there are 251. They were 305 when every record had texts of its own.
const A_MESSAGE: usize = 260;

#[test]
fn sending_a_message_takes_no_more_allocations_than_it_did() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("umowienie", booking(10));
    let facts: Vec<Fact> = (0..100)
        .flat_map(|n| {
            let visit = numbered_visit(n, 1, "2026-12-10 12:30", VisitState::Booked);
            [numbered_patient(&world, n), visit]
        })
        .collect();
    world.clinic().apply(&facts, world.now).unwrap();
    let due = at("2026-11-16 09:10");
    let taken = allocations(|| assert_eq!(world.engine.dispatch(due, 1_000).unwrap().accepted, 100));
    assert!(taken <= 100 * A_MESSAGE, "{taken} for 100 messages");
}
