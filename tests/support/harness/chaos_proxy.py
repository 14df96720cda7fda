"""A TCP proxy that misbehaves on command: between a process and nats-server, or between a client and a server.

    proxy = ChaosProxy(target_port)
    proxy.stall()       both ways stop, connections stay open (a hung machine, a full buffer)
    proxy.half_open()   the server's side ends, the client is never told (a NAT that forgot); new connections are swallowed too
    proxy.slice(3)      bytes are passed on in pieces of 3
    proxy.cut()         every connection is reset now; new ones work
    proxy.refuse()      new connections are reset as well
    proxy.heal()        passes everything on again; half-open connections are reset, since their other side is gone
"""
import selectors
import socket
import struct
import threading
import time


class _Pair:
    def __init__(self, client, server):
        self.client, self.server = client, server
        self.waiting = {client: bytearray(), server: bytearray()}  # bytes still to be written to that socket

    def other(self, sock):
        return self.server if sock is self.client else self.client


class ChaosProxy:
    BUFFER = 1 << 18
    PIECES_A_TURN = 64

    def __init__(self, target_port, target_host="127.0.0.1"):
        self.target = (target_host, target_port)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.mode, self.piece = "pass", 0
        self.accepted = 0
        self.bytes_passed = 0
        self._pairs, self._swallowed = [], []
        self._lock = threading.RLock()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"chaos proxy {self.port}", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------ commands
    def stall(self):
        self._set("stall")

    def slice(self, piece):
        self._set("slice", piece)

    def refuse(self):
        self._set("refuse")
        self.cut()

    def half_open(self):
        with self._lock:
            self.mode = "half_open"
            for pair in self._pairs:
                _reset(pair.server)
                self._swallowed.append(pair.client)
            self._pairs.clear()

    def cut(self):
        with self._lock:
            for pair in self._pairs:
                _reset(pair.client)
                _reset(pair.server)
            self._pairs.clear()

    def heal(self):
        with self._lock:
            self._set("pass")
            for sock in self._swallowed:
                _reset(sock)
            self._swallowed.clear()

    def close(self):
        self._stopping = True
        self._thread.join(5)
        self.cut()
        self.heal()
        self.listener.close()

    def _set(self, mode, piece=0):
        with self._lock:
            self.mode, self.piece = mode, piece

    # ------------------------------------------------------------ the loop
    def _run(self):
        while not self._stopping:
            with self._lock:
                self._turn()
            time.sleep(0 if self.mode in ("pass", "slice") else 0.001)

    def _turn(self):
        self._accept()
        if self.mode in ("stall", "half_open"):
            return
        watched = {}
        with selectors.DefaultSelector() as selector:
            selector.register(self.listener, selectors.EVENT_READ)
            for pair in self._pairs:
                for sock in (pair.client, pair.server):
                    wanted = 0
                    if len(pair.waiting[pair.other(sock)]) < self.BUFFER:
                        wanted |= selectors.EVENT_READ
                    if pair.waiting[sock]:
                        wanted |= selectors.EVENT_WRITE
                    if wanted:
                        selector.register(sock, wanted)
                        watched[sock] = pair
            ready = selector.select(0.005)
        for key, mask in ready:
            pair = watched.get(key.fileobj)
            if pair is not None and pair in self._pairs:
                self._move(pair, key.fileobj, mask)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except BlockingIOError:
                return
            self.accepted += 1
            if self.mode == "refuse":
                _reset(client)
            elif self.mode == "half_open":
                self._swallowed.append(client)
            else:
                try:
                    server = socket.create_connection(self.target, 2)
                except OSError:
                    _reset(client)
                    continue
                for sock in (client, server):
                    sock.setblocking(False)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._pairs.append(_Pair(client, server))

    def _move(self, pair, sock, mask):
        try:
            if mask & selectors.EVENT_WRITE:
                waiting = pair.waiting[sock]
                sent = self._send_pieces(sock, waiting) if self.mode == "slice" else sock.send(bytes(waiting))
                self.bytes_passed += sent
                del waiting[:sent]
            if mask & selectors.EVENT_READ:
                data = sock.recv(65536)
                if not data:
                    self._finish(pair, pair.other(sock))
                    return
                pair.waiting[pair.other(sock)] += data
        except BlockingIOError:
            pass
        except OSError:
            _reset(pair.client)
            _reset(pair.server)
            self._pairs.remove(pair)

    def _send_pieces(self, sock, waiting):
        """Some pieces, each by a send of its own. One a turn would be some 5,000 bytes/s on a busy machine: then an answer of 2 KB is late, not sliced."""
        sent = 0
        for _ in range(self.PIECES_A_TURN):
            if sent >= len(waiting):
                break
            try:
                sent += sock.send(bytes(waiting[sent:sent + self.piece]))
            except BlockingIOError:
                break
        return sent

    def _finish(self, pair, sock):
        """One side has ended: what it said is passed on, then both are closed."""
        try:
            sock.setblocking(True)
            sock.settimeout(2)
            sock.sendall(pair.waiting[sock])
        except OSError:
            pass
        pair.client.close()
        pair.server.close()
        self._pairs.remove(pair)


def _reset(sock):
    """Close with RST: SO_LINGER with zero seconds."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    except OSError:
        pass
