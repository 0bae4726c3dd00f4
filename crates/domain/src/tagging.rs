//! Which case a session belongs to: what its external key names, and what speaks against a case
//! (S2).

use crate::{Case, CaseRef};

/// What a person has to see before a session goes to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The case's contact is not the session's customer.
    OtherPerson {
        /// Who the case is about; nobody if the case names none.
        expected: Option<String>,
        /// Who is in the session.
        customer: String,
    },
    /// The session already carries another case's key.
    OtherCase {
        /// What it carries.
        external_key: String,
    },
    /// The case is closed.
    Closed,
}

/// What speaks against putting a session with this customer and external key on the case.
pub fn doubts(case: &Case, customer: Option<&str>, external_key: Option<&str>) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    if let Some(customer) = customer.filter(|name| !words(name).is_empty()) {
        let people = [&case.contact, &case.requester];
        let known: Vec<&str> = people.into_iter().flatten().map(|p| p.name.as_str()).collect();
        if !known.iter().any(|name| is_same_person(name, customer)) {
            let expected = known.first().map(|name| (*name).to_owned());
            doubts.push(Doubt::OtherPerson { expected, customer: customer.to_owned() });
        }
    }
    if let Some(key) = external_key.map(str::trim).filter(|key| !key.is_empty())
        && !names(case, key)
    {
        doubts.push(Doubt::OtherCase { external_key: key.to_owned() });
    }
    if case.closed {
        doubts.push(Doubt::Closed);
    }
    doubts
}

/// Whether an external key names this case: by its id, or by its number as people write it.
pub fn names(case: &Case, external_key: &str) -> bool {
    match CaseRef::from_external_key(external_key) {
        Some(CaseRef::Id(id)) => id == case.id,
        Some(CaseRef::Number(number)) => {
            [number.as_str(), number.padded().as_str()].contains(&case.number.as_str())
        }
        None => external_key.trim() == case.number,
    }
}

/// Whether two names can be one person's: the words of the shorter one are all in the longer one,
/// in any order and case.
pub fn is_same_person(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    !short.is_empty() && short.iter().all(|word| long.contains(word))
}

fn words(name: &str) -> Vec<String> {
    let split = name.split(|c: char| !c.is_alphanumeric());
    split.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

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

    #[test]
    fn s2_another_person_than_the_contact_is_doubted() {
        for (contact, customer, is_doubted) in [
            ("Rosa Marin", "Rosa Marin", false),
            ("Rosa Marin", "marin, rosa", false),
            ("Rosa Marin", "Rosa", false),
            ("Rosa Maria Marin", "Rosa Marin", false),
            ("Jörg Müller", "JÖRG MÜLLER", false),
            ("Rosa Marin", "Tom Harbour", true),
            ("Rosa Marin", "Rosa Harbour", true),
        ] {
            let doubts = doubts(&case(Some(contact)), Some(customer), None);
            assert_eq!(!doubts.is_empty(), is_doubted, "{contact} / {customer}");
        }
        let nobody = doubts(&case(None), Some("Rosa"), None);
        assert!(matches!(nobody.as_slice(), [Doubt::OtherPerson { expected: None, .. }]));
        assert_eq!(doubts(&case(Some("Rosa")), None, None), []);
        assert_eq!(doubts(&case(Some("Rosa")), Some(" - "), None), []);
    }

    #[test]
    fn s2_another_case_and_a_closed_one_are_doubted() {
        let mut closed = case(Some("Rosa"));
        closed.closed = true;
        let found = doubts(&closed, Some("Rosa"), Some("00001027"));
        let other = Doubt::OtherCase { external_key: "00001027".to_owned() };
        assert_eq!(found, [other, Doubt::Closed]);
        for own in ["00001026", "1026", "500D0000001Abcd", " 500D0000001AbcdIAC ", ""] {
            assert_eq!(doubts(&case(Some("Rosa")), Some("Rosa"), Some(own)), [], "{own}");
        }
    }
}
