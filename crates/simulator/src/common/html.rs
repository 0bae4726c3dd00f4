//! The shell of every page and the one way to put text into it.

use std::fmt::Write;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// Escapes text for element content and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // HTML has no place for the null character.
            '\0' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--accent:#0b7a75}\
body{font:15px/1.5 system-ui,sans-serif;margin:0}\
header{padding:12px 24px;border-bottom:1px solid var(--line);font-weight:600}\
main{max-width:960px;margin:0 auto;padding:24px}\
h1{font-size:22px;margin:0 0 16px;overflow-wrap:anywhere}h2{font-size:16px;margin:24px 0 8px}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0}dt{opacity:.7}\
dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:6px 8px;\
border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}\
.button,button{display:inline-block;background:var(--accent);color:#fff;border:0;border-radius:8px;\
padding:8px 16px;font:inherit;text-decoration:none;cursor:pointer}\
button.quiet{background:none;color:inherit;border:1px solid var(--line)}\
input{font:inherit;padding:7px 10px;border:1px solid var(--line);border-radius:8px}\
label{display:block;margin:0 0 12px}form.inline{display:inline}\
article{border:1px solid var(--line);border-radius:8px;padding:12px 16px;margin:0 0 12px}\
article pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:8px 0 0}";

/// A whole page. The body must be escaped already.
pub(crate) fn page(title: &str, place: &str, body: &str) -> Html<String> {
    let mut out = String::new();
    let (title, place) = (escape(title), escape(place));
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head>\n\
         <body><header>{place}</header>\n<main>\n<h1>{title}</h1>\n{body}\n</main></body></html>\n"
    );
    Html(out)
}

/// A page that says one sentence.
pub(crate) fn message(status: StatusCode, title: &str, place: &str, text: &str) -> Response {
    (status, page(title, place, &format!("<p>{}</p>", escape(text)))).into_response()
}

/// A button of the control page that makes a control call.
pub(crate) fn button(action: &str, label: &str, fields: &[(&str, &str)]) -> String {
    let hidden: String = fields
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
        })
        .collect();
    format!(
        "<form class=\"inline\" method=\"post\" action=\"/control/{action}\">{hidden}\
         <button class=\"quiet\">{}</button></form>",
        escape(label)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_cannot_leave_its_place() {
        assert_eq!(
            escape("<a b=\"c\" d='e'>&\0"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\u{fffd}"
        );
    }
}
