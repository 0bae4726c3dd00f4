//! Settings with a closed list of words: what code matches, the word in files, and the name that
//! people read.

use crate::report::SurveyKind;

/// A word that a setting may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The word in files and policies.
    pub word: &'static str,
    /// What people read.
    pub name: &'static str,
}

/// A closed list of words.
pub trait Choice: Copy + Send + Sync + 'static {
    /// The words, in the order in which people see them.
    const WORDS: &'static [Word];

    /// The word in files and policies.
    fn word(self) -> &'static str;

    /// The choice with this word.
    fn of_word(word: &str) -> Option<Self>;
}

/// Words and names for an enum. `enum` declares it as well.
macro_rules! choice {
    ($(#[$doc:meta])* enum $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal, $people:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$about])* $variant,)+ }

        choice!($name { $($variant = $word, $people;)+ });
    };
    ($name:ident { $($variant:ident = $word:literal, $people:literal;)+ }) => {
        impl Choice for $name {
            const WORDS: &'static [Word] = &[$(Word { word: $word, name: $people },)+];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

choice! {
    /// Who creates a session key unless a link says so.
    enum KeyKind {
        /// Casebridge asks the appliance.
        Server = "server", "Casebridge";
        /// The key dialog of the representative console.
        Console = "console", "The representative console";
        /// The key dialog of the web console.
        Web = "web", "The web console";
    }
}

choice! {
    /// What the web console may be asked to do.
    enum WebActions {
        /// What its documentation names.
        Documented = "documented", "Search for Jump Items only";
        /// Every action of the desktop console.
        All = "all", "Every jump and session keys";
    }
}

choice! {
    /// What links a session to its case.
    enum ExternalKeyWrites {
        /// The 18-character id.
        CaseId = "case_id", "Case ID";
        /// The number that people see.
        CaseNumber = "case_number", "Case number";
    }
}

choice! {
    /// Where the representative's user name on the appliance comes from.
    enum UsernameFrom {
        /// A field of the Salesforce user, named by another setting.
        UserField = "user_field", "From a field of the user";
        /// The Salesforce user name.
        UserName = "user_name", "Same as the Salesforce user name";
        /// The Salesforce user name up to its `@`.
        UserNameLocalPart = "user_name_local_part", "Salesforce user name before the @";
        /// The federation id of the Salesforce user.
        FederationId = "federation_id", "Federation ID";
        /// The name that the user has on this computer.
        OsUser = "os_user", "Login name of this computer";
    }
}

choice! {
    /// The language of the windows.
    enum Language {
        /// English.
        English = "en", "English";
    }
}

choice! {
    /// How much is logged.
    enum LogLevel {
        /// Errors.
        Error = "error", "Errors only";
        /// Warnings, too.
        Warn = "warn", "Warnings";
        /// What happens, in short.
        Info = "info", "Normal";
        /// What happens, in detail.
        Debug = "debug", "Detailed";
        /// Every step.
        Trace = "trace", "Everything";
    }
}

choice! {
    SurveyKind {
        Customer = "Customer", "Customer survey";
        Representative = "Representative", "Representative survey";
    }
}
