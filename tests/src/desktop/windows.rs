//! The windows on a display, as the window manager sees them.

use super::place::Place;
use crate::wait;
use anyhow::{Result, ensure};

/// The titles of all visible windows that hold this text.
///
/// # Errors
/// When the display cannot be asked.
pub fn titles(place: &Place, text: &str) -> Result<Vec<String>> {
    let ids = search(place, text)?;
    let mut titles = Vec::new();
    for id in ids {
        let mut command = place.command("xdotool");
        command.args(["getwindowname", &id]);
        // A window may be gone by now.
        let ended = place.programs().run("xdotool", command)?;
        titles.extend((ended.code == Some(0)).then(|| ended.output.trim().to_owned()));
    }
    Ok(titles)
}

/// Waits until there is a window with this text in its title.
///
/// # Errors
/// When there is none in time.
pub async fn appears(place: &Place, text: &str) -> Result<()> {
    wait::until(format!("a window {text:?}"), || async {
        Ok((!search(place, text)?.is_empty()).then_some(()))
    })
    .await
}

/// Waits until there is no window with this text in its title.
///
/// # Errors
/// When there still is one.
pub async fn disappears(place: &Place, text: &str) -> Result<()> {
    wait::until(format!("the end of the window {text:?}"), || async {
        Ok(search(place, text)?.is_empty().then_some(()))
    })
    .await
}

/// Closes each window with this text in its title, as the window manager does for Alt+F4.
///
/// # Errors
/// When the display cannot be asked.
pub fn close(place: &Place, text: &str) -> Result<()> {
    type_keys(place, text, &["alt+F4"])
}

/// Types keys into each window with this text in its title.
///
/// # Errors
/// When the display cannot be asked.
pub fn type_keys(place: &Place, text: &str, keys: &[&str]) -> Result<()> {
    for id in search(place, text)? {
        let mut command = place.command("xdotool");
        command.args(["windowactivate", "--sync", &id, "key"]).args(keys);
        place.programs().run("xdotool", command)?;
    }
    Ok(())
}

/// Presses keys, whatever window has the keyboard.
///
/// # Errors
/// When the display cannot be asked.
pub fn press_keys(place: &Place, keys: &[&str]) -> Result<()> {
    let mut command = place.command("xdotool");
    command.arg("key").args(keys);
    let ended = place.programs().run("xdotool", command)?;
    ensure!(ended.code == Some(0), "xdotool: {}", ended.errors);
    Ok(())
}

/// Types a text into each window with this text in its title.
///
/// # Errors
/// When the display cannot be asked.
pub fn type_text(place: &Place, title: &str, text: &str) -> Result<()> {
    for id in search(place, title)? {
        let mut command = place.command("xdotool");
        command.args(["windowactivate", "--sync", &id, "type", text]);
        place.programs().run("xdotool", command)?;
    }
    Ok(())
}

fn search(place: &Place, text: &str) -> Result<Vec<String>> {
    let mut command = place.command("xdotool");
    command.args(["search", "--onlyvisible", "--name", text]);
    let ended = place.programs().run("xdotool", command)?;
    // It ends with 1 when it found nothing.
    ensure!(matches!(ended.code, Some(0 | 1)), "xdotool: {}", ended.errors);
    Ok(ended.output.lines().map(str::to_owned).collect())
}
