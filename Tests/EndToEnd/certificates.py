"""Certificates for the tests, made by openssl."""

import ssl
import subprocess

_CONFIGURATION = """
[ca]
default_ca = own
[own]
dir = {folder}
new_certs_dir = {folder}
database = {folder}/index.txt
serial = {folder}/serial
default_md = sha256
policy = anything
email_in_dn = no
rand_serial = yes
unique_subject = no
[anything]
organizationName = optional
commonName = optional
"""


class Authority:
    """A certificate authority of its own, in a folder of its own."""

    def __init__(self, folder, name="Authority of the tests"):
        folder.mkdir(parents=True)
        self.folder = folder
        self.file = folder / "ca.pem"
        self._key = folder / "ca.key"
        (folder / "index.txt").touch()
        (folder / "ca.cnf").write_text(_CONFIGURATION.format(folder=folder))
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", self._key, "-out", self.file, "-subj", f"/CN={name}",
            "-addext", "keyUsage=critical,keyCertSign",
        )

    def issue(self, label, names, common_name="server", start=None, end=None):
        """A server's certificate. `names` is what subjectAltName says, or None for none. Gives a TLS context."""
        certificate, key = self.issue_files(label, names, f"/CN={common_name}", start=start, end=end)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context

    def issue_files(self, label, names, subject, usage="serverAuth", days=60, start=None, end=None):
        """A certificate and its key; gives the paths of the two."""
        key, request, certificate = (self.folder / f"{label}.{end_}" for end_ in ("key", "csr", "pem"))
        _openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
            "-out", request, "-subj", subject,
        )
        extensions = self.folder / f"{label}.ext"
        extensions.write_text(
            f"basicConstraints=CA:FALSE\nextendedKeyUsage={usage}\n" + (f"subjectAltName={names}\n" if names else "")
        )
        dates = ["-startdate", start, "-enddate", end] if end else ["-days", days]
        _openssl(
            "ca", "-batch", "-notext", "-config", self.folder / "ca.cnf", "-cert", self.file, "-keyfile", self._key,
            "-in", request, "-out", certificate, "-extfile", extensions, "-preserveDN", *dates,
        )
        return certificate, key


def _openssl(*arguments):
    result = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
