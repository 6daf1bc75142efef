"""TLS over a socket by hand, for handshakes that stop half-way and connections that end in every way there is."""

import socket
import ssl


class TLSWire:
    """A TLS client whose every step is asked for."""

    def __init__(self, host_and_port, context, timeout=20):
        self.socket = socket.create_connection(host_and_port, timeout=timeout)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")
        #: Whether the other side has ended its part, without TLS and with it.
        self.ended = self.notified = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def flush(self):
        data = self._outgoing.read()
        if data:
            self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(65536)
        if data:
            self._incoming.write(data)
        else:
            self.ended = True
            self._incoming.write_eof()

    def first_flight(self):
        """The bytes that begin a handshake, not sent."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return self._outgoing.read()
        raise AssertionError("a handshake without an answer")

    def handshake(self):
        while True:
            try:
                self.tls.do_handshake()
                self.flush()
                return self
            except ssl.SSLWantReadError:
                self.flush()
                self._more()
            except ssl.SSLError:
                self.flush()
                raise

    def send(self, data):
        self.tls.write(data if isinstance(data, bytes) else data.encode())
        self.flush()
        return self

    def say_close(self):
        """Says that nothing more comes (close_notify), and leaves the socket open."""
        try:
            self.tls.unwrap()
        except (ssl.SSLWantReadError, ssl.SSLSyscallError):
            pass
        except ssl.SSLError as error:
            # Something was on its way already.
            assert "APPLICATION_DATA_AFTER_CLOSE_NOTIFY" in str(error), error
        self.flush()

    def read_to_end(self):
        """All that comes until the other side ends its part; `notified` says whether it said so in TLS."""
        data = b""
        while True:
            try:
                part = self.tls.read(65536)
                if not part:
                    self.notified = True
                    return data
                data += part
            except ssl.SSLWantReadError:
                self._more()
            except ssl.SSLZeroReturnError:
                self.notified = True
                return data
            except ssl.SSLEOFError:
                return data
