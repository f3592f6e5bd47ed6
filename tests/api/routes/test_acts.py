"""One act over HTTP: why the fund pays it or not."""


def test_an_explanation_has_the_words_of_the_rule(standing, token) -> None:
    with standing.client(token) as client:
        answer = client.get("/acts/S3/explanation")
    assert answer.status_code == 200
    assert "每日支付不超过2次（包括项目合并计算）" in answer.text


def test_an_unknown_act_is_not_found(standing, token, problem) -> None:
    with standing.client(token) as client:
        assert "S9" in problem(client.get("/acts/S9/explanation"), 404)["detail"]
