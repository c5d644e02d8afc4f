"""The same over TLS, as the SEC is asked: the turn is kept there, too, and a certificate that nobody signed is refused."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edgar.server import SmallEdgar
from filings.errors import Unanswered
from filings.fetch.addresses import address
from filings.fetch.client import Client
from filings.fetch.wire import Broken, Timeouts, post

x509 = pytest.importorskip("cryptography.x509")


def certificate(folder: Path) -> Path:
    """A certificate for localhost that signs itself, with its key, in one file."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    place = folder / "certificate.pem"
    place.write_bytes(private + signed.public_bytes(encoding))
    return place


@pytest.fixture
def secure(small: SmallEdgar, tmp_path: Path) -> Path:
    place = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place)
    small._server.socket = context.wrap_socket(small._server.socket, server_side=True)
    small.url = small.url.replace("http://127.0.0.1", "https://localhost")
    return place


def test_tls_is_asked_in_turns(
    small: SmallEdgar, secure: Path, make_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(secure))
    client = make_client(requests_per_second=20)
    filing = next(iter(small.archive.filings.values()))
    for _ in range(5):
        answer = client.get(address("submission", cik=filing.parties[0].cik, accession=filing.accession))
        assert answer.body == filing.text()
    times = small.log.times()
    assert len(times) == 5
    assert times[-1] - times[0] >= 0.17
    small.trouble.plan("", "reset")
    assert client.get(address("tickers")).requests >= 1


def test_a_certificate_that_nobody_signed_is_refused(
    small: SmallEdgar, secure: Path, make_client: Callable[..., Client]
) -> None:
    with pytest.raises(Unanswered, match="CERTIFICATE_VERIFY_FAILED"):
        make_client().get(address("tickers"))
    assert small.log.requests == []


def test_a_webhook_is_held_to_its_certificate_too(
    small: SmallEdgar, secure: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Broken, match="certificate"):
        post(small.url, {}, b"{}", Timeouts(connect=5, read=5), longest=100)
    monkeypatch.setenv("SSL_CERT_FILE", str(secure))
    status, _ = post(small.url, {}, b"{}", Timeouts(connect=5, read=5), longest=100)
    assert status >= 400  # EDGAR takes no POST
