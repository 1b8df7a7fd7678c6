from __future__ import annotations

from io import BytesIO

import pytest
from small_service import HTML, KLING

from api.app import create_app
from api.settings import Settings


def upload(client, *files, query="", **fields):
    data = {"file": [(BytesIO(content), name) for name, content in files], **fields}
    return client.post(f"/v1/documents{query}", data=data, content_type="multipart/form-data")


def test_files_are_stored_in_one_commit(empty):
    response = upload(empty, ("可灵.txt", KLING.encode()), ("report.html", HTML.encode()))
    body = response.get_json()
    assert response.status_code == 201
    assert [(result["file"], result["status"]) for result in body["results"]] == [
        ("可灵.txt", 201),
        ("report.html", 201),
    ]
    assert (body["stored"], body["failed"], body["index"]["commit"]) == (2, 0, 1)
    stored = empty.get(f"/v1/documents/{body['results'][0]['doc_id']}/text").get_json()
    assert stored["text"] == KLING


def test_the_same_name_again_is_the_same_document(empty):
    first = upload(empty, ("a.txt", b"One text.")).get_json()["results"][0]
    again = upload(empty, ("a.txt", b"One text."))
    other = upload(empty, ("a.txt", b"Another text.")).get_json()["results"][0]
    assert again.status_code == 200
    assert again.get_json()["results"][0]["unchanged"] is True
    assert other["doc_id"] == first["doc_id"]
    assert len(empty.get("/v1/documents").get_json()["documents"]) == 1


def test_a_failing_file_does_not_stop_the_others(empty):
    response = upload(empty, ("a.txt", b"One text."), ("b.txt", b""), ("c.pdf", b"%PDF-1.7 nonsense"))
    body = response.get_json()
    assert response.status_code == 201
    assert [(result["status"], result.get("code")) for result in body["results"]] == [
        (201, None),
        (422, "file_empty"),
        (422, "file_broken"),
    ]
    assert all(result["detail"] for result in body["results"][1:])
    assert (body["stored"], body["failed"]) == (1, 2)


def test_where_all_fail_the_problem_names_each(empty):
    response = upload(empty, ("a.txt", b""), ("b.xyz", b"text"))
    body = response.get_json()
    assert (response.status_code, body["code"]) == (422, "upload_failed")
    assert [result["code"] for result in body["results"]] == ["file_empty", "file_unsupported"]


def test_where_all_fail_alike_the_problem_has_their_code(empty):
    response = upload(empty, ("a.txt", b""))
    assert (response.status_code, response.get_json()["code"]) == (422, "file_empty")
    assert empty.get("/v1/documents").get_json()["documents"] == []


def test_fields_hold_for_each_file(empty):
    response = upload(
        empty, ("a.txt", b"One text."), ("b.txt", b"Two texts."), published="2025-06-01", tag=["ai", "财报"]
    )
    for result in response.get_json()["results"]:
        described = empty.get(f"/v1/documents/{result['doc_id']}").get_json()
        assert (described["published"], described["metadata"]["tags"]) == ("2025-06-01", "ai, 财报")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\\\docs\\\\财报.txt", "财报.txt"),
        ("a\x01b.txt", "ab.txt"),
        ("/", "upload"),
    ],
)
def test_a_file_name_is_a_label_without_its_folders(empty, name, source):
    (result,) = upload(empty, (name, b"One text.")).get_json()["results"]
    assert empty.get(f"/v1/documents/{result['doc_id']}").get_json()["source"] == source


@pytest.mark.parametrize(
    ("files", "fields", "loc"),
    [
        ([], {"tag": "a"}, ["file"]),
        ([("a.txt", b"text")], {"published": "1.6.2025"}, ["published"]),
        ([("a.txt", b"text")], {"titel": "x"}, ["titel"]),
        ([("a.txt", b"text")], {"published": ["2025-06-01", "2025-06-02"]}, ["published"]),
        ([("a.txt", b"text")], {"other": (BytesIO(b"text"), "b.txt")}, ["other"]),
    ],
)
def test_a_wrong_form_is_refused_and_the_field_named(empty, files, fields, loc):
    response = upload(empty, *files, **fields)
    body = response.get_json()
    assert (response.status_code, body["code"]) == (422, "request_invalid")
    assert body["errors"][0]["loc"] == loc


def test_json_is_no_upload(empty):
    response = empty.post("/v1/documents", json={"text": "text"})
    assert (response.status_code, response.get_json()["code"]) == (415, "media_type_unsupported")


def test_too_large_an_upload_is_refused(settings, pipeline, collections):
    client = create_app(
        Settings(data_dir=settings.data_dir, max_upload_bytes=2000), pipeline, collections
    ).test_client()
    response = upload(client, ("a.txt", b"x" * 3000))
    assert (response.status_code, response.get_json()["code"]) == (413, "body_too_large")
