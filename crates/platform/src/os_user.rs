//! Who is logged in to the operating system.

/// The user's login name, as the operating system (not the environment) has it.
pub fn os_user() -> Option<String> {
    whoami::username().ok().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_login_name_is_a_single_word_or_two() {
        let name = os_user().unwrap();
        assert!(!name.chars().any(char::is_control), "{name:?}");
    }
}
