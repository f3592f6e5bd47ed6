"""One subject after another: what is left out, what is taken together, what would not fit."""

from ledger.treatment.stream import MAX_FACT_AND_TAGS


def test_a_fact_whose_tags_do_not_fit_is_refused(fact, ledger, world):
    staff = [
        fact("PractitionerRegistered", "08:00", practitioner=f"{n:064}", name="n", profession="nurse", institution="H1")
        for n in range(500)
    ]
    ledger.offer([*world, *staff])
    recorded = {"assessment": "X9", "patient": "P1", "episode": "E1", "institution": "H1", "results": []}
    many, fewer = (
        fact("AssessmentRecorded", "09:00", **recorded, assessors=[line.practitioner for line in staff[:count]])
        for count in (500, 400)
    )
    (verdict,) = ledger.offer([many])
    assert (verdict.field, str(MAX_FACT_AND_TAGS) in verdict.what) == ("line", True)
    (verdict,) = ledger.offer([fewer])
    assert len(verdict.tags) == 404


def test_one_line_too_many_does_not_take_the_others_with_it(fact, world, ledger):
    ledger.offer(world)
    stops = [fact("SessionStopped", f"08:3{n}", session="S1", effect=str(n)) for n in range(3)]
    early = fact("SessionStopped", "07:00", session="S1", effect="early")
    verdicts = ledger.offer([stops[2], early, stops[0], stops[1], stops[0]])
    assert [getattr(verdict, "field", verdict) for verdict in verdicts[:2]] == ["session", "at"]
    assert verdicts[2].tags
    assert verdicts[3].field == "session"
    assert verdicts[4] == "known"
