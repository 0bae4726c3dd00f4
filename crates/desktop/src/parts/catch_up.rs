//! Looks for sessions that ended while nobody looked: at the start, after a sign-in, after an outage, after
//! sleep, and every quarter of an hour. When it is time is said by others.

use crate::context::{Context, Part};
use crate::request::Request;
use casebridge_domain::Failure;
use casebridge_domain::settings::setting;
use casebridge_use_cases::catch_up;

/// How far the look is.
#[derive(Default)]
pub(crate) struct CatchUp {
    under_way: bool,
    /// Something happened during a look that it may have missed.
    again: bool,
}

/// What can happen to the look.
pub(crate) enum Message {
    /// It is time to look.
    Look,
    /// So many sessions were found, and are in the outbox.
    Found(Result<usize, Failure>),
}

impl Part for CatchUp {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Context<'_, Message>) {
        match message {
            Message::Look => self.look(cx),
            Message::Found(result) => self.found(result, cx),
        }
    }
}

impl CatchUp {
    /// Looks, after the look that is under way.
    fn look(&mut self, cx: &mut Context<'_, Message>) {
        let settings = cx.casebridge.settings();
        let is_wanted = settings.get(&setting::IMPORT_ENABLED) || settings.get(&setting::TAG_OFFER);
        if !is_wanted || !cx.is_signed_in() || !cx.casebridge.is_configured() {
            return;
        }
        if self.under_way {
            self.again = true;
            return;
        }
        self.under_way = true;
        let casebridge = cx.casebridge.clone();
        cx.run(async move { Message::Found(catch_up::catch_up(&casebridge).await) });
    }

    fn found(&mut self, result: Result<usize, Failure>, cx: &mut Context<'_, Message>) {
        self.under_way = false;
        match result {
            Ok(count) => {
                if count > 0 {
                    cx.ask(Request::OutboxChanged);
                }
                // It lists those without a case, too.
                cx.ask(Request::TellEnded);
            }
            Err(failure) => drop(cx.report(&failure)),
        }
        if std::mem::take(&mut self.again) {
            self.look(cx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Stage;
    use casebridge_ipc::SignInView;

    #[test]
    fn one_look_at_a_time_and_another_for_what_it_may_have_missed() {
        let (stage, mut catch_up) = (Stage::new(""), CatchUp::default());
        stage.tell(&mut catch_up, Message::Look);
        stage.tell(&mut catch_up, Message::Look);
        assert!(catch_up.under_way && catch_up.again);
        let asked = stage.tell(&mut catch_up, Message::Found(Ok(2)));
        assert!(matches!(asked[..], [Request::OutboxChanged, Request::TellEnded]), "{asked:?}");
        assert!(catch_up.under_way && !catch_up.again);
        let asked = stage.tell(&mut catch_up, Message::Found(Ok(0)));
        assert!(matches!(asked[..], [Request::TellEnded]), "{asked:?}");
        assert!(!catch_up.under_way);
    }

    #[test]
    fn nobody_looks_without_a_sign_in_or_with_imports_and_offers_turned_off() {
        let mut signed_out = Stage::new("");
        signed_out.facts.account.sign_in = SignInView::SignedOut;
        for stage in [signed_out, Stage::new("[import]\nenabled = false\n[tag]\noffer = false\n")] {
            let mut catch_up = CatchUp::default();
            stage.tell(&mut catch_up, Message::Look);
            assert!(!catch_up.under_way);
        }
    }
}
