"""Tokens, users, rotation, reuse, revocation, throttle; and every way to forge a token."""
import base64
import json
import secrets
import time
import unicodedata

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from harness import ADMIN_NAME, EventStream, eventually

SECRET = "secret-of-another-system-with-32-bytes"
SETTINGS = {"FRESHET_HS256_SECRET": SECRET, "FRESHET_HS256_ISSUER": "other", "FRESHET_HS256_AUDIENCE": "freshet"}
ARTICLES = "/api/content/api/articles/"


@pytest.fixture(scope="module")
def anyone(each_site):
    return each_site.api()


def me(site, token, scheme="Bearer"):
    return site.api(token, scheme=scheme).get("/api/users/me/")


def refused(answer, status=401):
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    if status == 401:
        assert "WWW-Authenticate" in answer.headers


# ------------------------------------------------------------ the pair
def test_a_login_gives_a_pair_that_both_schemes_accept(each_site):
    pair = each_site.login()
    assert set(pair) == {"access", "refresh"}
    for scheme in ("Bearer", "Token", "bearer"):
        answer = me(each_site, pair["access"], scheme)
        assert answer.status_code == 200 and answer.json()["username"] == ADMIN_NAME and answer.json()["is_staff"] is True
    assert set(me(each_site, pair["access"]).json()) == {"id", "username", "name", "avatar", "is_staff", "groups"}


def test_the_claims_are_those_of_the_contract_and_the_key_is_published(each_site, anyone):
    access = each_site.login()["access"]
    key = jwt.PyJWK(anyone.get("/.well-known/jwks.json").json()["keys"][0])
    claims = jwt.decode(access, key, algorithms=["EdDSA"], options={"verify_aud": False})
    assert set(claims) >= {"sub", "iss", "aud", "exp", "iat", "jti", "family", "token_type", "is_staff"}
    assert claims["token_type"] == "access" and 3500 <= claims["exp"] - claims["iat"] <= 3600


@pytest.mark.parametrize("body, status", [
    ({"username": ADMIN_NAME, "password": "wrong"}, 401), ({"username": "nobody", "password": "whatever"}, 401), ({"username": ADMIN_NAME}, 400),
    ({"password": "x"}, 400), ({}, 400), ([], 400), ({"username": 7, "password": "x"}, 400), ({"username": ADMIN_NAME, "password": None}, 400),
])
def test_a_login_that_is_wrong(anyone, body, status):
    refused(anyone.post("/api/token/", json=body), status)


def test_an_unknown_name_and_a_wrong_password_read_the_same(anyone):
    answers = [anyone.post("/api/token/", json={"username": name, "password": "a wrong password"}) for name in (ADMIN_NAME, "nobody-" + secrets.token_hex(4))]
    assert answers[0].json() == answers[1].json()


def test_verify_and_blacklist(each_site, anyone):
    pair = each_site.login()
    assert anyone.post("/api/token/verify/", json={"token": pair["access"]}).status_code == 200
    assert anyone.post("/api/token/blacklist/", json={"refresh": pair["refresh"]}).status_code == 200
    refused(anyone.post("/api/token/refresh/", json={"refresh": pair["refresh"]}))
    eventually(lambda: me(each_site, pair["access"]).status_code == 401, timeout=1.0, what="the access token of a logout is refused")
    refused(anyone.post("/api/token/verify/", json={"token": pair["access"]}))


def test_a_refresh_rotates_and_the_reuse_of_the_old_one_revokes_the_family(each_site, anyone, closing):
    first = each_site.login()
    second = anyone.post("/api/token/refresh/", json={"refresh": first["refresh"]}).json()
    assert second["refresh"] != first["refresh"] and me(each_site, second["access"]).status_code == 200
    stream = closing(each_site.stream(headers={"Authorization": "Bearer " + second["access"]})).wait_open()
    bystander = closing(each_site.stream()).wait_open()
    refused(anyone.post("/api/token/refresh/", json={"refresh": first["refresh"]}))
    reused = time.monotonic()
    for access in (first["access"], second["access"]):
        eventually(lambda: me(each_site, access).status_code == 401, timeout=1.0, what="access tokens of the family are refused")
    refused(anyone.post("/api/token/refresh/", json={"refresh": second["refresh"]}))
    stream.wait_ended(max(0.1, reused + 1.5 - time.monotonic()))
    assert not bystander.ended


def test_a_repeated_refresh_with_its_key_gets_the_same_pair(each_site, anyone):
    first, key = each_site.login(), {"Idempotency-Key": secrets.token_hex(16)}
    answers = [anyone.post("/api/token/refresh/", json={"refresh": first["refresh"]}, headers=key) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 200]
    assert answers[0].json() == answers[1].json() == answers[2].json()


def test_access_and_refresh_are_not_each_other(each_site, anyone):
    pair = each_site.login()
    refused(me(each_site, pair["refresh"]))
    refused(anyone.post("/api/token/refresh/", json={"refresh": pair["access"]}))


# ------------------------------------------------------------ forgeries
def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def forge(site, anyone, how):
    """A token that differs from a good one in one thing."""
    good = site.login()["access"]
    claims = jwt.decode(good, options={"verify_signature": False})
    header = jwt.get_unverified_header(good)
    now = int(time.time())
    key, algorithm = pem(site.key), "EdDSA"
    extra = {k: v for k, v in header.items() if k not in ("alg", "typ")}
    if how == "untouched":
        pass
    elif how == "other key":
        key = pem(Ed25519PrivateKey.generate())
    elif how == "expired":
        claims.update(iat=now - 7200, exp=now - 3600)
    elif how == "no exp":
        del claims["exp"]
    elif how == "other issuer":
        claims["iss"] = "someone"
    elif how == "other audience":
        claims["aud"] = "ticket"
    elif how == "unknown user":
        claims["sub"] = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    elif how == "unknown family":
        claims["family"] = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    elif how == "no family":
        del claims["family"]
    elif how == "exp as text":
        claims["exp"] = str(claims["exp"])
    elif how == "sub as number":
        claims["sub"] = 7
        return raw_eddsa(site, extra, claims)
    elif how == "not before":
        claims["nbf"] = now + 3600
    elif how == "none":
        return segment({"alg": "none", "typ": "JWT", **extra}) + "." + good.split(".")[1] + "."
    elif how == "hs256 with the public key":
        key = site.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return jwt.encode(claims, key, algorithm="HS256", headers=extra)
    elif how == "cut signature":
        return good[:-8]
    elif how == "changed claims":
        head, _, tail = good.split(".")
        claims["sub"] = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
        return head + "." + segment(claims) + "." + tail
    return jwt.encode(claims, key, algorithm=algorithm, headers=extra)


def segment(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def raw_eddsa(site, extra, claims):
    text = segment({"alg": "EdDSA", "typ": "JWT", **extra}) + "." + segment(claims)
    return text + "." + base64.urlsafe_b64encode(site.key.sign(text.encode())).rstrip(b"=").decode()


def test_the_forge_makes_good_tokens_when_nothing_is_changed(each_site, anyone):
    assert me(each_site, forge(each_site, anyone, "untouched")).status_code == 200


@pytest.mark.parametrize("how", ["other key", "expired", "no exp", "other issuer", "other audience", "unknown user", "unknown family", "exp as text", "sub as number",
                                 "not before", "none", "hs256 with the public key", "cut signature", "changed claims"])
def test_a_forged_token_is_401(each_site, anyone, how):
    token = forge(each_site, anyone, how)
    refused(me(each_site, token))
    refused(each_site.api(token).get(ARTICLES))
    refused(anyone.post("/api/token/verify/", json={"token": token}))


@pytest.mark.parametrize("value", ["Bearer", "Bearer a", "Bearer a.b", "Bearer a.b.c", "Bearer ...", "Bearer a.b.c.d", "Bearer " + "A" * 8000, "Basic dTpw", "Token",
                                   "Bearer eyJhbGciOiJFZERTQSJ9.e30.AA", "Bearer \xff\xfe"])
def test_an_authorization_that_is_none_is_401(anyone, value):
    refused(anyone.get("/api/users/me/", headers={"Authorization": value.encode("latin-1")}))


def test_a_token_of_the_other_system_is_accepted_and_never_staff(each_site):
    now = int(time.time())
    claims = {"sub": "42", "iss": "other", "aud": "freshet", "exp": now + 60, "is_staff": True}
    token = jwt.encode(claims, SECRET, algorithm="HS256")
    assert me(each_site, token).status_code == 200 and me(each_site, token).json()["is_staff"] is False
    assert each_site.api(token).post(ARTICLES, json=each_site.api().articles.body()).status_code == 403
    for change in ({"iss": "x"}, {"aud": "x"}, {"exp": now - 60}):
        refused(me(each_site, jwt.encode({**claims, **change}, SECRET, algorithm="HS256")))
    del claims["exp"]
    refused(me(each_site, jwt.encode(claims, SECRET, algorithm="HS256")))
    refused(me(each_site, jwt.encode({**claims, "exp": now + 60}, SECRET + "x", algorithm="HS256")))


# ------------------------------------------------------------ users
def test_a_new_user_logs_in_and_is_no_staff(each_site):
    name, password = each_site.new_user()
    access = each_site.login(name, password)["access"]
    assert me(each_site, access).json()["is_staff"] is False
    reader = each_site.api(access)
    for answer in (reader.post(ARTICLES, json=reader.articles.body()), reader.get("/api/users/"), reader.post(ARTICLES + "publish/", json={"ids": ["01ARZ3NDEKTSV4RRFFQ69G5FAV"]}),
                   reader.patch(ARTICLES + "x/", json={"status": "draft"})):
        refused(answer, 403)
    assert reader.get(ARTICLES, params={"status": "draft"}).json() == reader.get(ARTICLES).json()  # unknown to who is no staff, so ignored


def test_a_name_is_unique_whatever_its_case_and_form(each_site, anyone):
    name = "Ünique-" + secrets.token_hex(4)
    assert anyone.post("/api/users/", json={"username": name, "password": "a long password"}).status_code == 201
    for other in (name, name.upper(), name.lower(), unicodedata.normalize("NFD", name)):
        answer = anyone.post("/api/users/", json={"username": other, "password": "a long password"})
        assert answer.status_code == 409, f"{other}: {answer.status_code} {answer.text}"


@pytest.mark.parametrize("change", [
    {"username": "ab"}, {"username": "a" * 151}, {"username": "with space"}, {"username": "semi;colon"}, {"username": ""}, {"password": "1234567"}, {"password": "x" * 1025},
    {"username": None}, {"password": ["x"] * 10}, {"name": "n" * 151}, {"name": 3}, {"email": "no address"},
])
def test_a_user_that_is_none_is_400_and_the_field_is_named(anyone, change):
    answer = anyone.post("/api/users/", json={"username": "ok-" + secrets.token_hex(4), "password": "a long password", **change})
    refused(answer, 400)
    assert set(answer.json()["errors"]) == set(change)


@pytest.mark.parametrize("change", [{"username": "n" * 138}, {"password": "x" * 8}, {"password": "x" * 1024}, {"name": "ก" * 150}])
def test_a_user_at_the_limit_is_made(anyone, change):
    body = {"username": "ok-", "password": "a long password", **change}
    body["username"] += secrets.token_hex(6)
    assert anyone.post("/api/users/", json=body).status_code == 201


def test_a_profile_is_changed_by_its_owner_who_does_not_become_staff(each_site):
    name, password = each_site.new_user()
    reader = each_site.api(each_site.login(name, password)["access"])
    answer = reader.patch("/api/users/me/", json={"name": "Reader One", "is_staff": True, "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["is_staff"]) == ("Reader One", False)
    refused(reader.post(ARTICLES, json=reader.articles.body()), 403)


def test_an_answer_never_holds_a_password(each_site, anyone):
    name, password = each_site.new_user()
    texts = [me(each_site, each_site.login(name, password)["access"]).text, each_site.admin().get("/api/users/").text]
    assert all("argon2" not in text and '"password"' not in text for text in texts)


def test_ten_failures_close_an_account_and_a_success_does_not_count(each_site, anyone):
    name, password = each_site.new_user()
    for _ in range(12):
        each_site.login(name, password)
    for n in range(10):
        refused(anyone.post("/api/token/", json={"username": name, "password": f"wrong {n}"}))
    for password in ("wrong again", password):
        answer = anyone.post("/api/token/", json={"username": name, "password": password})
        refused(answer, 429)
        assert 0 < int(answer.headers["Retry-After"]) <= 1800
    other, password = each_site.new_user()
    each_site.login(other, password)


def test_a_stream_ticket_opens_one_stream(each_site, closing):
    answer = each_site.admin().post("/api/stream-ticket/")
    assert answer.status_code == 200 and 0 < answer.json()["expires_in"] <= 30
    path = "/api/content/events/article-updates-en/?ticket=" + answer.json()["ticket"]
    first = closing(EventStream(each_site.broker_url, path)).wait_open()
    second = closing(EventStream(each_site.broker_url, path)).wait_ended()
    assert first.status == 200 and second.status == 401
    refused(me(each_site, answer.json()["ticket"]))


def test_a_stream_ends_when_its_token_expires_and_says_so(each_site, closing):
    token = each_site.login()["access"]
    claims, header = jwt.decode(token, options={"verify_signature": False}), jwt.get_unverified_header(token)
    short = raw_eddsa(each_site, {"kid": header["kid"]}, {**claims, "exp": int(time.time()) + 3})
    stream = closing(each_site.stream(headers={"Authorization": "Bearer " + short})).wait_open()
    long = closing(each_site.stream(headers={"Authorization": "Bearer " + token})).wait_open()
    stream.wait_ended(6)
    notices = [json.loads(event.data)["notification_type"] for event in stream.events if event.type == "notification"]
    assert notices == ["token_expired"] and not long.ended
    refused(each_site.api(short).get("/api/users/me/"))


def test_a_stream_is_told_a_minute_before_its_token_expires(each_site, closing):
    token = each_site.login()["access"]
    claims, header = jwt.decode(token, options={"verify_signature": False}), jwt.get_unverified_header(token)
    expires_at = int(time.time()) + 63
    soon = raw_eddsa(each_site, {"kid": header["kid"]}, {**claims, "exp": expires_at})
    stream = closing(each_site.stream(headers={"Authorization": "Bearer " + soon})).wait_open()
    told = stream.wait(lambda event: event.type == "notification", timeout=10)
    assert told.json["notification_type"] == "token_expiring"
    assert 50 < expires_at - time.time() <= 60 and not stream.ended


def test_a_broker_that_starts_knows_what_was_revoked_before(each_site, anyone, closing):
    kept, revoked = each_site.login(), each_site.login()
    assert anyone.post("/api/token/blacklist/", json={"refresh": revoked["refresh"]}).status_code == 200
    each_site.parts["broker"].stop()
    each_site.start("broker")
    each_site.wait_ready()
    assert closing(each_site.stream(headers={"Authorization": "Bearer " + kept["access"]})).wait_open().status == 200
    assert closing(each_site.stream(headers={"Authorization": "Bearer " + revoked["access"]})).wait_ended(3).status == 401


def test_a_new_password_ends_every_session_and_its_streams(each_site, closing):
    name, password = each_site.new_user()
    pair = each_site.login(name, password)
    stream = closing(each_site.stream(headers={"Authorization": "Bearer " + pair["access"]})).wait_open()
    reader = each_site.api(pair["access"])
    refused(reader.patch("/api/users/me/", json={"password": "another long password"}), 400)
    answer = reader.patch("/api/users/me/", json={"password": "another long password", "current_password": password})
    assert answer.status_code == 200, answer.text
    stream.wait_ended(1.5)
    eventually(lambda: me(each_site, pair["access"]).status_code == 401, timeout=1.0, what="the old token is refused")
    refused(each_site.api().post("/api/token/", json={"username": name, "password": password}))
    assert me(each_site, each_site.login(name, "another long password")["access"]).status_code == 200


def test_groups_are_in_the_profile_of_their_members(each_site):
    staff = each_site.admin()
    group = staff.post("/api/groups/", json={"name": "College of Engineering"})
    assert group.status_code == 201, group.text
    name, password = each_site.new_user()
    reader = each_site.api(each_site.login(name, password)["access"])
    member = f"/api/groups/{group.json()['id']}/members/{reader.get('/api/users/me/').json()['id']}/"
    position = staff.put(member).headers["Freshet-Position"]
    assert reader.get("/api/users/me/", headers={"Freshet-Min-Position": position}).json()["groups"] == [group.json()]
    position = staff.delete(member).headers["Freshet-Position"]
    assert reader.get("/api/users/me/", headers={"Freshet-Min-Position": position}).json()["groups"] == []


def test_no_token_and_no_password_is_in_any_log(each_site):
    pair, mark = each_site.login(), "canary-" + secrets.token_hex(8)
    each_site.api().post("/api/token/", json={"username": ADMIN_NAME, "password": mark})
    each_site.api().get(ARTICLES + f"?token={pair['access']}")
    with each_site.stream(headers={"Authorization": "Bearer " + pair["access"]}) as stream:
        stream.wait_open()
    for name, part in each_site.parts.items():
        log = part.log_from(0, 10_000_000)
        for secret in (pair["access"], pair["refresh"], mark, *each_site.passwords.values()):
            assert secret not in log, f"{name} logged a secret"
