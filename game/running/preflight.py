"""What must be right before anything starts, each with one line that says what to do."""

import shutil
import socket
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import psycopg
import redis
from django.conf import settings

from game.running import processes
from game.running.places import BASE_DIR

LEAST_SPACE = 512 * 1024**2
CONNECT_SECONDS = 5

# In a process of its own: it reads all the weights while the servers start.
CHECK_WEIGHTS = """
import sys
from generator.folders.manifest import BUNDLED, WeightsError, verify
folder = BUNDLED
if sys.argv[1]:
    from generator.convert.cached import model_folder
    folder = model_folder(sys.argv[1])
try:
    verify(folder)
except WeightsError as error:
    sys.exit(f"The model's weights are not usable: {error}")
"""


class Unfit(Exception):
    """Sixpix cannot start; the message is for the person at the terminal."""


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unfit(
                f"Port {port} on {host} cannot be used: {error.strerror}. "
                "Choose another with PORT, as in: make run PORT=8001"
            ) from None


def check_https() -> None:
    if settings.SITE_URL.startswith("https:") and not settings.TRUSTED_PROXIES:
        raise Unfit(
            f"SITE_URL is {settings.SITE_URL}, but what starts here speaks plain http, and would "
            "send every visitor back to https for ever. Put a proxy that speaks https in front, "
            "such as Caddy or nginx, and set BEHIND_PROXY=1."
        )


def check_space(var: Path) -> None:
    try:
        # Others may pass through to sockets opened for them, but not look around.
        var.mkdir(mode=0o711, parents=True, exist_ok=True)
        probe = var / "write-probe"
        probe.write_bytes(b"\0" * 4096)
        probe.unlink()
        free = shutil.disk_usage(var).free
    except OSError as error:
        raise Unfit(f"{var} cannot be written: {error.strerror}.") from None
    if free < LEAST_SPACE:
        raise Unfit(
            f"{var} has {free // 1024**2} MB of disk space left, and Sixpix needs "
            f"{LEAST_SPACE // 1024**2} MB. Free some, or choose another folder with SIXPIX_VAR."
        )


def check_database(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.Error as error:
        raise Unfit(f"DATABASE_URL cannot be reached: {one_line(error)}") from None


def check_redis(url: str) -> None:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        raise Unfit(f"REDIS_URL cannot be reached: {one_line(error)}") from None


def fetch_model(name: str) -> None:
    """Gigabytes: in the foreground, where its progress is seen."""
    if subprocess.run([sys.executable, "-m", "generator", "fetch", name], cwd=BASE_DIR).returncode:
        raise Unfit(f"GENERATOR_MODEL={name} could not be made ready (see above).")


def begin_weights_check(folder: str, log: Path) -> subprocess.Popen[bytes]:
    log.unlink(missing_ok=True)
    return processes.spawn([sys.executable, "-c", CHECK_WEIGHTS, folder], log, cwd=BASE_DIR)


def finish_weights_check(process: subprocess.Popen[bytes], log: Path) -> None:
    if process.wait() != 0:
        raise Unfit(processes.last_lines(log, 1))


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def warn_of_open_address() -> str:
    """What is missing where others than this machine can reach the port itself."""
    if is_for_this_machine(settings.HOST) or settings.TRUSTED_PROXIES:
        return ""
    return (
        f"HOST={settings.HOST} lets others reach port {settings.PORT} without encryption. Open to "
        "the internet it needs a proxy in front that speaks https and adds to X-Forwarded-For, "
        "such as Caddy or nginx: then set HOST=127.0.0.1, SITE_URL=https://… and BEHIND_PROXY=1."
    )


def is_for_this_machine(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
