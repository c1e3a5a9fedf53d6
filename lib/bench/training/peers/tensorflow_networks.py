"""The bench's networks as functions of TensorFlow's own ops, without Keras, from the configs of lib/models.

Each builder returns a function of images [B, H, W, C] and a flag for training that gives logits [B, K]; its variables
gather in `weights.trainable`. What TensorFlow has as one op is taken as one.
"""
import tensorflow as tf


class Weights:
    """Makes a network's variables, and the layers that hold them."""

    def __init__(self):
        self.trainable = []
        self.statistics = []

    def variable(self, shape, deviation):
        made = tf.Variable(tf.random.normal(shape, stddev=deviation) if deviation else tf.zeros(shape))
        self.trainable.append(made)
        return made

    def convolution(self, inputs, filters, size, stride=1, padding=0, bias=True):
        kernel = self.variable([size, size, inputs, filters], (2 / (inputs * size * size)) ** 0.5)
        offset = self.variable([filters], 0) if bias else None
        pads = [[0, 0], [padding, padding], [padding, padding], [0, 0]]

        def apply(x):
            y = tf.nn.conv2d(x, kernel, stride, pads)
            return y if offset is None else tf.nn.bias_add(y, offset)

        return apply

    def linear(self, inputs, outputs, bias=True):
        kernel = self.variable([inputs, outputs], inputs**-0.5)
        offset = self.variable([outputs], 0) if bias else None

        def apply(x):
            y = tf.matmul(tf.reshape(x, [-1, inputs]), kernel)
            y = y if offset is None else tf.nn.bias_add(y, offset)
            return tf.reshape(y, [*x.shape[:-1], outputs])

        return apply

    def layer_norm(self, width):
        scale, offset = self.variable([width], 0), self.variable([width], 0)
        scale.assign(tf.ones([width]))

        def apply(x):
            mean, variance = tf.nn.moments(x, [-1], keepdims=True)
            return tf.nn.batch_normalization(x, mean, variance, offset, scale, 1e-5)

        return apply

    def batch_norm(self, channels):
        scale, offset = self.variable([channels], 0), self.variable([channels], 0)
        scale.assign(tf.ones([channels]))
        mean, variance = tf.Variable(tf.zeros([channels]), trainable=False), tf.Variable(tf.ones([channels]), trainable=False)
        self.statistics += [mean, variance]

        def apply(x, training):
            if not training:
                return tf.compat.v1.nn.fused_batch_norm(x, scale, offset, mean, variance, 1e-5, is_training=False)[0]
            y, batch_mean, batch_variance = tf.compat.v1.nn.fused_batch_norm(x, scale, offset, epsilon=1e-5)
            mean.assign_sub(0.1 * (mean - batch_mean))
            variance.assign_sub(0.1 * (variance - batch_variance))
            return y

        return apply


def max_pool(x, size, stride, padding=0):
    return tf.nn.max_pool2d(x, size, stride, [[0, 0], [padding, padding], [padding, padding], [0, 0]])


def plain_cnn(weights, inputShape, filters, kernelSize, padding, poolAfter, hidden, numClasses, **_):
    height, width, channels = inputShape
    layers = []
    for i, count in enumerate(filters, 1):
        layers.append((weights.convolution(channels, count, kernelSize, 1, kernelSize // 2 if padding == "same" else 0), i in poolAfter))
        shrink = 0 if padding == "same" else kernelSize - 1
        height, width, channels = ((height - shrink) // (2 if i in poolAfter else 1), (width - shrink) // (2 if i in poolAfter else 1), count)
    sizes = [height * width * channels, *hidden, numClasses]
    dense = [weights.linear(a, b) for a, b in zip(sizes, sizes[1:])]

    def apply(x, training):
        for convolution, pooled in layers:
            x = tf.nn.relu(convolution(x))
            x = max_pool(x, 2, 2) if pooled else x
        x = tf.reshape(x, [-1, sizes[0]])
        for layer in dense[:-1]:
            x = tf.nn.relu(layer(x))
        return dense[-1](x)

    return apply


def spatial_attention(weights, channels, reduction):
    inner = channels // reduction
    theta, phi, g = (weights.convolution(channels, inner, 1) for _ in range(3))
    out = weights.convolution(inner, channels, 1)

    def apply(x):
        tokens = lambda y: tf.reshape(y, [y.shape[0], y.shape[1] * y.shape[2], inner])
        query, key, value = tokens(theta(x)), tokens(max_pool(phi(x), 2, 2)), tokens(max_pool(g(x), 2, 2))
        attended = tf.matmul(tf.nn.softmax(tf.matmul(query, key, transpose_b=True)), value)
        return x + out(tf.reshape(attended, [*x.shape[:3], inner]))

    return apply


def cnn_self_attention(weights, inputShape, filters, reduction, numClasses, **_):
    widths = [inputShape[2], *filters]
    layers = [(weights.convolution(a, b, 3, 1, 1), spatial_attention(weights, b, reduction)) for a, b in zip(widths, filters)]
    head = weights.linear(filters[-1], numClasses)

    def apply(x, training):
        for convolution, attention in layers:
            x = attention(tf.nn.relu(convolution(x)))
        return head(tf.reduce_mean(x, [1, 2]))

    return apply


def attention(weights, width, num_heads, bias):
    qkv, out = weights.linear(width, 3 * width, bias), weights.linear(width, width)

    def apply(x):
        batch, tokens = x.shape[:2]
        q, k, v = tf.unstack(tf.transpose(tf.reshape(qkv(x), [batch, tokens, 3, num_heads, width // num_heads]), [2, 0, 3, 1, 4]))
        heads = tf.matmul(tf.nn.softmax(tf.matmul(q * (width // num_heads) ** -0.5, k, transpose_b=True)), v)
        return out(tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [batch, tokens, width]))

    return apply


def vit(weights, inputShape, patchSize, embedDim, depth, numHeads, hiddenDim, numClasses, **_):
    height, width, channels = inputShape
    embed = weights.convolution(channels, embedDim, patchSize, patchSize)
    tokens = (height // patchSize) * (width // patchSize)
    token, position = weights.variable([1, 1, embedDim], 1), weights.variable([1, tokens + 1, embedDim], 1)
    norm, linear = weights.layer_norm, weights.linear
    blocks = [
        (norm(embedDim), attention(weights, embedDim, numHeads, True), norm(embedDim), linear(embedDim, hiddenDim), norm(hiddenDim), linear(hiddenDim, embedDim))
        for _ in range(depth)
    ]
    head = linear(embedDim, numClasses)

    def apply(x, training):
        batch = x.shape[0]
        x = tf.reshape(embed(x), [batch, tokens, embedDim])
        x = tf.concat([tf.tile(token, [batch, 1, 1]), x], 1) + position
        for norm1, mix, norm2, dense1, norm3, dense2 in blocks:
            x = x + mix(tf.nn.relu(norm1(x)))
            x = x + dense2(tf.nn.relu(norm3(dense1(tf.nn.relu(norm2(x))))))
        return head(x[:, 0])

    return apply


def compact_transformer(weights, inputShape, kernelSize, convLayers, convFilters, embedDim, depth, numHeads, mlpRatio, numClasses, **_):
    widths = [inputShape[2], *[convFilters] * (convLayers - 1), embedDim]
    stride = max(1, kernelSize // 2 - 1)
    tokenizer = [weights.convolution(a, b, kernelSize, stride, kernelSize // 2, bias=False) for a, b in zip(widths, widths[1:])]

    def tokenize(x):
        for convolution in tokenizer:
            x = max_pool(tf.nn.relu(convolution(x)), 3, 2, 1)
        return tf.reshape(x, [x.shape[0], x.shape[1] * x.shape[2], embedDim])

    tokens = tokenize(tf.zeros([1, *inputShape])).shape[1]
    position = weights.variable([1, tokens, embedDim], 0.2)
    norm, linear = weights.layer_norm, weights.linear
    blocks = [
        (norm(embedDim), attention(weights, embedDim, numHeads, False), norm(embedDim), linear(embedDim, embedDim * mlpRatio), linear(embedDim * mlpRatio, embedDim))
        for _ in range(depth)
    ]
    last, pool, head = norm(embedDim), linear(embedDim, 1), linear(embedDim, numClasses)

    def apply(x, training):
        x = tokenize(x) + position
        for norm1, mix, norm2, dense1, dense2 in blocks:
            x = norm2(x + mix(norm1(x)))
            x = x + dense2(tf.nn.gelu(dense1(x)))
        x = last(x)
        return head(tf.squeeze(tf.matmul(tf.nn.softmax(pool(x), axis=1), x, transpose_a=True), 1))

    return apply


def residual_block(weights, channels, filters, stride):
    conv1, norm1 = weights.convolution(channels, filters, 3, stride, 1), weights.batch_norm(filters)
    conv2, norm2 = weights.convolution(filters, filters, 3, 1, 1), weights.batch_norm(filters)
    same = stride == 1 and channels == filters
    conv3, norm3 = (None, None) if same else (weights.convolution(channels, filters, 1, stride), weights.batch_norm(filters))

    def apply(x, training):
        y = norm2(conv2(tf.nn.relu(norm1(conv1(x), training))), training)
        return tf.nn.relu((x if same else norm3(conv3(x), training)) + y)

    return apply


def resnet(weights, inputShape, blocks, filters, numClasses, **_):
    stem, norm = weights.convolution(inputShape[2], filters[0], 7, 2, 3), weights.batch_norm(filters[0])
    channels, stages = filters[0], []
    for stage, (count, width) in enumerate(zip(blocks, filters)):
        for i in range(count):
            stages.append(residual_block(weights, channels, width, 2 if stage > 0 and i == 0 else 1))
            channels = width
    head = weights.linear(channels, numClasses)

    def apply(x, training):
        x = max_pool(tf.nn.relu(norm(stem(x), training)), 3, 2, 1)
        for block in stages:
            x = block(x, training)
        return head(tf.reduce_mean(x, [1, 2]))

    return apply


NETWORKS = {"plain_cnn": plain_cnn, "cnn_self_attention": cnn_self_attention, "vit": vit, "compact_transformer": compact_transformer, "resnet": resnet}
