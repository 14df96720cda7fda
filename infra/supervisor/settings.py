"""Where a site's processes listen and write, and the secrets they share. As a program: prints new secrets for a site that infra/up does not run."""
import base64
import os
import pathlib
import secrets
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("FRESHET_DATA_DIR", ROOT / "build/data")).resolve()
LOGS = DATA / "logs"
PORTS = {
    "nats": int(os.environ.get("FRESHET_NATS_PORT", 4222)),
    "functions": int(os.environ.get("FRESHET_FUNCTIONS_PORT", 8081)),
    "broker": int(os.environ.get("FRESHET_BROKER_PORT", 8082)),
    "nginx": int(os.environ.get("FRESHET_HTTP_PORT", 8080)),
}
ROLES = ["system", "operator", "functions", "store", "broker"]
ADMIN_USER = os.environ.get("FRESHET_ADMIN_USER", "admin")
# PKCS #8 of an Ed25519 key is these bytes and the seed (RFC 8410 7).
PKCS8_ED25519 = bytes.fromhex("302e020100300506032b657004220420")


def address():
    return f"http://localhost:{PORTS['nginx']}"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def environment():
    """What infra/part needs beside what the user set: made once per data folder, the user's own settings win."""
    return {**os.environ, **_secrets(), **{name: os.environ[name] for name in os.environ if name.startswith("FRESHET_")},
            "FRESHET_DATA_DIR": str(DATA), "FRESHET_STORE_ID": os.environ.get("FRESHET_STORE_ID", "s1"),
            "FRESHET_NATS_PORT": str(PORTS["nats"]), "FRESHET_FUNCTIONS_PORT": str(PORTS["functions"]),
            "FRESHET_BROKER_PORT": str(PORTS["broker"]), "FRESHET_HTTP_PORT": str(PORTS["nginx"])}


def _secrets():
    path = DATA / "secrets.env"
    if not path.exists():
        write_private(path, new_secrets())
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def new_secrets():
    """Lines NAME=value, as the recipes for containers and systemd want them in a file, too."""
    seed = secrets.token_bytes(32)
    # nats.conf reads a bare value that starts with a digit as a number, so passwords start with a letter.
    made = {f"FRESHET_NATS_PASSWORD_{role.upper()}": "p" + secrets.token_hex(24) for role in ROLES}
    made |= {"FRESHET_JWT_KEY": base64url(seed), "FRESHET_JWT_PUBLIC_KEYS": base64url(_public_key(seed)), "FRESHET_PROXY_SECRET": secrets.token_urlsafe(32)}
    return "".join(f"{name}={value}\n" for name, value in made.items())


def _public_key(seed):
    done = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input=PKCS8_ED25519 + seed, capture_output=True, check=True)
    return done.stdout[-32:]


def write_private(path, text):
    """Whole or not at all, readable by the owner only."""
    new = path.with_suffix(".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)


if __name__ == "__main__":
    print(new_secrets(), end="")
