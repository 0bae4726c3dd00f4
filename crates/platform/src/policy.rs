//! Where IT's policy is read from: only places that a user cannot write.
//!
//! Linux: `/etc/casebridge/policy.toml`, with the keys of the settings file. Windows
//! (`HKLM\Software\Policies\Casebridge`) and macOS (the managed preferences of the bundle) are
//! not read yet.

#[cfg(target_os = "linux")]
mod linux;

/// The text of the policy file, when IT placed one that only root can change.
pub fn policy_text() -> Option<String> {
    #[cfg(target_os = "linux")]
    return linux::policy_text();
    #[cfg(not(target_os = "linux"))]
    None
}
