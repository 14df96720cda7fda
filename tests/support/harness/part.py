"""One real process of a site: start, stop, kill -9, freeze, and its log."""
import ctypes
import os
import signal
import subprocess

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    # Linux prctl(2). The signal comes when the *thread* that started the child ends, so parts are started by the main thread only.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Part:
    """A process that `infra/part NAME` becomes. Its pid is the process itself: infra/part ends in exec."""

    def __init__(self, name, command, env, log_path):
        self.name, self.command, self.env, self.log_path = name, command, env, log_path
        self.process = None

    def start(self):
        assert not self.alive(), f"{self.name} is already running"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                            start_new_session=True, preexec_fn=_die_with_parent)
        return self

    def alive(self):
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        """kill -9: no goodbye, nothing flushed."""
        self._end(signal.SIGKILL)

    def stop(self, timeout=15):
        """SIGTERM, as systemd does it. Returns the exit code; a process that ignores it is killed and fails the test."""
        if not self.alive():
            return self.process.returncode if self.process else None
        self.process.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._end(signal.SIGKILL)
            raise AssertionError(f"{self.name} did not stop within {timeout} s of SIGTERM") from None

    def freeze(self):
        """SIGSTOP: connections stay open and nobody answers, like a machine that hangs."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.pid, signal.SIGCONT)

    def end_now(self):
        """For teardown: whatever state it is in."""
        if self.alive():
            self._end(signal.SIGKILL)

    def _end(self, how):
        assert self.alive(), f"{self.name} is not running: {self.log_tail()}"
        self.process.send_signal(how)
        self.process.wait(10)

    def log_size(self):
        try:
            return os.path.getsize(self.log_path)
        except OSError:
            return 0

    def log_from(self, offset, most=20_000):
        try:
            with open(self.log_path, "rb") as log:
                log.seek(max(offset, self.log_size() - most))
                return log.read().decode("utf-8", "replace")
        except OSError:
            return ""

    def log_tail(self, most=3_000):
        return self.log_from(0, most)
