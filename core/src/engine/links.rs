//! Link markers: what people at the desk do with them, and who uses one. They are a part of the practice's settings.
//!
//! A body keeps the marker and takes the URL when it is rendered: a changed URL goes out with the next message, and nothing
//! is planned anew for it.

use super::record::LAST;
use super::tx::Tx;
use super::{Desk, EngineError, Side, Who, drafts, templates};
use crate::model::{
    Action, BodySource, CallRule, Campaign, CampaignStatus, Happening, LinkMarker, LinkUser, Permission,
    Practice, TemplateSubject, Timestamp,
};
use crate::practice::catalogue;
use crate::template::{Catalogue, same_name, uses};

impl<W: Who> Side<'_, W> {
    /// The practice's link markers, in the order in which they were added.
    ///
    /// # Errors
    /// [`EngineError::NotPermitted`] without [`Permission::CommunicationCenter`], [`EngineError::UnknownPractice`],
    /// [`EngineError::Store`].
    pub fn links(&self) -> Result<Vec<LinkMarker>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| Ok(tx.practice().settings.links.clone()))
    }

    /// Who uses a link marker: campaigns that have not ended, stored templates, drafts and rules with a body that holds it.
    ///
    /// # Errors
    /// As [`links`](Self::links); [`EngineError::UnknownLink`].
    pub fn link_users(&self, name: &str) -> Result<Vec<LinkUser>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| {
            let place = place(tx.practice(), name)?;
            users(tx, place)
        })
    }
}

impl Desk<'_> {
    /// Adds a link marker, or gives the one of this name (capitals, Polish letters and the signs between words set aside)
    /// another URL, which is kept and sent exactly as typed. The next messages have it; nothing is planned anew.
    ///
    /// # Errors
    /// [`EngineError::Link`] with every fault by field: a name that a built-in placeholder has, a URL that telephones do
    /// not open, too many markers; [`EngineError::NotPermitted`] without [`Permission::ManageSettings`],
    /// [`EngineError::Store`].
    pub fn save_link(&self, name: &str, url: &str, now: Timestamp) -> Result<(), EngineError> {
        self.act(Permission::ManageSettings, Action::LinkSaved, Some(name.trim()), now, |tx| {
            let mut practice = Practice::clone(tx.practice());
            let links = &mut practice.settings.links;
            let link = LinkMarker { name: name.trim().to_owned(), url: url.to_owned() };
            let known = links.iter().position(|known| same_name(&known.name, name));
            let mut others = Catalogue::new(TemplateSubject::Visits);
            for (_, other) in links.iter().enumerate().filter(|(place, _)| Some(*place) != known) {
                // what is stored was checked
                let _ = others.add_link(other.clone());
            }
            others.add_link(link.clone()).map_err(EngineError::Link)?;
            match known.and_then(|known| links.get_mut(known)) {
                Some(known) if *known == link => return Ok(()),
                Some(known) => *known = link,
                None => links.push(link),
            }
            self.store_settings(tx, practice)
        })
    }

    /// Deletes a link marker.
    ///
    /// # Errors
    /// [`EngineError::LinkInUse`] with all who use it, [`EngineError::UnknownLink`], [`EngineError::NotPermitted`] without
    /// [`Permission::ManageSettings`], [`EngineError::Store`].
    pub fn delete_link(&self, name: &str, now: Timestamp) -> Result<(), EngineError> {
        self.act(Permission::ManageSettings, Action::LinkDeleted, Some(name.trim()), now, |tx| {
            let place = place(tx.practice(), name)?;
            let users = users(tx, place)?;
            if !users.is_empty() {
                return Err(EngineError::LinkInUse(users));
            }
            let mut practice = Practice::clone(tx.practice());
            practice.settings.links.remove(place);
            self.store_settings(tx, practice)
        })
    }

    fn store_settings(&self, tx: &mut Tx<'_>, practice: Practice) -> Result<(), EngineError> {
        tx.change_practice(practice)?;
        tx.event(Happening::SettingsChanged { by: self.user().clone() })
    }
}

fn place(practice: &Practice, name: &str) -> Result<usize, EngineError> {
    let place = practice.settings.links.iter().position(|link| same_name(&link.name, name));
    place.ok_or_else(|| EngineError::UnknownLink(name.trim().to_owned()))
}

/// Who uses the marker at this place of the settings.
fn users(tx: &mut Tx<'_>, place: usize) -> Result<Vec<LinkUser>, EngineError> {
    let practice = tx.practice().clone();
    let Some(link) = practice.settings.links.get(place) else { return Ok(Vec::new()) };
    let visits = catalogue(&practice, TemplateSubject::Visits);
    let holds = |body: &str| uses(body, &visits, &link.name);
    let mut users = Vec::new();
    for campaign in tx.list_all::<Campaign>("", LAST)? {
        let bodies = &campaign.spec.bodies;
        let over = matches!(campaign.status, CampaignStatus::Ended | CampaignStatus::Archived);
        let mut all = std::iter::once(&bodies.default).chain(&bodies.first_visit).chain(&bodies.minor);
        if !over && all.any(|body| holds(body)) {
            users.push(LinkUser::Campaign(campaign.id));
        }
    }
    for template in templates::all(tx)? {
        if uses(&template.body, &catalogue(&practice, template.subject), &link.name) {
            users.push(LinkUser::Template(template.id));
        }
    }
    for kept in drafts::all(tx)? {
        // the texts alone: those of templates are counted with these
        let mut texts = kept.draft.bodies().filter_map(|(_, body)| match body {
            BodySource::Text(text) => Some(text),
            BodySource::Template(_) => None,
        });
        if texts.any(|text| holds(&text)) {
            users.push(LinkUser::Draft(kept.id));
        }
    }
    let calls = catalogue(&practice, TemplateSubject::Calls);
    for rule in tx.list_all::<CallRule>("", LAST)? {
        if uses(&rule.spec.body, &calls, &link.name) {
            users.push(LinkUser::CallRule(rule.id));
        }
    }
    Ok(users)
}
