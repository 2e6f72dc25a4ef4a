"""Reading presets: every fault at once, each at its line, with what is allowed and what may have been meant."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from nntui.experiment import (
    DEFAULT_PRESET,
    TOPICS,
    Experiment,
    PresetError,
    find_preset,
    list_presets,
    read_preset,
    topic_of,
)

DATA = '[data]\nname = "spirals"\n'


def faults(folder: Path, content: str | bytes) -> list[str]:
    file = folder / "study.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PresetError) as caught:
        read_preset(file)
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))
    return [str(fault).replace(str(file), "study.toml") for fault in caught.value.faults]


def lines(folder: Path, content: str | bytes) -> list[tuple[int, str]]:
    """(line, dotted name) of every fault."""
    found = []
    for fault in faults(folder, content):
        _, line, name, _ = [*fault.split(":", 3), "", ""][:4]
        found.append((int(line), name.strip()))
    return found


def test_unknown_key_as_it_should_be_said(tmp_path: Path) -> None:
    assert faults(tmp_path, DATA + "\n[optimizer]\nlearing_rate = 0.1\n") == [
        'study.toml:5: optimizer.learing_rate: unknown key; did you mean "learning_rate"?'
    ]


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    text = """\
name = 3
bogus = 1

[data]
name = "spirls"
samples = true

[network]
hidden = [
  8,    # fine
  0,
  3.5,
]
actvation = "tanh"

[optimizer]
name = "adam"
momentum = 0.5
learning_rate = nan
learning_rate = 4

[schedul]
x = 1

[training]
epochs = 1e3
batch_size = 99999999999999999999999999999999
seed = True
shuffle = 1

[training]
pace = 2
"""
    assert lines(tmp_path, text) == [
        (1, "name"),
        (2, "bogus"),
        (5, "data.name"),
        (6, "data.samples"),
        (11, "network.hidden"),
        (12, "network.hidden"),
        (14, "network.actvation"),
        (18, "optimizer.momentum"),
        (19, "optimizer.learning_rate"),
        (20, "optimizer.learning_rate"),
        (22, "schedul"),
        (26, "training.epochs"),
        (27, "training.batch_size"),
        (28, "not TOML"),
        (29, "training.shuffle"),
        (31, "training"),
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('optimizer.name = "adma"', ['unknown name "adma"', "allowed are", 'did you mean "adam"?']),
        ("optimizer.learning_rate = 0", ["0 is too small", "allowed is a number, 0 < value <= 1000000"]),
        ('optimizer.learning_rate = "0.1"', ['"0.1" is text', "allowed is a number"]),
        ("optimizer.learning_rate = true", ["true is a yes-or-no value", "allowed is a number"]),
        ("optimizer.learning_rate = inf", ["inf is not a finite number"]),
        ("optimizer.learning_rate = -nan", ["nan is not a finite number"]),
        ("training.epochs = 10.0", ["10.0 has a decimal point", "allowed is a whole number", "did you mean 10?"]),
        ("training.epochs = 10.5", ["10.5 is not a whole number"]),
        ("training.epochs = true", ["true is a yes-or-no value", "allowed is a whole number"]),
        ("training.epochs = 1979-05-27", ["is a date or time"]),
        ("training.seed = -1", ["-1 is too small"]),
        ("training.batch_size = 0", ["0 is too small"]),
        ("training.shuffle = 1", ["1 is a whole number", "allowed is true or false"]),
        ("training.lr = 1", ["unknown key", 'did you mean "optimizer.learning_rate"?']),
        ("learning_rate = 1", ["unknown key", 'did you mean "optimizer.learning_rate"?']),
        ("optimizer.lr = 1", ["unknown key", 'did you mean "learning_rate"?']),
        ("network.hidden = 8", ["8 is a whole number", "allowed is a list of whole numbers"]),
        ('network.hidden = [8, "8"]', ['"8" is text']),
        ("network.hidden = [8, true]", ["true is a yes-or-no value"]),
        ("network.hidden = [65536, 65536]", ["GiB", "allowed is 1 GiB"]),
        ("network.hidden = [100000000]", ["is too large", "must fit 1 GiB"]),
        ("network.layers = [{size = 900000}, {size = 900000}]", ["would need", "GiB; allowed is 1 GiB"]),
        ("network.slope = 0.2", ["slope belongs to leaky_relu, which no layer here uses"]),
        ("schedule.peak = 1.0", ["peak belongs to cyclic, not to constant", "constant takes no options"]),
        ("optimizer.momentum = 0.5", ["momentum belongs to", "not to adam", "adam takes"]),
        ("data.features = ['x1', 'x1']", ["more than once"]),
        ("data.features = ['x1', 'x3']", ['unknown "x3"', "x1^2"]),
        ("data.samples = 4", ["4 is too small"]),
        ("data.classes = 20\ndata.samples = 30", ["30 samples are too few for 20 classes"]),
        ("data.turns = 'two'", ['"two" is text']),
        ("data.path = 'x.csv'", ["path belongs to csv, parquet, not to spirals"]),
        ("loss.name = 'binary_cross_entropy'", ["needs two classes", "3 classes", "categorical_cross_entropy"]),
        ("loss.name = 'hinge'\nnetwork.output = 'softmax'", ["hinge does not go with the output softmax"]),
        ("network.output = 'sigmoid'", ["binary_cross_entropy needs two classes"]),
        ("network.output = 'tanh'", ['unknown output "tanh"', "allowed are auto, identity, sigmoid, softmax"]),
        ("network.activation = 'Tanh'", ['did you mean "tanh"?']),
        ("network.layers = 3", ["allowed is a list of sections, [[network.layers]]"]),
        ("network.layers = [{}]", ["network.layers.1.size: missing"]),
        ("network.hidden = [3]\nnetwork.layers = [{size = 3}]", ["given twice"]),
        ("training = 3", ["allowed is a section, [training]"]),
        ("about = 3", ["3 is a whole number; allowed is text"]),
    ],
)
def test_what_is_wrong_is_said_with_what_is_allowed(tmp_path: Path, text: str, parts: list[str]) -> None:
    found = faults(tmp_path, f"{text}\ndata.name = 'spirals'\n")
    assert len(found) == 1
    for part in parts:
        assert part in found[0]


@pytest.mark.parametrize("data", ["plane", "waves", "diabetes"])
def test_classification_losses_do_not_fit_numbers(tmp_path: Path, data: str) -> None:
    for loss in ("hinge", "categorical_cross_entropy", "binary_cross_entropy"):
        (found,) = faults(tmp_path, f'[data]\nname = "{data}"\n[loss]\nname = "{loss}"\n')
        assert found.startswith("study.toml:4: loss.name: ")
        assert "mean_squared_error" in found


def test_missing_data_is_said_once(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, '[optimizer]\nname = "adam"\n')
    assert "data.name: missing; allowed are spirals" in found


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("[data]\nname = 'digits\n\n[training]\nseed = 1\n", 2, "never ends"),
        ('[data]\nname = "digits\n', 2, "closing quote is missing"),
        ("[data]\nname = 'digits'\n[network]\nhidden = [64, 32\nactivation = 'tanh'\n", 4, "never ends"),
        ('about = """\nabc\n[data]\nname = "x"\n', 1, "never ends"),
        ("[data]\nname = 'digits'\n[training\nseed = 1\n", 3, "expected"),
        ("[data]\nname = 'digits'\nsamples =\n", 3, "invalid value"),
        ("[data]\nname = digits\n", 2, 'text stands in quotes: "digits"'),
        (DATA + "[training]\nshuffle = True\n", 4, 'did you mean "true"?'),
        (DATA + "[training]\nseed = None\n", 4, "leave the key out"),
        (DATA + "[optimizer]\nlearning_rate = .5\n", 4, "digits on both sides"),
        (DATA + "[optimizer]\nlearning_rate = 0,5\n", 4, "decimals follow a point"),
        (DATA + "[training]\nepochs = " + "9" * 6000, 4, "too many digits"),
        ("x = " + "[" * 5000, 0, "too deeply"),
    ],
)
def test_broken_toml_has_its_line(tmp_path: Path, text: str, line: int, part: str) -> None:
    found = faults(tmp_path, text)
    place = f"study.toml:{line}: " if line else "study.toml: "
    assert any(fault.startswith(place) and part in fault for fault in found)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "\ufeff"])
def test_empty_file(tmp_path: Path, text: str) -> None:
    (found,) = faults(tmp_path, text)
    assert "the file is empty" in found


def test_line_of_a_byte_that_is_not_utf8(tmp_path: Path) -> None:
    assert faults(tmp_path, b'[data]\nname = "spirals"\r\n# caf\xe9\n') == [
        "study.toml:3: byte 0xe9 is not UTF-8; allowed is UTF-8"
    ]
    assert "UTF-16" in faults(tmp_path, DATA.encode("utf-16"))[0]


def test_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_bytes(b"\xef\xbb\xbf" + DATA.replace("\n", "\r\n").encode())
    assert read_preset(file).name == "study"
    crlf = (DATA + 'about = """\na\nb"""\n\n[trainin]\nx = 1\n').replace("\n", "\r\n")
    assert (7, "trainin") in lines(tmp_path, crlf)


def test_folder_missing_and_huge_files(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match="is a folder"):
        read_preset(tmp_path)
    with pytest.raises(PresetError, match="no such file"):
        read_preset(tmp_path / "none.toml")
    assert "larger than" in faults(tmp_path, b"#" * 2_000_000)[0]
    with pytest.raises(PresetError, match="cannot be read"):
        read_preset("nul\0byte.toml")


PLACES = '''\
data = { name = "spirals",  classes = 1 }
network.activation = "tahn"
network . hidden = [ # [ not a list
    8, 9, # ] 0,
    "]",
    # 0
    0 ]
about = """
[training]
epochs = 0
\\"""
"""
watch = \'\'\'
"""
\'\'\'

[ "loss" ]
name = "nope"   # [x]

[optimizer]
'name' = "adam#"
"learning\\u005frate" = 0

[[other]]
size = 0
'''


def test_lines_are_right_through_strings_lists_and_tables(tmp_path: Path) -> None:
    assert lines(tmp_path, PLACES) == [
        (1, "data.classes"),
        (2, "network.activation"),
        (5, "network.hidden"),
        (7, "network.hidden"),
        (18, "loss.name"),
        (21, "optimizer.name"),
        (22, "optimizer.learning_rate"),
        (24, "other"),
    ]


def test_lines_of_layers(tmp_path: Path) -> None:
    text = DATA + "[[network.layers]]\nsize = 0\n\n[[network.layers]]\ndropout = 1.0\nactivation = 'a\"b'\n"
    assert lines(tmp_path, text) == [
        (4, "network.layers.1.size"),
        (6, "network.layers.2.size"),
        (7, "network.layers.2.dropout"),
        (8, "network.layers.2.activation"),
    ]


@pytest.mark.parametrize("again", ["name = 'x'", "'name' = 3", "name = [\n1,\n2]", 'name = """\n"""'])
def test_key_given_twice_is_named_and_the_rest_is_still_read(tmp_path: Path, again: str) -> None:
    found = faults(tmp_path, f"{DATA}{again}\nsamples = 1\n")
    assert found[0] == "study.toml:3: data.name: key given twice, first in line 2; allowed is once"
    assert len(found) == 2
    assert "data.samples" in found[1]


def test_relative_data_path_is_from_the_presets_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "table.csv").write_text("x,y\n1,2\n")
    file = tmp_path / "study.toml"
    file.write_text('[data]\nname = "csv"\npath = "table.csv"\n')
    monkeypatch.chdir("/")
    assert read_preset(file).value("data.path") == str(tmp_path / "table.csv")
    assert "data.path: no such file" in faults(tmp_path, '[data]\nname = "csv"\npath = "none.csv"\n')[0]
    assert "data.path: missing" in faults(tmp_path, '[data]\nname = "csv"\n')[0]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_data_in_a_folder_whose_name_is_not_utf8_are_one_fault(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / "table.csv").write_text("a,y\n1,u\n2,v\n3,u\n4,v\n")
    (folder / "preset.toml").write_text('[data]\nname = "csv"\npath = "table.csv"\ntarget = "y"\n')
    with pytest.raises(PresetError) as caught:
        read_preset(folder / "preset.toml")
    [fault] = caught.value.faults
    assert (fault.line, fault.name) == (3, "data.path")
    assert "not UTF-8" in fault.message


def test_every_preset_has_one_topic_and_lists_begin_where_to_start() -> None:
    names = [name for name, _ in list_presets()]
    assert sorted(names) == sorted(name for topical in TOPICS.values() for name in topical)
    assert names == [name for topical in TOPICS.values() for name in topical]
    assert names[0] == DEFAULT_PRESET
    assert [topic_of(name) for name in TOPICS["start here"]] == ["start here"] * len(TOPICS["start here"])
    assert topic_of("mine") == ""


def test_presets_are_found_by_name_and_by_path(tmp_path: Path) -> None:
    names = [name for name, _ in list_presets()]
    assert DEFAULT_PRESET in names
    assert find_preset(DEFAULT_PRESET).name == f"{DEFAULT_PRESET}.toml"
    file = tmp_path / "mine.toml"
    file.write_text(DATA)
    assert find_preset(file) == file
    assert find_preset(f"{tmp_path}{os.sep}mine.toml") == file


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("spirales", 'did you mean "spirals"?'),
        ("./spiral.toml", 'did you mean "spirals"?'),
        ("XOR", '"xor"'),
        ("q" * 5000, ""),
    ],
)
def test_no_such_preset_has_the_nearest_name(wanted: str, hint: str) -> None:
    with pytest.raises(PresetError) as caught:
        find_preset(wanted)
    assert hint in str(caught.value)
    assert "the presets are" in str(caught.value)
    assert len(str(caught.value)) < 1500


def test_what_mends_a_preset_is_read_by_dotted_names(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(DATA + '[mended]\nnetwork.hidden = [4]\noptimizer.name = "sgd"\nnetwork.layers.1.frozen = true\n')
    mended = read_preset(file).mend()
    assert (mended.network.hidden, mended.optimizer.name) == ((4,), "sgd")
    assert mended.network.layers[0].frozen
    assert mended.mended == {}


def test_faults_of_what_mends_have_their_lines(tmp_path: Path) -> None:
    text = DATA + '[mended]\nnetwork.actvation = "tanh"\noptimizer.learning_rate = 0\nlearning_rate = 1\n'
    assert lines(tmp_path, text) == [
        (4, "mended.network.actvation"),
        (5, "mended.optimizer.learning_rate"),
        (6, "mended.learning_rate"),
    ]
    assert 'did you mean "network.activation"?' in faults(tmp_path, text)[0]
    assert lines(tmp_path, "mended = 3\n" + DATA) == [(1, "mended")]


PIECES = (*"\"'[]{}=.,\n#é\t", '"""', "'''", "nan", "-1", "1e400", "[data]\n")


@pytest.mark.parametrize("seed", range(4))
def test_damaged_presets_give_faults_with_lines_and_never_anything_else(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    texts = [path.read_text(encoding="utf-8") for _, path in list_presets()]
    file = tmp_path / "damaged.toml"
    for _ in range(100):
        text = chance.choice(texts)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text))
            end = at + chance.choice((0, 0, 1, 8))
            text = text[:at] + chance.choice(PIECES) + text[end:]
        file.write_text(text, encoding="utf-8", newline="")
        try:
            experiment = read_preset(file)
        except PresetError as error:
            lines_named = [fault.line for fault in error.faults]
        else:
            lines_named = [1]
            assert Experiment.from_dict(experiment.to_dict()) == experiment
        assert lines_named
        assert all(0 < line <= text.count("\n") + 1 for line in lines_named)
