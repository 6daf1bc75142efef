"""Gateways that listen with TLS, and what connects to them."""

import os
import shutil
import ssl

from wire import Wire


class Files:
    """The certificate and key of one listener, replaced as a renewal would."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate, self.key = folder / "listener.pem", folder / "listener.key"

    def put(self, certificate=None, key=None):
        for source, target in ((certificate, self.certificate), (key, self.key)):
            if source is None:
                continue
            new = target.with_suffix(".new")
            shutil.copyfile(source, new)
            new.chmod(0o600)
            os.replace(new, target)
        return self

    def settings(self, **tls):
        return {"address": "127.0.0.1:0", "tls": {"certificate": str(self.certificate), "key": str(self.key), **tls}}


def trusting(authority, certificate=None, version=None):
    """A client's context that trusts an authority, and perhaps shows a certificate: (path, path of its key)."""
    context = ssl.create_default_context(cafile=authority.file)
    context.set_alpn_protocols(["http/1.1"])
    if certificate:
        context.load_cert_chain(*certificate)
    if version:
        context.minimum_version = context.maximum_version = version
    return context


def tls_socket(gateway, context, session=None):
    raw = gateway.connect()
    try:
        return context.wrap_socket(raw, server_hostname="localhost", suppress_ragged_eofs=False, session=session)
    except BaseException:
        raw.close()
        raise


def tls_wire(gateway, context):
    return Wire(tls_socket(gateway, context))


def serial_of(gateway, context):
    """The serial number of the certificate that a new connection is greeted with."""
    with tls_socket(gateway, context) as connected:
        return connected.getpeercert()["serialNumber"]


def readiness(gateway, context):
    """What `/health/ready` says of TLS."""
    with tls_wire(gateway, context) as wire:
        checks = wire.send("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n").answer().json()["checks"]
    return next(check for check in checks if check["name"] == "tls")
