"""Writes to the log as the operator does, without functions or store: courses, revocations, epochs."""
import asyncio
import json
import secrets
import threading
import time

import nats

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid():
    return "01HF" + "".join(secrets.choice(ALPHABET) for _ in range(22))


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())


class CourseLog:
    def __init__(self, site):
        self.site = site
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, name="course log", daemon=True).start()
        self.connection = self._run(nats.connect(site.nats_url("operator"), inbox_prefix=b"_INBOX_operator", max_reconnect_attempts=-1, reconnect_time_wait=0.1))
        self.stream = self.connection.jetstream()
        first = self._run(self.stream.get_msg("LOG", subject="log.epoch"))
        self.epoch = json.loads(first.data)["epoch"]

    def _run(self, work, timeout=60):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

    def _publish(self, subject, payload, headers=None):
        return self.stream.publish(subject, json.dumps(payload).encode(), headers=headers, timeout=10)

    def publish(self, count=1, size=10, change="created", public="01"):
        """Appends courses, in this order; gives their ids and positions."""
        async def all_of_them():
            out = []
            for n in range(count):
                id, at = ulid(), now()
                course = {"id": id, "slug": f"course-{id.lower()}", "title": f"Course {n}", "description": "x" * size, "status": "published", "created_at": at, "updated_at": at}
                headers = {"ce-specversion": "1.0", "ce-id": ulid(), "ce-type": f"freshet.course.{change}", "ce-source": "/test", "ce-time": at,
                           "content-type": "application/json", "Freshet-Change": change, "Freshet-Public": public}
                ack = await self._publish(f"log.course.{id}", course, headers)
                out.append((id, f"{self.epoch}-{ack.seq}"))
            return out
        return self._run(all_of_them())

    def revoke(self, family):
        self._run(self._publish(f"log.token.{family}", {"user": ulid(), "jti": ulid(), "rotated_at": now(), "revoked": True}))

    def say_epoch(self, epoch):
        """A new epoch, as a restore or an import writes it. Gives its sequence."""
        self.epoch = epoch
        return self._run(self._publish("log.epoch", {"epoch": epoch})).seq

    def purge_before(self, sequence):
        self._run(self.connection.request("$JS.API.STREAM.PURGE.LOG", json.dumps({"seq": sequence}).encode(), timeout=5))

    def close(self):
        self._run(self.connection.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
