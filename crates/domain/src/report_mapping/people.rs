//! Customers and representatives of a session.

use super::Mapper;
use super::events::{kept, named};
use super::row::{Field, Object, Value};
use crate::report::{Customer, Representative, Session};
use std::collections::BTreeSet;
use std::io;

impl Mapper<'_> {
    pub(super) fn map_people(&mut self, session: &Session) -> io::Result<()> {
        let mut used = BTreeSet::new();
        for (place, customer) in session.customers.iter().enumerate() {
            self.person_key(&mut used, 'c', customer.gsnumber.as_deref(), place);
            let is_primary = customer.is_primary.unwrap_or_else(|| {
                is_named(&session.primary_customer_number, customer.gsnumber.as_ref())
            });
            self.map_customer(customer, is_primary)?;
        }
        for (place, representative) in session.representatives.iter().enumerate() {
            self.person_key(&mut used, 'r', representative.gsnumber.as_deref(), place);
            let is_primary = representative.is_primary.unwrap_or_else(|| {
                is_named(&session.primary_representative_number, representative.gsnumber.as_ref())
            });
            self.map_representative(representative, is_primary)?;
        }
        Ok(())
    }

    /// The connection number. If it is missing or used twice, the position is used instead.
    fn person_key(
        &mut self,
        used: &mut BTreeSet<String>,
        side: char,
        number: Option<&str>,
        place: usize,
    ) {
        let plain =
            |number: &&str| number.len() <= 20 && number.bytes().all(|b| b.is_ascii_digit());
        match number.filter(plain) {
            Some(number) if used.insert(number.to_owned()) => {
                self.set_key(format_args!("{number}"));
            }
            Some(_) | None => self.set_key(format_args!("{side}{place}")),
        }
    }

    fn map_customer(&mut self, customer: &Customer, is_primary: bool) -> io::Result<()> {
        let mut fields = Vec::with_capacity(20);
        let Self { rows, key, .. } = self;
        fields.push(("Kind__c", Value::Text("Customer".into())));
        for (field, value, limit) in [
            ("Connection_Number__c", &customer.gsnumber, 20),
            ("Display_Name__c", &customer.name, 255),
            ("Host_Name__c", &customer.hostname, 255),
            ("Operating_System__c", &customer.os, 255),
            ("Public_IP__c", &customer.public_ip, 80),
            ("Private_IP__c", &customer.private_ip, 80),
            ("Company__c", &customer.company, 255),
            ("Company_Code__c", &customer.company_code, 255),
            ("Issue__c", &customer.issue, 1_024),
            ("Details__c", &customer.details, 4_096),
        ] {
            fields.push((
                field,
                kept(*rows, key, field, value.as_deref().unwrap_or_default(), limit)?,
            ));
        }
        fields.extend(roles(is_primary, false, false));
        rows.row(Object::Participant, key, &fields)
    }

    fn map_representative(
        &mut self,
        representative: &Representative,
        is_primary: bool,
    ) -> io::Result<()> {
        let mut fields = Vec::with_capacity(20);
        let Self { rows, key, .. } = self;
        let shown = representative.shown_name().unwrap_or_default();
        fields.push(("Kind__c", Value::Text("Representative".into())));
        fields.push(("Display_Name__c", named(*rows, key, "Display_Name__c", shown)?));
        for (field, value, limit) in [
            ("Connection_Number__c", &representative.gsnumber, 20),
            ("Representative_Id__c", &representative.id, 20),
            ("Username__c", &representative.username, 255),
            ("Public_Display_Name__c", &representative.public_display_name, 255),
            ("Private_Display_Name__c", &representative.private_display_name, 255),
            ("Host_Name__c", &representative.hostname, 255),
            ("Operating_System__c", &representative.os, 255),
            ("Public_IP__c", &representative.public_ip, 80),
            ("Private_IP__c", &representative.private_ip, 80),
        ] {
            let text = value.as_deref().unwrap_or_default();
            fields.push((field, kept(*rows, key, field, text, limit)?));
        }
        fields.push(("Seconds_Involved__c", representative.seconds_involved.into()));
        let is_owner = representative.is_owner.unwrap_or_default();
        fields.extend(roles(is_primary, is_owner, representative.is_invited.unwrap_or_default()));
        rows.row(Object::Participant, key, &fields)
    }
}

fn roles(primary: bool, owner: bool, invited: bool) -> [Field<'static>; 3] {
    [
        ("Is_Primary__c", Value::Switch(primary)),
        ("Is_Owner__c", Value::Switch(owner)),
        ("Is_Invited__c", Value::Switch(invited)),
    ]
}

fn is_named(primary: &Option<String>, number: Option<&String>) -> bool {
    primary.is_some() && primary.as_ref() == number
}
