//! The main job, from the first start to the end.

use crate::stage;
use anyhow::Result;
use casebridge_tests::desktop::Screen;
use casebridge_tests::story::{Telling, tell};

#[test]
fn a_click_in_the_browser_ends_with_the_customer_in_the_session() -> Result<()> {
    let folder = stage::folder("story");
    let pictures = stage::folder("story-pictures");
    let say = |line: &str| println!("{line}");
    let telling =
        Telling { folder: &folder, pictures: &pictures, screen: Screen::Virtual, say: &say };
    stage::run(async {
        let key = tell(&telling).await?;
        assert!(key.url.starts_with("https://localhost:"), "{key:?}");
        assert!(key.short_key.chars().all(|c| c.is_ascii_digit()), "{key:?}");
        Ok(())
    })
}
