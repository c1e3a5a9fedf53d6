"""Python's tf.function beside ours in `npm run bench -- training|inference`; serve.py says what it is asked.

Forward, gradient and Adam are one tf.function; Adam is TensorFlow's own op.
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf  # noqa: E402

from serve import serve  # noqa: E402
from tensorflow_networks import NETWORKS, Weights  # noqa: E402

started = False


def open_case(network, config, batch, training, threads):
    global started
    if not started:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        started = True
    device = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    tf.random.set_seed(0)
    weights = Weights()
    apply = NETWORKS[network](weights, **config)
    parameters = sum(tf.size(each).numpy().item() for each in weights.trainable)
    x = tf.random.normal([batch, *config["inputShape"]])
    y = tf.random.uniform([batch], maxval=config["numClasses"], dtype=tf.int32)
    if not training:
        infer = tf.function(lambda images: tf.reduce_sum(apply(images, False)))
        return parameters, lambda: infer(x).numpy(), device
    zeros = lambda: [tf.Variable(tf.zeros(each.shape), trainable=False) for each in weights.trainable]
    moments, squares, powers = zeros(), zeros(), [tf.Variable(value, trainable=False) for value in (0.9, 0.999)]

    @tf.function
    def step(images, labels):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, apply(images, True)))
        beta1, beta2 = (power.read_value() for power in powers)
        for variable, moment, square, gradient in zip(weights.trainable, moments, squares, tape.gradient(loss, weights.trainable)):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=moment.handle, v=square.handle, beta1_power=beta1, beta2_power=beta2,
                lr=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, grad=gradient,
            )
        powers[0].assign(beta1 * 0.9)
        powers[1].assign(beta2 * 0.999)
        return loss

    return parameters, lambda: step(x, y).numpy(), device


def matmul(size):
    a, b = tf.random.normal([size, size]), tf.random.normal([size, size])
    return lambda: tf.matmul(a, b).numpy()


serve(open_case, matmul, f"TensorFlow {tf.__version__}", tf.config.threading.get_intra_op_parallelism_threads)
