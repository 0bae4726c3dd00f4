//! Sends a jump or key dialog request to a console, and waits as long as the script is needed.

use crate::answer::{self, Answer};
use crate::arguments::{Jump, WhichConsole};
use casebridge_domain::jump::{Console, ConsoleAction, JumpField, JumpForm, JumpMethod};
use casebridge_domain::settings::setting;
use casebridge_domain::{Case, Failure, FailureCode};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::console::{self, ConsoleRequest, LaunchedWith};
use casebridge_use_cases::typed_case::typed_case;
use casebridge_use_cases::watch::{Sighting, Watch};
use casebridge_use_cases::{account, jump, session_key};
use std::sync::Arc;
use std::time::Duration;

pub(crate) async fn run(casebridge: &Casebridge, typed: &Jump) -> Result<Answer, Failure> {
    let form = form(typed)?;
    let invalid = |e: casebridge_domain::jump::JumpProblem| {
        Failure::caused(FailureCode::JumpInvalid, format!("{e}."), e)
    };
    let request = ConsoleRequest {
        action: ConsoleAction::Jump(form.read().map_err(invalid)?),
        console: match typed.console {
            WhichConsole::Desktop => Console::Desktop,
            WhichConsole::Web => Console::Web,
        },
        appliance: typed.appliance.clone(),
    };
    let case = match &typed.case {
        Some(case) => {
            Some(session_key::read_case_of(casebridge, &typed_case(casebridge, case)?, None).await?)
        }
        None => None,
    };
    let wait = typed.wait.map(|seconds| Duration::from_secs(seconds.into()));
    let errand = Errand { request, case, wait, is_jump: true, dry_run: typed.dry_run };
    let answer = errand.run(casebridge).await?;
    if !typed.dry_run
        && let Err(failure) = jump::remember(casebridge, typed.appliance.as_deref(), &form).await
    {
        tracing::warn!(code = %failure.code, "the jump is not remembered");
    }
    Ok(answer)
}

fn form(typed: &Jump) -> Result<JumpForm, Failure> {
    use JumpField as F;
    let method: JumpMethod = typed
        .method
        .parse()
        .map_err(|_| Failure::new(FailureCode::JumpInvalid, typed.method.clone()))?;
    let fields = [
        (method.aim(), &typed.target),
        (F::Search, &typed.search),
        (F::Jumpoint, &typed.jumpoint),
        (F::Hostname, &typed.hostname),
        (F::PrivateIp, &typed.private_ip),
        (F::PublicIp, &typed.public_ip),
        (F::Tag, &typed.tag),
        (F::Comments, &typed.comments),
        (F::ItemMethod, &typed.item_method),
        (F::CredentialId, &typed.credential_id),
        (F::Username, &typed.username),
        (F::DisplaySize, &typed.display_size),
        (F::Quality, &typed.quality),
        (F::Console, &typed.rdp_console),
        (F::Protocol, &typed.protocol),
        (F::Port, &typed.port),
        (F::Terminal, &typed.terminal),
    ];
    Ok(fields
        .into_iter()
        .fold(JumpForm::new(method), |form, (field, text)| form.with(field, text.as_deref())))
}

pub(crate) async fn key_dialog(
    casebridge: &Casebridge,
    case: &str,
    portal: Option<&str>,
    appliance: Option<&str>,
    console: Console,
    dry_run: bool,
) -> Result<Answer, Failure> {
    let action = console::key_dialog(casebridge, appliance, portal)?;
    let request = ConsoleRequest { action, console, appliance: appliance.map(str::to_owned) };
    let case = session_key::read_case_of(casebridge, &typed_case(casebridge, case)?, None).await?;
    Errand { request, case: Some(case), wait: None, is_jump: false, dry_run }.run(casebridge).await
}

/// A request to a console, and how long to wait.
struct Errand {
    request: ConsoleRequest,
    case: Option<Case>,
    wait: Option<Duration>,
    is_jump: bool,
    dry_run: bool,
}

impl Errand {
    async fn run(self, casebridge: &Casebridge) -> Result<Answer, Failure> {
        let prepared = console::prepare(casebridge, &self.request, self.case.as_ref())?;
        let script = prepared.script.line();
        if self.dry_run {
            return Ok(answer::of_script(&script, "none"));
        }
        let watch = self.watch(casebridge).await;
        let with = console::launch(casebridge, &prepared, Arc::new(account::open_page)).await?;
        self.stay(casebridge, watch, &with).await?;
        Ok(answer::of_script(&script, with.as_str()))
    }

    async fn watch(&self, casebridge: &Casebridge) -> Option<Watch> {
        let case = self.case.as_ref()?;
        let (appliance, now) = (self.request.appliance.clone(), casebridge.now());
        let watch = Watch::for_console(appliance, case, now, self.is_jump);
        // Without waiting, the running sessions are not needed.
        match self.wait {
            Some(_) => Some(watch.passing_over_running(casebridge).await),
            None => Some(watch),
        }
    }

    /// Waits until the session has started, for the requested time, or while the script file is
    /// needed.
    async fn stay(
        &self,
        casebridge: &Casebridge,
        watch: Option<Watch>,
        with: &LaunchedWith,
    ) -> Result<(), Failure> {
        let patience = casebridge.settings().get(&setting::JUMP_PATIENCE).duration();
        let limit = match (self.wait, with) {
            (Some(wait), _) => wait,
            (None, LaunchedWith::File(_)) => patience,
            (None, LaunchedWith::RunScript | LaunchedWith::Browser) => return Ok(()),
        };
        let Some(mut watch) = watch else {
            eprintln!("The script file will be removed in {} seconds.", limit.as_secs());
            tokio::time::sleep(limit).await;
            return Ok(());
        };
        match watch.until_seen(casebridge, limit).await {
            Ok(Sighting::Joined { hostname, .. }) => {
                let on = hostname.map(|name| format!(" on {name}")).unwrap_or_default();
                eprintln!("The session has started{on}.");
                Ok(())
            }
            Err(failure) if self.wait.is_some() => Err(failure),
            _ if self.wait.is_some() => Err(Failure::new(FailureCode::JumpNotSeen, String::new())),
            _ => Ok(()),
        }
    }
}
