//! What the suites and the demo share: a desktop of one's own, a browser, the tray app, the
//! simulator with its console, and the story that goes through all of them.

pub mod app;
pub mod bench;
pub mod browser;
pub mod burst;
pub mod case_page;
pub mod demo;
pub mod desktop;
pub mod driver;
pub mod fake_clock;
pub mod fake_shell;
pub mod http_host;
pub mod import_bench;
pub mod nasty;
pub mod processes;
pub mod profile;
pub mod rep_console;
pub mod scene;
pub mod settings_window;
pub mod story;
pub mod wait;
