"""Which addresses are browsers' push services.

A subscription's address comes from a client, and our worker posts to it: only known services may be named, or anybody
could have it call any address it can reach (https://owasp.org/www-community/attacks/Server_Side_Request_Forgery).
"""

from urllib.parse import urlsplit

#: Chrome and Edge on Android and desktop, Firefox, Edge on Windows, Safari
#: (https://web.dev/articles/push-notifications-faq, https://developer.apple.com/documentation/usernotifications/sending-web-push-notifications-in-web-apps-and-browsers).
_HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com")
_DOMAINS = (".push.services.mozilla.com", ".notify.windows.com", ".push.apple.com")
_HTTPS_PORT = 443


def is_push_service(endpoint: str) -> bool:
    """Whether an address is HTTPS at a known push service, without credentials and on the usual port."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    plain = parts.scheme == "https" and port in {None, _HTTPS_PORT} and parts.username is None
    return plain and (host in _HOSTS or host.endswith(_DOMAINS))
