"""The panels of the view Runs."""

from __future__ import annotations

from collections.abc import Mapping

from nntui.tui.explanations.words import Explanation

RUN_LIST = Explanation(
    title="Runs",
    drawn=(
        "Every recorded run, the newest first: when it began, what it trains (a branch also says what was changed in "
        "it first), how many epochs it has, the lowest loss on the test samples of any epoch, its size on the disk, "
        "and how it stands. The run on the screen has an arrow, runs marked for comparison a diamond, and the line "
        "under the highlight is reversed."
    ),
    formula=("best = min over the epochs of the validation (or test) loss",),
    reading=(
        "interrupted: the program that trained it was killed; it can be gone on with where its recording ends.",
        "stopped: somebody left it; it can be gone on with as if it had never stopped.",
        "Two runs with the same settings and another seed differ by chance alone: mind that when you compare.",
    ),
    trying=(
        "Press {run.pause} in this list to mark runs; the comparison shows those that are marked.",
        "Press {time.return} to go on with the run under the highlight, {time.delete} to remove it.",
    ),
)

COMPARISON = Explanation(
    title="Comparison",
    drawn=(
        "The curves of the marked runs over one axis; without a mark, of the run on the screen and the one under the "
        "highlight. Below: what came out of each, and the settings that are not the same in all. Three or more runs "
        "of one experiment that differ only in the seed are one curve: the median, in a band from the first to the "
        "third quartile."
    ),
    formula=(
        "median: half of the runs lie below it; quartiles: a quarter and three quarters of them do",
        "a value that was changed while the run trained is written as before → after",
    ),
    reading=(
        "By epoch: which learns more from the same number of passes over the data.",
        "By step: which needs fewer updates. Another batch size moves the curves against each other here.",
        "By time: which is sooner there on this machine.",
        "Two bands that overlap: the difference may be luck.",
    ),
    trying=(
        "Press {look.variant}: epoch, step or time, then the same for the accuracy. {look.page_down} pages the table.",
        "Press {look.log_axis} for a log axis, {time.compare} for the same on the whole screen.",
    ),
)

BRANCHES = Explanation(
    title="Branches",
    drawn=(
        "The run on the screen with all its branches as a tree. Going back and then doing something else begins a "
        "branch; the run it left stays as it was. Each line has what was changed first in the branch and when, from "
        "which epoch to which it went on its own, its last test loss and, where there is room, its best one. The run "
        "on the screen has an arrow."
    ),
    formula=("a branch shares everything with the run it left, up to the epoch at which it begins",),
    reading=(
        "Branches of one run differ in what was done, not in luck: weights, samples and their order were the same.",
        "A branch without a label did nothing otherwise so far; it repeats what was left.",
    ),
    trying=(
        "Press {look.left} until the cursor is where you would have done otherwise, {time.return}, then change "
        "something.",
        "Press {time.return} on a line of this tree to go on with that branch; {time.tree} shows it over any view.",
        "Press {change.undo} to take back the last change, {change.redo} to do it again.",
    ),
)

EXPLANATIONS: Mapping[str, Explanation] = {"run-list": RUN_LIST, "comparison": COMPARISON, "branches": BRANCHES}
