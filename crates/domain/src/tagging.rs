//! Decides which case a session belongs to: the case in its external key, and doubts about a case
//! (S2).

use crate::{Case, CaseRef};
use icu_normalizer::DecomposingNormalizerBorrowed;

/// How likely two names belong to the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The names have nothing relevant in common.
    Other,
    /// Only one name or the initials match: it may be another person.
    Perhaps,
    /// First name and surname match, or the names are equal.
    Same,
}

/// A doubt that a person must see before a session is tagged with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The session's customer is not, or may not be, a person on the case.
    OtherPerson {
        /// The person on the case, if there is one.
        expected: Option<String>,
        /// Who is in the session.
        customer: String,
        /// Only part of the name matches.
        perhaps: bool,
    },
    /// The session already has another case's external key.
    OtherCase {
        /// The session's external key.
        external_key: String,
    },
    /// The case is closed.
    Closed,
}

/// The session data that a case is compared with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen<'a> {
    /// The main customer's name.
    pub customer: Option<&'a str>,
    /// The main customer's computer. A session from a jump has the computer's name instead of a
    /// person's.
    pub hostname: Option<&'a str>,
    /// The session's external key.
    pub external_key: Option<&'a str>,
}

/// The doubts about tagging a session with the case.
pub fn doubts(case: &Case, seen: Seen<'_>) -> Vec<Doubt> {
    let mut doubts: Vec<Doubt> = person_doubt(case, seen).into_iter().collect();
    if let Some(key) = seen.external_key.map(str::trim).filter(|key| !key.is_empty())
        && !names(case, key)
    {
        doubts.push(Doubt::OtherCase { external_key: key.to_owned() });
    }
    if case.closed {
        doubts.push(Doubt::Closed);
    }
    doubts
}

/// The doubt about the case that the session already has: another person. There is no doubt if the
/// case names nobody.
pub fn carried_doubt(case: &Case, seen: Seen<'_>) -> Option<Doubt> {
    person_doubt(case, seen)
        .filter(|doubt| matches!(doubt, Doubt::OtherPerson { expected: Some(_), .. }))
}

fn person_doubt(case: &Case, seen: Seen<'_>) -> Option<Doubt> {
    let customer = seen.customer.filter(|name| !words(name).is_empty())?;
    if seen.hostname.is_some_and(|host| is_computer(customer, host)) {
        return None;
    }
    let people = [&case.contact, &case.requester].into_iter().flatten();
    let known = people.map(|person| (likeness(&person.name, customer), person.name.as_str()));
    // Of equal matches, the first one counts.
    let best = known.rev().max_by_key(|(likeness, _)| *likeness);
    if best.is_some_and(|(likeness, _)| likeness == Likeness::Same) {
        return None;
    }
    Some(Doubt::OtherPerson {
        expected: best.map(|(_, name)| name.to_owned()),
        customer: customer.to_owned(),
        perhaps: best.is_some_and(|(likeness, _)| likeness == Likeness::Perhaps),
    })
}

/// Whether the name is the computer's name, with or without the domain.
fn is_computer(name: &str, hostname: &str) -> bool {
    let first = |text: &str| text.trim().split('.').next().unwrap_or_default().to_lowercase();
    !first(hostname).is_empty() && first(name) == first(hostname)
}

/// Whether an external key refers to this case, by id or by number.
pub fn names(case: &Case, external_key: &str) -> bool {
    match CaseRef::from_external_key(external_key) {
        Some(CaseRef::Id(id)) => id == case.id,
        Some(CaseRef::Number(number)) => {
            [number.as_str(), number.padded().as_str()].contains(&case.number.as_str())
        }
        None => external_key.trim() == case.number,
    }
}

/// How likely two names belong to the same person. Order, case, accents, punctuation, titles and
/// middle names are ignored. For an e-mail address or a domain account, only the user part counts.
pub fn likeness(one: &str, other: &str) -> Likeness {
    let (one, other) = (words(one), words(other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.is_empty() {
        return Likeness::Other;
    }
    let whole = short.iter().filter(|word| word.len() > 1 && long.contains(word)).count();
    if whole == short.len() && (whole > 1 || long.len() == 1) {
        return Likeness::Same;
    }
    if let [only] = short.as_slice() {
        return account_likeness(only, &long);
    }
    let is_initial = |one: &str, of: &str| one.len() == 1 && of.starts_with(one);
    let agrees =
        |one: &str, other: &str| one == other || is_initial(one, other) || is_initial(other, one);
    let initials = short.iter().all(|word| long.iter().any(|other| agrees(word, other)));
    match whole > 0 && initials {
        true => Likeness::Perhaps,
        false => Likeness::Other,
    }
}

/// Compares a single word, which may be a first name or an account such as `rosamarin` or `rmarin`.
fn account_likeness(word: &str, name: &[String]) -> Likeness {
    let pairs = || {
        let each = name.iter().enumerate();
        each.flat_map(|(at, first)| {
            let others = name.iter().enumerate().filter(move |(other, _)| *other != at);
            others.map(move |(_, second)| (first.as_str(), second.as_str()))
        })
    };
    if pairs().any(|(first, second)| word.strip_prefix(first) == Some(second)) {
        return Likeness::Same;
    }
    let initial = |text: &str| text.chars().next();
    let is_short = |(first, second): (&str, &str)| {
        let mut rest = word.chars();
        rest.next() == initial(first) && second.len() > 2 && rest.as_str() == second
            || word.strip_prefix(first).is_some_and(|rest| {
                first.len() > 2 && rest.chars().count() == 1 && initial(rest) == initial(second)
            })
    };
    match name.iter().any(|known| known == word) || pairs().any(is_short) {
        true => Likeness::Perhaps,
        false => Likeness::Other,
    }
}

/// The words of a name for the comparison: lower case without accents.
fn words(name: &str) -> Vec<String> {
    let user = name.rsplit('\\').next().unwrap_or_default();
    let user = user.split('@').next().unwrap_or_default();
    let plain = user.replace('ß', "ss");
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(&plain).to_lowercase();
    // Combining marks are dropped and do not separate words.
    let letters: String = plain.chars().filter(|c| !is_mark(*c)).collect();
    let split = letters.split(|c: char| !c.is_alphanumeric());
    split.filter(|word| !word.is_empty() && !TITLES.contains(word)).map(str::to_owned).collect()
}

/// Combining marks, and the apostrophes of names such as O'Hara.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\'' | '’')
}

const TITLES: &[&str] = &["mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Person;

    fn case(contact: Option<&str>) -> Case {
        let person = |name: &str| Person { id: None, name: name.to_owned(), email: None };
        Case {
            id: "500D0000001Abcd".parse().unwrap(),
            number: "00001026".to_owned(),
            subject: String::new(),
            status: "New".to_owned(),
            closed: false,
            account: None,
            contact: contact.map(person),
            requester: None,
        }
    }

    fn with(customer: &str) -> Seen<'_> {
        Seen { customer: Some(customer), ..Seen::default() }
    }

    #[test]
    fn s2_another_person_than_the_contact_is_doubted() {
        use Likeness::{Other, Perhaps, Same};
        for (contact, customer, expected) in [
            ("Rosa Marin", "Rosa Marin", Same),
            ("Rosa Marin", "marin, rosa", Same),
            ("Rosa Maria Marin", "Rosa Marin", Same),
            ("Rosa Marin", "Dr. Rosa Marín", Same),
            ("Jörg Müller", "JÖRG MÜLLER", Same),
            ("Jörg Müller", "jorg.muller@example.test", Same),
            ("Jörg Groß", "Jo\u{308}rg Gross", Same),
            ("Pat O'Hara", "Pat O’Hara", Same),
            ("Rosa Marin", "CORP\\rosa.marin", Same),
            ("Rosa Marin", "rosamarin", Same),
            ("Rosa", "rosa", Same),
            ("Rosa Marin", "Rosa", Perhaps),
            ("Tom Harbour", "Tom", Perhaps),
            ("Rosa Marin", "Marin", Perhaps),
            ("Rosa Marin", "R. Marin", Perhaps),
            ("Rosa Marin", "rmarin", Perhaps),
            ("Rosa Marin", "rosam", Perhaps),
            ("Rosa Marin", "Tom Harbour", Other),
            ("Rosa Marin", "Rosa Harbour", Other),
            ("Rosa Marin", "R. M.", Other),
            ("Rosa Marin", "Dr.", Other),
            ("Rosa Marin", "Ros", Other),
        ] {
            assert_eq!(likeness(contact, customer), expected, "{contact} / {customer}");
            assert_eq!(likeness(customer, contact), expected, "{customer} / {contact}");
            let doubts = doubts(&case(Some(contact)), with(customer));
            let is_nobody = words(customer).is_empty();
            assert_eq!(doubts.is_empty(), expected == Same || is_nobody, "{contact} / {customer}");
        }
        let nobody = doubts(&case(None), with("Rosa"));
        assert!(matches!(nobody.as_slice(), [Doubt::OtherPerson { expected: None, .. }]));
        assert_eq!(carried_doubt(&case(None), with("Rosa")), None);
        assert_eq!(doubts(&case(Some("Rosa")), Seen::default()), []);
        assert_eq!(doubts(&case(Some("Rosa")), with(" - ")), []);
    }

    #[test]
    fn s2_a_first_name_alone_is_a_doubt_that_says_so() {
        let tom = Doubt::OtherPerson {
            expected: Some("Tom Harbour".to_owned()),
            customer: "Tom".to_owned(),
            perhaps: true,
        };
        assert_eq!(carried_doubt(&case(Some("Tom Harbour")), with("Tom")), Some(tom));
    }

    #[test]
    fn the_name_of_a_computer_is_no_other_person() {
        let on = |customer, hostname| Seen {
            customer: Some(customer),
            hostname: Some(hostname),
            ..Seen::default()
        };
        let case = case(Some("Rosa Marin"));
        assert_eq!(doubts(&case, on("FRONTDESK-3", "frontdesk-3.example.test")), []);
        assert_eq!(doubts(&case, on("Tom", "frontdesk-3")).len(), 1);
        assert_eq!(doubts(&case, on("Tom", "")).len(), 1);
    }

    #[test]
    fn s2_somebody_else_on_the_case_counts_as_well() {
        let mut case = case(Some("Rosa Marin"));
        let name = "Tom Harbour".to_owned();
        case.requester = Some(Person { id: None, name, email: None });
        assert_eq!(doubts(&case, with("Tom Harbour")), []);
        let expected = |doubts: &[Doubt]| match doubts {
            [Doubt::OtherPerson { expected, .. }] => expected.clone(),
            other => panic!("{other:?}"),
        };
        let doubts = |customer| super::doubts(&case, with(customer));
        assert_eq!(expected(&doubts("Tom")).as_deref(), Some("Tom Harbour"));
        assert_eq!(expected(&doubts("Eve")).as_deref(), Some("Rosa Marin"));
    }

    #[test]
    fn s2_another_case_and_a_closed_one_are_doubted() {
        let mut closed = case(Some("Rosa"));
        closed.closed = true;
        let carries = |key| Seen { external_key: Some(key), ..with("Rosa") };
        let found = doubts(&closed, carries("00001027"));
        let other = Doubt::OtherCase { external_key: "00001027".to_owned() };
        assert_eq!(found, [other, Doubt::Closed]);
        for own in ["00001026", "1026", "500D0000001Abcd", " 500D0000001AbcdIAC ", ""] {
            assert_eq!(doubts(&case(Some("Rosa")), carries(own)), [], "{own}");
        }
    }
}
