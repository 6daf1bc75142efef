"""Secrets that are planted so that they can be looked for, in every spelling, in all that a gateway emits or stores.

A canary begins and ends with the same mark. So it is the mark's few spellings that are looked for, however many
canaries there are, and half a canary is found as well.
"""

import base64
import pathlib
import threading
import urllib.parse

#: Nine characters or more have a spelling of their own at each alignment of base64. `~` differs in its two alphabets,
#: and is what some escape in a URL.
MARK = "cNrY~~~7qZx4wV"
#: The longest that may lie between the beginning of a secret's spelling and its end.
REACH = 4096

DIVAR_KEY, USER_TOKEN, CALLER_KEY, UPLOAD_TOKEN, MASTER_KEY = (
    "Divar key", "user token", "caller key", "upload token", "master key"
)
#: What a simulation of Divar knows from its start, and tells whoever starts it.
SIMULATED = ("key of the simulation", "token of the simulation")
#: What has to be in the requests to Divar.
GO_UP = (DIVAR_KEY, USER_TOKEN, *SIMULATED)


def canary(name):
    """A secret that is one word of visible characters."""
    return f"{MARK}.{name}.{MARK}"


def master_key(name="1"):
    """A key of 32 bytes, as 64 hexadecimal digits."""
    return (MARK + name.rjust(32 - 2 * len(MARK), "0") + MARK).encode().hex()


def spellings(text):
    """{bytes: how they spell the text}. What base64 makes of the neighbours at either end is left out."""
    data = text.encode()
    found = {}

    def add(name, *values):
        for value in values:
            found.setdefault(value, name)

    add("raw", data)
    add("reversed", data[::-1])
    add("raw in another case", data.lower(), data.upper())
    add("reversed in another case", data[::-1].lower(), data[::-1].upper())
    add("hexadecimal", data.hex().encode(), data.hex().upper().encode())
    for offset in range(3):
        padded = bytes(offset) + data + bytes(3)
        # The characters whose six bits all come from the data.
        own = slice(-(-offset * 8 // 6), (offset + len(data)) * 8 // 6)
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            add(f"base64 at alignment {offset}", encode(padded)[own])
    percent = "".join(f"%{byte:02X}" for byte in data)
    quoted = urllib.parse.quote(text, safe="").replace("~", "%7E")
    add("URL-encoded", percent.encode(), percent.lower().encode())
    add("URL-encoded", quoted.encode(), quoted.replace("%7E", "%7e").encode())
    add("JSON-escaped", *("".join(f"\\u{byte:{form}}" for byte in data).encode() for form in ("04x", "04X")))
    add("UTF-16", text.encode("utf-16-le"), text.encode("utf-16-be"))
    return found


class Hit:
    """A secret where none may be. Says everything but the secret."""

    def __init__(self, kind, spelling, source, offset):
        self.kind, self.spelling, self.source, self.offset = kind, spelling, source, offset

    def __repr__(self):
        return f"{self.kind}, {self.spelling}, in {self.source} at byte {self.offset}"


class Canaries:
    """All that is planted, and what was found of it. Used by many threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self._secrets = {}
        self._holders = set()
        self._hits = {}
        #: Bytes that were looked through.
        self.scanned = 0
        self._needles = {needle: (None, spelling) for needle, spelling in spellings(MARK).items()}

    def plant(self, kind, text):
        """Looks for this secret from now on. Gives it back."""
        own = spellings(text)
        with self._lock:
            self._secrets[text] = (kind, own)
            if not any(needle in text.encode() for needle in spellings(MARK)):
                # One that somebody else made bears no mark and is looked for as a whole.
                self._needles = self._needles | {needle: (kind, spelling) for needle, spelling in own.items()}
        return text

    def may_be_in(self, path):
        """A file into which a test wrote a secret itself."""
        self._holders.add(pathlib.Path(path))
        return path

    def take_hits(self):
        with self._lock:
            hits, self._hits = list(self._hits.values()), {}
        return hits

    # MARK: Where to look

    def scan(self, data, source, allowed=(), base=0):
        """Looks through bytes. `allowed` are kinds of secrets that have to be there."""
        self.scanned += len(data)
        for needle, (kind, spelling) in self._needles.items():
            place = data.find(needle)
            while place >= 0:
                found = kind or self._kind(data, place)
                if found not in allowed:
                    self._note(Hit(found, spelling, source, base + place))
                place = data.find(needle, place + len(needle))

    def _kind(self, data, place):
        """Whose mark it is that was found there."""
        around = bytes(data[max(place - REACH, 0) : place + REACH])
        kinds = [kind for kind, own in self._secrets.values() if any(spelling in around for spelling in own)]
        return kinds[0] if kinds else "part of a canary"

    def _note(self, hit):
        with self._lock:
            self._hits.setdefault((hit.source, hit.offset), hit)

    def scan_file(self, path, allowed=()):
        """Looks through a file, unless it is one that holds secrets by its purpose."""
        path = pathlib.Path(path)
        if path in self._holders:
            return
        try:
            # Not mapped: a live journal cuts its write-ahead log, and who looks at what is cut is killed (SIGBUS).
            data = path.read_bytes()
        except FileNotFoundError:
            return  # It went away.
        if data and not self._is_key_file(data):
            self.scan(data, str(path), allowed)

    def _is_key_file(self, data):
        """Whether all there is in it is one secret."""
        return len(data) <= REACH and bytes(data[:]).strip().decode("utf-8", "replace") in self._secrets

    def scan_folder(self, folder, skipped=()):
        """Looks through every file below; `skipped` are patterns of names."""
        for path in pathlib.Path(folder).rglob("*"):
            if path.is_file() and not path.is_symlink() and not any(path.match(pattern) for pattern in skipped):
                self.scan_file(path)

    def stream(self, source, allowed=()):
        """For bytes that come in parts."""
        return _Stream(self, source, allowed)

    @property
    def longest(self):
        return max(map(len, self._needles))


class _Stream:
    """Looks through what comes in parts, also at their borders."""

    def __init__(self, canaries, source, allowed):
        self._canaries, self._source, self._allowed = canaries, source, allowed
        self._tail = b""
        self._base = 0

    def feed(self, chunk):
        data = self._tail + chunk
        self._canaries.scan(data, self._source, self._allowed, self._base)
        self._tail = data[-(self._canaries.longest - 1) :]
        self._base += len(data) - len(self._tail)


#: What the whole suite plants, and where all that its gateways emit or store is looked through.
PLANTED = Canaries()
