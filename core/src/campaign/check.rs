//! Building
/// x
pub struct CampaignFault; /// x
pub struct CampaignFaultKind; /// x
pub fn catalogue(){} /// x
pub fn check(){}
