"""Writes the benchmark's articles into a site's log, as an import does: whole states, plain appends, many in flight.

    append_articles(site, ndjson_path) -> the position's sequence after the last one

Category and author of an article must exist, so they are made through the API first. The events are those that functions/api would write
(shared/domain/article.hpp, shared/event.hpp).
"""
import asyncio
import datetime
import json
import time

import nats

CATEGORIES = "/api/content/api/categories/"
IN_FLIGHT = 512


def ulid(number):
    return f"01KA{number:022d}"


def headers(kind, id, at, public, languages="en,th"):
    change = "published" if public else "created"
    return {"ce-specversion": "1.0", "ce-id": id, "ce-type": f"freshet.{kind}.{change}", "ce-source": "/freshet/functions", "ce-time": at, "content-type": "application/json",
            "Freshet-Change": change, "Freshet-Public": "01" if public else "00", "Freshet-Languages": languages}


def time_of(stamp):
    return datetime.datetime.fromisoformat(stamp).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def make_people_and_categories(site, rows):
    admin, authors, categories = site.admin(), {}, {}
    for row in rows:
        name, slug = row["author"]["username"], row["category"]["slug"]
        if name not in authors:
            answer = site.api().post("/api/users/", json={"username": name, "password": "a password for the bench", "name": row["author"]["name"]})
            assert answer.status_code == 201, answer.text
            authors[name] = {"id": answer.json()["id"], "username": name, "name": row["author"]["name"]}
        if slug not in categories:
            names = {"en": {"name": row["category"]["name"]}, "th": {"name": row["category"]["name"]}}
            answer = admin.post(CATEGORIES, json={"slug": slug, "translations": names})
            assert answer.status_code == 201, answer.text
            categories[slug] = {"id": answer.json()["id"], "slug": slug, "translations": names}
    return authors, categories


def messages(rows, authors, categories):
    for row in rows:
        id, at, public = ulid(row["n"]), time_of(row.get("published_at") or row["created_at"]), row["status"] == "published"
        state = {"id": id, "slug": row["slug"], "status": row["status"], "category": categories[row["category"]["slug"]], "author": authors[row["author"]["username"]],
                 "translations": {language: {key: text[key] for key in ("title", "content", "excerpt")} for language, text in row["translations"].items()},
                 "published_at": at if public else None, "created_at": at, "updated_at": at}
        yield f"log.slug.article.{row['slug']}", {"id": id}, headers("slug", ulid(10**9 + row["n"]), at, False, "")
        yield f"log.article.{id}", state, headers("article", ulid(2 * 10**9 + row["n"]), at, public)


async def append(url, todo):
    client = await nats.connect(url, inbox_prefix=b"_INBOX_operator")
    stream = client.jetstream(publish_async_max_pending=IN_FLIGHT)
    acks, last = [], 0
    for subject, state, head in todo:
        acks.append(await stream.publish_async(subject, json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode(),
                                               headers={k: v for k, v in head.items() if v}, wait_stall=30))
        if len(acks) >= IN_FLIGHT:
            last = max(ack.seq for ack in await asyncio.gather(*acks))
            acks.clear()
    if acks:
        last = max(ack.seq for ack in await asyncio.gather(*acks))
    await client.close()
    return last


def append_articles(site, ndjson):
    with open(ndjson, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    authors, categories = make_people_and_categories(site, rows)
    return asyncio.run(append(site.nats_url("operator"), messages(rows, authors, categories)))


def wait_applied(site, sequence, timeout=120):
    """Waits until the store answers from a state that has everything up to the sequence."""
    end, epoch = time.monotonic() + timeout, None
    while True:
        headers = {"Freshet-Min-Position": f"{epoch}-{sequence}"} if epoch else {}
        answer = site.api().get("/api/content/api/articles/", headers=headers)
        if answer.status_code == 200:
            if headers:
                return
            epoch = answer.headers["Freshet-Position"].split("-")[0]
            continue
        assert time.monotonic() < end, f"the store has not applied {sequence} within {timeout} s: {answer.status_code} {answer.text[:300]}"
        time.sleep(0.02)
