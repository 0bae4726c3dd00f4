//! What a part is given while it takes a message. Nothing of it needs a runtime, so that a part's test is: make
//! it, give it messages, look at its requests and at its view.

use crate::facts::Facts;
use crate::failures;
use crate::request::{Answer, Reply, Request};
use crate::shell::{Notice, Shell};
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::{FailureView, SignInView, Window};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::account;
use futures::FutureExt as _;
use futures::future::{AbortHandle, BoxFuture, abortable};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// What a part may know and use.
#[derive(Clone, Copy)]
pub(crate) struct Known<'k> {
    /// The use cases.
    pub(crate) casebridge: &'k Casebridge,
    pub(crate) shell: &'k Arc<dyn Shell>,
    pub(crate) facts: &'k Facts,
}

impl Known<'_> {
    pub(crate) fn is_open(&self, window: Window) -> bool {
        self.facts.open.contains(&window)
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.facts.account.sign_in == SignInView::SignedIn
    }
}

/// A part of the loop: it owns its state, and takes one message after the other.
pub(crate) trait Part {
    /// Everything that can happen to it.
    type Message: Send + 'static;

    /// Takes a message.
    fn update(&mut self, message: Self::Message, cx: &mut Context<'_, Self::Message>);
}

/// Where messages go. Clones lead to the same place.
pub(crate) struct Sender<M> {
    send: Arc<dyn Fn(M) -> bool + Send + Sync>,
    is_closed: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl<M> Clone for Sender<M> {
    fn clone(&self) -> Self {
        Self { send: self.send.clone(), is_closed: self.is_closed.clone() }
    }
}

impl<M: 'static> Sender<M> {
    /// Sends into a queue, each message wrapped as one of the queue's.
    pub(crate) fn into<E: Send + 'static>(
        queue: UnboundedSender<E>,
        wrap: impl Fn(M) -> E + Send + Sync + 'static,
    ) -> Self {
        let closed = queue.clone();
        Self {
            send: Arc::new(move |message| queue.send(wrap(message)).is_ok()),
            is_closed: Arc::new(move || closed.is_closed()),
        }
    }

    /// The same place for messages that are a part's.
    pub(crate) fn of<N: 'static>(&self, wrap: fn(N) -> M) -> Sender<N> {
        let outer = self.send.clone();
        Sender {
            send: Arc::new(move |message| outer(wrap(message))),
            is_closed: self.is_closed.clone(),
        }
    }

    /// Sends, and says whether anybody listens: nobody does once the app is ending.
    pub(crate) fn send(&self, message: M) -> bool {
        (self.send)(message)
    }

    /// Whether the app is ending.
    pub(crate) fn is_closed(&self) -> bool {
        (self.is_closed)()
    }
}

/// Work that ends with whoever holds this.
pub(crate) struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What came of a message.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) requests: Vec<Request>,
    /// What is to be run.
    pub(crate) work: Vec<BoxFuture<'static, ()>>,
    pub(crate) answers: Vec<(Reply, Answer)>,
}

/// What a part is given; `M` is its message.
pub(crate) struct Context<'c, M> {
    known: Known<'c>,
    sender: Sender<M>,
    outcome: Outcome,
}

impl<'c, M> std::ops::Deref for Context<'c, M> {
    type Target = Known<'c>;

    fn deref(&self) -> &Known<'c> {
        &self.known
    }
}

impl<'c, M: Send + 'static> Context<'c, M> {
    pub(crate) fn new(known: Known<'c>, sender: Sender<M>) -> Self {
        Self { known, sender, outcome: Outcome::default() }
    }

    pub(crate) fn end(self) -> Outcome {
        self.outcome
    }

    pub(crate) fn known(&self) -> &Known<'c> {
        &self.known
    }

    /// Sends messages to this part, from work that has more to tell than its end.
    pub(crate) fn sender(&self) -> Sender<M> {
        self.sender.clone()
    }

    /// Has work done that ends as a message.
    pub(crate) fn run(&mut self, work: impl Future<Output = M> + Send + 'static) {
        let sender = self.sender.clone();
        self.outcome.work.push(async move { drop_news(sender.send(work.await)) }.boxed());
    }

    /// The same, until the task is dropped.
    pub(crate) fn hold(&mut self, work: impl Future<Output = M> + Send + 'static) -> Task {
        let sender = self.sender.clone();
        self.keep(async move { drop_news(sender.send(work.await)) })
    }

    /// Has work done that tells what it has to tell on its own, until the task is dropped.
    pub(crate) fn keep(&mut self, work: impl Future<Output = ()> + Send + 'static) -> Task {
        let (work, handle) = abortable(work);
        self.outcome.work.push(work.map(drop).boxed());
        Task(handle)
    }

    /// Has work done that nobody waits for.
    pub(crate) fn detach(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.outcome.work.push(work.boxed());
    }

    pub(crate) fn ask(&mut self, request: Request) {
        self.outcome.requests.push(request);
    }

    pub(crate) fn notify(&mut self, notice: Notice) {
        self.ask(Request::Notify(notice));
    }

    /// Answers a command, once the windows show what it did.
    pub(crate) fn answer(&mut self, reply: Reply, answer: Answer) {
        self.outcome.answers.push((reply, answer));
    }

    /// Logs a failure under a reference and returns what a person reads of it.
    pub(crate) fn report(&self, failure: &Failure) -> FailureView {
        failures::report(failure)
    }

    /// What a command is answered with that failed so.
    pub(crate) fn refuse(&self, code: FailureCode) -> Answer {
        Err(self.report(&Failure::new(code, String::new())))
    }

    /// Tells what a call to the org says of the sign-in.
    pub(crate) fn note_sign_in<T>(&mut self, result: &Result<T, Failure>) {
        self.ask(Request::SignInMet(result.as_ref().err().map(|failure| failure.code)));
    }
}

/// An app that is ending needs no news.
fn drop_news(_is_heard: bool) {}

/// Whether a person has to sign in before it can work.
pub(crate) fn needs_sign_in(failure: &FailureView) -> bool {
    FailureCode::from_word(&failure.code).is_some_and(account::needs_sign_in)
}
