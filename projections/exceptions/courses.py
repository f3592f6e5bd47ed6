"""Courses of disease (疾病过程): declared twice, so that every limit begins anew, and treated on after they were
closed.
"""

from collections.abc import Iterator, Sequence
from operator import attrgetter

from ledger.treatment.facts import EpisodeOpened
from ledger.treatment.values import at_home
from projections.exceptions.exceptional import Exceptional, Observed, Question, Source
from projections.exceptions.limits import Limits
from projections.exceptions.performed import Performed
from projections.exceptions.runs import grouped
from projections.exceptions.seen import Seen
from projections.said import Said, amount
from projections.said import acts as acts_said

_SPAN = Source("附件1 第2项", "1个疾病过程支付不超过1年")

SPLIT = Question("split-episodes", Said("拆分疾病过程", "divided episodes"), _SPAN)
CLOSED = Question("after-closing", Said("疾病过程结束后治疗", "treated after the episode was closed"), _SPAN)


def split_episodes(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A patient's next episode of the same diagnosis is opened fewer than `episode_gap` days after the patient was last
    treated in the one before (never treated in it: after it was opened), or while treatment in it goes on.

    The diagnosis is the same when system and code are. The acts are those of the later episode.

    May be innocent: two institutions that each declare the disease for themselves, a second stroke, the other arm. Look
    at: onset and findings of both, and whether a span, or a count per episode, would have ended.
    """
    declared = grouped(seen.episodes, lambda one: (one.patient, *_diagnosis(one)))
    for episodes in declared.values():
        before: EpisodeOpened | None = None
        for episode in sorted(episodes, key=attrgetter("at", "episode")):
            if before is not None:
                earlier = _acts_of(seen, before)
                last = max((act.act.day for act in earlier), default=at_home(before.at).date())
                days = (at_home(episode.at).date() - last).days
                if days < limits.episode_gap:
                    yield _split(before, episode, days, _acts_of(seen, episode), limits)
            before = episode


def after_closing(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Acts of an episode that was closed before they began.

    No clause asks for this. May be innocent: an episode closed by the ward while outpatient treatment went on. Look at:
    the reason of the closing, and whether a new episode should have been declared.
    """
    for episode, closed in seen.closings.items():
        acts = [act for act in seen.by_episode.get(episode, []) if act.at > closed]
        if acts:
            on = at_home(closed)
            what = Said(
                f"疾病过程 {episode} 已于 {on.date()} 结束，此后仍有 {len(acts)} 次",
                f"{amount(len(acts), None).en} of episode {episode}, which was closed on {on.date()}",
            )
            evidence: Observed = {"episode": episode, "closed": on.isoformat(), "acts": len(acts)}
            yield CLOSED.about(acts, what + acts_said(act.id for act in acts), evidence)


def _split(
    before: EpisodeOpened, episode: EpisodeOpened, days: int, acts: Sequence[Performed], limits: Limits
) -> Exceptional:
    code = episode.diagnosis.code
    gone = (
        Said(f"距前一过程最后一次治疗 {days} 天", f"{amount(days, 'day').en} after the last treatment in it")
        if days >= 0
        else Said("前一过程的治疗尚在继续", "while treatment in it goes on")
    )
    what = Said(
        f"患者 {episode.patient} 的诊断 {code} 先后登记疾病过程 {before.episode}、{episode.episode}，{gone.zh}",
        f"patient {episode.patient}, diagnosis {code}: episode {before.episode}, and {gone.en} {episode.episode}",
    )
    return SPLIT.about(
        acts,
        what + acts_said(act.id for act in acts),
        {
            "episodes": (before.episode, episode.episode), "diagnosis": code, "days": days,
            "limit_days": limits.episode_gap,
        },
        begin=at_home(before.at),
        end=max((act.end or act.at for act in acts), default=at_home(episode.at)),
        patients=(episode.patient,),
        institutions=(before.institution, episode.institution, *(act.institution for act in acts)),
    )  # fmt: skip


def _acts_of(seen: Seen, episode: EpisodeOpened) -> list[Performed]:
    """The patient's acts in it: on a sheet of theirs somebody else may have been treated."""
    return [act for act in seen.by_episode.get(episode.episode, []) if act.patient == episode.patient]


def _diagnosis(episode: EpisodeOpened) -> tuple[str, str]:
    system = episode.diagnosis.system or ""
    return system.strip().upper(), episode.diagnosis.code.strip().upper()
