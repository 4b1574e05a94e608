"""Which addresses are browsers' push services.

A subscription's address comes from a client, and our worker posts to it: only known services may be named, or anybody
could have it call any address it can reach (https://owasp.org/www-community/attacks/Server_Side_Request_Forgery).
"""

import re

#: Chrome and Edge on Android and desktop, Firefox, Safari, Edge on Windows, whose service has a host for each region
#: (https://web.dev/articles/push-notifications-faq, https://developer.apple.com/documentation/usernotifications/sending-web-push-notifications-in-web-apps-and-browsers,
#: https://learn.microsoft.com/windows/apps/design/shell/tiles-and-notifications/firewall-allowlist-config).
_HOSTS = (
    r"fcm\.googleapis\.com",
    r"updates\.push\.services\.mozilla\.com",
    r"web\.push\.apple\.com",
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.notify\.windows\.com",
)
#: The characters that RFC 3986 has in a path or a query, and nothing that parsers read differently: no credentials, no
#: other port, no backslash, no control character, no fragment, no letter beyond ASCII.
_ENDPOINT = re.compile(
    rf"https://(?:{'|'.join(_HOSTS)})(?::443)?"
    r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
)


def is_push_service(endpoint: str) -> bool:
    """Whether an address is, letter by letter, HTTPS at a known push service's host."""
    return _ENDPOINT.fullmatch(endpoint) is not None
