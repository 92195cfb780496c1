//! The messages beside a stimulus: each over a connection of its own, all on one timetable.

use std::time::Duration;

use futures_util::future::{join, join_all};

use super::conversation::{Conversation, Purpose, Sending};
use crate::case::companion::{Companion, Whose};
use crate::case::recipe::{Credentials, Recipe};
use crate::oracle::evidence::Exchange;
use crate::target::facts::Facts;
use crate::target::world::World;
use crate::transport::stdio::Framing;

/// The companions of one stimulus, ready to be sent.
#[derive(Debug)]
pub struct Company<'a> {
    members: Vec<Member<'a>>,
    /// How long before the stimulus the first of them is sent.
    lead: Duration,
}

#[derive(Debug)]
struct Member<'a> {
    conversation: Conversation<'a>,
    companion: &'a Companion,
    recipe: Recipe,
    id: String,
}

impl<'a> Company<'a> {
    /// Opens the sessions that companions have of their own.
    ///
    /// # Errors
    /// What came back instead of a session.
    pub async fn gather(
        world: &'a World,
        facts: &'a Facts,
        companions: &'a [Companion],
        stimulus: &mut Conversation<'_>,
    ) -> Result<Self, String> {
        let copies = companions
            .iter()
            .flat_map(|companion| (0..companion.times).map(move |copy| (companion, copy)));
        let session = stimulus.session.clone();
        let gathered = join_all(copies.map(|(companion, copy)| {
            let conversation = Conversation::new(world, facts, stimulus.child_lot());
            member(conversation, companion, copy, session.clone())
        }));
        let (mut members, mut failure) = (Vec::new(), None);
        for (mut member, opened) in gathered.await {
            match opened {
                Ok(()) => members.push(member),
                Err(why) => {
                    stimulus.exchanges.append(&mut member.conversation.exchanges);
                    failure = Some(why);
                }
            }
        }
        let lead = companions.iter().map(|companion| companion.ahead_ms).max().unwrap_or(0);
        let mut company = Self { members, lead: Duration::from_millis(lead) };
        match failure {
            Some(why) => {
                stimulus.exchanges.append(&mut company.prepared());
                Err(why)
            }
            None => Ok(company),
        }
    }

    /// Sends the stimulus and its companions. `give_up` is the time after which the sender of the
    /// stimulus hangs up.
    pub async fn send_with(
        &mut self,
        stimulus: &mut Conversation<'_>,
        sending: &Sending<'_>,
        give_up: Option<Duration>,
    ) -> (Exchange, Vec<Exchange>) {
        let lead = self.lead;
        let under_test = async {
            stimulus.pause(lead).await;
            match give_up {
                Some(time) => stimulus.send_within(sending, time).await,
                None => stimulus.send(sending).await,
            }
        };
        join(under_test, join_all(self.members.iter_mut().map(|member| member.send(lead)))).await
    }

    /// The exchanges that opened the companions' own sessions.
    pub fn prepared(&mut self) -> Vec<Exchange> {
        self.members.iter_mut().flat_map(|member| member.conversation.exchanges.drain(..)).collect()
    }
}

async fn member<'a>(
    mut conversation: Conversation<'a>,
    companion: &'a Companion,
    copy: usize,
    session: Option<String>,
) -> (Member<'a>, Result<(), String>) {
    let opened = match companion.session {
        Whose::Same => {
            conversation.session = session;
            Ok(())
        }
        Whose::None => Ok(()),
        Whose::Own => conversation.open().await.map(|_| ()),
    };
    let (recipe, id) = (companion.recipe(), companion.id_of(copy));
    (Member { conversation, companion, recipe, id }, opened)
}

impl Member<'_> {
    async fn send(&mut self, lead: Duration) -> Exchange {
        let ahead = Duration::from_millis(self.companion.ahead_ms);
        let after = Duration::from_millis(self.companion.after_ms);
        self.conversation.pause(lead.saturating_sub(ahead) + after).await;
        let sending = Sending {
            recipe: &self.recipe,
            id: &self.id,
            session: self.conversation.session.clone(),
            credentials: Credentials::Valid,
            wait: self.companion.wait,
            framing: Framing::Line,
            purpose: Purpose::Verdict,
        };
        self.conversation.send(&sending).await
    }
}
