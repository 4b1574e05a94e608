"""Addresses that carry a signature of version 4 in their query, for S3 and what speaks its protocol.

boto3 signs for the present second and anew at each call, so that no cache ever sees an address twice, and takes half a
millisecond for each of the sixty that a page may have. The rules, which a test holds against boto3's own signer:
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"
#: The file is not read when its address is made.
_UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True)
class Credentials:
    """A key pair; ``token`` belongs to those that expire, such as a Lambda function's."""

    access_key: str
    secret_key: str
    token: str | None = None


@dataclass(frozen=True)
class SignedUrls:
    """Makes addresses of one bucket's objects.

    Args:
        base_url: the bucket's address, without a slash at its end.
        region: where it lies.
        credentials: gives the present key pair.
    """

    base_url: str
    region: str
    credentials: Callable[[], Credentials]

    def sign(
        self, method: str, key: str, *, at: datetime, seconds: int, headers: Mapping[str, str] | None = None
    ) -> str:
        """The address of an object for one kind of request.

        Args:
            method: the request's.
            key: the object's; nothing in it needs escaping but slashes, which need none either.
            at: from when on the address works.
            seconds: for how long.
            headers: what the request must have, as it is here.
        """
        pair, address = self.credentials(), urlsplit(f"{self.base_url}/{quote(key)}")
        stamp = at.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        signed = {"host": address.netloc, **{name.lower(): value.strip() for name, value in (headers or {}).items()}}
        names = ";".join(sorted(signed))
        query = {
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{pair.access_key}/{scope}",
            "X-Amz-Date": stamp,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": names,
        }
        if pair.token:
            query["X-Amz-Security-Token"] = pair.token
        written = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(query.items()))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        canonical = f"{method}\n{address.path}\n{written}\n{lines}\n{names}\n{_UNSIGNED}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signature = _mac(self._key(pair, stamp[:8]), f"{_ALGORITHM}\n{stamp}\n{scope}\n{digest}").hex()
        return f"{self.base_url}/{quote(key)}?{written}&X-Amz-Signature={signature}"

    def _key(self, pair: Credentials, day: str) -> bytes:
        """The key of a day."""
        key = f"AWS4{pair.secret_key}".encode()
        for part in (day, self.region, "s3", "aws4_request"):
            key = _mac(key, part)
        return key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
