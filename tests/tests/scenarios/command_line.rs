//! The command line as scripts use it: one JSON object, exit codes, secrets from a file.

use crate::home::{finished, rows};
use crate::terminal::Terminal;
use casebridge_domain::{FailureCode, Lsid};
use casebridge_simulator::{FaultName, FaultSwitch, SessionWork};
use casebridge_tests::wait;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_answers_with_the_documented_object() {
    let terminal = Terminal::new().await;
    let (who, code) = terminal.json(&["whoami"]);
    assert_eq!(code, 0);
    assert_eq!(keys(&who), ["instance_url", "org_id", "representative", "user_id", "username"]);
    assert_eq!(
        (&who["username"], &who["representative"]),
        (&"ada@example.test".into(), &"ada".into())
    );

    let (made, code) = terminal.json(&["session-key", "--case", "1026", "--ttl", "600"]);
    assert_eq!(code, 0);
    assert_eq!(
        keys(&made),
        [
            "case",
            "expires_at",
            "external_key",
            "key_url",
            "mail_body",
            "mail_subject",
            "queue_available",
            "short_key"
        ]
    );
    assert_eq!(keys(&made["case"]), ["case_number", "id", "subject"]);
    assert_eq!(made["external_key"], made["case"]["id"]);
    assert_eq!(made["queue_available"], true);
    let end: jiff::Timestamp = made["expires_at"].as_str().unwrap().parse().unwrap();
    assert!(end.duration_until(jiff::Timestamp::now()).abs().as_secs() <= 600);

    let short_key = made["short_key"].as_str().unwrap();
    let (sent, code) = terminal.json(&["email-key", "--case", "1026", "--short-key", short_key]);
    assert_eq!((keys(&sent), code), (vec!["handed_over", "recipient"], 0));
    let mails = terminal.scene.emails();
    assert_eq!((mails.len(), &mails[0]["ToAddress"]), (1, &sent["recipient"]));

    let (policy, code) = terminal.json(&["policy", "show"]);
    assert_eq!(code, 0);
    for setting in policy["settings"].as_array().unwrap() {
        assert_eq!(keys(setting), ["key", "locked", "origin", "value"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_an_object_with_a_next_step_and_exit_code_1() {
    let terminal = Terminal::new().await;
    for (words, expected) in [
        (&["session-key", "--case", "99999999"][..], "case_not_found"),
        (&["session-key", "--case", "nonsense"], "case_reference_invalid"),
        (&["session-key", "--case", "1026", "--portal", "evil.example"], "portal_unknown"),
        (&["session-key", "--case", "1026", "--appliance", "Other"], "appliance_unknown"),
        (&["email-key", "--case", "1026", "--short-key", "a/b"], "key_unknown"),
        (&["open", "casebridge://session-key?case=1026"], "app_not_running"),
        (&["open", "casebridge://run?cmd=x"], "link_refused"),
    ] {
        let (answer, code) = terminal.json(words);
        assert_eq!(code, 1, "{words:?}");
        assert_eq!(keys(&answer["error"]), ["code", "detail", "next_step", "title"]);
        assert_eq!(answer["error"]["code"], expected, "{words:?}");
        assert!(!answer["error"]["next_step"].as_str().unwrap().is_empty());
    }
    assert_eq!(terminal.scene.keys().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_exit_code_2_and_writes_nothing_to_standard_output() {
    let terminal = Terminal::new().await;
    for words in
        [&["--json"][..], &["--json", "session-key"], &["--json", "jump"], &["--json", "open"]]
    {
        let output = terminal.run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{words:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_nothing_happens_on_a_click_where_the_links_are_not_registered() {
    let terminal = Terminal::new().await;
    let (answer, code) = terminal.json(&["doctor"]);
    assert_eq!(code, 1);
    let checks = answer["checks"].as_array().unwrap();
    for check in checks {
        assert_eq!(keys(check), ["detail", "id", "next_step", "status", "title"]);
        let expected = match check["id"].as_str() {
            Some("link_registration") => "fail",
            Some("rep_console") => "skip",
            _ => "pass",
        };
        assert_eq!(check["status"], expected, "{check}");
    }
    let links = checks.iter().find(|check| check["id"] == "link_registration").unwrap();
    let title = FailureCode::LinkNotRegistered.text().title;
    assert!(links["detail"].as_str().unwrap().starts_with(title), "{links}");
    assert!(links["detail"].as_str().unwrap().contains("does nothing"), "{links}");
    assert!(links["next_step"].as_str().unwrap().contains("Start Casebridge"), "{links}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_no_secret_is_shown_whatever_goes_wrong() {
    let terminal = Terminal::new().await;
    terminal.scene.simulator.fault(FaultSwitch::on(FaultName::UnauthorizedSecret));
    let secret = terminal.scene.simulator.ready().appliance.client_secret;
    for words in
        [&["doctor"][..], &["--json", "session-key", "--case", "1026"], &["policy", "show"]]
    {
        let output = terminal.run(words);
        for stream in [output.stdout, output.stderr] {
            assert!(!String::from_utf8(stream).unwrap().contains(&secret), "{words:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_prints_the_script_and_starts_nothing() {
    let terminal = Terminal::new().await;
    let case = terminal.scene.simulator.ready().case_id;
    for (words, script) in [
        (
            "jump item --search till --tag t --item-method pinned --credential-id 7",
            "action=start_jump_item_session&search_string=till&client.tag=t&jump.method=pinned&credential_id=7",
        ),
        ("jump item --target PC-1", "action=start_jump_item_session&client.hostname=PC-1"),
        ("jump push-local --target PC-1", "action=push_and_start_local&hostname=PC-1"),
        (
            "jump push-remote --target PC-1 --jumpoint B",
            "action=push_and_start_remote&target=PC-1&jumpoint=B",
        ),
        (
            "jump rdp --target PC-1 --username ada --display-size 1280x800 --quality low --rdp-console yes",
            "action=start_rdp_session&target=PC-1&username=ada&display_size=1280x800&quality=low&console=yes",
        ),
        ("jump vnc --target PC-1", "action=start_vnc_session&target=PC-1"),
        (
            "jump shell --target PC-1 --protocol ssh --port 22 --terminal xterm",
            "action=start_shell_jump_session&target=PC-1&protocol=ssh&port=22&terminal=xterm",
        ),
        (
            "jump vpro --target PC-1 --jumpoint B",
            "action=start_vpro_session&target=PC-1&jumpoint=B",
        ),
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let (answer, code) = terminal.json(&[&words[..], &["--dry-run"]].concat());
        assert_eq!((answer["script"].as_str(), code), (Some(script), 0), "{words:?}");
        assert_eq!(keys(&answer), ["launched_with", "script"]);
        assert_eq!(answer["launched_with"], "none");
        let (answer, _) = terminal.json(&[&words[..], &["--dry-run", "--case", "1026"]].concat());
        let with_case = format!("{script}&session.custom.external_key={case}");
        assert_eq!(answer["script"], with_case.as_str());
    }
    let words = ["session-key", "--kind", "console", "--case", "1026", "--dry-run"];
    let (answer, code) = terminal.json(&words);
    let script = format!("action=generate_session_key&session.custom.external_key={case}");
    assert_eq!((answer["script"].as_str(), code), (Some(script.as_str()), 0));
    assert!(terminal.scene.console_runs().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_of_a_console_is_refused() {
    let terminal = Terminal::new().await;
    let documented = "[rep_console]\nweb_actions = \"documented\"\n";
    terminal.scene.change_settings(|text| text + documented).unwrap();
    for (words, code) in [
        ("jump vpro --target PC-1 --dry-run", "jump_invalid"),
        ("jump push-local --target PC-1 --jumpoint B --dry-run", "jump_invalid"),
        ("jump item --dry-run", "jump_invalid"),
        ("jump rdp --target PC-1 --quality best --dry-run", "jump_invalid"),
        ("jump rdp --target PC-1 --console web --dry-run", "web_console_action_off"),
        ("session-key --kind web --case 1026 --dry-run", "web_console_action_off"),
        ("jump rdp --target PC-1 --case 99999999 --dry-run", "case_not_found"),
        ("jump rdp --target PC-1 --appliance Other --dry-run", "appliance_unknown"),
    ] {
        let (answer, exit) = terminal.json(&words.split(' ').collect::<Vec<_>>());
        assert_eq!((answer["error"]["code"].as_str(), exit), (Some(code), 1), "{words}");
    }
    for words in [
        "jump reboot --target PC-1",
        "session-key --case 1026 --dry-run",
        "session-key --case 1026 --kind console --ttl 60",
        "jump rdp --target PC-1 --wait 5",
    ] {
        let output = terminal.run(&words.split(' ').collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(2), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_is_handed_to_the_console_and_waited_for() {
    let mut terminal = Terminal::new().await;
    terminal.scene = terminal.scene.with_console("").unwrap();
    let words = ["jump", "push-local", "--target", "PC-1", "--case", "1026"];
    let (answer, code) = terminal.json(&words);
    assert_eq!((answer["launched_with"].as_str(), code), (Some("run-script"), 0));
    assert_eq!(terminal.scene.sessions().len(), 1);
    let waited = [&words[..], &["--wait", "30"]].concat();
    let output = terminal.run(&waited);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && errors.contains("started on PC-1"), "{errors}");
    assert_eq!(terminal.scene.sessions().len(), 2);
    terminal.scene.simulator.fault(FaultSwitch::on(FaultName::ConsoleIdle));
    let (answer, code) = terminal.json(&[&words[..], &["--wait", "3"]].concat());
    assert_eq!((answer["error"]["code"].as_str(), code), (Some("jump_not_seen"), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_and_out_answer_with_who_it_is() {
    let terminal = Terminal::new().await;
    let (out, code) = terminal.json(&["sign-out"]);
    assert_eq!(code, 0);
    assert_eq!(keys(&out), ["instance_url", "org_id", "representative", "user_id", "username"]);
    assert_eq!(out["username"], "ada@example.test");
    let (failed, code) = terminal.json(&["whoami"]);
    assert_eq!((failed["error"]["code"].as_str(), code), (Some("signed_out"), 1));
    let (failed, code) = terminal.json(&["sign-out"]);
    assert_eq!((failed["error"]["code"].as_str(), code), (Some("signed_out"), 1));

    let opened = terminal.home.path().join("opened");
    let browser = terminal.home.path().join("browser");
    let text = format!(
        "#!/bin/sh\nprintf %s \"$1\" > '{0}.new' && mv '{0}.new' '{0}'\n",
        opened.display()
    );
    std::fs::write(&browser, text).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let signing_in = terminal
        .command(&["--json", "sign-in"])
        .env("BROWSER", &browser)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let page =
        wait::until("the sign-in page", || async { Ok(std::fs::read_to_string(&opened).ok()) });
    let page: url::Url = page.await.unwrap().parse().unwrap();
    casebridge_tests::scene::browser("ada@example.test")(&page);
    let output = signing_in.wait_with_output().unwrap();
    assert!(output.status.success());
    let who: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&who["username"], &who["representative"]),
        (&"ada@example.test".into(), &"ada".into())
    );
    assert_eq!(keys(&who), ["instance_url", "org_id", "representative", "user_id", "username"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_the_only_one_is_tagged() {
    let terminal = Terminal::new().await;
    let case = terminal.scene.simulator.ready().case_id;
    let (nothing, code) = terminal.json(&["sessions"]);
    assert_eq!((nothing, code), (serde_json::json!({ "sessions": [] }), 0));
    let (error, code) = terminal.json(&["tag", "--case", "1026"]);
    assert_eq!((&error["error"]["code"], code), (&"no_session".into(), 1));

    terminal.scene.simulator.crowd(2, 1).unwrap();
    let lsid = terminal.begin("Rosa Marin");
    let (answer, code) = terminal.json(&["tag", "--case", "1026"]);
    assert_eq!(code, 0, "{answer}");
    assert_eq!(keys(&answer), ["external_key", "lsid", "previous_external_key"]);
    assert_eq!((&answer["lsid"], &answer["external_key"]), (&lsid.into(), &case.clone().into()));
    assert_eq!(answer["previous_external_key"], Value::Null);

    let (list, _) = terminal.json(&["sessions"]);
    let rows = list["sessions"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    let documented =
        ["case", "customer", "external_key", "hostname", "lseq", "lsid", "owner", "start_time"];
    assert_eq!(keys(&rows[0]), documented);
    assert_eq!(rows[0]["case"]["case_number"], "00001026");
    assert_eq!(rows[0]["case"]["id"], case.as_str());
    assert_eq!((&rows[0]["customer"], &rows[0]["owner"]), (&"Rosa Marin".into(), &true.into()));
    let (all, _) = terminal.json(&["sessions", "--all"]);
    assert_eq!(all["sessions"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_doubtful_or_unclear_tag_needs_a_word_more() {
    let terminal = Terminal::new().await;
    let first = terminal.begin("Tom Harbour");
    let (error, code) = terminal.json(&["tag", "--case", "1026"]);
    assert_eq!((&error["error"]["code"], code), (&"tag_doubtful".into(), 1));
    let detail = error["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("Rosa Marin") && detail.contains("Tom Harbour"), "{detail}");

    let second = terminal.begin("Rosa Marin");
    let (error, code) = terminal.json(&["tag", "--case", "1026"]);
    assert_eq!((&error["error"]["code"], code), (&"session_ambiguous".into(), 1));
    let detail = error["error"]["detail"].as_str().unwrap();
    assert!(detail.contains(&first) && detail.contains(&second), "{detail}");

    let (answer, code) = terminal.json(&["tag", "--case", "1026", "--lsid", &first, "--yes"]);
    assert_eq!((&answer["lsid"], code), (&first.as_str().into(), 0));
    let (answer, code) = terminal.json(&["tag", "--case", "1027", "--lsid", &first]);
    assert_eq!((&answer["error"]["code"], code), (&"tag_doubtful".into(), 1));

    terminal.scene.simulator.leave_customer(&second).unwrap();
    let (error, code) = terminal.json(&["tag", "--case", "1026", "--lsid", &second]);
    assert_eq!((&error["error"]["code"], code), (&"session_ended_held".into(), 1));
    assert_eq!(terminal.scene.casebridge.store().unwrap().held_links().unwrap().len(), 1);
    for lsid in ["0123456789abcdef0123456789abcdef", "not a session"] {
        let (error, code) = terminal.json(&["tag", "--case", "1026", "--lsid", lsid]);
        assert_eq!((&error["error"]["code"], code), (&"session_unknown".into(), 1), "{lsid}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn import_and_outbox_speak_json_to_the_letter() {
    let terminal = Terminal::new().await;
    let ready = terminal.scene.simulator.ready();
    let lsid = finished(&terminal.scene, SessionWork::default());
    let (planned, code) = terminal.json(&["import", "--lsid", lsid.as_str(), "--dry-run"]);
    assert_eq!((code, keys(&planned)), (0, vec!["case_id", "lsid", "records", "warnings"]));
    assert_eq!(
        (&planned["case_id"], &planned["lsid"]),
        (&json!(ready.case_id), &json!(lsid.as_str()))
    );
    assert_eq!(planned["records"]["Support_Session_Event__c"], 19);
    assert_eq!(planned["warnings"], json!([]));
    let (done, code) = terminal.json(&["import", "--lsid", lsid.as_str()]);
    assert_eq!((code, &done), (0, &planned));
    // The surveys are awaited.
    let (list, code) = terminal.json(&["outbox", "list"]);
    assert_eq!((code, keys(&list)), (0, vec!["items"]));
    let item = &list["items"][0];
    assert_eq!(keys(item), ["attempts", "case", "due_at", "error", "id", "kind", "state"]);
    assert_eq!(
        (&item["kind"], &item["state"], &item["error"]),
        (&json!("survey"), &json!("waiting"), &Value::Null)
    );
    let id = item["id"].to_string();
    let (list, code) = terminal.json(&["outbox", "discard", &id]);
    assert_eq!((code, list), (0, json!({ "items": [] })));
    let (refused, code) = terminal.json(&["outbox", "retry", &id]);
    assert_eq!((code, &refused["error"]["code"]), (1, &json!("outbox_item_unknown")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_cannot_be_done_says_why_and_is_kept_or_not_even_begun() {
    let terminal = Terminal::new().await;
    let (refused, code) = terminal.json(&["import", "--lsid", "no-lsid"]);
    assert_eq!((code, &refused["error"]["code"]), (1, &json!("session_unknown")));
    let running = terminal.begin("Rosa Marin");
    let (refused, code) = terminal.json(&["import", "--lsid", &running]);
    assert_eq!((code, &refused["error"]["code"]), (1, &json!("session_running")));
    terminal.scene.simulator.advance_clock(30);
    terminal.scene.simulator.leave_customer(&running).unwrap();
    let (refused, code) = terminal.json(&["import", "--lsid", &running]);
    assert_eq!((code, &refused["error"]["code"]), (1, &json!("session_without_case")));
    let (list, _) = terminal.json(&["outbox", "list"]);
    let item = &list["items"][0];
    assert_eq!(
        (&item["state"], &item["error"]),
        (&json!("parked"), &json!("session_without_case"))
    );
    // As the error says: put on a case, it comes home.
    let (held, code) = terminal.json(&["tag", "--case", "1026", "--lsid", &running]);
    assert_eq!((code, &held["error"]["code"]), (1, &json!("session_ended_held")));
    let id = item["id"].to_string();
    let (list, code) = terminal.json(&["outbox", "retry", &id]);
    assert_eq!(code, 0, "{list}");
    assert_eq!(rows(&terminal.scene, &running.parse().unwrap())["Support_Session__c"].len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_report_is_shown_as_json_and_a_broken_one_is_an_error() {
    let terminal = Terminal::new().await;
    let lsid = finished(&terminal.scene, SessionWork::default());
    let report = terminal.home.path().join("report.xml");
    let text = fetched_report(&terminal, &lsid).await;
    std::fs::write(&report, &text).unwrap();
    let path = report.to_str().unwrap();
    let (shown, code) = terminal.json(&["report", "show", path]);
    assert_eq!((code, keys(&shown)), (0, vec!["sessions"]));
    let session = &shown["sessions"][0];
    let mut names = vec![
        "lsid",
        "lseq",
        "session_type",
        "start_time",
        "end_time",
        "duration_seconds",
        "complete",
        "public_site",
        "external_key",
        "custom_attributes",
        "primary_customer",
        "primary_representative",
        "customers",
        "representatives",
        "teams",
        "chat",
        "notes",
        "file_transfers",
        "events",
        "system_information",
        "recordings",
        "chat_view_url",
        "chat_download_url",
    ];
    names.sort_unstable();
    assert_eq!(keys(session), names);
    assert_eq!((&session["complete"], &session["lsid"]), (&json!(true), &json!(lsid.as_str())));
    assert_eq!(session["file_transfers"][0]["direction"], "upload");
    assert_eq!(
        session["file_transfers"][1],
        json!({
            "time": session["file_transfers"][1]["time"], "direction": "download", "name": "trace.log", "size": 7741,
        })
    );
    assert_eq!(session["system_information"]["Disk"][0]["Drive"], "C:");
    assert_eq!(session["chat"].as_array().unwrap().len(), 7);
    assert_eq!(
        keys(&session["events"][0]),
        ["data", "destination", "performed_by", "text", "time", "type"]
    );
    let kinds: Vec<_> =
        session["recordings"].as_array().unwrap().iter().map(|r| r["kind"].clone()).collect();
    assert_eq!(kinds, ["session", "shell"]);
    let half: String = text.chars().take(text.len() / 2).collect();
    for broken in [half.as_str(), "", "<html>login</html>", "<error>no</error>"] {
        std::fs::write(&report, broken).unwrap();
        let (refused, code) = terminal.json(&["report", "show", path]);
        assert_eq!((code, &refused["error"]["code"]), (1, &json!("report_unreadable")), "{broken}");
    }
    let (refused, code) = terminal.json(&["report", "show", "/nonexistent"]);
    assert_eq!((code, &refused["error"]["code"]), (1, &json!("report_unreadable")));
}

/// The report as the appliance gives it.
async fn fetched_report(terminal: &Terminal, lsid: &Lsid) -> String {
    let mut file = tokio::fs::File::from_std(tempfile::tempfile().unwrap());
    let appliance = terminal.scene.casebridge.appliance(None).await.unwrap();
    appliance.session_report(lsid, &mut file).await.unwrap();
    let mut text = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut file, &mut text).await.unwrap();
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_may_wait_for_a_case_that_is_made_in_the_browser() {
    let terminal = Terminal::new().await;
    let lsid = terminal.begin("Rosa Marin");
    let mut command = terminal.command(&["--json", "tag", "--new", "--subject", "Toner"]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    let told = BufReader::new(running.stderr.take().unwrap());
    let page = told.lines().map_while(Result::ok).find(|line| line.contains("/Case/new?"));
    terminal.scene.save_page(&page.unwrap()).await.unwrap();
    let output = tokio::task::spawn_blocking(|| running.wait_with_output()).await.unwrap().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &answer["lsid"]), (Some(0), &json!(lsid)), "{answer}");
    let case = terminal.scene.sessions()[0]["attributes"]["external_key"].clone();
    assert_eq!(answer["external_key"], case);
}
