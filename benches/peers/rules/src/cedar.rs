//! cedar-policy: every rule is a policy; the policies that permit a request are the rules that a call meets.
//!
//! An own number is a principal, a kind of call an action. A rule of several numbers is a group that the numbers are in, which
//! is how Cedar says it.

use crate::contender::{Contender, Plain, kind};
use crate::rules::{self, Hours};
use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet,
    Request, RestrictedExpression,
};
use depesza::call::{Seen, canonical};
use depesza::model::{CallRule, PhonePolicy};
use std::collections::{BTreeMap, HashSet};

pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    calls: Vec<Request>,
}

impl Cedar {
    pub fn new(rules: &[CallRule], calls: &[Seen]) -> Self {
        let mut groups: BTreeMap<String, HashSet<EntityUid>> = BTreeMap::new();
        let policies = (0_u32..).zip(rules).map(|(place, rule)| policy(place, rule, &mut groups));
        let policies = PolicySet::from_policies(policies.collect::<Vec<_>>()).unwrap();
        let numbers =
            groups.into_iter().map(|(number, groups)| Entity::new_no_attrs(uid("Number", &number), groups));
        Self {
            authorizer: Authorizer::new(),
            policies,
            entities: Entities::from_entities(numbers, None).unwrap(),
            calls: calls.iter().map(request).collect(),
        }
    }
}

fn uid(kind: &str, id: &str) -> EntityUid {
    let kind: EntityTypeName = kind.parse().unwrap();
    EntityUid::from_type_name_and_id(kind, EntityId::new(id))
}

fn request(seen: &Seen) -> Request {
    let call = Plain::of(seen);
    let numbers = [
        ("seconds", i64::from(call.seconds)),
        ("weekday", i64::from(call.weekday)),
        ("second", i64::from(call.second)),
        ("day", i64::from(call.day)),
    ];
    let pairs = numbers.map(|(name, value)| (name.to_owned(), RestrictedExpression::new_long(value)));
    Request::new(
        uid("Number", call.own_number),
        uid("Action", &call.kind),
        uid("Account", "account"),
        Context::from_pairs(pairs).unwrap(),
        None,
    )
    .unwrap()
}

fn policy(place: u32, rule: &CallRule, groups: &mut BTreeMap<String, HashSet<EntityUid>>) -> Policy {
    let when = &rule.spec.when;
    let phones = PhonePolicy::default();
    let mut own: Vec<String> = when.own_numbers.iter().map(|number| canonical(number, &phones)).collect();
    own.dedup();
    let principal = match own.as_slice() {
        [] => "principal".to_owned(),
        [number] => format!("principal == Number::\"{number}\""),
        several => {
            for number in several {
                groups.entry(number.clone()).or_default().insert(uid("Numbers", &place.to_string()));
            }
            format!("principal in Numbers::\"{place}\"")
        }
    };
    let kinds = rules::kinds(when).into_iter().map(|(direction, status)| kind(direction, status));
    let kinds: Vec<String> = kinds.map(|kind| format!("Action::\"{kind}\"")).collect();
    let action = match kinds.as_slice() {
        [kind] => format!("action == {kind}"),
        several => format!("action in [{}]", several.join(", ")),
    };
    let mut conditions = Vec::new();
    conditions.extend(when.from_s.map(|from| format!("context.seconds >= {from}")));
    conditions.extend(when.to_s.map(|to| format!("context.seconds <= {to}")));
    let hours: Vec<String> = rules::hours(when).iter().map(expression).collect();
    if !hours.is_empty() {
        conditions.push(format!("({})", hours.join(" || ")));
    }
    let when = match conditions.is_empty() {
        true => String::new(),
        false => format!(" when {{ {} }}", conditions.join(" && ")),
    };
    let text = format!("permit({principal}, {action}, resource){when};");
    Policy::parse(Some(PolicyId::new(place.to_string())), text).unwrap()
}

fn expression(hours: &Hours) -> String {
    let days = hours.days.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let (from, to) = hours.seconds;
    let dates = hours
        .dates
        .map(|(first, last)| format!(" && context.day >= {first} && context.day <= {last}"))
        .unwrap_or_default();
    format!(
        "([{days}].contains(context.weekday) && context.second >= {from} && context.second < {to}{dates})"
    )
}

impl Contender for Cedar {
    fn name(&self) -> &'static str {
        "cedar-policy"
    }

    fn matching(&self, call: usize, places: &mut Vec<u32>) {
        places.clear();
        let response = self.authorizer.is_authorized(&self.calls[call], &self.policies, &self.entities);
        let ids = response.diagnostics().reason();
        places.extend(ids.map(|id| AsRef::<str>::as_ref(id).parse::<u32>().unwrap()));
        places.sort_unstable();
    }
}
