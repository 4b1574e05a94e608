"""Parameters that do not go together, each of which CloudFormation would take and people would meet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Scheme and host, and nothing behind them: paths are put behind it, and it is the issuer of tokens.
_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:\d+)?")
_PAGE = re.compile(rf"{_ADDRESS.pattern}(/[\w.~-]+)*")
#: A developer's own page has no certificate.
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d+)?")
#: Where CloudFront looks for its certificates and web ACLs.
_EDGE_REGION = "us-east-1"


@dataclass(frozen=True)
class Need:
    """What a parameter does not work without.

    Attributes:
        name: The parameter.
        needs: Those that it needs, each with a value.
        why: What they are, or what happens without.
        value: The value that needs them; any where empty.
    """

    name: str
    needs: tuple[str, ...]
    why: str
    value: str = ""


NEEDS = (
    Need(
        "Geocoder", ("GeocoderUrl", "GeocoderContact"),
        "a server of your own, or https://nominatim.openstreetmap.org if your use fits its policy "
        "(https://operations.osmfoundation.org/policies/nominatim/), and where its operators reach you", "nominatim",
    ),
    Need("Geocoder", ("GeocoderKeySecretName",), "the name of the secret with the API key", "addressable"),
    Need("ReportVerifier", ("GeminiKeySecretName",), "the name of the secret with the API key", "gemini"),
    Need(
        "WebDomainName", ("WebCertificateArn", "EdgeKeySecretName"),
        "a certificate in us-east-1, and a key without which the API's own address would lead around CloudFront",
    ),
    Need("EdgeKeySecretName", ("WebDomainName",), "nobody but CloudFront sends the key, so everybody would be refused"),
    Need("WebAclArn", ("WebDomainName",), "a web ACL stands before CloudFront alone"),
    Need("ApiDomainName", ("ApiCertificateArn",), "a certificate in the stack's region"),
    Need("SubnetIds", ("SecurityGroupIds",), "Lambda takes both or neither"),
    Need("SecurityGroupIds", ("SubnetIds",), "Lambda takes both or neither"),
    Need("PushPublicKey", ("PushPrivateKeySecretName",), "browsers would subscribe to what is never sent"),
    Need("PushPrivateKeySecretName", ("PushPublicKey",), "browsers subscribe with it"),
    Need(
        "MediaEndpointUrl", ("MediaBucketName", "MediaCredentialsSecretName"),
        "another provider knows neither the stack's bucket nor the functions' roles",
    ),
    Need("TermsRequired", ("TermsVersion",), "nobody can accept terms that are none", "providers"),
)  # fmt: skip


def faults(parameters: Mapping[str, str], region: str) -> Iterator[str]:
    """Say what does not go together.

    Args:
        parameters: The stage's parameters.
        region: The stack's.

    Yields:
        A line for each fault.
    """
    for each in NEEDS:
        given = parameters.get(each.name, "")
        missing = [name for name in each.needs if not parameters.get(name)]
        if missing and given and each.value in {"", given}:
            yield f"{each.name}{each.value and '='}{each.value} needs {' and '.join(missing)}: {each.why}"
    yield from _address_faults(parameters)
    for name, wanted in (
        ("WebCertificateArn", _EDGE_REGION),
        ("WebAclArn", _EDGE_REGION),
        ("ApiCertificateArn", region),
    ):
        if (given := parameters.get(name, "")) and f":{wanted}:" not in given:
            yield f"{name}={given} is not of {wanted}"


def _address_faults(parameters: Mapping[str, str]) -> Iterator[str]:
    """Say what is wrong with the addresses that clients, browsers and mails are given."""
    web, api = parameters.get("WebDomainName"), parameters.get("ApiDomainName")
    for name, pattern, host in (("PublicBaseUrl", _ADDRESS, web or api), ("FrontendBaseUrl", _PAGE, web)):
        given = parameters.get(name, "")
        if not pattern.fullmatch(given):
            yield f"{name}={given} is no https://host without a slash at its end"
        elif host and given != f"https://{host}":
            yield f"{name}={given} is not https://{host}, the domain that is served"
    for given in filter(None, parameters.get("CorsOrigins", "").split(",")):
        if not _ORIGIN.fullmatch(given):
            yield f"CorsOrigins has {given}, which is no origin: scheme and host, such as https://example.com"
