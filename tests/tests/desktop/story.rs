//! The main job, from the first start to the end.

use crate::stage;
use anyhow::Result;
use casebridge_tests::desktop::Screen;
use casebridge_tests::story::{Telling, tell};

#[test]
fn row_01_a_click_in_the_browser_ends_with_the_customer_in_the_session() -> Result<()> {
    told("story", None, &|line| println!("{line}"))
}

#[test]
fn the_same_with_an_appliance_that_speaks_german() -> Result<()> {
    told("story-de", Some("de"), &|line| println!("{line}"))
}

fn told(name: &str, language: Option<&str>, say: &dyn Fn(&str)) -> Result<()> {
    let folder = stage::folder(name);
    let pictures = stage::folder(&format!("{name}-pictures"));
    let (folder, pictures) = (folder.as_path(), pictures.as_path());
    let telling = Telling { folder, pictures, screen: Screen::Virtual, say, language };
    stage::run(async {
        let key = tell(&telling).await?;
        assert!(key.url.starts_with("https://localhost:"), "{key:?}");
        assert!(key.short_key.chars().all(|c| c.is_ascii_digit()), "{key:?}");
        Ok(())
    })
}
