"""HTTP as bytes, for requests that no client library would send."""
import contextlib
import socket


def exchange(port, data, timeout=5.0, pieces=None, half_close=False):
    """Sends `data` (in `pieces` when given) and returns the status and everything received: 0 when the server closed without an answer,
    None when nothing came and it did not close within the timeout."""
    with socket.create_connection(("127.0.0.1", port), timeout) as sock:
        sock.settimeout(timeout)
        received = b""
        try:
            for piece in pieces or [data]:
                sock.sendall(piece)
            if half_close:
                with contextlib.suppress(OSError):  # the server was quicker and has closed; what it sent is still to be read
                    sock.shutdown(socket.SHUT_WR)
            while b"\r\n\r\n" not in received:
                chunk = sock.recv(65536)
                if not chunk:
                    break
                received += chunk
        except TimeoutError:
            return None, received
        except (ConnectionResetError, BrokenPipeError):
            pass
    return status_of(received), received


def status_of(received):
    line = received.split(b"\r\n", 1)[0]
    parts = line.split(b" ")
    return int(parts[1]) if line.startswith(b"HTTP/1.") and len(parts) > 1 and parts[1].isdigit() else 0
