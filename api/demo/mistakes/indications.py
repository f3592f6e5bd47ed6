"""Treated without what the row asks for: `N.ind`, 24.goal, 9.link, 3.child."""

from api.demo.chart import Chart
from api.demo.examinations import assess
from api.demo.mistakes.finding import temporary, visits
from api.demo.sessions import hold_session
from api.demo.treatments import number_of

_CLAUSES = {
    "exercise-therapy": ("1.ind",),
    "dysphagia-training": ("8.ind",),  # and 8.site, where that is
    "cognitive-perceptual-training": ("6.ind",),
    "speech-training": ("7.ind",),
    "articulation-training": ("43.ind",),
    "balance-training": ("14.ind",),
    "wheelchair-skills-training": ("16.ind",),
    "endurance-training": ("17.ind",),
    "large-joint-mobilization": ("18.ind",),
    "manual-hand-function-training": ("19.ind",),
    "adl-training": ("21.ind", "21.days"),
    "vocational-training": ("22.ind",),
    "body-weight-support-training": ("23.ind",),
    "tilt-table-training": ("24.goal",),
    "joint-mobilization": ("39.ind",),
    "pediatric-hearing-speech-training": ("25.ind",),
    "occupational-therapy": ("5.ind",),
}
_EXAMINED = {
    "hand-function-assessment": ("12.ind",),
    "surface-emg": ("15.ind",),
    "speech-ability-screening": ("26.ind",),
    "comprehensive-rehabilitation-assessment": ("10.ind",),
    "autism-diagnostic-interview": ("20.ind",),
}


def not_indicated(chart: Chart) -> bool:
    """A training whose finding was never recorded in the episode."""
    slugs = [slug for slug in _CLAUSES if not chart.indicated(number_of(slug)) and _age_fits(chart, slug)]
    if not any(slip.number for slip in chart.slips):
        return False  # Chinese medicine alone: no_training_about relies on it
    for done in visits(chart):
        if slugs:
            slug = slugs[chart.scene.dice.below(len(slugs))]
            small = done.place.institution in (chart.scene.houses.community, chart.scene.houses.clinic)
            denied = _CLAUSES[slug] + (("8.site",) if small and slug == "dysphagia-training" else ())
            slip = temporary(chart, done.day, slug, done.place)
            return bool(
                hold_session(chart, done.day, slip, done.place, denied=denied, story=f"{slug} without its indication")
            )
    return False


def examined_without_reason(chart: Chart) -> bool:
    """An assessment whose finding was never recorded in the episode."""
    slugs = [slug for slug in _EXAMINED if not chart.indicated(number_of(slug)) and _age_fits(chart, slug)]
    for done in visits(chart):
        if slugs:
            slug = slugs[chart.scene.dice.below(len(slugs))]
            return (
                assess(
                    chart,
                    done.day,
                    slug,
                    done.place,
                    None,
                    denied=_EXAMINED[slug],
                    story=f"{slug} without its indication",
                )
                is not None
            )
    return False


def no_training_about(chart: Chart) -> bool:
    """A daily-living assessment of somebody who is given Chinese medicine alone."""
    for done in visits(chart):
        if not any(slip.number for slip in chart.slips):
            story = "no training of the catalogue is prescribed"
            return (
                assess(chart, done.day, "adl-assessment", done.place, None, denied=("9.link",), story=story) is not None
            )
    return False


def no_child(chart: Chart) -> bool:
    """Cerebral-palsy training for somebody grown up, and without an assessment."""
    for done in visits(chart):
        if (
            chart.born.year < 2000
            and not chart.count(done.day, 1)
            and not chart.first_paid.get(10)
            and not _assessed(chart)
        ):
            slip = temporary(chart, done.day, "cerebral-palsy-limb-training", done.place)
            story = "the limb training for children"
            return bool(hold_session(chart, done.day, slip, done.place, denied=("3.child", "3.proof"), story=story))
    return False


def _assessed(chart: Chart) -> bool:
    """Whether the chart has a comprehensive assessment at all."""
    return any(done.number == 10 for done in chart.paid)


def _age_fits(chart: Chart, slug: str) -> bool:
    """Vocational training for those of working age, row 20 and 25 for small children: else the age fails too."""
    if slug == "vocational-training":
        return 1980 <= chart.born.year <= 2000
    return slug not in ("pediatric-hearing-speech-training", "autism-diagnostic-interview") or chart.born.year >= 2016
