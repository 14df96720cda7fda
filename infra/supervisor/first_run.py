"""What happens once per data folder: a superuser and the demonstration articles and courses. Interrupted, it goes on where it stopped."""
import json
import os
import pathlib
import secrets
import subprocess
import urllib.error
import urllib.request

from settings import ADMIN_USER, DATA, PORTS, ROOT, write_private

# The generated password is kept until it has been shown; then nobody but its reader has it.
PENDING = DATA / "first_run_password"
DONE = DATA / "first_run_done"


def prepare(env, say, demo):
    """Returns the lines to show, or None when all was done before."""
    if DONE.exists():
        return None
    password = os.environ.get("FRESHET_ADMIN_PASSWORD") or _kept_password()
    lines = [f"  superuser: {ADMIN_USER}", f"  password:  {password}   (shown this once)"]
    if os.environ.get("FRESHET_ADMIN_PASSWORD"):
        lines = [f"  superuser: {ADMIN_USER}, with the password of FRESHET_ADMIN_PASSWORD"]
    if not (DATA / "first_run_superuser").exists():
        _create_superuser(env, password)
        (DATA / "first_run_superuser").touch()
    if demo:
        articles, courses = _load_demo(password)
        say(f"{articles} demonstration articles, {courses} courses")
    return lines


def finished():
    DONE.touch()
    PENDING.unlink(missing_ok=True)


def _kept_password():
    if not PENDING.exists():
        write_private(PENDING, secrets.token_urlsafe(15))
    return PENDING.read_text()


def _create_superuser(env, password):
    program = pathlib.Path(env["FRESHET_BIN_DIR"]) / "freshet"
    env = {**env, "FRESHET_NATS_URL": f"nats://operator:{env['FRESHET_NATS_PASSWORD_OPERATOR']}@127.0.0.1:{PORTS['nats']}"}
    done = subprocess.run([program, "createsuperuser", "--username", ADMIN_USER], env=env, input=password + "\n", capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"freshet createsuperuser: exit {done.returncode}\n{done.stdout}{done.stderr}")


def _load_demo(password):
    content = json.loads((ROOT / "infra/demo/content.json").read_text())
    token = _post("/api/token/", {"username": ADMIN_USER, "password": password})["access"]
    for category in content["categories"]:
        _post("/api/content/api/categories/", category, token)
    for article in content["articles"]:
        _post("/api/content/api/articles/", article, token)
    for course in content["courses"]:
        _post("/api/courses/", course, token)
    return len(content["articles"]), len(content["courses"])


def _post(path, body, token=None):
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(f"http://127.0.0.1:{PORTS['nginx']}{path}", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 409:  # there from an earlier, interrupted run
            return {}
        raise RuntimeError(f"POST {path}: {error.code} {error.read(2000).decode('utf-8', 'replace')}") from error
