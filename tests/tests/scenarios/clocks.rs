//! A clock that was set, an hour back or a year forward and back again, and a computer that slept:
//! nothing waits for ever, and no key counts for longer or shorter than it does.

use crate::home::{answer, count, finished, over};
use casebridge_ipc::{CaseView, KeyStateView};
use casebridge_simulator::{FaultName, FaultSwitch, SessionWork};
use casebridge_tests::fake_clock::FakeClock;
use casebridge_tests::scene::{self, Scene};
use casebridge_use_cases::jobs;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::outbox::{self, Attempt, Lane};
use casebridge_use_cases::{catch_up, email_key, ended, session_key};
use jiff::Timestamp;

const HOUR: i64 = 3600;
const YEAR: i64 = 365 * 24 * HOUR;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_off_by_a_wrong_clock_is_due_when_the_clock_is_right_again() {
    for jump in [-HOUR, HOUR, YEAR] {
        let scene = Scene::new().await.unwrap();
        let clock = FakeClock::default();
        let casebridge = scene.at_clock(clock.clock()).unwrap();
        clock.set(jump);
        let lsid = finished(&scene, SessionWork::default());
        // Once for the item, and once for everything.
        for fault in [FaultName::Html503, FaultName::LimitExceeded] {
            scene.simulator.fault(FaultSwitch::on(fault).only("composite").times(1));
            let id = jobs::import::enqueue_import(&casebridge, None, &lsid, "", When::Now)
                .await
                .unwrap();
            let attempt = jobs::work_on(&casebridge, id).await.unwrap();
            assert!(matches!(attempt, Attempt::Later(_)), "{attempt:?}");
        }
        clock.set(-jump);
        let (item, due) = outbox::next(&casebridge, Lane::Sessions).await.unwrap().unwrap();
        let wait = clock.now().duration_until(due);
        let most = if jump == HOUR { HOUR + 15 * 60 } else { 15 * 60 };
        assert!(wait.as_secs() <= most, "after {jump} s it waits for {wait}");
        if jump == YEAR {
            assert!(due <= clock.now());
            let attempt = jobs::work_on(&casebridge, item.id).await.unwrap();
            assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn late_surveys_are_awaited_by_the_appliances_clock() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let casebridge = scene.at_clock(clock.clock()).unwrap();
    let lsid = finished(&scene, SessionWork::default());
    let id = jobs::import::enqueue_import(&casebridge, None, &lsid, "", When::Now).await.unwrap();
    jobs::work_on(&casebridge, id).await.unwrap();
    // A look while the clock is a year ahead ends nothing.
    clock.set(YEAR);
    let (survey, _) = outbox::next(&casebridge, Lane::Sessions).await.unwrap().unwrap();
    jobs::work_on(&casebridge, survey.id).await.unwrap();
    clock.set(-YEAR);
    answer(&scene, &lsid, false, &[("rating", "5")], 0);
    let (again, due) = outbox::next(&casebridge, Lane::Sessions).await.unwrap().unwrap();
    assert!(again.id == survey.id && due <= clock.now(), "{due}");
    jobs::work_on(&casebridge, survey.id).await.unwrap();
    assert_eq!(count(&scene, &lsid)["Support_Session_Survey_Response__c"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_e_mail_is_not_too_late_because_the_clock_was_set() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let casebridge = scene.at_clock(clock.clock()).unwrap();
    let request = session_key::SessionKeyRequest::of("1026".parse().unwrap());
    let (case, key) = session_key::make_key(&casebridge, &request, |_| {}).await.unwrap();
    clock.set(YEAR);
    let address = case.recipients()[0].address.clone();
    email_key::hand_over(&casebridge, None, &case, &key, &address).await.unwrap();
    assert_eq!(scene.emails().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_lasts_as_long_as_it_does_whatever_the_clock_says() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let casebridge = scene.at_clock(clock.clock()).unwrap();
    let stage = scene.app_of(&casebridge, scene::browser("ada@example.test"));
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let left = |view: &CaseView, now: Timestamp| match &view.key {
        KeyStateView::Made(key) => {
            let end: Timestamp = key.expires_at.parse().unwrap();
            Some(now.duration_until(end).as_secs())
        }
        _ => None,
    };
    let made = |view: &CaseView| left(view, clock.now()).is_some();
    let view = stage.shell.until_case("the key", made).await.unwrap();
    let whole = left(&view, clock.now()).unwrap();
    for jump in [-HOUR, YEAR, -YEAR + HOUR] {
        clock.set(jump);
        let is_right =
            |view: &CaseView| left(view, clock.now()).is_some_and(|left| (left - whole).abs() < 60);
        stage.shell.until_case("the time that is left", is_right).await.unwrap();
    }
    clock.sleep(whole / 2);
    let half =
        |view: &CaseView| left(view, clock.now()).is_some_and(|left| (left - whole / 2).abs() < 60);
    stage.shell.until_case("half the time", half).await.unwrap();
    clock.sleep(whole);
    let is_over = |view: &CaseView| view.key == KeyStateView::Expired;
    stage.shell.until_case("the end of the key", is_over).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_sessions_are_told_although_the_last_time_was_dated_in_the_future() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let casebridge = scene.at_clock(clock.clock()).unwrap();
    let another = async || {
        over(&scene, None, SessionWork::default());
        catch_up::catch_up(&casebridge).await.unwrap();
    };
    let told = async || ended::take_due(&casebridge).await.unwrap().len();
    clock.set(YEAR);
    another().await;
    assert_eq!(told().await, 1);
    clock.set(-YEAR);
    another().await;
    assert_eq!(told().await, 1);
    another().await;
    assert_eq!(told().await, 0, "not twice a day");
    clock.sleep(25 * HOUR);
    assert_eq!(told().await, 1);
}
