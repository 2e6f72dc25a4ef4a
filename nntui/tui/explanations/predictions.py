"""The panels of the view of predictions."""

from __future__ import annotations

from collections.abc import Mapping

from nntui.tui.explanations.words import Explanation

DECISION_MAP = Explanation(
    title="Decision map",
    drawn=(
        "What the network says at every place of the plane that its two inputs span, in the units of the data. The "
        "ground is the answer: one color or letter a class, or one color for each size of a predicted number. On "
        "it lie the data: a full dot is a training sample, a ring a test sample, and an x or X (or the letter of "
        "the right class, small for training, capital for test) is one the network gets wrong. The diamond is the "
        "sample that the other views look at closely; a click chooses the nearest. With one input there is a curve "
        "instead. Where data are many, some are left out, the wrong ones never. Validation samples are not drawn."
    ),
    formula=(
        "class = the output that is largest; of a single output: the second class where it is above the middle",
        "inputs of the network = (x − mean) ÷ deviation of the training part, derived inputs first worked out from x",
    ),
    reading=(
        "Where the color changes is the decision boundary: there two classes are equally likely.",
        "A network without hidden layers, or without a non-linear activation, can only draw straight lines.",
        "Islands around single training dots, with rings beside them on the wrong ground: it learns by heart.",
    ),
    trying=(
        "Press {look.variant}: it shows how sure the network is, in shades, instead of only what it says.",
        "Take neurons away in the form ({change.edit}): each draws one edge, and with too few the shape cannot close.",
    ),
)

FIT = Explanation(
    title="Predicted against true",
    drawn=(
        "One dot a sample: across, the number it should be; up, the number the network says, both in the units of "
        "the data. On the dotted diagonal they are equal. The other variant shows the residuals: what was left "
        "over, against what was predicted. The frame has R² and the legend the RMSE: training, validation if there is "
        "a validation set, test."
    ),
    formula=(
        "residual = true − predicted",
        "RMSE = √((1/n) Σ residual²), in the units of the data",
        "R² = 1 − Σ residual² ÷ Σ (true − mean of the true)²",
    ),
    reading=(
        "A cloud along the diagonal: it predicts well, and the width of the cloud is the error to expect.",
        "A level band instead: it says the mean whatever the input, R² is 0.",
        "Residuals should look like noise around 0. A bow in them is a shape that the network has not learned; a "
        "cone means that large numbers are predicted worse.",
    ),
    trying=(
        "Press {look.variant}: it changes between both pictures; where several numbers are predicted, each has a page.",
        "Raise the noise of the data in the form ({change.edit}): the cloud widens, and no network can narrow it.",
    ),
)

CONFUSION = Explanation(
    title="Confusion matrix",
    drawn=(
        "A row for every true class, a column for every class the network may say, and in each cell how many "
        "samples. Right answers are on the diagonal; shades go by the share of the row. Beside it each class's "
        "recall and precision. The other variants are of the training set and, if there is one, the validation set."
    ),
    formula=(
        "recall of a class = samples of it that are said to be it ÷ all samples of it",
        "precision of a class = samples said to be it that are ÷ all samples said to be it",
    ),
    reading=(
        "A bright cell beside the diagonal: two classes that the network takes for one another.",
        "A column that is full from top to bottom: the class it says when it knows nothing.",
        "Accuracy alone hides this: with 95% of the samples in one class, always saying it is right 95 times of "
        "100, and the recall of the other class is 0.",
    ),
    trying=(
        "Compare the sets by {look.variant}: a clean diagonal in training only is learning by heart.",
        "With unequal classes turn training.balanced on in the form ({change.edit}) and watch the recall of the "
        "rare one.",
    ),
)

MISTAKES = Explanation(
    title="Worst mistakes",
    drawn=(
        "The test samples that the network is most wrong about, the worst first: as images, or with the values of "
        "their inputs in the units of the data. ``is`` is the right class, ``says`` the network's, then how sure it "
        "is of its answer, and of the right one. For numbers: the largest losses, with the true and the predicted "
        "number."
    ),
    formula=(
        "order of classes: output for the class it says − output for the right class",
        "order of numbers: the loss of the sample",
    ),
    reading=(
        "Look at them before you change the network: some are wrongly labeled, some nobody could tell.",
        "Very sure and wrong is worse than wrong: the cross-entropy of such a sample is large, −ln of what was left "
        "for the right class.",
        "The same kind of mistake again and again: the data lack examples of it, or the inputs do not tell it.",
    ),
    trying=(
        "Page on for more of them. Raise regularization.l2 or the dropout in the form ({change.edit}): the mistakes "
        "become less sure.",
    ),
)

ROC = Explanation(
    title="ROC",
    drawn=(
        "For two classes: the network's output is a score, and a line drawn at any score parts the samples. Each "
        "place on a curve is one such line: up, the share of the second class that is found; across, the share of "
        "the first that is wrongly taken for it (false alarms). The dot is where the network draws its line now, on "
        "the test set. The diagonal is guessing. The frame has the area below: training, validation if there is a "
        "validation set, test."
    ),
    formula=(
        "AUC = chance that a sample of the second class scores higher than one of the first, equal ones counted half",
        "Fawcett 2006, An introduction to ROC analysis, sections 5 and 7",
    ),
    reading=(
        "A corner at the top left: the classes are parted without an error. Along the diagonal: the scores say "
        "nothing.",
        "The area does not depend on where the line is, nor on how frequent the classes are.",
        "A good area and a poor accuracy: the scores are in the right order, but the line is in the wrong place.",
    ),
    trying=("Set network.output_bias in the form ({change.edit}) and restart: the dot begins far from the bend.",),
)

SAMPLE_LOSSES = Explanation(
    title="Loss by sample",
    drawn=(
        "How many samples have which loss, for each set, in percent, over a logarithmic axis; what lies beyond its "
        "ends is counted there. The frame says the greatest loss of each: training, validation if there is a "
        "validation set, test."
    ),
    formula=(
        "loss of the whole = the mean of these",
        "cross-entropy of one sample = −ln(output for the right class): 0.69 is even odds of two, 0.01 is 99% sure",
    ),
    reading=(
        "Training moves the hill to the left. A second hill that stays at the right: samples it cannot learn.",
        "The test hill at the same place as the training hill: what was learned holds for new samples. Further "
        "right: overfitting.",
        "A mean far above the hill is made by a few samples: the tenth with the highest losses can be most of it.",
    ),
    trying=(
        "Change loss.name from squared to absolute error in the form ({change.edit}): few large losses count less.",
    ),
)

EXPLANATIONS: Mapping[str, Explanation] = {
    "decision-map": DECISION_MAP,
    "fit": FIT,
    "confusion": CONFUSION,
    "mistakes": MISTAKES,
    "roc": ROC,
    "sample-losses": SAMPLE_LOSSES,
}
