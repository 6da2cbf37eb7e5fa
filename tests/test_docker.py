"""The production files, read without an engine: what they name exists and agrees."""

import ast
import configparser
import re
import shlex
from pathlib import Path

try:
    import yaml
except ImportError:  # requirements/dev.txt: on Python 3.13 it has another name
    import yaml_ft as yaml

from tools import ground, settings
from tools.odoo import suite
from tools.settings import ADDONS, ROOT, VENV

DOCKER = ROOT / "docker"
OCA_WHEEL = re.compile(r"^odoo-addon-([\w-]+)==", re.M)
VARIABLE = re.compile(r"\$\{(\w+)")

TOP_KEYS = {"configs", "include", "name", "networks", "secrets", "services", "volumes"}
SERVICE_WORDS = """
build cap_add cap_drop command configs container_name depends_on deploy dns entrypoint
env_file environment expose extra_hosts healthcheck hostname image init labels logging
mem_limit networks platform ports profiles pull_policy read_only restart secrets
security_opt shm_size stop_grace_period stop_signal sysctls tmpfs ulimits user volumes
working_dir
"""
SERVICE_KEYS = set(SERVICE_WORDS.split())
BUILD_KEYS = {"args", "context", "dockerfile", "labels", "pull", "target"}
HEALTH_KEYS = {"disable", "interval", "retries", "start_period", "test", "timeout"}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def bare(text: str) -> str:
    """Take out the lines that are comments."""
    return re.sub(r"^\s*#.*\n", "", text, flags=re.M)


def compose() -> dict:
    return yaml.safe_load(text_of(DOCKER / "compose.yaml"))


def services() -> dict[str, dict]:
    return compose()["services"]


def dockerfile() -> list[list[str]]:
    """The instructions as words, flags left out."""
    text = bare(text_of(DOCKER / "Dockerfile")).replace("\\\n", " ")
    lines = [shlex.split(line) for line in text.splitlines() if line.strip()]
    return [
        [words[0], *(word for word in words[1:] if not word.startswith("--"))]
        if words[0] == "COPY"
        else words
        for words in lines
    ]


def copies() -> dict[str, str]:
    """Each source that the Dockerfile copies, with its target."""
    return {
        source: words[-1].rstrip("/")
        for words in dockerfile()
        if words[0] == "COPY"
        for source in words[1:-1]
    }


def odoo_conf() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser()
    parser.read_string(text_of(ROOT / "config" / "odoo-prod.conf"))
    return parser["options"]


def odoo_source() -> Path:
    """The Odoo tree in use, which the set-up has put there."""
    return settings.load().odoo_source or ground.DIST


def odoo_addons() -> set[str]:
    folders = [odoo_source() / "odoo" / "addons", odoo_source() / "addons"]
    found = {path.parent.name for f in folders for path in f.glob("*/__manifest__.py")}
    assert "mail" in found, "There is no Odoo: run `make run` or `make test` once."
    return found


def wheel_addons() -> set[str]:
    pins = text_of(ROOT / "requirements.txt")
    return {name.replace("-", "_") for name in OCA_WHEEL.findall(pins)}


def manifest(addon: str) -> dict:
    """The manifest of an addon of the suite, or of an installed OCA wheel."""
    wheels = VENV.glob(f"lib/python*/site-packages/odoo/addons/{addon}/__manifest__.py")
    for path in (ADDONS / addon / "__manifest__.py", *wheels):
        if path.exists():
            return ast.literal_eval(text_of(path))
    return {"depends": []}


def nginx() -> str:
    return bare(text_of(DOCKER / "nginx.conf"))


def nginx_blocks(kind: str) -> dict[str, dict[str, str]]:
    """The innermost blocks of a kind: the directives and proxy headers of each."""
    blocks = {}
    for name, body in re.findall(rf"{kind}\s+([^{{]+?)\s*\{{([^{{}}]*)\}}", nginx()):
        words = [line.split(None, 1) for line in body.split(";") if line.strip()]
        headers = [value.split() for key, value in words if key == "proxy_set_header"]
        blocks[name] = {key: value.strip() for key, value in words} | dict(headers)
    return blocks


def upstream_of(location: str) -> tuple[str, str]:
    """Host and port that a location passes requests to."""
    target = nginx_blocks("location")[location]["proxy_pass"].removeprefix("http://")
    host, port = nginx_blocks("upstream")[target]["server"].split()[0].split(":")
    return host, port


def seconds(text: str) -> int:
    assert text.endswith("s"), text
    return int(text[:-1])


def test_compose_has_the_services_and_known_keys_only():
    assert {"db", "odoo", "proxy", "mailpit"} <= set(services())
    assert {key for key in compose() if not key.startswith("x-")} <= TOP_KEYS
    for name, service in services().items():
        assert set(service) <= SERVICE_KEYS, name
        assert {"image", "build"} & set(service), name
        assert set(service.get("build", {})) <= BUILD_KEYS, name
        assert set(service.get("healthcheck", {})) <= HEALTH_KEYS, name
    assert services()["mailpit"]["profiles"] == ["dev"]


def test_compose_names_only_what_it_declares():
    declared = compose()
    for name, service in services().items():
        for other, how in service.get("depends_on", {}).items():
            assert how["condition"] == "service_healthy", name
            assert "healthcheck" in services()[other], other
        assert set(service.get("secrets", [])) <= set(declared["secrets"]), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith(".") or source in declared["volumes"], volume
        secrets = re.findall(r"/run/secrets/(\w+)", str(service.get("environment")))
        assert set(secrets) <= set(service.get("secrets", [])), name


def test_files_named_by_compose_exist():
    for name, service in services().items():
        if build := service.get("build"):
            context = (DOCKER / build["context"]).resolve()
            assert context == ROOT
            assert (context / build["dockerfile"]).is_file()
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (DOCKER / source).is_file(), (name, volume)


def test_secrets_are_files_outside_of_the_checkout():
    example = text_of(DOCKER / ".env.example")
    values = dict(re.findall(r"^(\w+)=(.*)$", example, re.M))
    for name, secret in compose()["secrets"].items():
        variable = VARIABLE.match(secret["file"])[1]
        assert secret["file"].startswith(f"${{{variable}:?"), name
        assert Path(values[variable]).is_absolute(), name
    for service in services().values():
        for key, value in service.get("environment", {}).items():
            if "PASSWORD" in key:
                assert key.endswith("_FILE"), key
                assert value.startswith("/run/secrets/"), key


def test_example_explains_every_variable():
    used = set(VARIABLE.findall(text_of(DOCKER / "compose.yaml")))
    example = text_of(DOCKER / ".env.example")
    assert used == set(re.findall(r"^(\w+)=", example, re.M))


def test_only_the_proxy_can_be_reached():
    for name, service in services().items():
        for port in service.get("ports", []):
            assert name == "proxy" or port.startswith("127.0.0.1:"), (name, port)


def test_odoo_asks_the_database_with_its_password():
    db, server = services()["db"], services()["odoo"]
    assert server["environment"]["HOST"] == "db"
    assert server["environment"]["USER"] == db["environment"]["POSTGRES_USER"]
    assert server["environment"]["USER"] != "postgres"
    password = db["environment"]["POSTGRES_PASSWORD_FILE"]
    assert server["environment"]["PASSWORD_FILE"] == password
    [health] = [word for word in server["healthcheck"]["test"] if "/web/health" in word]
    assert f":{odoo_conf()['http_port']}/" in health


def test_dockerfile_copies_what_exists():
    instructions = dockerfile()
    assert instructions[0] == ["FROM", "odoo:19.0"] or re.fullmatch(
        r"odoo:19\.0@sha256:[0-9a-f]{64}", instructions[0][1]
    )
    for source in copies():
        assert (ROOT / source).exists(), source
    assert copies()["config/odoo-prod.conf"] == "/etc/odoo/odoo.conf"
    users = [words[1] for words in instructions if words[0] == "USER"]
    assert users[-1] == "odoo"


def test_dockerfile_installs_the_requirements():
    target = f"{copies()['requirements.txt']}/requirements.txt"
    [command] = [words for words in dockerfile() if {"pip", "install"} <= set(words)]
    assert {"--no-deps", "--break-system-packages", target} <= set(command)
    wanted = re.findall(r"odoo\.addons\.(\w+)", bare(text_of(DOCKER / "Dockerfile")))
    assert set(wanted) <= {"base"} | wheel_addons()


def test_image_holds_every_addon():
    path = odoo_conf()["addons_path"]
    covered = [ROOT / source for source, target in copies().items() if target == path]
    assert suite()
    for addon in suite():
        assert ADDONS in covered or ADDONS / addon in covered, addon


def test_every_oca_addon_has_its_wheel():
    """pip does not look for dependencies here, so those of the wheels count too."""
    shipped, wheels = odoo_addons(), wheel_addons()
    assert not wheels & shipped, "A wheel would hide an addon of Odoo."
    queue, seen = suite(), set()
    while queue:
        addon = queue.pop()
        if addon in seen or addon in shipped:
            continue
        seen.add(addon)
        queue += manifest(addon)["depends"]
    assert seen - set(suite()) <= wheels


def test_nginx_passes_web_sockets_and_the_rest():
    conf, locations = odoo_conf(), nginx_blocks("location")
    assert upstream_of("/websocket") == ("odoo", conf["gevent_port"])
    assert upstream_of("/") == ("odoo", conf["http_port"])
    assert "odoo" in services()
    socket = locations["/websocket"]
    assert socket["proxy_http_version"] == "1.1"
    assert socket["Upgrade"] == "$http_upgrade"
    assert socket["Connection"] == "$connection_upgrade"
    for name in ("/websocket", "/"):
        assert locations[name]["X-Forwarded-Host"] == "$host"
        assert locations[name]["X-Forwarded-Proto"] == "$scheme"
        # Not $proxy_add_x_forwarded_for: this proxy is the first that can be trusted.
        assert locations[name]["X-Forwarded-For"] == "$remote_addr"


def test_nginx_limits():
    assert nginx_blocks("location")["~ /web/database"] == {"return": "403"}
    text = nginx()
    assert "client_max_body_size 64m;" in text
    assert "gzip on;" in text
    patience = seconds(re.search(r"proxy_read_timeout (\w+);", text)[1])
    assert patience >= int(odoo_conf()["limit_time_real"])


def test_nginx_gets_its_files():
    proxy = services()["proxy"]
    assert set(re.findall(r"/run/secrets/(\w+)", nginx())) == set(proxy["secrets"])
    ports = {port.split(":")[-1] for port in proxy["ports"]}
    assert set(re.findall(r"listen (\d+)", nginx())) == ports


def test_odoo_conf_is_for_production():
    conf = odoo_conf()
    assert conf["list_db"] == "False"
    assert conf["proxy_mode"] == "True"
    assert int(conf["workers"]) >= 2
    assert not [key for key in conf if "passw" in key]
    volumes = services()["odoo"]["volumes"]
    assert [volume.split(":")[1] for volume in volumes] == [conf["data_dir"]]


def test_odoo_conf_has_known_options_only():
    """Odoo takes an unknown option with no more than a warning."""
    source = text_of(odoo_source() / "odoo" / "tools" / "config.py")
    known = set(re.findall(r"""dest=["'](\w+)["']""", source))
    assert set(odoo_conf()) <= known


def test_connections_fit_into_postgresql():
    conf = odoo_conf()
    processes = int(conf["workers"]) + int(conf["max_cron_threads"])
    wanted = processes * int(conf["db_maxconn"]) + int(conf["db_maxconn_gevent"])
    assert wanted <= 97  # of 100 PostgreSQL keeps three for its administrator


def test_manual_installs_and_updates_the_whole_suite():
    text = text_of(ROOT / "docs" / "production.md")
    lists = re.findall(r"--(?:init|update)=([\w,]+)", text)
    lists = [names.split(",") for names in lists if names != "all"]
    assert len(lists) == 2
    assert all(names == suite() for names in lists)
