"""Set-up: everything that the suite stands on, fetched once into ``.local/``.

Each step leaves a stamp that holds a digest of what it was made from. A step whose
stamp fits is skipped; one that was interrupted has no stamp and is made again.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from .settings import LOCAL, PYTHON, ROOT, VENV, Problem, Settings

REQUIREMENTS = [
    ROOT / "requirements" / "odoo.txt",
    ROOT / "requirements" / "dev.txt",
    ROOT / "requirements.txt",
]
NODE_PACKAGE = ROOT / "package.json"
DEBIAN_ODOO = LOCAL / "odoo"
# The sample for the demo, all customers for the tests.
CDNOW = [
    LOCAL / "data" / "CDNOW_sample.txt",
    LOCAL / "data" / "CDNOW_master.txt",
]
LIFETIMES = "lifetimes==0.11.3"
# odoo-19 links to fonts and scripts of these; the rest of what it depends on comes
# from the requirements.
DEBIAN_PACKAGES = [
    "odoo-19",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
DIST = DEBIAN_ODOO / "usr" / "lib" / "python3" / "dist-packages"
PYTHONS = ["python3", "python3.13", "python3.12", "python3.11"]


def prepare(settings: Settings, out: TextIO = sys.stdout) -> None:
    """Make whatever of the set-up is missing, saying what and how long it took."""
    try:
        LOCAL.mkdir(exist_ok=True)
        (LOCAL / "stamps").mkdir(exist_ok=True)
        (LOCAL / "stamps" / ".writable").touch()
    except PermissionError as error:
        raise Problem(
            f"{LOCAL} belongs to another user: run as that user, or have it removed."
        ) from error
    steps = [
        ("Python environment", "venv", str(VENV), _make_venv),
        (
            "Python packages and OCA addons",
            "packages",
            _digest(*REQUIREMENTS),
            _install_packages,
        ),
        (
            "tools for JavaScript and XML",
            "node",
            _digest(NODE_PACKAGE),
            _install_node_tools,
        ),
        ("CDNOW purchase histories", "cdnow", f"{LIFETIMES} both", _fetch_cdnow),
    ]
    if not settings.odoo_source:
        steps.insert(0, ("Odoo 19.0 from Debian", "odoo", "2", _fetch_odoo))
    if not PYTHON.exists() or _stamp("venv") != str(VENV):
        # What lives in the environment goes with it.
        for name in ("venv", "packages", "node"):
            (LOCAL / "stamps" / name).unlink(missing_ok=True)
    missing = [step for step in steps if _stamp(step[1]) != step[2]]
    for number, (title, name, key, make) in enumerate(missing, 1):
        _do(f"[{number}/{len(missing)}] {title}", make, out)
        (LOCAL / "stamps" / name).write_text(key)
    _link_odoo(settings)


def browser() -> str:
    """Give Chromium, installing Debian's where that needs no password.

    :raises Problem: with the one line to type where it needs one
    """
    for name in ("chromium", "google-chrome", "chromium-browser"):
        if found := shutil.which(name):
            return found
    _apt_install("chromium", "The browser tests need Chromium.")
    return browser()


def _apt_install(package: str, reason: str) -> None:
    sudo = ["sudo", "-n"] if os.geteuid() else []
    if (
        sudo
        and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode
    ):
        raise Problem(f"{reason} Type: sudo apt-get install -y {package}")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}

    def install() -> None:
        _run([*sudo, "apt-get", "update"], env=env)
        _run([*sudo, "apt-get", "install", "-y", package], env=env)

    _do(f"{package} from Debian", install)


def _interpreter(retried: bool = False) -> str:
    """Find a Python from 3.11 to 3.13 that can make environments."""
    seen = []
    for name in PYTHONS:
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            path = Path(folder) / name
            if not os.access(path, os.X_OK) or VENV in path.parents:
                continue
            probe = "import sys, ensurepip, venv; print(*sys.version_info[:2], sep='.')"
            done = subprocess.run(
                [path, "-c", probe], capture_output=True, text=True, check=False
            )
            if done.returncode == 0 and done.stdout.strip() in ("3.11", "3.12", "3.13"):
                return str(path)
            seen.append(f"{path} ({done.stdout.strip() or 'without venv'})")
    if any("without venv" in found for found in seen) and not retried:
        _apt_install("python3-venv", "Python's venv is needed.")
        return _interpreter(retried=True)
    raise Problem(f"Python 3.11 to 3.13 is needed; found {', '.join(seen) or 'none'}.")


def _make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    _run([_interpreter(), "-m", "venv", VENV])


def _install_packages() -> None:
    # --no-deps: the OCA wheels ask for an "odoo" that no registry has, and the files
    # are complete by themselves.
    arguments = [word for path in REQUIREMENTS for word in ("-r", path)]
    _run(
        [PYTHON, "-m", "pip", "install", "--no-deps", "--no-warn-conflicts", *arguments]
    )
    packed = VENV / "bin" / "wkhtmltopdf-pack"
    packed.chmod(0o755)
    link = VENV / "bin" / "wkhtmltopdf"
    link.unlink(missing_ok=True)
    link.symlink_to(packed.name)


def _install_node_tools() -> None:
    target = LOCAL / "node"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    shutil.copy(NODE_PACKAGE, target)
    env = os.environ | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    npm = [VENV / "bin" / "npm", "install", "--no-package-lock", "--ignore-scripts"]
    _run([*npm, "--no-audit", "--no-fund", "--loglevel=error"], cwd=target, env=env)


def _fetch_cdnow() -> None:
    """Take the public CDNOW purchases out of the lifetimes package."""
    CDNOW[0].parent.mkdir(exist_ok=True)
    folder = LOCAL / "tmp"
    shutil.rmtree(folder, ignore_errors=True)
    _run([PYTHON, "-m", "pip", "download", "--no-deps", "-d", folder, LIFETIMES])
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for path in CDNOW:
            path.write_bytes(wheel.read(f"lifetimes/datasets/{path.name}"))
    shutil.rmtree(folder)


def _fetch_odoo() -> None:
    """Unpack Debian's odoo-19, which stands in unstable only, without installing it."""
    apt, unpacked = LOCAL / "apt", LOCAL / "odoo.part"
    for folder in (apt, unpacked, DEBIAN_ODOO):
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("lists/partial", "cache/archives/partial", "debs"):
        (apt / name).mkdir(parents=True)
    env = os.environ | {"APT_CONFIG": str(_write_apt_conf(apt))}
    _run(["apt-get", "update"], env=env)
    _run(["apt-get", "download", *DEBIAN_PACKAGES], env=env, cwd=apt / "debs")
    for package in sorted((apt / "debs").glob("*.deb")):
        _run(["dpkg-deb", "-x", package, unpacked])
    unpacked.rename(DEBIAN_ODOO)
    _mend_debian_odoo()
    shutil.rmtree(apt)


def _write_apt_conf(apt: Path) -> Path:
    """Configure an apt of our own: the machine's mirror, but its unstable suite."""
    targets = _run(["apt-get", "indextargets", "--format", "$(REPO_URI)"]).split()
    mirrors = [uri for uri in dict.fromkeys(targets) if re.search(r"/debian/?$", uri)]
    if not mirrors:
        raise Problem(
            "apt knows no Debian mirror on this machine (try apt-get update), so Odoo"
            " cannot be fetched. Name an Odoo 19.0 source tree with CRM_ODOO_SOURCE."
        )
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (apt / "sources.list").write_text(
        f"deb [signed-by={keyring}] {mirrors[0]} sid main\n"
    )
    conf = apt / "apt.conf"
    conf.write_text(
        f'Dir::State::lists "{apt}/lists";\n'
        f'Dir::Cache "{apt}/cache";\n'
        f'Dir::Etc::sourcelist "{apt}/sources.list";\n'
        'Dir::Etc::sourceparts "/dev/null";\n'
        'Dir::State::status "/var/lib/dpkg/status";\n'
        'APT::Sandbox::User "root";\n'
        'Acquire::Languages "none";\n'
    )
    return conf


def _mend_debian_odoo() -> None:
    addons = DIST / "odoo" / "addons"
    # Left out by Debian; without a stand-in the bundles end in a console error.
    stand_in = addons / "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    stand_in.parent.mkdir(parents=True, exist_ok=True)
    stand_in.write_text("// Not part of Debian's package.\n")
    # A second copy of the .py files, and two names that are too common to import.
    for name in ("addons", "doc", "setup"):
        shutil.rmtree(DIST / name, ignore_errors=True)
    inconsolata = DEBIAN_ODOO / "usr/share/fonts/truetype/inconsolata/Inconsolata.otf"
    if not inconsolata.exists():
        inconsolata.parent.mkdir(parents=True, exist_ok=True)
        inconsolata.symlink_to("../../opentype/inconsolata/Inconsolata-Regular.otf")


def _link_odoo(settings: Settings) -> None:
    """Put the chosen Odoo on the environment's path.

    :raises Problem: if the tree is no Odoo, or one of another version
    """
    source = settings.odoo_source or DIST
    release = source / "odoo" / "release.py"
    if not release.exists():
        raise Problem(f"CRM_ODOO_SOURCE: {source} holds no odoo/release.py.")
    found = re.search(
        r"^version_info = \((\d+|'[^']*'), (\d+)", release.read_text(), re.M
    )
    version = found and ".".join(part.strip("'") for part in found.groups())
    if version != "19.0":
        raise Problem(
            f"{source} is Odoo {version or 'of unknown version'}; 19.0 is needed."
        )
    pth = next(VENV.glob("lib/python*/site-packages")) / "odoo_source.pth"
    if not pth.exists() or pth.read_text().strip() != str(source):
        pth.write_text(f"{source}\n")


def _stamp(name: str) -> str:
    path = LOCAL / "stamps" / name
    return path.read_text() if path.exists() else ""


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _do(title: str, make: Callable[[], object], out: TextIO = sys.stdout) -> None:
    print(f"{title} ...", end=" ", flush=True, file=out)
    start = time.monotonic()
    try:
        make()
    except BaseException:
        print("failed", flush=True, file=out)
        raise
    print(f"{time.monotonic() - start:.0f} s", flush=True, file=out)


def _run(command: list, **kwargs) -> str:
    command = [str(word) for word in command]
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **kwargs,
            check=False,
        )
    except FileNotFoundError as error:
        raise Problem(f"{command[0]} is not on this machine.") from error
    if done.returncode:
        raise Problem(f"{' '.join(command)} failed:\n{done.stdout[-1500:]}")
    return done.stdout
