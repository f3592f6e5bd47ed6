"""`GET /healthz`: for whoever starts the service again when it does not answer."""

from fastapi import APIRouter, Depends, Request, Response

from api.access import Public
from api.answers import Health, reply, shows

router = APIRouter(tags=["operation"])


@router.get(
    "/healthz",
    operation_id="get_health",
    summary="Whether the service works",
    dependencies=[Depends(Public())],
    responses=shows(Health, {"status": "ok"}, "The service answers and the ledger can be read."),
)
def get_health(request: Request) -> Response:
    """Public, and says nothing else."""
    request.app.state.ledger.size  # noqa: B018 - reading it is the check
    return reply(Health(status="ok"))
