//! The verbs of people: signing in, users, teams, devices, working hours.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::accounts::{self, CreateUserInput, EditUserInput};
use super::company::{self, Company, UpdateCompanyInput};
use super::devices::{self, Device, EnrolDeviceInput, SetPayloadKeyInput, TrackWithDeviceInput};
use super::erasing::{self, ErasePersonInput};
use super::hours::{self, SetWorkingHoursInput, WorkingHours};
use super::session::{
    self, ChangePasswordInput, RefreshSessionInput, Session, SignInInput, SignOutInput,
};
use super::teams::{self, CreateTeamInput, EditTeamInput, ShareTeamPresenceInput};
use super::types::{Team, User};
use crate::error::{Result, UserError};
use crate::{guard, payload};

payload! {
    /// What a sign-in did.
    SessionPayload {
        /// The session; null when it was refused.
        session: Session,
    }
}
payload! {
    /// What a verb on a user did.
    UserPayload {
        /// The user; null when the input was refused.
        user: User,
    }
}
payload! {
    /// What updateCompany did.
    CompanyPayload {
        /// The company; null when the input was refused.
        company: Company,
    }
}
payload! {
    /// What a verb on a team did.
    TeamPayload {
        /// The team; null when the input was refused.
        team: Team,
    }
}
payload! {
    /// What a verb on a device did.
    DevicePayload {
        /// The device; null when the input was refused.
        device: Device,
    }
}
payload! {
    /// What setWorkingHours did.
    WorkingHoursPayload {
        /// The hours; null when the input was refused.
        working_hours: WorkingHours,
    }
}
payload! {
    /// What signOut did.
    SignOutPayload {
        /// True; a session that had ended already is no fault.
        done: bool,
    }
}

/// What enrolDevice did.
#[derive(SimpleObject)]
pub struct EnrolDevicePayload {
    /// The device; null when the input was refused.
    pub device: Option<Device>,
    /// The device's credential for `Authorization: Bearer`. It is shown this once.
    pub credential: Option<String>,
    /// Why the input was refused; empty on success.
    pub user_errors: Vec<UserError>,
}

/// The verbs of people.
#[derive(Default)]
pub struct PeopleMutation;

#[Object]
impl PeopleMutation {
    /// Signs in with e-mail address and password. After 5 failures within a minute for an account
    /// or an address the answer is RATE_LIMITED.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Result<SessionPayload> {
        SessionPayload::of(session::sign_in(ctx, input).await)
    }

    /// Gives the next session for a refresh token, which is used up.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        input: RefreshSessionInput,
    ) -> Result<SessionPayload> {
        SessionPayload::of(session::refresh_session(ctx, input).await)
    }

    /// Ends a session, or all of yours. An access token ends by itself within minutes; `everywhere`
    /// ends those too, at once.
    async fn sign_out(&self, ctx: &Context<'_>, input: SignOutInput) -> Result<SignOutPayload> {
        SignOutPayload::of(session::sign_out(ctx, input).await)
    }

    /// Changes your password and ends your other sessions.
    #[graphql(guard = "guard::signed_in()")]
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        input: ChangePasswordInput,
    ) -> Result<SessionPayload> {
        SessionPayload::of(session::change_password(ctx, input).await)
    }

    /// Adds a user. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn create_user(&self, ctx: &Context<'_>, input: CreateUserInput) -> Result<UserPayload> {
        UserPayload::of(accounts::create_user(ctx, input).await)
    }

    /// Changes a user. A new password or role ends their sessions. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn edit_user(&self, ctx: &Context<'_>, input: EditUserInput) -> Result<UserPayload> {
        UserPayload::of(accounts::edit_user(ctx, input).await)
    }

    /// Changes the company's settings. For administrators.
    ///
    /// With another time zone or currency every kept sum is made anew before anything else is
    /// answered: all of it is done or nothing. Orders in another currency than the company's are
    /// counted but bring no revenue. Targets keep their numbers, so set those of money anew. With
    /// the time zone move working hours and the days of planned visits; visits are derived anew,
    /// and check-ins that were kept or ignored stay so. Results that were frozen stay as they
    /// were, in the time zone and currency of their time.
    #[graphql(guard = "guard::admin()")]
    async fn update_company(
        &self,
        ctx: &Context<'_>,
        input: UpdateCompanyInput,
    ) -> Result<CompanyPayload> {
        CompanyPayload::of(company::update_company(ctx, input).await)
    }

    /// Closes an account: sessions end, devices are revoked, data stay. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn deactivate_user(&self, ctx: &Context<'_>, id: ID) -> Result<UserPayload> {
        UserPayload::of(accounts::deactivate_user(ctx, &id).await)
    }

    /// Opens a closed account again. Sessions and devices that the closing ended stay so: its
    /// holder signs in anew and enrols the phone anew. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn reactivate_user(&self, ctx: &Context<'_>, id: ID) -> Result<UserPayload> {
        UserPayload::of(accounts::reactivate_user(ctx, &id).await)
    }

    /// Erases a person whose account is closed: their check-ins, photos, devices, sessions,
    /// targets and training, and their name. Visits, orders and results stay as the company's
    /// record, of nobody. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn erase_person(
        &self,
        ctx: &Context<'_>,
        input: ErasePersonInput,
    ) -> Result<UserPayload> {
        UserPayload::of(erasing::erase_person(ctx, input).await)
    }

    /// Adds a team. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn create_team(&self, ctx: &Context<'_>, input: CreateTeamInput) -> Result<TeamPayload> {
        TeamPayload::of(teams::create_team(ctx, input).await)
    }

    /// Changes a team. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn edit_team(&self, ctx: &Context<'_>, input: EditTeamInput) -> Result<TeamPayload> {
        TeamPayload::of(teams::edit_team(ctx, input).await)
    }

    /// Lets the members of a team see each other's positions on their phones while they are on
    /// duty, or no longer. Each look is in the access log. For its manager and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn share_team_presence(
        &self,
        ctx: &Context<'_>,
        input: ShareTeamPresenceInput,
    ) -> Result<TeamPayload> {
        TeamPayload::of(teams::share_presence(ctx, input).await)
    }

    /// Adds a phone of yours, or of a person in your sight, and gives its credential. The first
    /// one tracks, and so does one that comes after the tracking one was revoked.
    #[graphql(guard = "guard::signed_in()")]
    async fn enrol_device(
        &self,
        ctx: &Context<'_>,
        input: EnrolDeviceInput,
    ) -> Result<EnrolDevicePayload> {
        Ok(match devices::enrol_device(ctx, input).await {
            Ok(enrolled) => EnrolDevicePayload {
                device: Some(enrolled.device.into()),
                credential: Some(enrolled.credential),
                user_errors: Vec::new(),
            },
            Err(error) => EnrolDevicePayload {
                device: None,
                credential: None,
                user_errors: error.into_refusals()?,
            },
        })
    }

    /// Refuses a device's credential from now on; what it recorded before is still taken.
    #[graphql(guard = "guard::signed_in()")]
    async fn revoke_device(&self, ctx: &Context<'_>, id: ID) -> Result<DevicePayload> {
        DevicePayload::of(devices::revoke_device(ctx, &id).await)
    }

    /// Says which device of a rep makes their visits, from a time on.
    #[graphql(guard = "guard::signed_in()")]
    async fn track_with_device(
        &self,
        ctx: &Context<'_>,
        input: TrackWithDeviceInput,
    ) -> Result<DevicePayload> {
        DevicePayload::of(devices::track_with_device(ctx, input).await)
    }

    /// Says with which key an app encrypts what it sends, as OwnTracks does. Nobody can read it
    /// again.
    #[graphql(guard = "guard::signed_in()")]
    async fn set_payload_key(
        &self,
        ctx: &Context<'_>,
        input: SetPayloadKeyInput,
    ) -> Result<DevicePayload> {
        DevicePayload::of(devices::set_payload_key(ctx, input).await)
    }

    /// Sets the hours of a week in which positions are kept. For managers, of their teams and
    /// members; the company's are for administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn set_working_hours(
        &self,
        ctx: &Context<'_>,
        input: SetWorkingHoursInput,
    ) -> Result<WorkingHoursPayload> {
        WorkingHoursPayload::of(hours::set_working_hours(ctx, input).await)
    }
}
