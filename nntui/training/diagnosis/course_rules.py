"""Rules on how the run goes.

Each is the condition of `nntui.training.diagnosis.catalogue`: met, with the numbers that say so, or None.
"""

from __future__ import annotations

from nntui.training.diagnosis.moment import Finding, Moment

_UPHILL, _RISE = 0.9, 0.1
_AT_START = 4.0  # times the guessing loss
_OFTEN, _TICKS = 0.30, 5
_FAR_ABOVE = 3.0  # times the loss at the start, or of guessing
_OLD = 200  # steps before a rate can be called too low
_LOW_ALPHA, _LOW_ALPHA_STILL, _LOW_UPDATE, _STILL = -0.75, -0.6, 2e-3, 0.5
_WORSE, _MARGIN = 1.25, 0.1
_LATE, _NOTHING = 500, 0.9


def not_finite(moment: Moment) -> Finding | None:
    """A number that is none."""
    if moment.diverged:
        return Finding({"quantity": moment.diverged})
    return None if moment.now.finite else Finding({"quantity": "loss or gradient"})


def gradient_ascent(moment: Moment) -> Finding | None:
    """The sign says so, or the steps do."""
    share, rise = moment.course.climb
    told = moment.experiment.loss.maximise
    if not (told or (share >= _UPHILL and rise > _RISE * moment.guessing)):
        return None
    return Finding({"maximise": int(told), "loss": moment.now.loss, "uphill_share": share, "rise": rise})


def initial_loss(moment: Moment) -> Finding | None:
    """Far above guessing before the first step."""
    if not (moment.fresh and moment.classes and moment.now.loss > _AT_START * moment.guessing):
        return None
    times = moment.now.loss / moment.guessing
    return Finding({"loss": moment.now.loss, "guessing": moment.guessing, "times": times}, "output")


def learning_rate_high(moment: Moment) -> Finding | None:
    """Back above the best again and again, or far above where it began."""
    course, now = moment.course, moment.now
    count, share = course.jumps
    far = now.loss > _FAR_ABOVE * max(moment.guessing, course.first)
    if not (far or (share >= _OFTEN and count >= _TICKS)):
        return None
    return Finding(
        {
            "loss": now.loss,
            "best": course.best,
            "guessing": moment.guessing,
            "jump_share": share,
            "far_off": int(far),
            "update_ratio": course.update,
            "schedule": moment.experiment.schedule.name,
        }
    )


def learning_rate_low(moment: Moment) -> Finding | None:
    """Still high up, and each step covers next to nothing."""
    course, now = moment.course, moment.now
    limit = _LOW_ALPHA_STILL if "learning_rate_low" in moment.holding else _LOW_ALPHA
    slow = course.alpha < limit and course.update < _LOW_UPDATE
    high = min(now.loss, course.loss) > _STILL * moment.guessing
    if not (moment.age >= _OLD and high and slow):
        return None
    evidence = {"loss": now.loss, "guessing": moment.guessing, "alpha": course.alpha}
    return Finding({**evidence, "update_ratio": course.update})


def overfitting(moment: Moment) -> Finding | None:
    """The validation (or test) loss well above its best three times in a row, with a lower training loss than then."""
    course = moment.course
    best, train_at_best, step = course.best_test
    limit = max(_WORSE * best, best + _MARGIN * moment.guessing)
    if len(course.tests) < 3 or not all(test > limit and train < train_at_best for test, train in course.tests):
        return None
    test, train = course.tests[-1]
    name = "validation" if moment.experiment.data.validation_share else "test"
    return Finding({f"{name}_loss": test, f"best_{name}_loss": best, "best_at_step": step, "train_loss": train})


def not_learning(moment: Moment) -> Finding | None:
    """Nothing but guessing, and no other rule to explain it."""
    loss = min(moment.course.loss, moment.now.loss)  # a median of sparse looks may be of long ago
    if not (moment.age >= _LATE and loss > _NOTHING * moment.guessing):
        return None
    return Finding({"loss": loss, "guessing": moment.guessing})
