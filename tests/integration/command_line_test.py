"""The `freshet` command against a running site: what it makes, shows, moves and refuses, and how it ends."""
import json

import pytest

from harness import ADMIN_NAME, eventually

DONE, FAILED, USAGE, UNREACHABLE = 0, 1, 2, 3


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_init_may_run_again_and_keeps_the_epoch(site):
    first, second = (json.loads(site.freshet("init", "--json").stdout) for _ in range(2))
    assert first["epoch"] == second["epoch"] and first["position"] == second["position"]


def test_a_name_is_taken_in_every_spelling(site):
    for name in (ADMIN_NAME, ADMIN_NAME.upper()):
        done = site.freshet("createsuperuser", "--username", name, stdin="a good password\n", check=False)
        assert done.returncode == FAILED and "taken" in done.stderr, done


@pytest.mark.parametrize("name, password", [("ab", "a good password"), ("a b c", "a good password"), ("someone", "short"), ("someone", "")])
def test_a_bad_name_or_password_makes_no_account(site, name, password):
    done = site.freshet("createsuperuser", "--username", name, stdin=password + "\n", check=False)
    assert done.returncode == FAILED, done
    assert not [event for event in lines(site.freshet("log", "--json", "--subject", "log.user.>")) if event["data"]["username"] == name]


def test_check_finds_everything_well_behind_functions(site):
    found = json.loads(site.freshet("check", "--json", "--url", site.functions_url, check=False).stdout)
    verdicts = {finding["what"]: finding["verdict"] for finding in found["findings"]}
    assert {part: verdicts[part] for part in ("nats-server", "log", "store", "broker", "functions")} == dict.fromkeys(
        ("nats-server", "log", "store", "broker", "functions"), "good"), found


def test_check_fails_where_nothing_answers(site):
    done = site.freshet("check", "--url", "http://127.0.0.1:1", "--nats", "nats://127.0.0.1:1", check=False)
    assert done.returncode == FAILED and "✗ nats-server" in done.stdout and "✗ functions" in done.stdout


def test_the_log_shows_an_article_from_a_position_on(site):
    made = site.admin().articles.create(title="Shown by the log", status="published")
    position = made.headers["Freshet-Position"]
    shown = lines(site.freshet("log", "--json", "--since", position))
    assert shown[0]["subject"] == "log.article." + made.json()["id"] or shown[-1]["subject"].startswith("log.")
    assert f"{shown[0]['sequence']}" == position.split("-")[1]
    wrong = site.freshet("log", "--since", "zzzzzzzz-1", check=False)
    assert wrong.returncode == FAILED and "another log" in wrong.stderr


def test_a_token_of_the_command_line_is_the_accounts(site):
    access = site.freshet("token", "--user", ADMIN_NAME, "--ttl", "5m").stdout.strip()
    me = site.api(access).get("/api/users/me/")
    assert me.status_code == 200 and me.json()["username"] == ADMIN_NAME
    assert site.freshet("token", "--user", "nobody-here", check=False).returncode == FAILED


def test_connections_counts_open_streams(site, closing):
    before = lines(site.freshet("connections", "--json"))
    for _ in range(3):
        closing(site.stream("en")).wait_open()
    after = lines(site.freshet("connections", "--json"))
    assert len(before) == len(after) == 1 and after[0]["streams"] - before[0]["streams"] == 3
    assert f"{after[0]['streams']} streams" in site.freshet("connections").stdout


def test_articles_are_imported_sanitised_with_categories_and_authors(site, tmp_path):
    article = {"slug": "imported", "status": "published", "category": {"slug": "rivers", "name": "Rivers"},
               "author": {"id": 7, "username": "old-author", "name": "Old Author"}, "created_at": "2024-01-01T00:40:00Z",
               "translations": {"en": {"title": "Imported", "content": "<p>kept</p><script>gone()</script>", "excerpt": "e"}}}
    file = tmp_path / "articles.ndjson"
    file.write_text(json.dumps(article) + "\n" + json.dumps({**article, "slug": "imported-too"}) + "\n")
    site.freshet("import", str(file))
    shown = eventually(lambda: _found(site, "imported-too"), what="the imported article is readable")
    assert shown["content"] == "<p>kept</p>"
    assert shown["category"] == {"slug": "rivers", "name": "Rivers"} and shown["author"]["name"] == "Old Author"
    again = site.freshet("import", str(file), check=False)
    assert again.returncode == FAILED, "the slugs are taken"
    assert len(lines(site.freshet("log", "--json", "--subject", "log.slug.article.imported"))) == 1


def test_a_line_that_is_no_article_is_named(site):
    done = site.freshet("import", stdin='{"slug":"fine","translations":{"en":{"title":"t"}}}\n{"slug":"Not A Slug"}\n', check=False)
    assert done.returncode == FAILED and "line 2" in done.stderr


def test_an_export_makes_the_same_site_again_under_a_new_epoch(site, own_site):
    made = site.admin().articles.create(title="Moves house", status="published").json()
    exported = site.freshet("export").stdout
    refused = own_site.freshet("import", stdin=exported, check=False)
    assert refused.returncode == FAILED and "--merge" in refused.stderr, "a log with events is not overwritten by mistake"
    before = json.loads(own_site.freshet("init", "--json").stdout)["epoch"]
    own_site.freshet("import", "--merge", stdin=exported)
    assert json.loads(own_site.freshet("init", "--json").stdout)["epoch"] != before
    shown = eventually(lambda: _found(own_site, made["slug"]), what="the moved article is readable")
    assert shown["id"] == made["id"] and shown["title"] == "Moves house"


@pytest.mark.parametrize("arguments", [["nothing"], ["init", "--colour", "red"], ["log", "--since"], ["init", "word"], ["check", "--json=yes"], []])
def test_wrong_usage_ends_with_2(site, arguments):
    assert site.freshet(*arguments, check=False).returncode == USAGE


def test_a_nats_that_is_away_ends_with_3_and_json_errors_are_json(site):
    done = site.freshet("--json", "init", "--nats", "nats://127.0.0.1:1", check=False)
    assert done.returncode == UNREACHABLE and json.loads(done.stderr)["error"] == "unavailable"


def _found(site, slug):
    answer = site.api().get(f"/api/content/api/articles/{slug}/")
    assert answer.status_code == 200, answer.text
    return answer.json()
