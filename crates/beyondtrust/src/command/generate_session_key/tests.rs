//! Key answers from appliances of different versions.

use super::*;
use crate::answer::tests::{answer, fixture, no_cut_is_taken_as_whole};

fn site() -> Url {
    "https://support.example.test/".parse().unwrap()
}

fn key(xml: &str) -> Result<SessionKey, Error> {
    read(&answer(200, xml), &site())
}

fn sent(request: &KeyRequest) -> Vec<(String, String)> {
    request.parameters().unwrap()
}

fn pairs(parameters: &[(&str, &str)]) -> Vec<(String, String)> {
    parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_recorded_answer_of_the_general_queue_is_read() {
    let key = key(&fixture("session_key_general.xml")).unwrap();
    assert_eq!(key.short_key, "1234567");
    assert_eq!(key.key_url, "https://support.example.test/?ak=0123456789abcdef0123456789abcdef");
    assert_eq!(key.kind.as_deref(), Some("support"));
    assert_eq!(key.ttl, None);
    assert_eq!(key.expires_at.unwrap().as_second(), 1_573_041_600);
    assert_eq!((key.queue.as_deref(), key.queue_available), (Some("general"), Some(true)));
    assert_eq!((key.queue_id, key.external_key), (None, None));
    assert_eq!(key.mail_subject.as_deref(), Some("Support session"));
    let body = key.mail_body.unwrap();
    assert!(body.starts_with("Please open") && body.ends_with("Regards"), "{body}");
    assert!(body.contains("?ak=0123456789abcdef0123456789abcdef"));
}

#[test]
fn the_answer_of_a_representatives_queue_is_read() {
    let key = key(&fixture("session_key_rep.xml")).unwrap();
    assert_eq!(key.short_key, "AB12CD3");
    assert_eq!(key.ttl, Some(900));
    assert_eq!(key.expires_at.unwrap().as_second(), 1_572_956_100);
    assert_eq!((key.queue.as_deref(), key.queue_available), (Some("rep"), Some(false)));
    assert_eq!(key.queue_id.as_deref(), Some("5"));
    assert_eq!(key.external_key.as_deref(), Some("500Hs00001Abcde"));
}

#[test]
fn the_expiry_is_read_in_each_of_its_forms() {
    for expires in [
        "<expires>1572956100</expires>",
        "<expires>2019-11-05T12:15:00Z</expires>",
        "<expires ts='1572956100'>2019-11-05 soon</expires>",
        "<expires timestamp='1572956100'/>",
    ] {
        let xml = format!("<session_key><short_key>1</short_key>{expires}</session_key>");
        assert_eq!(key(&xml).unwrap().expires_at.unwrap().as_second(), 1_572_956_100, "{expires}");
    }
    let xml = "<session_key><short_key>1</short_key><expires>soon</expires></session_key>";
    assert_eq!(key(xml).unwrap().expires_at, None);
}

#[test]
fn everything_but_the_code_may_be_absent() {
    let key = key("<session_key><short_key>1234567</short_key></session_key>").unwrap();
    assert_eq!(key.key_url, "https://support.example.test/");
    assert_eq!((key.expires_at, key.queue_available), (None, None));
    let error = self::key("<session_key><key_url>https://h.test/?ak=1</key_url></session_key>");
    assert!(matches!(error, Err(Error::Malformed(_))));
}

#[test]
fn s6_an_address_that_is_not_https_is_refused() {
    for url in ["http://h.test/?ak=1", "javascript:alert(1)", "file:///x", "https://u@h.test/", "x"]
    {
        let xml =
            format!("<session_key><short_key>1</short_key><key_url>{url}</key_url></session_key>");
        assert!(matches!(key(&xml), Err(Error::Malformed(_))), "{url}");
    }
}

#[test]
fn unknown_elements_and_another_order_change_nothing() {
    let xml = "<session_key new='1'><more><short_key>no</short_key></more><short_key>1234567</short_key>\
        <expires>1572956100</expires><even_more/></session_key>";
    assert_eq!(key(xml).unwrap().short_key, "1234567");
}

#[test]
fn the_key_becomes_the_domains_words() {
    let key = casebridge_domain::SessionKey::from(key(&fixture("session_key_rep.xml")).unwrap());
    assert_eq!(key.short_key, "AB12CD3");
    assert_eq!(key.queue_available, Some(false));
}

#[test]
fn each_queue_is_spelled_as_documented() {
    for (queue, queue_id) in [
        (Queue::General, "general"),
        (Queue::Rep(5), "rep:5"),
        (Queue::Team(7), "team:7"),
        (Queue::RepUsername("ada@example.test".to_owned()), "rep_username:ada@example.test"),
        (Queue::Issue("printer".to_owned()), "issue:printer"),
    ] {
        assert_eq!(
            sent(&KeyRequest::new(queue)),
            pairs(&[("type", "support"), ("queue_id", queue_id)])
        );
    }
}

#[test]
fn every_parameter_is_sent() {
    let request = KeyRequest {
        ttl: Some(Duration::from_secs(900)),
        external_key: Some("500Hs00001Abcde".to_owned()),
        custom_attributes: vec![("site_code".to_owned(), "B 1".to_owned())],
        priority: Some(1),
        skills: vec!["linux".to_owned(), "vpn".to_owned()],
        url_hostname: Some("help.example.test".to_owned()),
        ..KeyRequest::new(Queue::General)
    };
    assert_eq!(
        sent(&request),
        pairs(&[
            ("type", "support"),
            ("queue_id", "general"),
            ("ttl", "900"),
            ("session.priority", "1"),
            ("session.skills", "linux,vpn"),
            ("url_hostname", "help.example.test"),
            ("session.custom.external_key", "500Hs00001Abcde"),
            ("session.custom.site_code", "B 1"),
        ])
    );
}

#[test]
fn a_parameter_out_of_bounds_is_not_sent() {
    let general = || KeyRequest::new(Queue::General);
    for request in [
        KeyRequest::new(Queue::RepUsername(" ".to_owned())),
        KeyRequest { priority: Some(4), ..general() },
        KeyRequest { priority: Some(0), ..general() },
        KeyRequest { ttl: Some(Duration::from_millis(10)), ..general() },
        KeyRequest { skills: vec!["a,b".to_owned()], ..general() },
        KeyRequest { external_key: Some("x".repeat(1025)), ..general() },
    ] {
        let refused = request.parameters();
        assert!(matches!(refused, Err(Error::InvalidParameter(_))), "{request:?}");
    }
}

#[test]
fn s12_no_cut_of_the_answer_is_taken_as_whole() {
    no_cut_is_taken_as_whole("session_key_general.xml", |response| read(response, &site()));
    no_cut_is_taken_as_whole("session_key_rep.xml", |response| read(response, &site()));
}
