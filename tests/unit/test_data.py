"""The registry of public files: local folder first, hashes checked, one sentence for each failure."""

import dataclasses
import hashlib
import http.server
import threading

import pytest

from electrosim.base import data
from electrosim.base.errors import InputError

pytestmark = pytest.mark.unit

CONTENT = b"voxels"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
IMAGE = data.PublicFile("tiny.npy", "http://127.0.0.1:9/tiny.npy", SHA256, "CC0", "nobody")


class _Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path == "/tiny.npy"
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *_):
        pass


@pytest.fixture
def address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, no local folder, no proxy."""
    import pooch

    folder = tmp_path / "cache"
    monkeypatch.setattr(pooch, "os_cache", lambda _: folder)
    monkeypatch.delenv(data.FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return folder


def register(monkeypatch, **changes):
    monkeypatch.setitem(data.IMAGES, "tiny", dataclasses.replace(IMAGE, **changes))


def test_local_folder_is_used_before_any_download(tmp_path, monkeypatch, cache):
    register(monkeypatch)
    (tmp_path / "tiny.npy").write_bytes(CONTENT)
    monkeypatch.setenv(data.FOLDER_VARIABLE, str(tmp_path))
    assert data.locate("tiny") == tmp_path / "tiny.npy"
    assert not cache.exists()


def test_local_file_of_another_content_is_refused(tmp_path, monkeypatch):
    register(monkeypatch)
    (tmp_path / "tiny.npy").write_bytes(b"other voxels")
    monkeypatch.setenv(data.FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match=r"tiny\.npy is not the published tiny file.*remove or replace"):
        data.locate("tiny")


def test_missing_local_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv(data.FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"ELECTROSIM_DATA = .*nowhere.* is not a folder"):
        data.locate("berea")


def test_unknown_name_gets_the_nearest():
    with pytest.raises(InputError, match='"bera" is not a named file; did you mean "berea"'):
        data.locate("bera")


def test_download_once_then_from_cache(monkeypatch, cache, address, caplog):
    import pooch

    monkeypatch.setattr(pooch.get_logger(), "handlers", [caplog.handler])
    register(monkeypatch, address=f"{address}/tiny.npy")
    assert data.locate("tiny").read_bytes() == CONTENT
    register(monkeypatch)  # nobody listens at this address
    assert data.locate("tiny").parent == cache
    assert not caplog.records


@pytest.mark.parametrize(
    ("page", "sha256", "sentence"),
    [
        ("tiny.npy", "0" * 64, "has another sha256.*discarded"),
        ("gone.npy", SHA256, r"could not be downloaded \(HTTPError\)"),
        (None, SHA256, r"could not be downloaded \(ConnectionError\).*ELECTROSIM_DATA"),
    ],
)
def test_failed_download_leaves_nothing(page, sha256, sentence, monkeypatch, cache, address):
    register(monkeypatch, address=f"{address}/{page}" if page else IMAGE.address, sha256=sha256)
    with pytest.raises(InputError, match=sentence):
        data.locate("tiny")
    assert list(cache.iterdir()) == []


@pytest.mark.usefixtures("cache")
def test_a_file_without_address_is_asked_for():
    with pytest.raises(InputError, match=r"comsol_dfn_marquis2019_1C\.npz lies at no public address.*ELECTROSIM_DATA"):
        data.locate("comsol-marquis-1C")


def test_registry_is_complete():
    for image in data.IMAGES.values():
        assert image.address.startswith("https://raw.githubusercontent.com/")
        assert image.address.endswith(image.file)
    for public in (data.IMAGES | data.SOLUTIONS).values():
        assert len(bytes.fromhex(public.sha256)) == 32
        assert public.licence
        assert "doi:10." in public.citation
        assert "\n" not in public.citation
