"""What a confined process can still do, tried from inside."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewer.isolation import ChildLimits, available, bubblewrap, confine, die_with_parent, interpreter_paths, landlock, python, wrap
from reviewer.model import Isolation

LIMITS = ChildLimits(cpu=5, address_space=1 << 30, file_size=1 << 16, open_files=64)
SERVANTS = ChildLimits(cpu=5, address_space=1 << 30, alone=False)

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
needs_landlock = pytest.mark.skipif(not landlock.abi(), reason="this kernel has no Landlock")
needs_bubblewrap = pytest.mark.skipif(
    not bubblewrap.works(sys.executable, interpreter_paths()), reason="bubblewrap is not installed, or cannot start here"
)


def confined(body: Callable[[], object], limits: ChildLimits = LIMITS, **how: Any) -> str:
    """Fork, confine the fork, and give what the body did there: its value, its exception, or how it ended."""
    receiving, sending = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(receiving)
        try:
            reached = confine(limits, **({"readable": ()} | how))
            try:
                said = f"{reached.value} {body()}"
            except Exception as error:  # noqa: BLE001  whatever it was refused with
                said = f"{reached.value} {type(error).__name__}"
            os.write(sending, said.encode())
        finally:
            os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        said = pipe.read().decode()
    _, status = os.waitpid(process, 0)
    return said if os.WIFEXITED(status) else f"signal {os.WTERMSIG(status)}"


def spin() -> None:
    while True:
        pass


def in_thread() -> str:
    done: list[str] = []
    thread = threading.Thread(target=lambda: done.append("ran"))
    thread.start()
    thread.join()
    return done[0]


@needs_landlock
def test_files_elsewhere_cannot_be_read(tmp_path: Path) -> None:
    secret = tmp_path / "id_ed25519"
    secret.write_text("secret")
    assert confined(secret.read_text) == "landlock PermissionError"
    assert confined(lambda: list(tmp_path.iterdir())) == "landlock PermissionError"
    assert confined(lambda: Path("/proc/self/environ").read_bytes()) == "landlock PermissionError"


@needs_landlock
def test_what_it_is_given_can_be_read_but_not_changed(tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    blob.write_text("bytes")
    assert confined(blob.read_text, readable=[tmp_path]) == "landlock bytes"
    assert confined(lambda: blob.write_text("x"), readable=[tmp_path]) == "landlock PermissionError"
    assert confined(blob.unlink, readable=[tmp_path]) == "landlock PermissionError"
    assert blob.read_text() == "bytes"


@needs_landlock
def test_a_listable_folder_shows_names_and_no_content(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    assert confined(lambda: [path.name for path in tmp_path.iterdir()], listable=[tmp_path]) == "landlock ['file']"
    assert confined((tmp_path / "file").read_text, listable=[tmp_path]) == "landlock PermissionError"


@needs_landlock
def test_the_scratch_folder_can_be_written_and_nothing_beside_it(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert confined(lambda: (scratch / "a").write_text("abc"), writable=[scratch]) == "landlock 3"
    assert confined(lambda: (tmp_path / "b").write_text("abc"), writable=[scratch]) == "landlock PermissionError"
    (scratch / "way_out").symlink_to(tmp_path)
    assert confined(lambda: (scratch / "way_out" / "b").write_text("abc"), writable=[scratch]) == "landlock PermissionError"
    assert not (tmp_path / "b").exists()


@needs_linux
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, getattr(socket, "AF_NETLINK", socket.AF_INET)])
def test_no_socket_can_be_made(family: socket.AddressFamily) -> None:
    assert confined(lambda: socket.socket(family, socket.SOCK_DGRAM)).endswith("PermissionError")


def run_true() -> None:
    os.execv("/bin/true", ["true"])  # noqa: S606  it is refused


@needs_linux
@pytest.mark.parametrize("alone_only", [os.fork, os.setsid, run_true, lambda: os.kill(os.getppid(), 0)])
def test_it_starts_no_process_no_program_and_signals_nobody(alone_only: Callable[[], object]) -> None:
    assert confined(alone_only).endswith("PermissionError")


@needs_linux
def test_threads_work_for_an_ordinary_library() -> None:
    if os.geteuid() == 0:  # an ordinary user's count of threads is limited too, which is the second bolt on the same door
        assert confined(in_thread).endswith("ran")


@needs_linux
def test_a_child_with_servants_may_start_programs_that_are_as_confined_as_it_is() -> None:
    body = "import socket\ntry:\n    socket.socket()\nexcept PermissionError:\n    print('refused', end='')"
    run = lambda: subprocess.run([sys.executable, "-I", "-c", body], capture_output=True, text=True, check=True).stdout  # noqa: E731
    assert confined(run, SERVANTS).endswith("refused")


@needs_linux
@pytest.mark.parametrize(("number", "name"), [(101, "ptrace"), (165, "mount"), (272, "unshare"), (425, "io_uring_setup"), (321, "bpf")])
def test_dangerous_system_calls_are_refused(number: int, name: str) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("numbers of x86_64")
    library = ctypes.CDLL(None, use_errno=True)
    assert confined(lambda: (library.syscall(number, 0, 0, 0, 0), ctypes.get_errno()), SERVANTS).endswith("(-1, 1)"), name


@needs_linux
def test_limits_hold() -> None:
    assert confined(lambda: len(bytearray(2 << 30))).endswith("MemoryError")
    assert confined(lambda: [os.open("/dev/null", os.O_RDONLY) for _ in range(100)]).endswith("OSError")
    assert confined(spin, ChildLimits(cpu=1)) == "signal 24"  # SIGXCPU


@needs_linux
def test_a_file_cannot_grow_past_its_limit(tmp_path: Path) -> None:
    assert "OSError" in confined(lambda: (tmp_path / "large").write_bytes(bytes(1 << 17)), writable=[tmp_path])
    assert (tmp_path / "large").stat().st_size <= 1 << 16


def test_the_level_says_what_was_reached() -> None:
    assert confined(lambda: "", level=Isolation.RLIMITS) == "rlimits "
    assert confined(lambda: "", level=Isolation.BUBBLEWRAP) == ("bubblewrap " if sys.platform == "linux" else "rlimits ")


def test_no_better_level_is_given_than_asked_for() -> None:
    assert available(Isolation.RLIMITS) is Isolation.RLIMITS
    assert available(Isolation.LANDLOCK) is not Isolation.BUBBLEWRAP


def test_without_bubblewrap_the_next_level_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    bubblewrap.works.cache_clear()
    try:
        assert available() is available(Isolation.LANDLOCK)
    finally:
        bubblewrap.works.cache_clear()


def test_the_interpreter_knows_nothing_of_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    body = "import os; print(sorted(os.environ), hash('a'), sys.flags.dont_write_bytecode, sys.flags.no_user_site, sys.path[0])"
    line, environment = python(body, folders=[tmp_path / "ours"], home=tmp_path)
    says = {subprocess.run(line, env=environment, capture_output=True, text=True, check=True).stdout for _ in range(2)}
    assert len(says) == 1
    said = says.pop()
    assert "TOKEN" not in said
    assert "PYTHONPATH" not in said
    assert said.endswith(f"1 1 {tmp_path / 'ours'}\n")


@needs_bubblewrap
def test_inside_bubblewrap_there_is_no_home_no_network_and_no_way_to_write(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    body = (
        "import os, socket\n"
        f"print(os.path.exists({str(tmp_path / 'secret')!r}), os.path.exists(os.path.expanduser('~root/.bashrc')), end=' ')\n"
        "try:\n    socket.create_connection(('192.0.2.1', 80), 1)\nexcept OSError as error:\n    print(type(error).__name__, end=' ')\n"
        "try:\n    open('/usr/x', 'w')\nexcept OSError as error:\n    print(error.errno, end=' ')\n"
        "print(os.getpid() < 10, len(os.environ))"
    )
    line = wrap([sys.executable, "-I", "-c", body], environment={"A": "1"}, readable=interpreter_paths(), writable=(), folder=Path("/"))
    said = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    assert said.startswith("False False OSError 30 True ")


@needs_linux
def test_a_child_dies_with_its_parent() -> None:
    receiving, sending = os.pipe()
    parent = os.fork()
    if parent == 0:
        child = os.fork()
        if child == 0:
            die_with_parent()
            os.write(sending, b"%d\n" % os.getpid())
            time.sleep(60)
            os._exit(0)
        time.sleep(60)
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        assert pipe.readline().strip().isdigit()
        os.kill(parent, 9)
        os.waitpid(parent, 0)
        assert pipe.read() == b""  # the last holder of the other end has gone
