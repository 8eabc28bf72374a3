//! Where we count or cut otherwise than Twilio's calculator, on purpose: each reason with the standard's clause, and a
//! predicate that says whether it is the reason for a message.
//!
//! The calculator makes its parts of clusters. What follows from that, and nothing else, may differ.

use super::peer::Answer;
use depesza::model::{Clusters, Encoding, SplitOptions};
use depesza::text;
use unicode_segmentation::UnicodeSegmentation;

/// Units of a UCS-2 part: 140 octets without the six of a header with an 8-bit reference.
pub const PART: u32 = 67;
const SINGLE: u32 = 70;

/// A message, and what the calculator says of it.
pub struct Compared<'a> {
    pub text: &'a str,
    pub theirs: &'a Answer,
}

pub struct Reason {
    pub name: &'static str,
    /// The clause that is ours.
    pub clause: &'static str,
    pub holds: fn(&Compared<'_>) -> bool,
}

const LONG_CLUSTER: Reason = Reason {
    name: "a cluster longer than a part overflows it",
    clause: "3GPP TS 23.040, 9.2.3.24: user data, its header included, has at most 140 octets",
    holds: |it| it.has_overflow() && it.has_long_cluster(),
};

const CARRIED_OVER: Reason = Reason {
    name: "what the header pushes out of the first part is put before a cluster without a look at the room left",
    clause: "3GPP TS 23.040, 9.2.3.24: user data, its header included, has at most 140 octets",
    holds: |it| {
        it.has_overflow()
            && !it.has_long_cluster()
            && it.theirs.parts.iter().skip(2).all(|units| *units <= PART)
    },
};

const KEPT_WHOLE: Reason = Reason {
    name: "clusters are kept whole, so parts stay shorter than they could be",
    clause: "3GPP TS 23.040, 9.2.3.24.1: a part has 67 UCS2 characters, and 3GPP TS 23.038, 6.2.3 knows no clusters of them",
    holds: |it| !it.has_overflow() && it.cuts_in_a_cluster(),
};

const OTHER_CLUSTERS: Reason = Reason {
    name: "clusters of Unicode 10, ours are of a later version",
    clause: "3GPP TS 23.038, 6.2.3 knows no clusters: keeping them whole is a choice, by UAX 29 as it is now",
    holds: |it| !it.has_overflow() && it.clusters() != it.theirs.clusters,
};

/// Why the number of parts may differ.
pub const OF_COUNTING: [Reason; 3] = [LONG_CLUSTER, CARRIED_OVER, KEPT_WHOLE];

/// Why our split that keeps clusters may differ from the calculator's parts.
pub const OF_KEEPING: [Reason; 3] = [LONG_CLUSTER, CARRIED_OVER, OTHER_CLUSTERS];

impl Compared<'_> {
    fn is_ucs2(&self) -> bool {
        self.theirs.encoding == Encoding::Ucs2
    }

    /// Whether a part of theirs is longer than an SMS.
    fn has_overflow(&self) -> bool {
        self.is_ucs2() && self.theirs.parts.len() > 1 && self.theirs.parts.iter().any(|units| *units > PART)
    }

    fn has_long_cluster(&self) -> bool {
        self.theirs.clusters.iter().any(|units| *units > PART)
    }

    /// Whether one of our cuts, between characters, lies in a cluster of theirs.
    fn cuts_in_a_cluster(&self) -> bool {
        let mut at = 0;
        let ends: Vec<u32> = self.theirs.clusters.iter().map(|units| sum(&mut at, *units)).collect();
        let mut at = 0;
        let parts = ours(self.text, Clusters::Ignore);
        parts.iter().any(|units| !ends.contains(&sum(&mut at, *units)))
    }

    /// UTF-16 units of our clusters; CR LF is two, to both.
    fn clusters(&self) -> Vec<u32> {
        let clusters = self.text.graphemes(true);
        clusters
            .flat_map(|cluster| if cluster == "\r\n" { vec!["\r", "\n"] } else { vec![cluster] })
            .map(utf16)
            .collect()
    }
}

/// The calculator's packing, as its code has it: so no difference hides behind a reason that happens to hold.
pub fn their_packing(clusters: &[u32]) -> Vec<u32> {
    let mut parts: Vec<Vec<u32>> = vec![Vec::new()];
    for cluster in clusters {
        let capacity = if parts.len() == 1 { SINGLE } else { PART };
        let used: u32 = parts.last().into_iter().flatten().sum();
        if used + cluster > capacity {
            let mut carried = Vec::new();
            if let [first] = &mut *parts {
                while first.iter().sum::<u32>() > PART {
                    carried.insert(0, first.pop().expect("what is over"));
                }
            }
            parts.push(carried);
        }
        parts.last_mut().expect("a part").push(*cluster);
    }
    parts.iter().map(|part| part.iter().sum()).collect()
}

/// Units of our parts.
pub fn ours(text: &str, clusters: Clusters) -> Vec<u32> {
    let encoding = text::segments(text).encoding;
    let parts = text::split(text, SplitOptions { clusters, ..SplitOptions::default() }).expect("a few parts");
    let units = |part: &&str| match encoding {
        Encoding::Gsm7 => part.chars().map(|c| text::gsm7::septets(c).expect("of the alphabet")).sum(),
        Encoding::Ucs2 => utf16(part),
    };
    parts.iter().map(units).collect()
}

fn utf16(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).expect("a short text")
}

fn sum(at: &mut u32, units: u32) -> u32 {
    *at += units;
    *at
}
