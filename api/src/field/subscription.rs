//! What can be listened to in the field.

use async_graphql::{Context, ID, Subscription};
use entity::id::TeamId;
use entity::people::team;
use futures_util::{Stream, stream};

use super::live::Live;
use super::presence::live;
use super::presence_feed::{PresenceChange, PresenceFeed, Watch};
use super::visit_feed::{VisitChange, VisitFeed};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::guard;
use crate::input;
use crate::people::access::recorded_looks;
use crate::place::BoundsInput;

/// What can be listened to in the field.
#[derive(Default)]
pub struct FieldSubscription;

#[Subscription]
impl FieldSubscription {
    /// The live map: everything once, then what changed, coalesced to the newest state of each
    /// rep. What changes by age alone is told too, within 2 s. The looks at other people are
    /// recorded.
    #[graphql(guard = "guard::signed_in()")]
    async fn presence_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the members of this team and of those below it.")] team_id: Option<
            ID,
        >,
        #[graphql(desc = "Only who is in this rectangle.")] bbox: Option<BoundsInput>,
        #[graphql(
            desc = "Go on after this `seq` of an earlier subscription with the same \
                          arguments; begins with everything when that is not possible."
        )]
        after_seq: Option<String>,
    ) -> Result<impl Stream<Item = Result<PresenceChange>> + 'static> {
        let team = match &team_id {
            Some(id) => Some(seen_team(ctx, id).await?),
            None => None,
        };
        let watch = Watch {
            live: shared(ctx)?,
            database: ctx.db()?.clone(),
            presence: live(ctx)?.clone(),
            looks: recorded_looks(ctx)?.clone(),
            viewer: ctx.viewer()?.clone(),
            team,
            area: bbox.map(|bbox| bbox.read("bbox")).transpose()?,
            resumed: after_seq.map(|text| text.parse()).transpose()?,
        };
        let feed = PresenceFeed::new(watch);
        Ok(stream::unfold(feed, async |mut feed| {
            let change = feed.next().await?;
            Some((change, feed))
        }))
    }

    /// What happens to the visits of the reps in your sight, in the order it was written: from now
    /// on, or on from where you were. A change that was seen is never told again.
    #[graphql(guard = "guard::signed_in()")]
    async fn visit_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Go on after this `seq`; 0 begins with the oldest change.")]
        after_seq: Option<String>,
    ) -> Result<impl Stream<Item = Result<VisitChange>> + 'static> {
        let (live_state, viewer) = (live(ctx)?, ctx.viewer()?.user);
        let database = ctx.db()?.clone();
        let feed = VisitFeed::new(shared(ctx)?, database, live_state, viewer, after_seq).await?;
        Ok(stream::unfold(feed, async |mut feed| {
            let change = feed.next().await?;
            Some((change, feed))
        }))
    }
}

fn shared(ctx: &Context<'_>) -> Result<Live> {
    let shared = ctx.data_opt::<Live>().cloned();
    shared.ok_or_else(|| Error::internal("the schema lacks what subscribers share"))
}

async fn seen_team(ctx: &Context<'_>, id: &ID) -> Result<TeamId> {
    let visible = team::Entity::visible_to;
    let read = TeamId::from_global;
    let team = input::seen(&ctx.db()?.read, ctx.scope()?, visible, read, id, "team").await?;
    Ok(team.id)
}
