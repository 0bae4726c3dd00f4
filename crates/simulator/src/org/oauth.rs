//! Signing in to the org: authorization code with PKCE, refresh with rotation, revoke, userinfo.
//!
//! [`Grants`] holds the rules and knows nothing of HTTP; the handlers below it do.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Org, SeededUser, bearer, delay, json_answer};
use crate::faults::FaultName;
use crate::html::{self, escape};
use crate::state::{Chance, Shared, World};

const CODE_SECONDS: i64 = 600;
const SESSION_SECONDS: i64 = 7_200;
const GRANTS_PER_USER: usize = 5;

/// What was granted to whom, and what of it still holds.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    codes: Vec<Code>,
    families: Vec<Family>,
    access_tokens: Vec<AccessToken>,
}

#[derive(Debug)]
struct Code {
    text: String,
    user_id: String,
    redirect_uri: String,
    challenge: String,
    scope: String,
    expires: i64,
}

/// All refresh tokens that came from one sign-in. Only the last one is good.
#[derive(Debug)]
struct Family {
    user_id: String,
    scope: String,
    refresh_tokens: Vec<String>,
    revoked: bool,
}

#[derive(Debug)]
struct AccessToken {
    text: String,
    user_id: String,
    family: usize,
    expires: i64,
}

/// What a token request yields.
#[derive(Debug)]
struct Issued {
    access_token: String,
    refresh_token: Option<String>,
    user_id: String,
    scope: String,
}

/// A refused token request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refused {
    error: &'static str,
    description: &'static str,
}

const fn refused(error: &'static str, description: &'static str) -> Refused {
    Refused { error, description }
}

/// What the customer of the authorize page asked for.
#[derive(Debug)]
struct Wish {
    user_id: String,
    redirect_uri: String,
    challenge: String,
    scope: String,
}

impl Grants {
    fn add_code(&mut self, chance: &mut Chance, now: i64, wish: Wish) -> String {
        let text = format!("aPrx{}", chance.word(60));
        self.codes.push(Code {
            text: text.clone(),
            user_id: wish.user_id,
            redirect_uri: wish.redirect_uri,
            challenge: wish.challenge,
            scope: wish.scope,
            expires: now + CODE_SECONDS,
        });
        text
    }

    /// Turns a code into tokens. A code works once, right or wrong.
    fn redeem(
        &mut self,
        chance: &mut Chance,
        org_id: &str,
        now: i64,
        (code, redirect_uri, verifier): (&str, &str, &str),
    ) -> Result<Issued, Refused> {
        let at = self.codes.iter().position(|known| known.text == code);
        let code = at.map(|at| self.codes.remove(at)).filter(|code| code.expires > now);
        let Some(code) = code else {
            return Err(refused("invalid_grant", "expired authorization code"));
        };
        if code.redirect_uri != redirect_uri {
            return Err(refused("redirect_uri_mismatch", "redirect_uri must match configuration"));
        }
        if !verifier_fits(verifier, &code.challenge) {
            return Err(refused("invalid_grant", "invalid code verifier"));
        }
        self.families.push(Family {
            user_id: code.user_id,
            scope: code.scope,
            refresh_tokens: Vec::new(),
            revoked: false,
        });
        Ok(self.issue(chance, org_id, now, self.families.len() - 1, true))
    }

    /// Turns a refresh token into tokens. Replaying an old one revokes its whole family.
    fn refresh(
        &mut self,
        chance: &mut Chance,
        org_id: &str,
        now: i64,
        token: &str,
        rotate: bool,
    ) -> Result<Issued, Refused> {
        const EXPIRED: Refused = refused("invalid_grant", "expired access/refresh token");
        let family = self.family_of(token).ok_or(EXPIRED)?;
        if self.families[family].revoked {
            return Err(EXPIRED);
        }
        if self.families[family].refresh_tokens.last().is_none_or(|last| last != token) {
            self.revoke_family(family);
            return Err(EXPIRED);
        }
        Ok(self.issue(chance, org_id, now, family, rotate))
    }

    fn issue(
        &mut self,
        chance: &mut Chance,
        org_id: &str,
        now: i64,
        family: usize,
        rotate: bool,
    ) -> Issued {
        let refresh_token = rotate.then(|| format!("5Aep861{}", chance.word(60)));
        self.families[family].refresh_tokens.extend(refresh_token.clone());
        let Family { user_id, scope, .. } = &self.families[family];
        let head: String = org_id.chars().take(15).collect();
        let access_token = format!("{head}!AQ{}.{}", chance.word(40), chance.word(40));
        self.access_tokens.push(AccessToken {
            text: access_token.clone(),
            user_id: user_id.clone(),
            family,
            expires: now + SESSION_SECONDS,
        });
        Issued { access_token, refresh_token, user_id: user_id.clone(), scope: scope.clone() }
    }

    /// Drops the oldest grants of a user until there is room for one more.
    fn make_room(&mut self, user_id: &str) {
        let live: Vec<usize> = (0..self.families.len())
            .filter(|at| !self.families[*at].revoked && self.families[*at].user_id == user_id)
            .collect();
        let surplus = (live.len() + 1).saturating_sub(GRANTS_PER_USER);
        for family in live.into_iter().take(surplus) {
            self.revoke_family(family);
        }
    }

    fn family_of(&self, refresh_token: &str) -> Option<usize> {
        self.families
            .iter()
            .position(|family| family.refresh_tokens.iter().any(|token| token == refresh_token))
    }

    fn revoke_family(&mut self, family: usize) {
        self.families[family].revoked = true;
        self.access_tokens.retain(|token| token.family != family);
    }

    /// Revokes a refresh token with its access tokens, or an access token alone.
    fn revoke(&mut self, token: &str) -> bool {
        if let Some(family) = self.family_of(token).filter(|at| !self.families[*at].revoked) {
            self.revoke_family(family);
            return true;
        }
        let before = self.access_tokens.len();
        self.access_tokens.retain(|known| known.text != token);
        self.access_tokens.len() < before
    }

    /// The user of an access token that still holds.
    pub(crate) fn user_of(&self, token: &str, now: i64) -> Option<String> {
        self.access_tokens
            .iter()
            .find(|known| known.text == token && known.expires > now)
            .map(|known| known.user_id.clone())
    }

    /// Ends every session; refresh tokens stay good.
    pub(crate) fn expire_access_tokens(&mut self) {
        self.access_tokens.clear();
    }

    /// Ends every grant.
    pub(crate) fn revoke_all(&mut self) {
        for family in 0..self.families.len() {
            self.revoke_family(family);
        }
    }

    /// How many access tokens and grants hold.
    pub(crate) fn counts(&self, now: i64) -> (usize, usize) {
        let tokens = self.access_tokens.iter().filter(|token| token.expires > now).count();
        (tokens, self.families.iter().filter(|family| !family.revoked).count())
    }
}

/// Whether the S256 challenge was made from this verifier.
fn verifier_fits(verifier: &str, challenge: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(allowed)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}

type Params = BTreeMap<String, String>;

const PLACE: &str = "Example Help Desk";

/// The addresses under `/services/oauth2` and what belongs to them.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/services/oauth2/authorize", get(authorize).post(decide))
        .route("/services/oauth2/token", axum::routing::post(token))
        .route("/services/oauth2/revoke", get(revoke_by_query).post(revoke))
        .route("/services/oauth2/userinfo", get(userinfo).post(userinfo))
        .route("/id/{org}/{user}", get(identity))
        .route("/.well-known/openid-configuration", get(configuration))
}

fn param<'p>(params: &'p Params, name: &str) -> &'p str {
    params.get(name).map_or("", String::as_str)
}

fn form(body: &[u8]) -> Params {
    url::form_urlencoded::parse(body).into_owned().collect()
}

/// Whether a callback is registered: the same text, port and all.
fn is_registered(simulation: &Shared, redirect_uri: &str) -> bool {
    let ports = &simulation.places.redirect_ports;
    ports.iter().any(|port| redirect_uri == format!("http://localhost:{port}/OauthRedirect"))
}

/// Refuses what the org would refuse without calling back, then what it would call back with.
#[expect(clippy::result_large_err, reason = "the refusal is the answer itself")]
fn check_request(simulation: &Shared, params: &Params) -> Result<Url, Response> {
    let page = |title: &str, text: &str| html::message(StatusCode::BAD_REQUEST, title, PLACE, text);
    if param(params, "client_id") != simulation.world().org.client_id {
        return Err(page("invalid_client_id", "client identifier invalid"));
    }
    let redirect_uri = param(params, "redirect_uri");
    let Some(callback) =
        Url::parse(redirect_uri).ok().filter(|_| is_registered(simulation, redirect_uri))
    else {
        return Err(page("redirect_uri_mismatch", "redirect_uri must match configuration"));
    };
    let refuse = |error, description| Err(call_back_error(&callback, params, error, description));
    if param(params, "response_type") != "code" {
        return refuse("unsupported_response_type", "response type not supported");
    }
    if param(params, "code_challenge").len() != 43 {
        return refuse("invalid_request", "missing required code challenge");
    }
    if param(params, "code_challenge_method") != "S256" {
        return refuse("invalid_request", "invalid code challenge method");
    }
    if simulation.world().faults.hits(FaultName::AppNotFound) {
        return refuse(
            "OAUTH_EC_APP_NOT_FOUND",
            "External client app is not installed in this org",
        );
    }
    Ok(callback)
}

fn call_back(callback: &Url, params: &Params, answer: &[(&str, &str)]) -> Response {
    let mut target = callback.clone();
    target.query_pairs_mut().extend_pairs(answer);
    if let Some(state) = params.get("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    (StatusCode::FOUND, [(header::LOCATION, String::from(target))]).into_response()
}

fn call_back_error(callback: &Url, params: &Params, error: &str, description: &str) -> Response {
    call_back(callback, params, &[("error", error), ("error_description", description)])
}

/// Gives the user's code to the callback.
fn allow(simulation: &Shared, callback: &Url, params: &Params, username: &str) -> Response {
    let mut world = simulation.world();
    let now = world.now();
    let World { chance, faults, org, .. } = &mut *world;
    let Some(user) = org.users.iter().find(|user| user.username.eq_ignore_ascii_case(username))
    else {
        let text = "Please check your username and password.";
        return html::message(StatusCode::UNAUTHORIZED, "Log In", PLACE, text);
    };
    let user_id = user.id.clone();
    if faults.hits(FaultName::FiveGrants) {
        org.grants.make_room(&user_id);
    }
    let scope = match param(params, "scope") {
        "" => "api refresh_token",
        scope => scope,
    };
    let wish = Wish {
        user_id,
        redirect_uri: param(params, "redirect_uri").to_owned(),
        challenge: param(params, "code_challenge").to_owned(),
        scope: scope.to_owned(),
    };
    let code = org.grants.add_code(chance, now, wish);
    call_back(callback, params, &[("code", &code)])
}

async fn authorize(
    State(simulation): State<Shared>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let callback = check_request(&simulation, &params)?;
    let at_once = headers.get("x-simulator-allow").is_some_and(|value| value == "1");
    Ok(match params.get("login_hint") {
        Some(username) if at_once => allow(&simulation, &callback, &params, username),
        _ => sign_in_page(&simulation.world().org.users, &params),
    })
}

async fn decide(
    State(simulation): State<Shared>,
    Query(query): Query<Params>,
    body: axum::body::Bytes,
) -> Result<Response, Response> {
    let mut params = query;
    params.extend(form(&body));
    let callback = check_request(&simulation, &params)?;
    if param(&params, "decision") == "deny" {
        let description = "end-user denied authorization";
        return Ok(call_back_error(&callback, &params, "access_denied", description));
    }
    let username = match param(&params, "username") {
        "" => param(&params, "login_hint"),
        username => username,
    };
    Ok(allow(&simulation, &callback, &params, username))
}

fn sign_in_page(users: &[SeededUser], params: &Params) -> Response {
    let hidden: String = params
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
        })
        .collect();
    let hint = param(params, "login_hint");
    let mut users: Vec<&SeededUser> = users.iter().collect();
    users.sort_by_key(|user| user.username != hint);
    let rows: String = users
        .iter()
        .map(|user| {
            let (name, username) = (escape(&user.name), escape(&user.username));
            format!(
                "<tr><td>{name}<td>{username}<td><form method=\"post\" action=\"/services/oauth2/authorize\">\
                 {hidden}<input type=\"hidden\" name=\"username\" value=\"{username}\">\
                 <button name=\"decision\" value=\"allow\" data-username=\"{username}\" \
                 aria-label=\"Allow access as {name}\">Allow</button></form>"
            )
        })
        .collect();
    let body = format!(
        "<p>Casebridge is asking to: access and manage your data (api), perform requests at any time \
         (refresh_token).</p>\n<table><tr><th>Name<th>User name<th>Access</tr>{rows}</table>\n\
         <form method=\"post\" action=\"/services/oauth2/authorize\">{hidden}\
         <p><button class=\"quiet\" id=\"deny\" name=\"decision\" value=\"deny\">Deny</button></p></form>"
    );
    html::page("Allow access?", PLACE, &body).into_response()
}

async fn token(State(simulation): State<Shared>, body: axum::body::Bytes) -> Response {
    delay(&simulation, "token").await;
    let params = form(&body);
    let mut world = simulation.world();
    if let Some(fault) = world.faults.take(FaultName::TokenRedirect, "token") {
        let place = format!("https://{}/services/oauth2/token", fault.text.unwrap_or_default());
        return (StatusCode::FOUND, [(header::LOCATION, place)]).into_response();
    }
    if let Some(fault) = world.faults.take(FaultName::TokenError, "token") {
        let text = fault.text.unwrap_or_else(|| "server_error".to_owned());
        let (error, description) = text.split_once(": ").unwrap_or((&text, "simulated"));
        let body = json!({ "error": error, "error_description": description });
        return json_answer(StatusCode::BAD_REQUEST, &body);
    }
    let now = world.now();
    let World { chance, faults, org, .. } = &mut *world;
    let Org { id, client_id, grants, .. } = org;
    let issued = if param(&params, "client_id") != client_id {
        Err(refused("invalid_client_id", "client identifier invalid"))
    } else {
        match param(&params, "grant_type") {
            "authorization_code" => {
                let of = |name| param(&params, name);
                let proof = (of("code"), of("redirect_uri"), of("code_verifier"));
                grants.redeem(chance, id, now, proof)
            }
            "refresh_token" => {
                let rotate = !faults.hits(FaultName::NoRotation);
                grants.refresh(chance, id, now, param(&params, "refresh_token"), rotate)
            }
            _ => Err(refused("unsupported_grant_type", "grant type not supported")),
        }
    };
    let issued = match issued {
        Ok(issued) => issued,
        Err(Refused { error, description }) => {
            let body = json!({ "error": error, "error_description": description });
            return json_answer(StatusCode::BAD_REQUEST, &body);
        }
    };
    let foreign = faults.take(FaultName::ForeignInstanceUrl, "token");
    let instance_url = foreign.map_or_else(
        || simulation.places.org_url(),
        |fault| fault.text.unwrap_or_else(|| "https://org.attacker.example".to_owned()),
    );
    let identity = format!("{}/id/{id}/{}", simulation.places.org_url(), issued.user_id);
    let issued_at = world.timestamp().as_millisecond().to_string();
    json_answer(StatusCode::OK, &token_answer(&issued, &instance_url, &identity, &issued_at))
}

fn token_answer(issued: &Issued, instance_url: &str, identity: &str, issued_at: &str) -> Value {
    let signature = Sha256::digest(format!("{identity}{issued_at}"));
    let mut body = json!({
        "access_token": issued.access_token,
        "signature": STANDARD.encode(signature),
        "scope": issued.scope,
        "instance_url": instance_url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    });
    if let Some(refresh_token) = &issued.refresh_token {
        body["refresh_token"] = json!(refresh_token);
    }
    body
}

async fn revoke_by_query(state: State<Shared>, Query(params): Query<Params>) -> Response {
    revoke_token(&state, &params)
}

async fn revoke(state: State<Shared>, body: axum::body::Bytes) -> Response {
    revoke_token(&state, &form(&body))
}

fn revoke_token(simulation: &Shared, params: &Params) -> Response {
    if simulation.world().org.grants.revoke(param(params, "token")) {
        return StatusCode::OK.into_response();
    }
    let body = json!({ "error": "invalid_token", "error_description": "invalid token" });
    json_answer(StatusCode::BAD_REQUEST, &body)
}

/// A refused token gets plain text here, unlike in the REST API.
fn bad_token() -> Response {
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/html;charset=UTF-8")], "Bad_OAuth_Token")
        .into_response()
}

async fn userinfo(State(simulation): State<Shared>, headers: HeaderMap) -> Response {
    delay(&simulation, "userinfo").await;
    let world = simulation.world();
    let user = bearer(&headers).and_then(|token| world.org.grants.user_of(token, world.now()));
    let Some(record) = user.and_then(|id| world.org.records.find("User", &id)) else {
        return bad_token();
    };
    let base = simulation.places.org_url();
    let org_id = &world.org.id;
    let id = &record["Id"];
    let user_id = id.as_str().unwrap_or_default();
    let body = json!({
        "sub": format!("{base}/id/{org_id}/{user_id}"),
        "user_id": id,
        "organization_id": org_id,
        "preferred_username": record["Username"],
        "nickname": record["Alias"],
        "name": record["Name"],
        "email": record["Email"],
        "email_verified": true,
        "given_name": record["FirstName"],
        "family_name": record["LastName"],
        "zoneinfo": record["TimeZoneSidKey"],
        "photos": {},
        "address": {},
        "urls": { "rest": format!("{base}/services/data/v{{version}}/"), "custom_domain": base },
        "active": true,
        "user_type": "STANDARD",
        "language": record["LanguageLocaleKey"],
        "locale": record["LocaleSidKey"],
        "utcOffset": 3_600_000,
        "updated_at": record["LastModifiedDate"],
        "is_app_installed": true,
    });
    json_answer(StatusCode::OK, &body)
}

async fn identity(
    state: State<Shared>,
    Path((org, user)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let known = {
        let world = state.world();
        let caller =
            bearer(&headers).and_then(|token| world.org.grants.user_of(token, world.now()));
        org == world.org.id && caller.is_some_and(|id| id == user)
    };
    if known { userinfo(state, headers).await } else { bad_token() }
}

async fn configuration(State(simulation): State<Shared>) -> Response {
    let base = simulation.places.org_url();
    let body = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/services/oauth2/authorize"),
        "token_endpoint": format!("{base}/services/oauth2/token"),
        "revocation_endpoint": format!("{base}/services/oauth2/revoke"),
        "userinfo_endpoint": format!("{base}/services/oauth2/userinfo"),
        "jwks_uri": format!("{base}/id/keys"),
        "scopes_supported": ["id", "api", "full", "refresh_token", "openid"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "none"],
    });
    json_answer(StatusCode::OK, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLBACK: &str = "http://localhost:17171/OauthRedirect";
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    /// The pair is the example of RFC 7636.
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const ORG: &str = "00DHs00000abcdeMAA";

    struct Fixture {
        grants: Grants,
        chance: Chance,
    }

    impl Fixture {
        fn new() -> Self {
            Self { grants: Grants::default(), chance: Chance::new(7) }
        }

        fn code(&mut self) -> String {
            let wish = Wish {
                user_id: "005Hs00000abcdeMAA".to_owned(),
                redirect_uri: CALLBACK.to_owned(),
                challenge: CHALLENGE.to_owned(),
                scope: "api refresh_token".to_owned(),
            };
            self.grants.add_code(&mut self.chance, 0, wish)
        }

        fn redeem(
            &mut self,
            code: &str,
            callback: &str,
            verifier: &str,
        ) -> Result<Issued, Refused> {
            self.grants.redeem(&mut self.chance, ORG, 1, (code, callback, verifier))
        }

        fn sign_in(&mut self) -> Issued {
            let code = self.code();
            self.redeem(&code, CALLBACK, VERIFIER).unwrap()
        }

        fn refresh(&mut self, token: Option<&String>) -> Result<Issued, Refused> {
            self.grants.refresh(&mut self.chance, ORG, 1, token.unwrap(), true)
        }
    }

    #[test]
    fn the_verifier_must_fit_the_challenge() {
        assert!(verifier_fits(VERIFIER, CHALLENGE));
        assert!(!verifier_fits(&VERIFIER.to_lowercase(), CHALLENGE));
        assert!(!verifier_fits("", CHALLENGE));
        let short = "too-short";
        assert!(!verifier_fits(short, &URL_SAFE_NO_PAD.encode(Sha256::digest(short))));
    }

    #[test]
    fn a_code_works_once_with_its_own_callback_and_verifier() {
        let mut fixture = Fixture::new();
        let code = fixture.code();
        assert!(fixture.redeem(&code, CALLBACK, VERIFIER).is_ok());
        assert_eq!(fixture.redeem(&code, CALLBACK, VERIFIER).unwrap_err().error, "invalid_grant");

        let code = fixture.code();
        let other = "http://127.0.0.1:17171/OauthRedirect";
        let refusal = fixture.redeem(&code, other, VERIFIER).unwrap_err();
        assert_eq!(refusal.error, "redirect_uri_mismatch");

        let code = fixture.code();
        let refusal = fixture.redeem(&code, CALLBACK, &"x".repeat(43)).unwrap_err();
        assert_eq!(refusal.description, "invalid code verifier");
        assert!(fixture.redeem(&code, CALLBACK, VERIFIER).is_err());
    }

    #[test]
    fn a_code_expires() {
        let mut fixture = Fixture::new();
        let code = fixture.code();
        let late = fixture.grants.redeem(
            &mut fixture.chance,
            ORG,
            CODE_SECONDS,
            (&code, CALLBACK, VERIFIER),
        );
        assert_eq!(late.unwrap_err().description, "expired authorization code");
    }

    #[test]
    fn each_refresh_rotates_the_token_and_keeps_the_session() {
        let mut fixture = Fixture::new();
        let first = fixture.sign_in();
        let second = fixture.refresh(first.refresh_token.as_ref()).unwrap();
        assert_ne!(first.refresh_token, second.refresh_token);
        assert!(fixture.grants.user_of(&first.access_token, 2).is_some());
        assert!(fixture.refresh(second.refresh_token.as_ref()).is_ok());
    }

    #[test]
    fn replaying_an_old_refresh_token_revokes_the_family_and_no_other() {
        let mut fixture = Fixture::new();
        let other = fixture.sign_in();
        let first = fixture.sign_in();
        let second = fixture.refresh(first.refresh_token.as_ref()).unwrap();
        assert_eq!(
            fixture.refresh(first.refresh_token.as_ref()).unwrap_err().error,
            "invalid_grant"
        );
        assert!(fixture.refresh(second.refresh_token.as_ref()).is_err());
        assert!(fixture.grants.user_of(&second.access_token, 2).is_none());
        assert!(fixture.grants.user_of(&other.access_token, 2).is_some());
        assert!(fixture.refresh(other.refresh_token.as_ref()).is_ok());
    }

    #[test]
    fn without_rotation_the_old_token_stays_good() {
        let mut fixture = Fixture::new();
        let first = fixture.sign_in();
        let token = first.refresh_token.unwrap();
        for _ in 0..2 {
            let again = fixture.grants.refresh(&mut fixture.chance, ORG, 1, &token, false).unwrap();
            assert!(again.refresh_token.is_none());
        }
    }

    #[test]
    fn revoking_a_refresh_token_ends_its_access_tokens() {
        let mut fixture = Fixture::new();
        let issued = fixture.sign_in();
        assert!(fixture.grants.revoke(issued.refresh_token.as_ref().unwrap()));
        assert!(fixture.grants.user_of(&issued.access_token, 2).is_none());
        assert!(!fixture.grants.revoke("unknown"));
    }

    #[test]
    fn access_tokens_expire() {
        let mut fixture = Fixture::new();
        let issued = fixture.sign_in();
        assert!(fixture.grants.user_of(&issued.access_token, SESSION_SECONDS).is_some());
        assert!(fixture.grants.user_of(&issued.access_token, SESSION_SECONDS + 1).is_none());
    }

    #[test]
    fn a_sixth_grant_drops_the_oldest() {
        let mut fixture = Fixture::new();
        let first = fixture.sign_in();
        for _ in 0..5 {
            fixture.grants.make_room(&first.user_id);
            fixture.sign_in();
        }
        assert_eq!(fixture.grants.counts(1).1, 5);
        assert!(fixture.refresh(first.refresh_token.as_ref()).is_err());
    }
}
