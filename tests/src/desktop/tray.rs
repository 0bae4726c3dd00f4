//! The host of tray icons: knows which icons there are, reads their menus and presses entries.

use crate::wait;
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zbus::message::Header;
use zbus::zvariant::{OwnedValue, Structure, Value};

const MENU: &str = "com.canonical.dbusmenu";

/// One icon: who shows it and where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Icon {
    sender: String,
    path: String,
}

/// An entry as the bus carries it: number, properties, entries of its own menu.
type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

type Icons = Arc<Mutex<Vec<Icon>>>;

struct Watcher {
    icons: Icons,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    #[expect(clippy::unused_async, reason = "the interface wants it")]
    async fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: Header<'_>,
    ) {
        let Some(sender) = header.sender() else { return };
        let path =
            if service.starts_with('/') { service } else { "/StatusNotifierItem".to_owned() };
        let icon = Icon { sender: sender.to_string(), path };
        let mut icons = self.icons.lock().unwrap_or_else(PoisonError::into_inner);
        // A program may register its icon again when it is not sure.
        if !icons.contains(&icon) {
            icons.push(icon);
        }
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let icons = self.icons.lock().unwrap_or_else(PoisonError::into_inner);
        icons.iter().map(|icon| format!("{}{}", icon.sender, icon.path)).collect()
    }
}

/// One entry of a tray menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuEntry {
    /// The number by which it is pressed.
    pub id: i32,
    /// Its text, without the mark of its shortcut.
    pub label: String,
    /// Whether it can be pressed.
    pub enabled: bool,
    /// Its own menu.
    pub children: Vec<MenuEntry>,
}

/// The tray of a desktop.
#[derive(Debug, Clone)]
pub struct Tray {
    bus: zbus::Connection,
    icons: Icons,
}

impl Tray {
    /// Becomes the tray of the desktop with this bus.
    ///
    /// # Errors
    /// When the bus refuses.
    pub async fn serve(bus: &zbus::Connection) -> Result<Self> {
        let icons = Icons::default();
        let watcher = Watcher { icons: Arc::clone(&icons) };
        bus.object_server().at("/StatusNotifierWatcher", watcher).await?;
        bus.request_name("org.kde.StatusNotifierWatcher").await?;
        Ok(Self { bus: bus.clone(), icons })
    }

    /// Waits until an icon shows.
    ///
    /// # Errors
    /// When none does.
    pub async fn shown(&self) -> Result<()> {
        wait::until("the tray icon", || async { Ok(self.icon().await?.map(drop)) }).await
    }

    /// Waits until no icon shows.
    ///
    /// # Errors
    /// When one stays.
    pub async fn gone(&self) -> Result<()> {
        wait::until("the end of the tray icon", || async {
            Ok(self.icon().await?.is_none().then_some(()))
        })
        .await
    }

    /// How many icons have come so far.
    pub fn count(&self) -> usize {
        self.icons.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The menu of the icon that came last.
    ///
    /// # Errors
    /// When there is no icon or it shows no menu.
    pub async fn menu(&self) -> Result<Vec<MenuEntry>> {
        self.shown().await?;
        wait::until("the tray menu", || async {
            let Some(icon) = self.icon().await? else { return Ok(None) };
            let form = (0_i32, -1_i32, Vec::<String>::new());
            let answer = self.call(&icon, "GetLayout", &form).await?;
            let (_, (_, _, children)): (u32, Node) = answer.body().deserialize()?;
            let entries: Result<Vec<_>> = children.into_iter().map(entry).collect();
            Ok(Some(entries?).filter(|entries| !entries.is_empty()))
        })
        .await
    }

    /// Presses the entry whose text begins so. The menu may change while it is read, and then its
    /// numbers do too, so that an entry that is gone is looked for again.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn press(&self, label: &str) -> Result<()> {
        wait::until(format!("the entry {label:?} of the tray menu"), || async {
            let menu = self.menu().await?;
            let entry = find(&menu, label).with_context(|| format!("there is only {menu:?}"))?;
            let icon = self.icon().await?.context("the tray icon is gone")?;
            let event = (entry.id, "clicked", Value::from(""), 0_u32);
            match self.call(&icon, "Event", &event).await {
                Err(error) if !is_farewell(&error) => Err(error),
                Ok(_) | Err(_) => Ok(Some(())),
            }
        })
        .await
    }

    /// The icon that came last, of those whose programs are still on the bus.
    async fn icon(&self) -> Result<Option<Icon>> {
        let icons = self.icons.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let bus = zbus::fdo::DBusProxy::new(&self.bus).await?;
        for icon in icons.into_iter().rev() {
            if bus.name_has_owner(icon.sender.as_str().try_into()?).await? {
                return Ok(Some(icon));
            }
        }
        Ok(None)
    }

    async fn call<F>(&self, icon: &Icon, method: &str, form: &F) -> Result<zbus::Message>
    where
        F: serde::Serialize + zbus::zvariant::DynamicType,
    {
        let path = format!("{}/Menu", icon.path);
        let to = icon.sender.as_str();
        Ok(self.bus.call_method(Some(to), path, Some(MENU), method, form).await?)
    }
}

/// A program that ends at the press of an entry may not have answered before.
fn is_farewell(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(zbus::Error::MethodError(name, ..)) if *name == "org.freedesktop.DBus.Error.NoReply"
    )
}

fn entry(value: OwnedValue) -> Result<MenuEntry> {
    let structure = Structure::try_from(Value::from(value))?;
    let (id, properties, children): Node = structure.try_into()?;
    let text = properties.get("label").and_then(|label| <&str>::try_from(label).ok());
    let enabled = properties.get("enabled").and_then(|enabled| bool::try_from(enabled).ok());
    let children: Result<Vec<_>> = children.into_iter().map(entry).collect();
    Ok(MenuEntry {
        id,
        label: text.unwrap_or_default().replace('_', ""),
        enabled: enabled.unwrap_or(true),
        children: children?,
    })
}

fn find<'m>(menu: &'m [MenuEntry], label: &str) -> Option<&'m MenuEntry> {
    menu.iter().find_map(|entry| {
        if entry.label.starts_with(label) { Some(entry) } else { find(&entry.children, label) }
    })
}
