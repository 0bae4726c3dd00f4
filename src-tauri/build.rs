//! Generates a permission for each command, so that a window's capability can name it (S9).

fn main() {
    let names: Vec<&str> = casebridge_ipc::all_commands().map(|command| command.name).collect();
    let manifest = tauri_build::AppManifest::new().commands(names.leak());
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    tauri_build::try_build(attributes).expect("the configuration of the app is wrong");
}
