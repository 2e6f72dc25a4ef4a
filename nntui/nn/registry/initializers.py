"""Every initializer by name.

``fan_in`` is the number of inputs of a layer, ``fan_out`` the number of its neurons.
"""

from nntui.nn.registry.entry import Entry, Option

_SCALE = Option(
    "scale", 1.0, "Factor on the spread the formula gives; 1 is the formula itself.", low=0.0, high=1000.0, live=False
)

_STD = Option("std", 0.05, "Standard deviation of the weights.", low=0.0, high=1000.0, live=False)

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "zeros",
        "All weights 0: every neuron of a layer starts, and stays, a copy of the others",
        "w = 0",
        "Goodfellow, Bengio & Courville 2016, Deep Learning, section 8.4 (why not to)",
        "initializers:zeros",
    ),
    Entry(
        "ones",
        "All weights 1: equal neurons, and sums that grow with the width",
        "w = 1",
        "Goodfellow, Bengio & Courville 2016, Deep Learning, section 8.4 (why not to)",
        "initializers:ones",
    ),
    Entry(
        "constant",
        "All weights the same number: the neurons of a layer stay copies of each other",
        "w = value",
        "Goodfellow, Bengio & Courville 2016, Deep Learning, section 8.4 (why not to)",
        "initializers:constant",
        (Option("value", 0.5, "The weight that every connection starts with.", low=-1000.0, high=1000.0, live=False),),
    ),
    Entry(
        "normal",
        "Bell-shaped random weights of one spread, whatever the width of the layer",
        "w ~ N(0, std^2)",
        "Krizhevsky, Sutskever & Hinton 2012, section 5 (std = 0.01)",
        "initializers:normal",
        (_STD,),
    ),
    Entry(
        "uniform",
        "Random weights, all equally likely between two limits, whatever the width of the layer",
        "w ~ U(-limit, limit), variance limit^2 / 3",
        "LeCun, Bottou, Orr & Mueller 1998, Efficient BackProp",
        "initializers:uniform",
        (Option("limit", 0.05, "Largest weight either side of 0.", low=0.0, high=1000.0, live=False),),
    ),
    Entry(
        "truncated_normal",
        "Bell-shaped random weights without the tails: draws beyond two standard deviations are drawn again",
        "w ~ N(0, std^2) given |w| <= 2 std, variance 0.7737 std^2",
        "TensorFlow, tf.random.truncated_normal",
        "initializers:truncated_normal",
        (_STD,),
    ),
    Entry(
        "glorot_uniform",
        "Keeps signals and gradients of one size through tanh-like layers (Xavier), drawn evenly between two limits",
        "w ~ U(-a, a), a = scale sqrt(6 / (fan_in + fan_out))",
        "Glorot & Bengio 2010, eq. 16",
        "initializers:glorot_uniform",
        (_SCALE,),
        traits={"also": ("xavier", "xavier_uniform")},
    ),
    Entry(
        "glorot_normal",
        "Keeps signals and gradients of one size through tanh-like layers (Xavier), bell-shaped",
        "w ~ N(0, std^2), std = scale sqrt(2 / (fan_in + fan_out))",
        "Glorot & Bengio 2010, eq. 12",
        "initializers:glorot_normal",
        (_SCALE,),
        traits={"also": ("xavier_normal",)},
    ),
    Entry(
        "he_uniform",
        "Keeps signals of one size through relu layers, which let half of them pass, drawn evenly between two limits",
        "w ~ U(-a, a), a = scale sqrt(6 / ((1 + s^2) fan_in)), s the slope of leaky_relu, else 0",
        "He, Zhang, Ren & Sun 2015, eq. 15; as torch.nn.init.kaiming_uniform_ with a = s",
        "initializers:he_uniform",
        (_SCALE,),
        traits={"also": ("kaiming_uniform",)},
    ),
    Entry(
        "he_normal",
        "Keeps signals of one size through relu layers, which let half of them pass, bell-shaped",
        "w ~ N(0, std^2), std = scale sqrt(2 / ((1 + s^2) fan_in)), s the slope of leaky_relu, else 0",
        "He, Zhang, Ren & Sun 2015, eq. 15; as torch.nn.init.kaiming_normal_ with a = s",
        "initializers:he_normal",
        (_SCALE,),
        traits={"also": ("kaiming", "kaiming_normal", "he")},
    ),
    Entry(
        "lecun_uniform",
        "Keeps the signals of one size through a layer that changes none (and selu), drawn evenly between two limits",
        "w ~ U(-a, a), a = scale sqrt(3 / fan_in)",
        "LeCun, Bottou, Orr & Mueller 1998, Efficient BackProp, eq. 16",
        "initializers:lecun_uniform",
        (_SCALE,),
    ),
    Entry(
        "lecun_normal",
        "Keeps the signals of one size through a layer that changes none (and selu), bell-shaped",
        "w ~ N(0, std^2), std = scale sqrt(1 / fan_in)",
        "LeCun, Bottou, Orr & Mueller 1998, Efficient BackProp, eq. 16",
        "initializers:lecun_normal",
        (_SCALE,),
    ),
    Entry(
        "orthogonal",
        "A random rotation times the gain of the activation: no direction of the input shrinks more than another",
        "W = gain Q, Q from the QR decomposition of a matrix of N(0, 1), signs of R's diagonal made positive",
        "Saxe, McClelland & Ganguli 2014",
        "initializers:orthogonal",
        (_SCALE,),
    ),
)
