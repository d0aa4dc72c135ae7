"""Words that are named as credentials are never ids, in any notation; the same words elsewhere are."""

import pytest

from runway_nb.ids.credentials import looks_like_secret, names_secret
from runway_nb.ids.reading import Found, find
from runway_nb.service.key import Secret

HEX = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
OTHER_HEX = "aa1e2d3c4b5a69788796a5b4c3d2e1ff"
UUID = "ee603959-debb-48d1-98c4-a6d1c717eba6"
OTHER_UUID = "485da89c-7fca-4340-8c04-101025b2ae71"

NAMED = [
    'os.environ["APIKLEY_API_KEY"] = "§"',
    'os.getenv("APIKLEY_API_KEY", "§")',
    'getenv(API_KEY, "§")',
    'getenv(N, "§")',
    "Set-Cookie: session=§",
    "    api_key\n0   §\n1   §\n",
    'os.environ.get("APIKLEY_API_KEY") or "§"',
    'os.environ.get("K") or API_KEY or "§"',
    'APIKLEY_API_KEY: str = "§"',
    'API_KEY: Final[str] = "§"',
    'API_KEY: Final = "§"',
    'api_key: str | None = "§"',
    'api_key = Secret("§")',
    'api_key=SecretStr("§"),',
    'api_key: Optional[str] = Field(default="§")',
    'RunwayClient("§")',
    'client = RunwayClient(api_key="§")',
    "Client('https://api.apikley.ru', '§')",
    'login("me", "§")',
    "export APIKLEY_API_KEY=§",
    "APIKLEY_API_KEY=§",
    'setx APIKLEY_API_KEY "§"',
    "setx APIKLEY_API_KEY §",
    "set API_KEY=§",
    '$env:APIKLEY_API_KEY = "§"',
    "%env APIKLEY_API_KEY=§",
    "%env APIKLEY_API_KEY §",
    "echo ${APIKLEY_API_KEY:-§}",
    "api_key: §",
    'api_key: "§"',
    "api_key:\n  §",
    "api_key: >-\n  §",
    "api_key: |\n    §",
    "- name: X_API_KEY\n  value: §",
    '- name: X_API_KEY\n  value: "§"',
    "- value: §\n  name: X_API_KEY",
    'api_key = "§"',
    'api_key = """§"""',
    '[auth]\nvalue = "§"',
    '{"apiKey": "§"}',
    '{"apiKey":"§"}',
    "const apiKey = '§';",
    'const apiKey: string = "§";',
    "private readonly token = '§'",
    'apiKey := "§"',
    'var apiKey string = "§"',
    'String apiKey = "§";',
    '#define API_KEY "§"',
    'const API_KEY: &str = "§";',
    "define('API_KEY', '§');",
    "'api_key' => '§',",
    ":api_key => '§'",
    'val apiKey: String = "§"',
    'variable "api_key" {\n  default = "§"\n}',
    "<apiKey>§</apiKey>",
    '<api-key type="x">§</api-key>',
    '<add key="ApiKey" value="§"/>',
    '<add value="§" key="ApiKey"/>',
    '{"name": "Authorization", "value": "§"}',
    '{"value": "§", "name": "Authorization"}',
    '{\n  "name": "Authorization",\n  "value": "Bearer §"\n}',
    '{\n  "value": "§",\n  "name": "X-Api-Key"\n}',
    '{"key": "token", "type": "text", "value": "§"}',
    "Authorization: Bearer §",
    "Authorization: §",
    "authorization: token §",
    "X-Api-Key: §",
    'curl -H "Authorization: Bearer §" https://api.apikley.ru',
    "curl -H 'X-Api-Key: §' https://x",
    "curl -u user:§ https://x",
    "curl -u §: https://x",
    'curl --user "me:§" https://x',
    "https://user:§@host/path",
    "https://§@o1.ingest.sentry.io/123",
    "git clone https://oauth2:§@github.com/a/b",
    "https://x/?key=§",
    "https://x/?api_key=§&x=1",
    "https://x/?access_token=§",
    "machine api.apikley.ru login me password §",
    "docker run -e APIKLEY_API_KEY=§ image",
    "--api-key §",
    "--api-key=§",
    'tool --token "§" run',
    'keyring.set_password("runway_nb", "https://api.apikley.ru", "§")',
    "keyring set runway key §",
    "my key is §",
    "The API key was: §",
    "password §",
    "passphrase: §",
    "credential = §",
    '{"credentials": {"id": 1, "prod": "§"}}',
    '{"auth": {"value": "§"}}',
    "auth:\n  user: me\n  value: §",
    'headers = {"Authorization": f"Bearer §"}',
    'requests.get(u, headers={"Authorization": "Bearer " + "§"})',
    'session.headers.update([("Authorization", "§")])',
    'auth=("user", "§")',
    'HTTPBasicAuth("user", "§")',
    'localStorage.setItem("token", "§")',
    'process.env.API_KEY || "§"',
    "process.env.API_KEY ?? '§'",
    "ENV['API_KEY'] ||= '§'",
    'monkeypatch.setenv("APIKLEY_API_KEY", "§")',
    "ENV API_KEY §",
    "ARG API_KEY=§",
    "//packages.example/:_authToken=§",
    "spring.api.key=§",
    "OPENAI_API_KEY=§",
    "aws_secret_access_key = §",
    "aws configure set aws_secret_access_key §",
    "kubectl create secret generic x --from-literal=api-key=§",
    'API_KEYS = ["§", "x"]',
    'API_KEY = (\n    "§"\n)',
    'API_KEY = \\\n    "§"',
    "task_id,api_key\n1,§",
    "task_id,api_key,state\n1,§,ok\n2,§,ok",
    "task_id\tapi_key\n1\t§",
    "| task | api_key |\n| --- | --- |\n| 1 | § |",
    " task | token\n------+-------\n 1    | §",
    "%runway_login §",
    "api_key    §",
    "│ api_key │ § │",
    "api%5Fkey%3D§",
    '{\\"api_key\\": \\"§\\"}',
    "&quot;api_key&quot;: &quot;§&quot;",
    'gh secret set API_KEY --body "§"',
    '[Environment]::SetEnvironmentVariable("API_KEY", "§", "User")',
    "ALTER USER x PASSWORD '§'",
    'api_key=os.getenv("X", "§")',
    'api_key = os.environ.get("X") or "§"',
    "api_key,§",
    "mysql --password=§",
    "мой ключ: §",
    '{"user": "me", "pass": "§"}',
    "token=§",
    "Cookie: auth_token=§; x=1",
]
"""Notations that name a word, written as §, as a credential."""

NEAR = [
    "KeyError: '§'",
    "monkey §",
    "keyword: §",
    '{"next_page_token": "", "ids": ["§"]}',
    '{"next_page_token": null, "id": "§"}',
    '{"max_tokens": 5, "id": "§"}',
    '{"token_count": 3, "id": "§"}',
    "keyframe § done",
    "api_key=*** task §",
    "api_key=abc123 id=§",
    "for task_key, x: §",
    'task_key = "§"',
    "api_key = sk-abc taskId: §",
    "api_key: my-key\ntask: §",
    "Authorization: Bearer *** GET §",
    'RunwayClient().get("§")',
    "--api-key abc123 --task-id §",
    "the key did not work for task §",
    "API key error\n§",
    'client.get("§")',
    "§",
    "§, §",
    'ids = ["§"]  # two',
    "turkey: §",
    "primary key §",
    "[auth]\nvalue=x\n[tasks]\nfirst=§",
    "auth:\n  value: x\ntask: §",
    "task_id,api_key\n§,sk-abc",
    "api_key,task_id\nabc,§",
    "|api_key|task|\n|---|---|\n|abc|§|",
    '{"auth": {"value": "x"}, "job": "§"}',
    'getenv("KEY", "abc"); task("§")',
    "https://api/record-detail?taskId=§&key=abc",
    " api_key  task\n0 abc §",
]
"""Texts like these where § is a task id."""


@pytest.mark.parametrize("key", [HEX, UUID], ids=["hex", "uuid"])
@pytest.mark.parametrize("text", NAMED)
def test_named_as_a_credential(text, key):
    assert find(text.replace("§", key)) == Found([])


@pytest.mark.parametrize("task_id", [HEX, UUID], ids=["hex", "uuid"])
@pytest.mark.parametrize("text", NEAR)
def test_near_to_a_credential(text, task_id):
    assert find(text.replace("§", task_id)) == Found([task_id])


@pytest.mark.parametrize(
    "text",
    [
        "my key for the service, {}",
        "{}  # the API key",
        "use the token with {} and wait",
        "key: see {} in the vault",
        'RunwayClient(os.environ["APIKLEY_API_KEY"]).get("{}")',
    ],
)
def test_open_which_word_is_named(text):
    assert find(text.format(HEX)) == Found([], left_out=1)
    assert find(text.format(UUID)) == Found([UUID])


def test_left_out_words_are_counted_once():
    text = f"a key: one of {HEX} {HEX.upper()} {OTHER_HEX}\n{OTHER_HEX}"

    assert find(text) == Found([OTHER_HEX], left_out=1)


def test_named_once_is_never_an_id():
    assert find(f"API_KEY={HEX}\nsent {HEX} and {OTHER_HEX}") == Found([OTHER_HEX])


def test_keyed_as_task_id_wins():
    assert find(f"the key of taskId: {HEX}") == Found([HEX])
    assert find(f'{{"auth": {{"taskId": "{UUID}"}}}}') == Found([UUID])


@pytest.mark.parametrize("spelling", [UUID, UUID.upper(), UUID.replace("-", ""), f"task-{UUID}", f"taskId=pre-{UUID}"])
def test_keys_in_use_are_never_ids(spelling):
    assert find(f"task {spelling} {OTHER_UUID}", [Secret(UUID)]) == Found([OTHER_UUID])
    assert find(f"task {spelling}", [Secret(UUID.replace("-", "").upper())]) == Found([])


TABLES = {
    "csv": "task_id,api_key\n{task},{key}\n{other},{key}\n",
    "quoted csv": '"task_id","api_key"\n"{task}","{key}"\n"{other}","{key}"\n',
    "tsv": "api_key\ttask_id\n{key}\t{task}\n{key}\t{other}\n",
    "markdown": "| task | API key |\n| --- | --- |\n| {task} | {key} |\n| {other} | {key} |\n",
    "psql": " task_id | token\n---------+-------\n {task} | {key}\n {other} | {key}\n(2 rows)\n",
    "rich": "┃ task ┃ token ┃\n┡━━━━━━╇━━━━━━━┩\n│ {task} │ {key} │\n│ {other} │ {key} │\n",
}


@pytest.mark.parametrize("key", [HEX, UUID], ids=["hex", "uuid"])
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_credential_column_of_a_table(table, key):
    text = table.format(task=OTHER_UUID, other=OTHER_HEX, key=key)

    assert find(text).ids == [OTHER_UUID, OTHER_HEX]


@pytest.mark.parametrize("key", [HEX, UUID], ids=["hex", "uuid"])
def test_file_with_one_column(key):
    assert find(f"token\n{key}\n{key}\n").ids == []
    assert find(f"task_id\n{key}\n{OTHER_UUID}\n").ids == [key, OTHER_UUID]
    assert find(f"wrong key\n{OTHER_UUID} failed\n").ids == [OTHER_UUID]


@pytest.mark.parametrize("key", [HEX, UUID], ids=["hex", "uuid"])
def test_credential_column_of_a_printed_frame(key):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"task_id": [OTHER_UUID, OTHER_HEX], "api_key": [key, key], "state": ["fail", "wait"]})
    for text in (frame.to_string(), frame.to_string(index=False), frame.to_csv(), frame.to_csv(sep="\t")):
        assert find(text).ids == [OTHER_UUID, OTHER_HEX]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "api_key",
            "APIKLEY_API_KEY",
            "apikey",
            "APIKey",
            "apiKey",
            "X-Api-Key",
            "API key",
            "key",
            "keys",
            "key_prod",
        ),
        *("token", "auth_token", "authToken", "next_page_token", "mytoken", "bearer", "Authorization", "auth"),
        *("password", "DB_PASS", "passphrase", "pwd", "secret", "secretAccessKey", "credentials", "пароль"),
    ],
)
def test_names_of_credentials(name):
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("keyword", "monkey", "KeyError", "keyframe", "key_frame", "keyboard", "author", "authorized", "tokenizer"),
        *("passed", "secretary", "bypass", "compass", "max_tokens", "token_count", "primary_key", "", "id", "task_id"),
        "task_key",  # it names a task, as a primary key names a row
    ],
)
def test_names_of_other_things(name):
    assert not names_secret(name)


@pytest.mark.parametrize(
    "word",
    [
        *("sk-abcdefgh12345678", "sk-proj-a_b-c12345", "ghp_0123456789abcdef", "hf_abcdefgh12345678"),
        *("xoxb-1234567890-abc", "AKIAIOSFODNN7EXAMPLE", "eyJhbGciOi.eyJzdWIi.c2ln", f"Bearer {HEX}", f"{UUID}:{HEX}"),
    ],
)
def test_words_that_look_like_secrets(word):
    assert looks_like_secret(word)
    assert find(f"taskId: {word}").ids == []


@pytest.mark.parametrize("word", [UUID, HEX, "gen-77", "sketch-1", "task.5", "eyJ", ""])
def test_words_that_do_not_look_like_secrets(word):
    assert not looks_like_secret(word)
