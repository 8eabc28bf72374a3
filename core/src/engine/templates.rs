//! Stored templates: what people at the desk do with them. Campaigns and rules copy their texts, so that nothing here
//! changes what is sent.

use super::record::LAST;
use super::tx::Tx;
use super::{Desk, EngineError, Side, Who};
use crate::model::{Action, Permission, StoredTemplate, TemplateId, TemplateSubject, Timestamp};
use crate::practice::catalogue;
use crate::template::check_stored;
use crate::words::polish_order;

/// The most stored templates of a practice.
pub const MAX_TEMPLATES: usize = 1_000;

impl<W: Who> Side<'_, W> {
    /// The stored templates, by name in the order of the Polish alphabet, capitals set aside.
    ///
    /// # Errors
    /// [`EngineError::NotPermitted`] without [`Permission::CommunicationCenter`], [`EngineError::UnknownPractice`],
    /// [`EngineError::Store`].
    pub fn templates(&self) -> Result<Vec<StoredTemplate>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| {
            let mut templates = all(tx)?;
            templates.sort_by_cached_key(|template| (polish_order(&template.name), template.id.clone()));
            Ok(templates)
        })
    }
}

impl Desk<'_> {
    /// Adds a stored template, or changes the one of this identifier. White space around its name is dropped. Campaigns
    /// and rules that took its text keep what they have.
    ///
    /// # Errors
    /// [`EngineError::Template`] with every fault by field, [`EngineError::TooManyTemplates`],
    /// [`EngineError::NotPermitted`] without [`Permission::ManageCampaigns`], [`EngineError::Store`].
    pub fn save_template(
        &self,
        id: TemplateId,
        name: &str,
        body: &str,
        subject: TemplateSubject,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        self.act(Permission::ManageCampaigns, Action::TemplateSaved, Some(id.as_str()), now, |tx| {
            let mut others = all(tx)?;
            let known = others.iter().position(|other| other.id == id).map(|place| others.swap_remove(place));
            let faults = check_stored(name, body, &catalogue(tx.practice(), subject), &others);
            if !faults.is_empty() {
                return Err(EngineError::Template(faults));
            }
            if known.is_none() && others.len() >= MAX_TEMPLATES {
                return Err(EngineError::TooManyTemplates);
            }
            let template = StoredTemplate {
                id: id.clone(),
                name: name.trim().to_owned(),
                body: body.to_owned(),
                subject,
                changed_at: tx.now,
                changed_by: self.user().clone(),
            };
            let told =
                |template: &StoredTemplate| (template.name.clone(), template.body.clone(), template.subject);
            if known.is_some_and(|known| told(&known) == told(&template)) {
                return Ok(());
            }
            tx.put(&template)
        })
    }

    /// Deletes a stored template. Campaigns and rules that took its text keep it; a draft that names it has to choose
    /// another.
    ///
    /// # Errors
    /// [`EngineError::UnknownTemplate`], [`EngineError::NotPermitted`] without [`Permission::ManageCampaigns`],
    /// [`EngineError::Store`].
    pub fn delete_template(&self, id: &TemplateId, now: Timestamp) -> Result<(), EngineError> {
        self.act(Permission::ManageCampaigns, Action::TemplateDeleted, Some(id.as_str()), now, |tx| {
            if tx.get::<StoredTemplate>(id.as_str())?.is_none() {
                return Err(EngineError::UnknownTemplate(id.clone()));
            }
            tx.delete::<StoredTemplate>(id.as_str())
        })
    }
}

/// All stored templates, in the order of their identifiers.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<StoredTemplate>, EngineError> {
    tx.list_all("", LAST)
}
