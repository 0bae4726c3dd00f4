//! The people, companies and cases that exist when the simulator starts.
//!
//! Three representatives: `ada` is logged in on the appliance, `ben` is known there but logged
//! out, and `cy` has an org user whose name (`nobody`) the appliance does not know. Twenty cases,
//! numbered from 00001026: ordinary ones, closed ones, some without contact or requester, and some
//! with texts that a client must not interpret. Twenty Jump Items, the first twelve with a client,
//! and three Jumpoints. The same seed gives the same ids.

use serde_json::{Value, json};

use crate::org::records::{Record, Records};
use crate::org::writes::Target;
use crate::org::{Org, SeededUser};
use crate::state::{Appliance, Chance, JumpItem, Representative, World, at};

/// The number of the first case.
pub(crate) const FIRST_CASE_NUMBER: u32 = 1026;

struct Person {
    first: &'static str,
    last: &'static str,
    /// User name on the appliance as the org has it.
    representative: &'static str,
    org_username: &'static str,
    on_appliance: Option<bool>,
}

const PEOPLE: [Person; 3] = [
    Person {
        first: "Ada",
        last: "Quill",
        representative: "ada",
        org_username: "ada@example.test",
        on_appliance: Some(true),
    },
    Person {
        first: "Ben",
        last: "Okafor",
        representative: "ben",
        org_username: "ben@example.test",
        on_appliance: Some(false),
    },
    Person {
        first: "Cy",
        last: "Lindqvist",
        representative: "nobody",
        org_username: "cy@example.test",
        on_appliance: None,
    },
];

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

const JUMPOINTS: [&str; 3] = ["Head Office", "Branch 7", "Data Centre"];

/// Name, host name, tag, comments, and whether a client is installed.
const JUMP_ITEMS: [(&str, &str, &str, &str, bool); 20] = [
    ("Front desk", "FRONTDESK-3", "reception", "Ground floor, behind the counter", true),
    ("Till 1", "TILL-01", "till", "Touch screen", true),
    ("Till 2", "TILL-02", "till", "Touch screen, slow", true),
    ("Till 3", "TILL-03", "till", "Spare", true),
    ("Warehouse scanner", "SCAN-WH-1", "warehouse", "Handheld dock", true),
    ("Label printer", "LABEL-7", "bakery", "Needs its driver", true),
    ("Meeting room panel", "PANEL-OSLO", "rooms", "Room Oslo", true),
    ("Library terminal", "PUBLIC-12", "library", "Public; resets at night", true),
    ("Laptop of T. Harbour", "LT-HARBOUR", "laptop", "Often at sea", true),
    ("Laptop of J. Müller", "LT-MUELLER", "laptop", "German keyboard", true),
    ("CAD workstation", "CAD-02", "engineering", "Two screens", true),
    ("Kyoto office", "KYOTO-1", "office", "京都", true),
    ("Domain controller", "DC-01", "server", "Ask before a restart", false),
    ("File server", "FILES-01", "server", "Quota on /home & /shared", false),
    ("Mail gateway", "MX-01", "server", "Linux", false),
    ("Build server", "BUILD-01", "server", "100% busy at night", false),
    ("Core switch", "SW-CORE", "network", "Shell only", false),
    ("Branch router", "RT-BRANCH", "network", "Shell only", false),
    ("Old ERP", "ERP-LEGACY", "server", "VNC", false),
    ("Kiosk <lobby>", "KIOSK-1", "kiosk", "Name with \"odd\" signs", false),
];

fn jump_items() -> Vec<JumpItem> {
    let item = |(number, row): (u32, &(&str, &str, &str, &str, bool))| JumpItem {
        name: row.0.to_owned(),
        hostname: row.1.to_owned(),
        private_ip: format!("10.20.{}.{}", number / 10, 100 + number),
        public_ip: format!("203.0.113.{}", 100 + number),
        tag: row.2.to_owned(),
        comments: row.3.to_owned(),
        is_client: row.4,
    };
    (1..).zip(&JUMP_ITEMS).map(item).collect()
}

/// Makes the world of a seed.
pub(crate) fn make_world(seed: u64) -> World {
    let mut chance = Chance::new(seed);
    let now = jiff::Timestamp::now().as_second();
    let representatives = PEOPLE
        .iter()
        .zip(1_u32..)
        .filter_map(|(person, n)| {
            person.on_appliance.map(|logged_in| Representative {
                id: n + 1,
                username: person.representative.to_owned(),
                public_name: person.first.to_owned(),
                private_name: format!("{} {}", person.first, person.last),
                hostname: format!("HELPDESK-{n:02}"),
                logged_in_since: logged_in.then_some(now - 1800),
                web_console: false,
            })
        })
        .collect();
    let mut appliance = Appliance::new(&mut chance, representatives);
    appliance.jumpoints = JUMPOINTS.map(str::to_owned).to_vec();
    appliance.jump_items = jump_items();
    let org = make_org(&mut chance, now);
    World::new(chance, appliance, org)
}

fn make_org(chance: &mut Chance, now: i64) -> Org {
    let mut records = Records::new(chance);
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
                name: format!("{} {}", person.first, person.last),
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
    Org::new(chance, org_id, users, records)
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
        "Name": format!("{} {}", person.first, person.last),
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
