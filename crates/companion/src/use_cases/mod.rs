//! What Casebridge can do, a file each. A use case takes a [`Casebridge`](crate::Casebridge) and
//! answers with domain words or a failure; it knows no window and prints nothing.

pub mod account;
pub mod console;
pub mod doctor;
pub mod email_key;
pub mod jump;
pub mod open_case;
pub mod open_link;
pub mod session_key;
pub mod watch;
