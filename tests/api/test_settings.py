from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from api.app import create_app
from api.options import MASK, PREFIX, Option, from_text, from_toml, shown
from api.settings import Settings, options
from indexer.collections import Collections
from indexer.errors import ConfigError

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture
def toml(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text):
        file = tmp_path / "citespan.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_defaults_hold_without_file_and_environment(toml):
    assert Settings.load(environ={}) == Settings()
    assert Settings().host == "127.0.0.1"


def test_file_beats_defaults_environment_beats_file_overrides_beat_all(toml):
    toml('port = 1000\nworkers = 3\nthreads = 5\ncollection = "a"')
    settings = Settings.load(environ={"CITESPAN_PORT": "2000", "CITESPAN_WORKERS": "4"}, workers=6, host=None)
    assert (settings.port, settings.workers, settings.threads, settings.collection) == (2000, 6, 5, "a")
    assert settings.host == "127.0.0.1"


def test_another_file_is_named_by_the_environment(toml, tmp_path):
    toml("port = 1000")
    other = tmp_path / "other.toml"
    other.write_text("port = 3000")
    assert Settings.load(environ={"CITESPAN_CONFIG": str(other)}).port == 3000


def test_paths_in_a_file_start_at_its_folder(toml, tmp_path):
    file = toml('data_dir = "store"\nglossary = ["names.toml", "/etc/names.toml"]')
    settings = Settings.load(file, {})
    assert settings.data_dir == tmp_path / "store"
    assert settings.glossary == (tmp_path / "names.toml", Path("/etc/names.toml"))


def test_every_type_is_read_from_the_environment(toml):
    settings = Settings.load(
        environ={
            "CITESPAN_DATA": "/srv/data",
            "CITESPAN_GLOSSARY": "a.toml:b.toml",
            "CITESPAN_MIN_CONFIDENCE": "0.5",
            "CITESPAN_ACCESS_LOG": "yes",
            "PATH": "/bin",
        }
    )
    assert settings.data_dir == Path("/srv/data")
    assert settings.glossary == (Path("a.toml"), Path("b.toml"))
    assert settings.min_confidence == 0.5
    assert settings.access_log is True


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("prot = 80", ["prot"]),
        ('port = "80"', ["port", "80"]),
        ("port = true", ["port", "True"]),
        ("port = 0", ["port", "0"]),
        ("port = 65536", ["port", "65536"]),
        ("min_confidence = nan", ["min_confidence", "nan"]),
        ("min_confidence = 1.5", ["min_confidence", "1.5"]),
        ("glossary = [1]", ["glossary", "1"]),
        ("access_log = 1", ["access_log", "1"]),
        ('log_format = "JSON"', ["log_format", "JSON", "text, json"]),
        ("port = ", ["citespan.toml"]),
    ],
)
def test_what_does_not_fit_in_a_file_is_named(toml, text, names):
    file = toml(text)
    with pytest.raises(ConfigError) as caught:
        Settings.load(file, {})
    assert all(name in caught.value.message for name in [*names, str(file)])


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("CITESPAN_PORT", "eighty"),
        ("CITESPAN_PORT", ""),
        ("CITESPAN_PORT", "-1"),
        ("CITESPAN_ACCESS_LOG", "perhaps"),
        ("CITESPAN_LOG_FORMAT", "xml"),
        ("CITESPAN_MIN_CONFIDENCE", "inf"),
    ],
)
def test_what_does_not_fit_in_the_environment_is_named(toml, variable, text):
    with pytest.raises(ConfigError) as caught:
        Settings.load(environ={variable: text})
    assert variable in caught.value.message
    assert text in caught.value.message


def test_a_name_that_is_not_known_is_told_without_its_value(toml):
    """It may be a secret with a slip in its name."""
    with pytest.raises(ConfigError, match="CITESPAN_SECRT") as from_environment:
        Settings.load(environ={"CITESPAN_SECRT": "xoxb-1"})
    with pytest.raises(ConfigError, match="secrt") as from_file:
        Settings.load(toml('secrt = "xoxb-1"'), {})
    assert "xoxb-1" not in from_environment.value.message + from_file.value.message


SECRET = Option("key", str, None, "A key.", "CITESPAN_KEY", secret=True)


def test_a_secret_is_not_read_from_a_file(tmp_path):
    with pytest.raises(ConfigError, match="set CITESPAN_KEY instead") as caught:
        from_toml(SECRET, "xoxb-1", tmp_path)
    assert "xoxb-1" not in caught.value.message


def test_a_secret_is_masked_wherever_it_could_be_shown():
    number = Option("pin", int, None, "A pin.", "CITESPAN_PIN", secret=True)
    with pytest.raises(ConfigError, match="CITESPAN_PIN") as caught:
        from_text(number, "xoxb-1")
    assert "xoxb-1" not in caught.value.message
    assert (shown(SECRET, "xoxb-1"), shown(SECRET, None)) == (MASK, "None")


def test_the_settings_show_all_but_their_secrets():
    for name, declared in options().items():
        value = "xoxb-1" if declared.secret else getattr(Settings(), name)
        assert f"{name}={shown(declared, value)}" in repr(Settings(**{name: value}))
    assert "xoxb-1" not in repr(Settings(**{name: "xoxb-1" for name, kind in options().items() if kind.secret}))


def test_a_file_that_is_named_must_be_there(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml"):
        Settings.load(tmp_path / "none.toml", {})


def test_a_default_collection_of_a_bad_name_stops_the_start(tmp_path, encoder, pipeline):
    settings = Settings(data_dir=tmp_path, collection="Mine!")
    with pytest.raises(ConfigError, match="Mine!"):
        create_app(settings, pipeline, Collections(tmp_path, encoder))


def test_every_default_fits_its_own_bounds():
    for name, declared in options().items():
        value = getattr(Settings(), name)
        if value is not None and declared.minimum is not None:
            assert declared.minimum <= value <= (declared.maximum or value)


def test_every_setting_is_documented():
    page = DOCS.read_text(encoding="utf-8")
    for declared in dataclasses.fields(Settings):
        option = options()[declared.name]
        assert f"| `{option.name}` | `{option.env}` |" in page
        assert option.doc in page
        assert option.env.startswith(PREFIX)
        assert not option.secret or f"| `{option.name}` | `{option.env}` | secret |" in page
