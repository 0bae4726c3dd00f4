//! The org when the simulator starts: its users, companies, people and cases.
//!
//! Twenty cases, numbered from 00001026: ordinary ones, closed ones, some without contact or
//! requester, and some with texts that a client must not interpret. The same seed gives the same ids.

use std::sync::Arc;

use serde_json::{Value, json};

use super::records::{Record, Records};
use super::state::{SeededUser, State};
use super::writes::Target;
use crate::common::chance::Chance;
use crate::common::clock::at;
use crate::common::people::{PEOPLE, Person};
use crate::common::site::Common;

/// The number of the first case.
pub(crate) const FIRST_CASE_NUMBER: u32 = 1026;

const ACCOUNTS: [&str; 6] = [
    "Northwind Clinics",
    "Harbour & Sons <Freight>",
    "Müller Maschinenbau GmbH",
    "O'Brien \"Best\" Bakeries",
    "Kyoto Instruments 京都",
    "City Library",
];

/// First name, last name, e-mail, account.
const CONTACTS: [(&str, &str, Option<&str>, usize); 8] = [
    ("Rosa", "Marin", Some("rosa.marin@northwind.example"), 0),
    ("Tom", "Harbour", Some("tom@harbour.example"), 1),
    ("Jörg", "Müller", Some("joerg.mueller@mueller.example"), 2),
    ("Siobhán", "O'Brien", Some("siobhan.obrien@bakeries.example"), 3),
    ("明", "田中", Some("akira.tanaka@kyoto.example"), 4),
    ("Priya", "Raman", Some("priya.raman@library.example"), 5),
    ("Lee", "Noaddress", None, 5),
    ("<b>Bobby</b>", "Tables'); DROP--", Some("bobby.tables@northwind.example"), 0),
];

struct SeedCase {
    subject: &'static str,
    description: &'static str,
    status: &'static str,
    contact: Option<usize>,
    /// Account where there is no contact.
    account: Option<usize>,
    /// Name and e-mail from the web form.
    supplied: Option<(&'static str, &'static str)>,
}

const fn case(
    subject: &'static str,
    description: &'static str,
    status: &'static str,
    contact: Option<usize>,
) -> SeedCase {
    SeedCase { subject, description, status, contact, account: None, supplied: None }
}

const CASES: [SeedCase; 20] = [
    SeedCase {
        supplied: Some(("Rosa at the front desk", "frontdesk@northwind.example")),
        ..case(
            "Printer on floor 3 prints blank pages",
            "All trays. Started this morning.",
            "New",
            Some(0),
        )
    },
    case(
        "Cannot sign in after password change",
        "The screen says the account is locked.",
        "Working",
        Some(1),
    ),
    case("Spooler stops every hour", "Event 7031 in the log.", "Working", Some(2)),
    SeedCase {
        account: Some(5),
        supplied: Some(("Visitor", "visitor@library.example")),
        ..case("Public terminal shows a blue screen", "Sent from the web form.", "New", None)
    },
    SeedCase {
        account: Some(0),
        ..case(
            "Monitoring alert: disk almost full",
            "Created by a monitor; there is no contact.",
            "New",
            None,
        )
    },
    case("VPN drops when the laptop sleeps", "Solved with the new client.", "Closed", Some(3)),
    case(
        "<script>alert('subject')</script> \"quoted\" & 'single' </title>",
        "<img src=x onerror=alert(1)>\n\"Second line\"\r\n\tThird, with a tab\n]]> &amp; \\ %00",
        "New",
        Some(7),
    ),
    case(
        "A very long subject that goes on and on because the person who wrote it put the whole story into \
         the subject line, including what they had for lunch, which printer it was, who else saw it, and \
         that it worked last week, so that it is cut at 255 characters",
        "Long.\n\nLines.\n\nLorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor \
         incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation \
         ullamco laboris nisi ut aliquip ex ea commodo consequat.",
        "Escalated",
        Some(4),
    ),
    case("画面が真っ暗になります", "起動後、ログイン画面が表示されません。", "New", Some(4)),
    case(
        "RTL: \u{202e}gnp.exe\u{202c} attached",
        "Text with direction marks and a\u{0}null.",
        "New",
        Some(5),
    ),
    case("Contact has no e-mail address", "Call back only.", "Working", Some(6)),
    SeedCase {
        supplied: Some(("Zo\u{eb} \"Z\" D'Arc", "zoe+it@bakeries.example")),
        ..case("Label printer needs a driver", "Bakery 7.", "New", Some(3))
    },
    case("Outlook asks for the password again and again", "", "New", Some(0)),
    case("Slow file share", "Copying takes minutes.", "On Hold", Some(2)),
    case("Scanner sends to the wrong folder", "", "Working", Some(1)),
    SeedCase {
        supplied: Some(("", "anonymous@web.example")),
        ..case("(no subject)", "", "New", None)
    },
    case("Second screen is not found", "", "New", Some(5)),
    case("Phone does not ring", "Headset pairs, then drops.", "Working", Some(0)),
    case("Request: new laptop for a starter", "Done.", "Closed", Some(1)),
    case("{{7*7}} ${jndi:x} %s %n \u{1f5a8}", "=HYPERLINK(\"http://x.example\")", "New", Some(2)),
];

/// Makes the org of a seed.
pub(crate) fn make(seed: u64, common: Arc<Common>) -> State {
    let mut chance = Chance::new(seed, 2);
    let now = common.clock.now();
    let mut records = Records::new(&mut chance);
    let org_id = records.insert(
        "Organization",
        record(json!({
            "Name": "Example Help Desk", "InstanceName": "SIM1", "IsSandbox": true,
            "OrganizationType": "Developer Edition",
        })),
        now,
    );
    let users: Vec<SeededUser> = PEOPLE
        .iter()
        .map(|person| {
            let id = records.insert("User", record(user_fields(person)), now);
            SeededUser {
                id,
                username: person.org_username.to_owned(),
                name: person.name(),
                representative: person.representative.to_owned(),
            }
        })
        .collect();
    let owner = users[0].id.clone();
    let queue =
        json!({ "Name": "Tier 2 Support", "DeveloperName": "Tier_2_Support", "Type": "Queue" });
    records.insert("Group", record(queue), now);
    let accounts: Vec<String> = ACCOUNTS
        .iter()
        .map(|name| {
            let fields = json!({ "Name": name, "OwnerId": owner });
            records.insert("Account", record(fields), now)
        })
        .collect();
    let contacts: Vec<String> = CONTACTS
        .iter()
        .map(|(first, last, email, account)| {
            let fields = json!({
                "FirstName": first, "LastName": last, "Name": format!("{first} {last}"),
                "Email": email, "AccountId": accounts[*account], "OwnerId": owner,
                "Computer__c": format!("PC-{}", last.chars().filter(char::is_ascii_alphabetic)
                    .collect::<String>().to_uppercase()),
            });
            records.insert("Contact", record(fields), now)
        })
        .collect();
    let setting = settings_record();
    records.insert("Casebridge_Setting__mdt", setting, now);
    let asset = json!({
        "Name": "Front desk computer", "Host_Name__c": "FRONTDESK-3", "AccountId": accounts[0],
    });
    let asset = records.insert("Asset", record(asset), now);
    for (case, number) in CASES.iter().zip(FIRST_CASE_NUMBER..) {
        let created = now - 86_400 * 3 - chance.below(86_400 * 20);
        let mut fields = case_fields(case, number, &accounts, &contacts, &owner);
        if number == FIRST_CASE_NUMBER {
            fields["AssetId"] = json!(asset);
        }
        let id = records.insert("Case", record(fields), created);
        if number == FIRST_CASE_NUMBER {
            past_sessions(&mut records, &id, now);
        }
    }
    State::new(chance, common, org_id, users, records)
}

/// Two sessions that were written to a case on earlier days, and a key that has run out.
fn past_sessions(records: &mut Records, case: &str, now: i64) {
    let day = 86_400;
    for (number, days, seconds, representative) in
        [(4201, 9, 754, "Grace"), (4377, 2, 3_861, "Ada")]
    {
        let start = now - days * day;
        let lsid = format!("{number:032x}");
        let session = json!({
            "Session_Number__c": number, "Session_Type__c": "support", "Appliance__c": "Default",
            "Case__c": case, "External_Key__c": case, "Primary_Customer__c": "Rosa Marin",
            "Primary_Representative__c": representative, "Duration_Seconds__c": seconds,
            "Start_Time__c": at(start).to_string(), "End_Time__c": at(start + seconds).to_string(),
            "Chat_View_URL__c": format!("https://support.example.com/session_download?lsid={lsid}&dl_action=chat&view=1"),
            "Chat_Transcript__c": "Rosa Marin: The printer says PC LOAD LETTER.",
            "Recording_Count__c": 1,
        });
        put(
            records,
            "Support_Session__c",
            Target::Key { field: "LSID__c", value: &lsid },
            &session,
            start,
        );
        let person = json!({
            "Key__c": format!("{lsid}:1"), "Kind__c": "Customer", "Display_Name__c": "Rosa Marin",
            "Host_Name__c": "PC-MARIN", "Is_Primary__c": true,
            "Support_Session__r": { "LSID__c": lsid },
        });
        put(records, "Support_Session_Participant__c", Target::New, &person, start);
    }
    let key = json!({
        "Key__c": "Default:1234567", "Case__c": case, "Short_Key__c": "1234567", "Appliance__c": "Default",
        "Key_URL__c": "https://support.example.com/?ak=0123456789abcdef0123456789abcdef",
        "Expires_On__c": at(now - day).to_string(),
    });
    put(records, "Support_Session_Key__c", Target::New, &key, now - 2 * day);
}

/// What an administrator of this org has filled in where the deployed record leaves it empty.
const FILLED_IN: [(&str, &str); 4] = [
    ("Download_URL__c", "https://downloads.example.com/casebridge"),
    ("External_Recording_Base_URL__c", "https://recordings.example.com/?lsid="),
    ("Asset_Host_Field__c", "Host_Name__c"),
    ("Contact_Host_Field__c", "Computer__c"),
];

fn settings_record() -> Record {
    let mut row = record(json!({ "DeveloperName": "Default", "MasterLabel": "Default" }));
    for (name, value) in super::metadata::record("Casebridge_Setting.Default") {
        let value = value.parse().map_or(Value::String(value), Value::Bool);
        row.insert(name, value);
    }
    for (name, value) in FILLED_IN {
        row.entry(name).or_insert_with(|| json!(value));
    }
    row
}

/// Writes a row of the seed; it has to fit the metadata.
fn put(records: &mut Records, object: &str, target: Target<'_>, fields: &Value, now: i64) {
    let Some(object) = Records::object(object) else { panic!("there is no {object}") };
    if let Err(refused) = records.save(object, target, &record(fields.clone()), now) {
        panic!("{}: {refused:?}", object.name);
    }
}

fn user_fields(person: &Person) -> Value {
    json!({
        "Username": person.org_username,
        "FirstName": person.first,
        "LastName": person.last,
        "Name": person.name(),
        "Alias": person.representative,
        "Email": person.org_username,
        "FederationIdentifier": person.representative,
        "BeyondTrust_Username__c": person.representative,
        "IsActive": true,
        "UserType": "Standard",
        "TimeZoneSidKey": "Europe/Berlin",
        "LocaleSidKey": "en_GB",
        "LanguageLocaleKey": "en_US",
    })
}

fn case_fields(
    case: &SeedCase,
    number: u32,
    accounts: &[String],
    contacts: &[String],
    owner: &str,
) -> Value {
    let contact = case.contact.map(|index| &CONTACTS[index]);
    let account = contact.map(|contact| contact.3).or(case.account);
    let subject: String = case.subject.chars().take(255).collect();
    let (supplied_name, supplied_email) = case.supplied.unzip();
    json!({
        "CaseNumber": format!("{number:08}"),
        "Subject": subject,
        "Description": (!case.description.is_empty()).then_some(case.description),
        "Status": case.status,
        "IsClosed": case.status == "Closed",
        "Priority": if number.is_multiple_of(3) { "High" } else { "Medium" },
        "Origin": if case.supplied.is_some() { "Web" } else { "Phone" },
        "AccountId": account.map(|index| &accounts[index]),
        "ContactId": case.contact.map(|index| &contacts[index]),
        "ContactEmail": contact.and_then(|contact| contact.2),
        "SuppliedName": supplied_name.filter(|name| !name.is_empty()),
        "SuppliedEmail": supplied_email,
        "OwnerId": owner,
        "CreatedById": owner,
    })
}

fn record(fields: Value) -> Record {
    fields.as_object().cloned().unwrap_or_default()
}

/// The org of a seed, by itself.
#[cfg(test)]
pub(crate) fn seeded(seed: u64) -> State {
    make(seed, Common::new(crate::common::places::Places::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let ids = |seed| seeded(seed).first_case();
        assert_eq!(ids(3), ids(3));
        assert_ne!(ids(3), ids(4));
        assert_eq!(ids(3).1, "00001026");
    }
}
