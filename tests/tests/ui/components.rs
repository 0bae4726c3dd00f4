//! The Lightning components on the simulated case page, with what the app wrote to the org.

use crate::browser::Pages;
use casebridge_domain::{CaseRef, DeepLink};
use casebridge_tests::scene::Scene;
use casebridge_tests::{case_page, wait};
use casebridge_use_cases::session_key::{self, SessionKeyRequest};
use serde_json::json;

/// What a card shows in its list of keys: the text and, if there is one, the link of its button.
const KEYS: &str = "const list = document.querySelector(arguments[0])?.shadowRoot\
    ?.querySelector('c-casebridge-keys')?.shadowRoot; \
    if (!list) return null; \
    const link = list.querySelector('c-casebridge-launch')?.shadowRoot?.querySelector('a'); \
    const texts = [...list.querySelectorAll('code, .url, .off, .none')]; \
    return [texts.map((e) => e.textContent).join(' '), link?.href ?? null]";

async fn keys_of(pages: &Pages, card: &str) -> anyhow::Result<(String, Option<String>)> {
    let shown = pages.page.run(KEYS, vec![json!(card)]).await?;
    Ok(serde_json::from_value(shown).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn row_36_the_components_show_key_and_url_of_a_used_key_and_an_e_mail_button() {
    let pages = Pages::open(Scene::with_components().await.unwrap()).await.unwrap();
    let (scene, ready) = (&pages.scene, pages.scene.simulator.ready());
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let (case, key) = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
    let record = session_key::record_key(&scene.casebridge, &request, &case, &key).await.unwrap();
    case_page::open(&pages.page, &ready).await.unwrap();
    case_page::components_are_ready(&pages.page).await.unwrap();
    for card in ["c-casebridge-session-key", "c-casebridge-web-key"] {
        let shown = wait::until("the key in the component", || async {
            Ok(Some(keys_of(&pages, card).await?).filter(|(_, link)| link.is_some()))
        });
        let (text, link) = shown.await.unwrap();
        assert!(text.contains(&key.short_key) && text.contains(&key.key_url), "{text}");
        assert!(text.contains("1234567"), "the one that has expired: {text}");
        let link = link.unwrap();
        assert!(!link.contains(&key.short_key), "{link}");
        let link: DeepLink = link.parse().unwrap();
        assert_eq!(link.record.as_ref(), Some(&record));
        assert_eq!(link.case, Some(CaseRef::Id(case.id.clone())));
    }
    let pictures = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    pages.page.picture(&pictures.join("components.png")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_36_the_component_says_that_keys_stay_in_casebridge() {
    let pages = Pages::open(Scene::with_components().await.unwrap()).await.unwrap();
    pages.scene.simulator.set_up("Session_Keys_Off__c", json!(true));
    case_page::open(&pages.page, &pages.scene.simulator.ready()).await.unwrap();
    let says = wait::until("the sentence", || async {
        let (text, link) = keys_of(&pages, "c-casebridge-session-key").await?;
        Ok(Some(text).filter(|text| text.contains("stay in Casebridge") && link.is_none()))
    });
    assert!(!says.await.unwrap().contains("1234567"));
}
