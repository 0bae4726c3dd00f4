//! Good, cut, hostile and odd XML.

use super::*;

fn root(xml: &str) -> Element {
    parse(xml.as_bytes(), &[]).unwrap().root
}

fn is_malformed(xml: &str) {
    let flaw = parse(xml.as_bytes(), &[]).unwrap_err();
    assert!(matches!(flaw, Flaw::Malformed(_)), "{xml:.80} gave {flaw:?}");
}

#[test]
fn names_are_local_whatever_the_namespace() {
    for xml in [
        "<a b='1'><c>d</c></a>",
        "<a xmlns='https://www.beyondtrust.com/namespaces/API/command' b='1'><c>d</c></a>",
        "<a xmlns='http://www.bomgar.com/namespaces/API/command' b='1'><c>d</c></a>",
        "<x:a xmlns:x='http://www.beyondtrust.com/sra/namespaces/API/command' x:b='1'><x:c>d</x:c></x:a>",
    ] {
        let a = root(xml);
        assert_eq!((a.name.as_str(), a.attribute("b")), ("a", Some("1")));
        assert_eq!(a.child_text("c").as_deref(), Some("d"));
    }
}

#[test]
fn prolog_blanks_comments_and_instructions_are_passed_over() {
    let xml = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n\t<!-- a --><?b c?>\n<a>\n\t\n<b/></a>\n<!-- d -->\n\n";
    assert_eq!(root(xml).children.len(), 1);
}

#[test]
fn references_and_character_data_become_text() {
    let a = root("<a b='&lt;&quot;&#65;&#x42;&amp;amp;'>x &amp; y<![CDATA[ <z> ]]>&#x1F600;</a>");
    assert_eq!(a.attribute("b"), Some("<\"AB&amp;"));
    assert_eq!(a.text(), "x & y <z> \u{1f600}");
}

#[test]
fn s12_characters_that_xml_forbids_are_removed_and_counted() {
    let document = parse(b"<a b='x\x01&#2;'>c\x00d\x0be&#xB;&#xFFFF;</a>", &[]).unwrap();
    assert_eq!(document.root.attribute("b"), Some("x"));
    assert_eq!((document.root.text(), document.removed), ("cde", 6));
}

#[test]
fn s12_a_document_type_is_refused() {
    is_malformed("<!DOCTYPE a><a/>");
    is_malformed("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>");
    is_malformed("<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>");
    is_malformed("<a>&b;</a>");
    is_malformed("<a b='&b;'/>");
}

#[test]
fn s12_there_is_exactly_one_root_and_nothing_beside_it() {
    for xml in [
        "<a/><b/>",
        "<a></a><a></a>",
        "<a/>text",
        "text<a/>",
        "<a/></a>",
        "<a/>&amp;",
        "{}",
        "<a/><![CDATA[x]]>",
    ] {
        is_malformed(xml);
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for xml in
        ["<a></b>", "<a><b></a></b>", "<a b='1' b='2'/>", "<a b></a>", "<a b=c/>", "<a>&#x;</a>"]
    {
        is_malformed(xml);
    }
}

#[test]
fn what_ends_early_is_cut_off() {
    for xml in [
        "<",
        "<a",
        "<a>",
        "<a b='",
        "<a><b/>",
        "<a>x",
        "<a>&am",
        "<a><![CDATA[x",
        "<a><!-- x",
        "<?xml",
        "<?xml version='1.0'?>",
        "<!-- x -->",
        "<a></",
        "<a></a",
    ] {
        assert_eq!(parse(xml.as_bytes(), &[]).unwrap_err(), Flaw::CutOff, "{xml}");
    }
    for xml in ["", " \n", "\u{feff}"] {
        assert_eq!(parse(xml.as_bytes(), &[]).unwrap_err(), Flaw::Empty, "{xml:?}");
    }
}

#[test]
fn s12_the_depth_is_bounded() {
    let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
    assert!(parse(nested(64).as_bytes(), &[]).is_ok());
    is_malformed(&nested(65));
    is_malformed(&nested(1_000_000));
    let flaw = parse(nested(65).as_bytes(), &["a"]).unwrap_err();
    assert!(matches!(flaw, Flaw::Malformed(_)), "a skipped element is bounded too");
}

#[test]
fn s12_attributes_and_elements_are_bounded() {
    let with = |count: usize| {
        format!("<a {}/>", (0..count).map(|n| format!("b{n}='' ")).collect::<String>())
    };
    assert!(parse(with(64).as_bytes(), &[]).is_ok());
    is_malformed(&with(65));
    is_malformed(&with(200_000));
    is_malformed(&format!("<a>{}</a>", "<b/>".repeat(MAX_NODES)));
    is_malformed(&format!("<a>{}</a>", with(62).repeat(MAX_NODES / 60)));
    // Skipped elements do not count.
    let skipped = format!("<a><c>{}</c></a>", "<b/>".repeat(MAX_NODES));
    assert!(parse(skipped.as_bytes(), &["c"]).is_ok());
    for doubles in ["b='' b=''", "c='' b='' b=''", "b='' c='' b=''", "c='' d='' e='' c=''"] {
        is_malformed(&format!("<a {doubles}/>"));
    }
}

#[test]
fn bytes_that_are_no_text_are_counted() {
    let document = parse(b"<a>x\xffy\xc3</a>", &[]).unwrap();
    assert_eq!((document.root.text(), document.replaced), ("x\u{fffd}y\u{fffd}", 2));
}

#[test]
fn a_skipped_element_is_checked_and_dropped() {
    let xml = "<a><b>x<c>y</c><b/><![CDATA[z]]></b><d/></a>";
    let a = parse(xml.as_bytes(), &["b"]).unwrap().root;
    assert_eq!(a.children.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["d"]);
    assert_eq!(a.text(), "");
    assert!(parse(b"<a><b><c></b></a>", &["b"]).is_err());
    assert_eq!(parse(b"<a><b><c>", &["b"]).unwrap_err(), Flaw::CutOff);
}

#[test]
fn an_answer_in_another_encoding_is_decoded() {
    let text = b"<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>Zo\xeb</a>";
    let document = parse(text, &[]).unwrap();
    assert_eq!((document.root.text(), document.replaced), ("Zo\u{eb}", 0));
    assert!(parse(b"<?xml version=\"1.0\" encoding=\"x-nobody\"?><a/>", &[]).is_err());
}
