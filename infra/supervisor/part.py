"""One process of the site, kept running."""
import asyncio
import ctypes
import os
import shutil
import signal
import time

from settings import LOGS, ROOT

PR_SET_PDEATHSIG = 1  # prctl(2): if the supervisor is killed, nothing is left behind
PAUSE_FIRST_S, PAUSE_MOST_S = 0.5, 10.0
STEADY_S = 30  # a process that lived this long starts again with the first pause
LOG_BYTES_MAX = 50 << 20
_libc = ctypes.CDLL(None, use_errno=True)


class Part:
    """keep() runs until stop(): start, wait, pause, again. `changed` is called whenever status() is different."""

    def __init__(self, name, env, say, changed):
        self.name, self.env, self.say, self.changed = name, env, say, changed
        self.process, self.restarts, self.since, self.stopping = None, 0, 0.0, False
        self.log_path = LOGS / f"{name}.log"

    async def keep(self):
        pause = PAUSE_FIRST_S
        while not self.stopping:
            await self._start()
            code = await self.process.wait()
            end_session(self.process.pid)
            if self.stopping:
                break
            if time.time() - self.since > STEADY_S:
                pause = PAUSE_FIRST_S
            self.say(f"{self.name} ended ({_how(code)}); again in {pause:g} s. Its last words, from {self.log_path}:\n{self.log_tail(5)}")
            self.restarts += 1
            self.changed()
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_MOST_S)

    async def _start(self):
        self.trim_log()
        with open(self.log_path, "ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                str(ROOT / "infra/part"), self.name, env=self.env, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=lambda: _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        self.since = time.time()
        self.changed()

    async def stop(self, how=signal.SIGTERM, within_s=10):
        self.stopping = True
        if not self.alive():
            return
        self.process.send_signal(how)
        try:
            await asyncio.wait_for(self.process.wait(), within_s)
        except TimeoutError:
            self.say(f"{self.name} did not end within {within_s} s: killed")
            self.process.kill()
            await self.process.wait()
        end_session(self.process.pid)

    def alive(self):
        return self.process is not None and self.process.returncode is None

    def status(self):
        return {"pid": self.process.pid if self.alive() else None, "restarts": self.restarts, "since": self.since}

    def log_tail(self, lines):
        try:
            with open(self.log_path, "rb") as log:
                log.seek(max(0, os.path.getsize(self.log_path) - 8192))
                return "\n".join("  " + line for line in log.read().decode("utf-8", "replace").splitlines()[-lines:])
        except OSError:
            return ""

    def trim_log(self):
        """The process holds the file open for appending, so it is copied and cut, not renamed."""
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_BYTES_MAX:
            shutil.copyfile(self.log_path, self.log_path.with_suffix(".log.1"))
            os.truncate(self.log_path, 0)


def end_session(leader):
    """Ends what a part left behind: nginx's workers outlive a master that was killed, and keep its port. Each part leads a session of its own, and
    the kernel gives a process id to nobody else while a session carries it; so a session whose leader is gone is that part's."""
    if _session(leader) is not None:
        return
    for entry in os.listdir("/proc"):
        if entry.isdigit() and _session(entry) == leader:
            try:
                os.kill(int(entry), signal.SIGKILL)
            except ProcessLookupError:
                pass


def _session(pid):
    """The session of a process that lives; None when it is gone, or ended and only not yet waited for."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
    except (OSError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[3])


def _how(code):
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
