# ruff: noqa: E501 - an entry a line, as a bundle has them
"""The bundle that the OpenAPI document shows: the example of FORMAT.md, to the letter, so that it verifies.

Persons and hospital are invented. A copy, so that nothing is read from disk to describe the service; a test holds it
to the page.
"""

import json
from typing import Any

TEXT = r"""{
"format": "treatment-ledger-bundle/2",
"checkpoint": "example.org/invented-hospital\n12\nLo7Vm1MbugoeVwUmOAuUQQrf6kj8c2X8tIFGfswrHVg=\n\n— example.org/invented-hospital S72IGPVUvMgUn4iQ24OG5JdgoGQ/5Sgi3F8SiURDS9rJtCYpGJZXzv9tEPycaWlMdIvrIQgS1HeuSN3qeWlEMVnI3QA=\n",
"since": {"checkpoint":"example.org/invented-hospital\n5\nvP9DpcnT5sBJiGTC+yoWHZP5EImZikPSso1EoJOR52w=\n\n— example.org/invented-hospital S72IGFVEK8ou5IR1eBLciDbLEuOqVviczuWEHpY8lnHnSQd95GgoJWfPYmC9LFgKWxCanQsQBBNseLL+XFf4MG1O4Ak=\n","consistency":["BTS2VOhr5rNDoLf1ptynvirDXMKGBITMksZC9j45SiE=","awGWjJ2xYyCngNl2xodAUKyL0TW8XiGaSUVmVF2zb5c=","v+0257oAifziU5UUFiWOA1Rszhi8PPMZlMttnfhdOGQ=","xHzBXazZRhMB9nq6nil6lqbm+OlXlZmVjcynQjQOJtw=","hi4QVkcVyh1gGcUkN5i15iZoRep5ZvkX8PlYoZENWKc="]},
"seal": "{\"format\":\"treatment-ledger/1\",\"type\":\"index-sealed.v1\",\"appended_at\":\"2021-03-01T10:00:12.000000+08:00\",\"tags\":[\"seal:index\"],\"fact\":{\"type\":\"IndexSealed\",\"at\":\"2021-03-01T10:00:12+08:00\",\"size\":11,\"tags\":11,\"root\":\"uJPy/ScxTgt6bJXd/ek03S578IHbRj+4hbaY3gIxMmg=\"}}",
"seal_proof": "UluWN4mUaGQToR58+QqgyJHuP5v+7l8I/gFi7ibklSVTG9nnDGkFjTZDmvvnhwkjEKzmx1hzQFd9iFijHp1m1W42YQe7jWNVLGWY4WBAsPnYy3mTGzGD25Fyp/0LjRqE",
"streams": [
"patient:P1",
"registry:institution:H1",
"registry:practitioner:T1",
"registry:rulebook"
],
"depths": [3,8,4,3],
"absent": {"registry:rulebook":"xyykFOuODQ7oM8/X3DQ/FpWiXnLYpmtWe2AikQu3FNwAAAAAAAAAAUwbhWEBPPdihrKVWXA3bqF1YracBeWW0IvxWtTNjEgR"},
"nodes": "tyt0HddEGLwXMQPI2k3ijl3Ux6LXHB36LcRea0EZVNEqbDOr9jpGdY71VNnSnYjREI/6RRNQWfxFuthTmA8e2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIxKl6b83rSfVmOR3QPPy3RxXSPxv4ZUnqSU9z7L3ViIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+lfdlgIigC1RmjRwi9SIonYWWeAZMJghiVK7pQHQg2gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMM/Drq01jV/qqvbI+y3IomqF9Z1Xd4zW6EdLTAQVJDj",
"indexes": "AAEAAQAAAAAA",
"entries": [
"{\"format\":\"treatment-ledger/1\",\"type\":\"institution-registered.v1\",\"appended_at\":\"2021-03-01T08:00:01.000000+08:00\",\"tags\":[\"institution:H1\",\"registry:institution:H1\"],\"fact\":{\"type\":\"InstitutionRegistered\",\"at\":\"2021-03-01T08:00:00+08:00\",\"institution\":\"H1\",\"name\":\"虚构医院\",\"kind\":\"general\",\"departments\":[\"rehabilitation\"]}}",
"{\"format\":\"treatment-ledger/1\",\"type\":\"practitioner-registered.v1\",\"appended_at\":\"2021-03-01T08:00:03.000000+08:00\",\"tags\":[\"institution:H1\",\"practitioner:T1\",\"registry:practitioner:T1\"],\"fact\":{\"type\":\"PractitionerRegistered\",\"at\":\"2021-03-01T08:00:00+08:00\",\"practitioner\":\"T1\",\"name\":\"虚构治疗师\",\"profession\":\"therapist\",\"institution\":\"H1\"}}",
"{\"format\":\"treatment-ledger/1\",\"type\":\"signing-key-enrolled.v1\",\"appended_at\":\"2021-03-01T08:00:04.000000+08:00\",\"tags\":[\"key:K1\",\"practitioner:T1\",\"registry:practitioner:T1\"],\"fact\":{\"type\":\"SigningKeyEnrolled\",\"at\":\"2021-03-01T08:00:00+08:00\",\"practitioner\":\"T1\",\"key_id\":\"K1\",\"algorithm\":\"ed25519\",\"public_key\":\"9d356e391841d1ed0fadea459fe531c91e740ba544925cc17a8c4ba11ac3a2fa\"}}",
"{\"format\":\"treatment-ledger/1\",\"type\":\"patient-file-opened.v1\",\"appended_at\":\"2021-03-01T08:00:06.000000+08:00\",\"tags\":[\"institution:H1\",\"patient:P1\"],\"fact\":{\"type\":\"PatientFileOpened\",\"at\":\"2021-03-01T08:00:00+08:00\",\"patient\":\"P1\",\"sex\":\"female\",\"born\":\"1956-04-02\",\"institution\":\"H1\",\"file_no\":\"M1\"}}",
"{\"format\":\"treatment-ledger/1\",\"type\":\"person-committed.v1\",\"appended_at\":\"2021-03-01T08:00:07.000000+08:00\",\"tags\":[\"patient:P1\"],\"fact\":{\"type\":\"PersonCommitted\",\"at\":\"2021-03-01T08:00:00+08:00\",\"patient\":\"P1\",\"commitment\":\"LJio0owtlt+Djup/pw4Q/0C4W4qOmgHkNFfTJu447A4=\"}}",
"{\"format\":\"treatment-ledger/1\",\"type\":\"episode-opened.v1\",\"appended_at\":\"2021-03-01T08:00:08.000000+08:00\",\"tags\":[\"episode:E1\",\"institution:H1\",\"patient:P1\"],\"fact\":{\"type\":\"EpisodeOpened\",\"at\":\"2021-03-01T08:00:00+08:00\",\"episode\":\"E1\",\"patient\":\"P1\",\"institution\":\"H1\",\"diagnosis\":{\"code\":\"I63.9\"}}}",
"{\"format\":\"treatment-ledger/1\",\"type\":\"findings-recorded.v1\",\"appended_at\":\"2021-03-01T10:00:09.000000+08:00\",\"tags\":[\"episode:E1\",\"id:L8\",\"patient:P1\",\"practitioner:T1\"],\"fact\":{\"type\":\"FindingsRecorded\",\"at\":\"2021-03-01T09:30:00+08:00\",\"id\":\"L8\",\"patient\":\"P1\",\"episode\":\"E1\",\"findings\":{\"deficit_balance\":true},\"practitioner\":\"T1\"}}",
"{\"format\":\"treatment-ledger/1\",\"type\":\"assessment-recorded.v1\",\"appended_at\":\"2021-03-01T10:00:10.000000+08:00\",\"tags\":[\"assessment:A1\",\"episode:E1\",\"institution:H1\",\"patient:P1\",\"practitioner:T1\"],\"fact\":{\"type\":\"AssessmentRecorded\",\"at\":\"2021-03-01T09:45:00+08:00\",\"assessment\":\"A1\",\"patient\":\"P1\",\"episode\":\"E1\",\"institution\":\"H1\",\"assessors\":[\"T1\"],\"results\":[{\"scale\":\"Berg\",\"score\":41}]}}",
"{\"format\":\"treatment-ledger/1\",\"type\":\"assessment-signed.v1\",\"appended_at\":\"2021-03-01T10:00:11.000000+08:00\",\"tags\":[\"assessment:A1\",\"institution:H1\",\"patient:P1\",\"practitioner:T1\"],\"fact\":{\"type\":\"AssessmentSigned\",\"at\":\"2021-03-01T09:50:00+08:00\",\"assessment\":\"A1\",\"practitioner\":\"T1\",\"signature\":\"eyJmb3JtYXQiOiJ0cmVhdG1lbnQtbGVkZ2VyLXN0YXRlbWVudC8xIiwia2luZCI6ImFzc2Vzc21lbnQiLCJzaWduZXIiOiJUMSIsImtleV9pZCI6IksxIiwiY291bnRlciI6MSwicHJldmlvdXMiOiIiLCJzYXlzIjp7InR5cGUiOiJBc3Nlc3NtZW50UmVjb3JkZWQiLCJhdCI6IjIwMjEtMDMtMDFUMDk6NDU6MDArMDg6MDAiLCJhc3Nlc3NtZW50IjoiQTEiLCJwYXRpZW50IjoiUDEiLCJlcGlzb2RlIjoiRTEiLCJpbnN0aXR1dGlvbiI6IkgxIiwiYXNzZXNzb3JzIjpbIlQxIl0sInJlc3VsdHMiOlt7InNjYWxlIjoiQmVyZyIsInNjb3JlIjo0MX1dfX0=.Oho271goaKwV6Z3sKi7UUkcFoCTnDFp9m5wCFbfgS1qdj/Q0NvrlIKI4qY29mLYgr7NAorwIhddCpKCn85c6Cw==\"}}"
],
"marks": "J71sUfoxiK40yOHnEK",
"openings": {"6":{"salt":"cOr9uDymLIu2RYgNspKuguzJIeuLE6tEvZZN16UtdV4=","person":"{\"name\":\"虚构的人\",\"national_id\":\"31010519560402123X\"}"}}
}
"""
BUNDLE: dict[str, Any] = json.loads(TEXT)
